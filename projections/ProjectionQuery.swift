import GRDBSQLite

extension ProjectionStore {
  /// Runs one query over the tables, and changes nothing.
  ///
  /// SQLite itself refuses to write: the file is opened read-only, and no other can be attached.
  ///
  /// - Parameters:
  ///   - columns: Is given the names of the answer's columns, before the first row.
  ///   - row: Is given each row as it is found.
  /// - Throws: ``ProjectionError/query(message:)`` for what SQLite does not take as one query, another
  ///   ``ProjectionError``, or what the bodies throw.
  public func query(
    _ sql: String, columns: ([String]) throws -> Void, row: ([SQLValue]) throws -> Void
  ) throws {
    guard FileSystem.exists(path) else { throw ProjectionError.notFound(path: path) }
    try open { rows in
      sqlite3_limit(rows.handle, SQLITE_LIMIT_ATTACHED, 0)
      let statement = try Statement(query: sql, on: rows)
      try columns(statement.columnNames)
      try statement.rows { found in
        try row((0..<found.columnCount).map { found.value($0) })
      }
    }
  }
}

extension Statement {
  /// One statement of somebody else's, which has to read and nothing else.
  convenience init(query sql: String, on connection: Connection) throws(ProjectionError) {
    var handle: OpaquePointer?
    var rest: UnsafePointer<CChar>?
    let (code, remainder) = sql.withCString { text in
      let code = sqlite3_prepare_v3(connection.handle, text, -1, 0, &handle, &rest)
      return (code, rest.map { String(cString: $0) } ?? "")
    }
    guard code == SQLITE_OK else {
      throw .query(message: String(cString: sqlite3_errmsg(connection.handle)))
    }
    guard let handle else { throw .query(message: "there is no statement in it") }
    self.init(handle: handle, sql: sql, connection: connection)
    guard sqlite3_stmt_readonly(handle) != 0 else {
      throw .query(message: "it would write, and these tables are written by events alone")
    }
    guard remainder.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
      throw .query(message: "there is more than one statement in it: '\(remainder)' follows")
    }
    guard parameterCount == 0 else { throw .query(message: "it has parameters without a value") }
  }
}
