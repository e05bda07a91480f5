import GRDBSQLite

/// The file as any SQLite program opens it: without a word of ours.
final class PlainDatabase {
  private var handle: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open(path, &handle) == SQLITE_OK else { throw Failure(text: message) }
  }

  deinit { sqlite3_close_v2(handle) }

  /// What SQLite says of a statement: `not an error` where nothing is wrong.
  @discardableResult
  func run(_ sql: String) -> String {
    sqlite3_exec(handle, sql, nil, nil, nil)
    return message
  }

  /// The first column of the first row, as text.
  func value(_ sql: String) throws -> String? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw Failure(text: message)
    }
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
    return sqlite3_column_text(statement, 0).map { String(cString: $0) }
  }

  private var message: String { String(cString: sqlite3_errmsg(handle)) }

  struct Failure: Error { var text: String }
}
