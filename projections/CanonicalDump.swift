import GRDBSQLite

extension ProjectionStore {
  /// Writes every table in one form that equal tables share byte for byte.
  ///
  /// Tables stand in order of their names; each is a line `table <name>`, a line with its columns
  /// as a JSON array, and a line a row, also a JSON array, in order of the primary key. Texts are
  /// JSON strings, whole numbers their digits, other numbers the shortest decimal that reads back
  /// as the same double, absent values `null`. Lines end in a line feed.
  ///
  /// - Parameter body: Is given the bytes in pieces.
  /// - Throws: ``ProjectionError``, or what the body throws.
  public func dump(to body: ([UInt8]) throws -> Void) throws {
    guard FileSystem.exists(path) else { throw ProjectionError.notFound(path: path) }
    try open { rows in
      // One transaction: every table as of the same moment.
      try rows.execute("BEGIN")
      defer { try? rows.execute("COMMIT") }
      var tables: [String] = []
      try rows.statement(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
      ).rows { tables.append($0.text(0)) }
      for table in tables { try dump(table, of: rows, to: body) }
    }
  }

  private func dump(
    _ table: String, of rows: Connection, to body: ([UInt8]) throws -> Void
  ) throws {
    let columns = try rows.columns(of: table)
    let key = columns.filter { $0.keyOrder > 0 }.sorted { $0.keyOrder < $1.keyOrder }
    var line = DumpLine()
    line.append("table \(table)\n")
    line.append(columns.map { SQLValue.text($0.name) })
    let names = columns.map(\.name).joined(separator: ", ")
    let order = key.isEmpty ? names : key.map(\.name).joined(separator: ", ")
    try rows.statement("SELECT \(names) FROM \(table) ORDER BY \(order)").rows { row in
      line.append((0..<row.columnCount).map { row.value($0) })
      if line.bytes.count >= Self.pieceBytes {
        try body(line.bytes)
        line.bytes.removeAll(keepingCapacity: true)
      }
    }
    try body(line.bytes)
  }

  private static let pieceBytes = 65_536
}

/// Lines of a dump in the making.
private struct DumpLine {
  var bytes: [UInt8] = []

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ values: [SQLValue]) {
    append("[")
    for (index, value) in values.enumerated() {
      if index > 0 { append(",") }
      append(value)
    }
    append("]\n")
  }

  private mutating func append(_ value: SQLValue) {
    switch value {
    case .null: append("null")
    case .integer(let integer): append(String(integer))
    case .real(let real): append(String(describing: real))
    case .text(let text): append(quoted: text)
    case .blob(let blob): append(blob.map { String($0, radix: 16) }.joined(separator: " "))
    }
  }

  private mutating func append(quoted text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
      case 0x0A: append("\\n")
      case 0..<0x20:
        append("\\u00")
        append(byte < 16 ? "0" : "1")
        append(String(byte & 15, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
