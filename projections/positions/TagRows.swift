import Events
import ExactNumbers
import Portfolio
import Records

/// The row of one tag, whose old one was cleared.
enum TagRows {
  static func write(_ id: TagID, in context: ProjectionContext) throws {
    guard let tag = try details(id, in: context) else { return }
    let usage = try context.rows.statement(
      """
      SELECT count(*) FROM position_tags AS tagged
      JOIN positions AS position ON position.id = tagged.position_id
      WHERE tagged.tag_id = ? AND position.is_active = 1
      """
    ).first({ $0.text(id.rawValue) }) { $0.integer(0) }
    try context.rows.upsert("tags") { row in
      row.text(tag.id.rawValue)
      row.text(tag.owner?.rawValue)
      row.text(tag.name)
      row.text(tag.type.rawValue)
      row.text(tag.description)
      row.text(tag.color)
      row.integer(usage ?? 0)
      row.provenance(tag.provenance)
    }
  }

  /// A tag at the cut; one that a position bears though it was created only later, as well.
  private static func details(_ id: TagID, in context: ProjectionContext) throws -> TagDetails? {
    if let tag = context.state.tag(id, asOf: context.cut) { return tag }
    let isBorne = try context.rows
      .statement("SELECT 1 FROM position_tag_spans WHERE tag_id = ? LIMIT 1")
      .first({ $0.text(id.rawValue) }) { _ in true }
    return isBorne == nil ? nil : context.state.tag(referredTo: id, asOf: context.cut)
  }
}
