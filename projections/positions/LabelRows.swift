import Events
import ExactNumbers
import Portfolio
import Records

/// What hangs on one position: its tags and their spans, its attributes, its relations.
enum LabelRows {
  static func write(_ id: PositionID, _ spans: [TagSpan], in context: ProjectionContext) throws {
    for table in ["position_tags", "position_tag_spans", "position_attributes"] {
      try context.delete(from: table, where: "position_id", id.rawValue)
    }
    try context.delete(from: "position_relationships", where: "from_position_id", id.rawValue)
    for span in spans { try write(span, in: context) }
    for attribute in context.state.attributes(of: id, asOf: context.cut) {
      try write(attribute, in: context)
    }
    for relationship in context.state.relationships(from: id, asOf: context.cut) {
      try write(relationship, in: context)
    }
  }

  private static func write(
    _ span: TagSpan, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("position_tag_spans") { row in
      row.text(span.position.rawValue)
      row.text(span.tag.rawValue)
      row.time(span.from)
      row.time(span.to)
      row.sequence(span.provenance.lastSequence)
    }
    guard span.to == nil else { return }
    try context.rows.upsert("position_tags") { row in
      row.text(span.position.rawValue)
      row.text(span.tag.rawValue)
      row.time(span.provenance.created)
      row.sequence(span.provenance.lastSequence)
    }
  }

  private static func write(
    _ attribute: PositionAttribute, in context: ProjectionContext
  ) throws(ProjectionError) {
    let (value, type) = attribute.value.typed
    try context.rows.upsert("position_attributes") { row in
      row.text(attribute.position.rawValue)
      row.text(attribute.name)
      row.text(value)
      row.text(type)
      row.text("user")
      row.time(attribute.provenance.updated)
      row.sequence(attribute.provenance.lastSequence)
    }
  }

  private static func write(
    _ relationship: Relationship, in context: ProjectionContext
  ) throws(ProjectionError) {
    let (from, to) = (relationship.position.rawValue, relationship.other.rawValue)
    let relation = relationship.relation.rawValue
    let portfolio = context.state.portfolio(of: relationship.position)
    try context.rows.upsert("position_relationships") { row in
      row.text(JSONValue.array([.string(from), .string(relation), .string(to)]).compactText)
      row.text(portfolio?.rawValue)
      row.text(from)
      row.text(to)
      row.text(relation)
      row.number(relationship.ratio)
      row.text(relationship.note)
      row.date(relationship.from.date)
      row.date(relationship.to?.date)
      row.time(relationship.provenance.created)
      row.time(relationship.provenance.deleted)
      row.sequence(relationship.provenance.lastSequence)
    }
  }
}

extension JSONValue {
  /// An attribute's value as text, and how to read it.
  fileprivate var typed: (text: String, type: String) {
    switch self {
    case .string(let text):
      (text, CivilDate(text) != nil ? "date" : ["true", "false"].contains(text) ? "bool" : "text")
    case .number(let number): (number.text, "number")
    default: (compactText, "text")
    }
  }
}
