internal import Crypto
internal import Records

/// What a calculation wrote.
public struct CalculationOutput: Hashable, Sendable {
  public var tables: [CalculatedRows]
  /// For people: what is partial, assumed or missing in it.
  public var warnings: [String]

  public init(_ tables: [CalculatedRows], warnings: [String] = []) {
    self.tables = tables
    self.warnings = warnings
  }

  /// How many rows it wrote.
  public var rowCount: Int { tables.reduce(0) { $0 + $1.rows.count } }

  /// SHA-256 over the rows in canonical form, in hexadecimal: what `calculation.completed` keeps.
  ///
  /// A line a table, `{"table":…,"columns":[…]}`, and a line a row, a JSON array of its cells in the
  /// order of the columns: numbers in their shortest exact form, without spaces, each line ended by
  /// a line feed.
  public var digest: String {
    var hash = SHA256()
    for table in tables {
      table.forEachCanonicalLine { line in
        var line = line
        line += "\n"
        line.withUTF8 { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
      }
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension CalculatedRows {
  /// The lines that the digest is over, without their line feeds.
  public func forEachCanonicalLine(_ body: (String) -> Void) {
    let columns = table.columns.map { JSONValue.string($0).compactText }.joined(separator: ",")
    body("{\"table\":\(JSONValue.string(table.name).compactText),\"columns\":[\(columns)]}")
    for row in rows {
      var line = "["
      for (index, cell) in row.enumerated() {
        if index > 0 { line += "," }
        line += cell.canonicalText
      }
      line += "]"
      body(line)
    }
  }
}
