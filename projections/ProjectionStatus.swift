public import Records

/// How one projection stands.
public struct ProjectionStatus: Hashable, Sendable {
  public var name: String
  /// The version of its projector in this program.
  public var version: Int
  /// The last event its rows know; null where there are none that can be used.
  public var sequence: EventSequence?
  /// How many events behind the head that is.
  public var lag: UInt64
  /// Rows of its documented tables.
  public var rows: Int64
  /// Why it has to be made again; null where it has not.
  public var rebuildReason: RebuildReason?
}

extension ProjectionStore {
  /// The names of all projections, in the order in which their rows are written.
  public static var projectionNames: [String] { ProjectionCatalog.names }

  /// How each projection stands beside a head.
  ///
  /// - Throws: As ``condition()``.
  public func status(head: EventSequence) throws -> [ProjectionStatus] {
    let condition = try condition()
    let reason: RebuildReason?
    let sequence: EventSequence?
    switch condition {
    case .usable(let checkpoint):
      reason = checkpoint.sequence > head ? .pastHead(checkpoint.sequence) : nil
      sequence = checkpoint.sequence
    case .needsRebuild(let found):
      reason = found
      sequence = nil
    }
    var counts: [String: Int64] = [:]
    if sequence != nil { counts = try rowCounts() }
    return ProjectionCatalog.projectors.map { projector in
      ProjectionStatus(
        name: projector.name, version: projector.version, sequence: sequence,
        lag: head.events(behind: sequence ?? .zero),
        rows: counts[projector.name] ?? 0, rebuildReason: reason)
    }
  }

  /// Rows of documented tables, by projection.
  private func rowCounts() throws -> [String: Int64] {
    try open { rows in
      var counts: [String: Int64] = [:]
      for projector in ProjectionCatalog.projectors {
        for table in Schema(projector.schema).tableNames where !table.hasPrefix("internal_") {
          let count = try rows.statement("SELECT count(*) FROM \(table)").first { $0.integer(0) }
          counts[projector.name, default: 0] += count ?? 0
        }
      }
      return counts
    }
  }
}
