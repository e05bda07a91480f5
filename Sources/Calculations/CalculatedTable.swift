/// A table whose rows are calculated: what its columns mean stands in its SQL file.
///
/// The columns named here are those of the digest, in this order. A projection's table has two
/// more, which say where a row comes from and are not part of the result: `run_id` and `src_seq`.
public struct CalculatedTable: Hashable, Sendable {
  public let name: String
  public let columns: [String]
  /// How many of the first columns make the key.
  public let keyCount: Int

  public init(_ name: String, keyCount: Int, _ columns: [String]) {
    self.name = name
    self.keyCount = keyCount
    self.columns = columns
  }
}

/// The rows of one table, ascending by key.
public struct CalculatedRows: Hashable, Sendable {
  public let table: CalculatedTable
  /// A cell a column.
  public private(set) var rows: [[Cell]] = []

  public init(_ table: CalculatedTable) { self.table = table }

  /// - Precondition: It has a cell a column.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == table.columns.count, "a row of \(table.name) has a cell a column")
    rows.append(row)
  }
}
