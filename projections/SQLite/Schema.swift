/// The statements of an SQL file, apart by when a rebuild runs them.
///
/// An index that is made over full tables costs a fraction of one that grows with every row.
struct Schema {
  /// Tables and views.
  private(set) var tables: [String] = []
  private(set) var indexes: [String] = []

  var tableNames: [String] {
    tables.compactMap { statement in
      let words = statement.split(separator: " ", maxSplits: 3)
      return words.count > 2 && words[1] == "TABLE" ? String(words[2]) : nil
    }
  }

  init(_ sql: [UInt8]) {
    for statement in Self.statements(of: String(decoding: sql, as: UTF8.self)) {
      let isIndex = statement.split(separator: " ").prefix(3).contains("INDEX")
      if isIndex { indexes.append(statement) } else { tables.append(statement) }
    }
  }

  /// The statements of a text, each with the comments before it, which SQLite would not keep.
  private static func statements(of sql: String) -> [String] {
    var statements: [String] = []
    var statement = ""
    for line in sql.split(separator: "\n", omittingEmptySubsequences: false) {
      if statement.isEmpty, line.hasPrefix("--") || line.allSatisfy({ $0 == " " }) { continue }
      statement += statement.isEmpty ? line : "\n" + line
      // Comments stand behind two hyphens; a statement ends with its line.
      let code = line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line[...]
      if code.reversed().first(where: { $0 != " " }) == ";" {
        statements.append(statement)
        statement = ""
      }
    }
    return statements
  }
}

extension Connection {
  func createTables(of schemas: [Schema]) throws(ProjectionError) {
    for schema in schemas {
      for statement in schema.tables { try execute(statement) }
    }
  }

  /// Makes the indexes over the filled tables.
  ///
  /// What the rules hold unique today may have been there twice at another point in time, and a
  /// projection cannot refuse a fact: then the index is made without that promise.
  func createIndexes(of schemas: [Schema]) throws(ProjectionError) {
    for statement in schemas.flatMap(\.indexes) {
      do throws(ProjectionError) {
        try execute(statement)
      } catch .refusedRow {
        try execute(statement.replacingPrefix("CREATE UNIQUE INDEX", with: "CREATE INDEX"))
      }
    }
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}
