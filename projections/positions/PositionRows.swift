import Events
import ExactNumbers
import Portfolio
import Records

/// The rows of one position: its own, and one an exit.
enum PositionRows {
  static func write(_ id: PositionID, in context: ProjectionContext) throws {
    try context.delete(from: "position_exits", where: "position_id", id.rawValue)
    guard let position = context.position(id) else {
      return try context.delete(from: "positions", where: "id", id.rawValue)
    }
    try write(position, in: context)
    for exit in position.exits { try write(exit, of: position, in: context) }
  }

  private static func write(
    _ position: Position, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("positions") { row in
      row.text(position.id.rawValue)
      row.text(position.portfolio.rawValue)
      row.text(position.symbol.rawValue)
      row.text(position.type.rawValue)
      row.number(position.quantity)
      row.number(position.entryQuantity)
      row.integer(position.multiplier)
      row.number(position.entryPrice)
      row.date(position.entryDate)
      row.number(position.exitDate == nil ? nil : position.exitPrice)
      row.date(position.exitDate)
      row.boolean(position.isActive)
      row.text(position.terms?.underlying.rawValue)
      row.number(position.terms?.strike)
      row.date(position.terms?.expiration)
      row.text(position.terms?.right.rawValue)
      row.text(position.currency)
      row.number(position.realizedPnL)
      row.provenance(position.provenance)
    }
  }

  private static func write(
    _ exit: PositionExit, of position: Position, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("position_exits") { row in
      row.text(exit.id.rawValue)
      row.text(position.id.rawValue)
      row.date(exit.date)
      row.number(exit.quantity)
      row.number(exit.price)
      row.number(exit.fees)
      row.number(exit.realizedPnL)
      row.sequence(exit.provenance.lastSequence)
    }
  }
}

extension ProjectionContext {
  /// A position at the cut, also one that was voided. Null as well where its numbers are out of
  /// range for exact arithmetic, or a split leaves nothing of them at eight places: no rule lets
  /// that into a log but for what was voided, which stands in the way of no split.
  func position(_ id: PositionID) -> Position? {
    guard let position = (try? state.position(id, asOf: cut)) ?? nil,
      !position.entryPrice.isZero, !position.entryQuantity.isZero
    else { return nil }
    return position
  }

  /// Takes the rows of all that was touched away, before any of them is written anew.
  ///
  /// Two things may have exchanged a name that must be unique, so none may be written while the row
  /// of another still says what is no longer so.
  func clear<Subject>(
    _ table: String, of ids: some Sequence<Identifier<Subject>>
  ) throws(ProjectionError) {
    for id in ids { try delete(from: table, where: "id", id.rawValue) }
  }

  /// Takes rows away. In a new file there are none.
  func delete(from table: String, where column: String, _ value: String) throws(ProjectionError) {
    guard previousCut != nil else { return }
    try rows.statement("DELETE FROM \(table) WHERE \(column) = ?").run { $0.text(value) }
  }
}

extension Binder {
  /// `created_at`, `updated_at`, `deleted_at`, `src_seq`: the last columns of most tables.
  mutating func provenance(_ provenance: Provenance) {
    time(provenance.created)
    time(provenance.updated)
    time(provenance.deleted)
    sequence(provenance.lastSequence)
  }
}
