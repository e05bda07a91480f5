import Calculations
public import Records

/// A row of a calculated table that is not what it was.
public struct RowDifference: Hashable, Sendable {
  /// The calculation whose row it is.
  public var calculation: String
  public var table: String
  /// The row's key, as `column=value, …`.
  public var key: String
  public var column: String
  /// The text of the value in the tables before; null where the row is new.
  public var before: String?
  /// The text of the value now; null where the row is gone.
  public var now: String?
}

extension ProjectionStore {
  /// The first row in which each calculation that no longer meets its digest differs between the
  /// tables of this file and new ones; nothing where this file has none to compare with.
  func differences(from new: String) -> [RowDifference] {
    // What cannot be read cannot be compared: the digests still tell that something differs.
    let found = try? open { before in
      try Connection.open(new, readOnly: true, secondsToWait: 0) { now in
        try now.restatedCalculations().compactMap { try Self.difference($0, before, now) }
      }
    }
    return found ?? []
  }

  private static func difference(
    _ calculation: String, _ before: Connection, _ now: Connection
  ) throws -> RowDifference? {
    for table in try now.calculatedTables() {
      guard try before.columns(of: table) == now.columns(of: table) else { continue }
      let old = try before.rows(of: calculation, in: table)
      let new = try now.rows(of: calculation, in: table)
      // A calculation that was not in these tables says nothing of what was there.
      guard !old.isEmpty else { continue }
      let columns = try now.columns(of: table)
      let keys = columns.indices.filter { columns[$0].keyOrder > 0 }
      for index in 0..<max(old.count, new.count) {
        let (left, right) = (
          index < old.count ? old[index] : nil, index < new.count ? new[index] : nil
        )
        // The two rows of one key, or the one that the other side lacks.
        guard left != right, let shown = right ?? left else { continue }
        let column =
          columns.indices.first { left?[$0] != right?[$0] && columns[$0].name != "src_seq" }
        guard let column else { continue }
        return RowDifference(
          calculation: calculation, table: table,
          key: keys.map { "\(columns[$0].name)=\(shown[$0])" }.joined(separator: ", "),
          column: columns[column].name, before: left?[column], now: right?[column])
      }
    }
    return nil
  }
}

extension Connection {
  /// The calculations whose rows have another digest than the log.
  fileprivate func restatedCalculations() throws -> [String] {
    var ids: [String] = []
    try statement("SELECT calculation_id FROM restated_calculations").rows { ids.append($0.text(0)) }
    return ids
  }

  fileprivate func calculatedTables() throws -> [String] {
    var names: [String] = []
    try statement(
      """
      SELECT name FROM sqlite_schema WHERE type = 'table' AND EXISTS (
        SELECT 1 FROM pragma_table_info(sqlite_schema.name) WHERE name = 'run_id') ORDER BY name
      """
    ).rows { names.append($0.text(0)) }
    return names
  }

  /// The rows of a calculation as text, in order of their key.
  fileprivate func rows(of calculation: String, in table: String) throws -> [[String]] {
    let columns = try columns(of: table)
    let keys = columns.filter { $0.keyOrder > 0 }.sorted { $0.keyOrder < $1.keyOrder }
    var rows: [[String]] = []
    try statement(
      """
      SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(table)
      WHERE run_id = ? ORDER BY \(keys.map(\.name).joined(separator: ", "))
      """
    ).rows({ $0.text(calculation) }) { row in
      rows.append(columns.indices.map { row.optionalText($0) ?? "null" })
    }
    return rows
  }
}
