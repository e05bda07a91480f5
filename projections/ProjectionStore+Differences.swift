import Calculations
public import Records

/// A row of a calculated table that is not what it was.
public struct RowDifference: Hashable, Sendable {
  /// The calculation whose row it is.
  public var calculation: String
  public var table: String
  /// The row's key, as `column=value, …`.
  public var key: String
  /// Of a row that only one side has, its first column behind the key.
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
      if let found = firstDifference(old, new, try now.columns(of: table)) {
        return RowDifference(
          calculation: calculation, table: table, key: found.key, column: found.column,
          before: found.before, now: found.now)
      }
    }
    return nil
  }
}

/// The first row, in order of the key, that only one side has or that says something else there.
private func firstDifference(
  _ old: [[String]], _ new: [[String]], _ columns: [Connection.Column]
) -> (key: String, column: String, before: String?, now: String?)? {
  let keys = columns.indices.filter { columns[$0].keyOrder > 0 }
  // Where a row comes from is no part of what it says.
  let values = columns.indices.filter { !keys.contains($0) && columns[$0].name != "src_seq" }
  func key(_ row: [String]) -> [String] { keys.map { row[$0] } }
  func named(_ row: [String]) -> String {
    keys.map { "\(columns[$0].name)=\(row[$0])" }.joined(separator: ", ")
  }
  let (oldKeys, newKeys) = (Set(old.map(key)), Set(new.map(key)))
  guard let first = values.first else { return nil }
  var (left, right) = (old[...], new[...])
  while true {
    switch (left.first, right.first) {
    case (let before?, let now?) where key(before) == key(now):
      if let column = values.first(where: { before[$0] != now[$0] }) {
        return (named(now), columns[column].name, before[column], now[column])
      }
      left.removeFirst()
      right.removeFirst()
    case (let before?, _) where !newKeys.contains(key(before)):
      return (named(before), columns[first].name, before[first], nil)
    case (_, let now?) where !oldKeys.contains(key(now)):
      return (named(now), columns[first].name, nil, now[first])
    default: return nil
    }
  }
}

extension Connection {
  /// The calculations whose rows have another digest than the log.
  fileprivate func restatedCalculations() throws -> [String] {
    var ids: [String] = []
    try statement("SELECT calculation_id FROM restated_calculations").rows {
      ids.append($0.text(0))
    }
    return ids
  }

  /// The tables whose rows name the calculation that they come from.
  func calculatedTables() throws -> [String] {
    var names: [String] = []
    try statement(
      """
      SELECT item.name FROM sqlite_schema AS item
      WHERE item.type = 'table' AND EXISTS (
        SELECT 1 FROM pragma_table_info(item.name) WHERE name = 'run_id') ORDER BY item.name
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
      rows.append(columns.indices.map { text(row.value($0)) })
    }
    return rows
  }

  /// SQLite's own text of a number would hide what differs in its last digit.
  private func text(_ value: SQLValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let integer): String(integer)
    case .real(let real): String(describing: real)
    case .text(let text): text
    case .blob(let bytes): "\(bytes)"
    }
  }
}
