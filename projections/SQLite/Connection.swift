import GRDB
import GRDBSQLite

/// An open database and its prepared statements. Used by one thread at a time.
final class Connection {
  let path: String
  let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  private var upserts: [String: Statement] = [:]

  /// - Parameter database: Must stay open for as long as this is used.
  init(_ database: Database, path: String) {
    guard let handle = database.sqliteConnection else {
      preconditionFailure("a database that is being accessed is open")
    }
    self.handle = handle
    self.path = path
  }

  /// Opens a database for one access, and closes it behind.
  ///
  /// - Parameters:
  ///   - isImmutable: Nothing and nobody can change the file, so it is read without any lock.
  ///   - configure: Runs before anything else, outside of a transaction.
  static func open<Result>(
    _ path: String, readOnly: Bool, isImmutable: Bool = false, secondsToWait: Double,
    configure: String = "", _ body: (Connection) throws -> Result
  ) throws -> Result {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(secondsToWait)
    // Declared, and checked at the end of a rebuild: a fold may meet a child before its parent.
    configuration.foreignKeysEnabled = false
    configuration.label = "projections"
    do {
      let name = isImmutable ? "file:\(FileSystem.percentEncoded(path))?immutable=1" : path
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      defer { try? queue.close() }
      return try queue.writeWithoutTransaction { database in
        let connection = Connection(database, path: path)
        if !configure.isEmpty { try connection.execute(configure) }
        return try body(connection)
      }
    } catch let error as DatabaseError {
      throw ProjectionError(error, path: path, operation: readOnly ? "read" : "write")
    }
  }

  /// Whether SQLite could not even open the file or what belongs beside it.
  static func cannotOpen(_ code: Int32) -> Bool {
    [SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_READONLY].contains(code & 0xFF)
  }

  /// Runs a body in one transaction: everything it writes counts, or, where it throws, nothing.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite has rolled back by itself after some errors; then there is nothing left to do.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// The statement of this text, prepared once.
  func statement(_ sql: String) throws(ProjectionError) -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try Statement(sql, on: self)
    statements[sql] = statement
    return statement
  }

  /// Writes a row, or replaces the one with the same primary key.
  ///
  /// - Parameter bind: Binds every column, in the order of the schema.
  func upsert(_ table: String, _ bind: (inout Binder) -> Void) throws(ProjectionError) {
    if let statement = upserts[table] { return try statement.run(bind) }
    let columns = try columns(of: table)
    precondition(!columns.isEmpty, "there is a table \(table)")
    let names = columns.map(\.name)
    let keys = columns.filter { $0.keyOrder > 0 }.sorted { $0.keyOrder < $1.keyOrder }
    // Not `INSERT OR REPLACE`: that would silently delete whatever other row a unique index holds.
    let changes = columns.filter { $0.keyOrder == 0 }.map { "\($0.name) = excluded.\($0.name)" }
    let action = changes.isEmpty ? "NOTHING" : "UPDATE SET \(changes.joined(separator: ", "))"
    let statement = try Statement(
      """
      INSERT INTO \(table) (\(names.joined(separator: ", ")))
      VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
      ON CONFLICT (\(keys.map(\.name).joined(separator: ", "))) DO \(action)
      """, on: self)
    upserts[table] = statement
    try statement.run(bind)
  }

  struct Column: Hashable {
    var name: String
    var type: String
    /// From 1 in the order of the primary key; 0 outside it.
    var keyOrder: Int64
  }

  /// The columns of a table in the order of its schema; none where there is no such table.
  func columns(of table: String) throws(ProjectionError) -> [Column] {
    var columns: [Column] = []
    do {
      try statement("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid")
        .rows({ $0.text(table) }) {
          columns.append(
            Column(name: $0.text(0), type: $0.text(1), keyOrder: $0.integer(2)))
        }
    } catch let error as ProjectionError {
      throw error
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
    return columns
  }

  func execute(_ sql: String) throws(ProjectionError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, "run a statement in") }
  }

  /// The first column of the first row, as text.
  func pragma(_ sql: String) throws -> String? {
    try Statement(sql, on: self).first { $0.optionalText(0) } ?? nil
  }

  func error(_ code: Int32, _ operation: String) -> ProjectionError {
    ProjectionError(
      code: code, message: String(cString: sqlite3_errmsg(handle)), path: path,
      operation: operation)
  }
}

extension ProjectionError {
  /// What an error code of SQLite means to whoever asked.
  init(code: Int32, message: String, path: String, operation: String) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .locked(path: path)
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged(path: path, reason: message)
    case SQLITE_CONSTRAINT:
      self = .refusedRow(table: Self.table(in: message), message: message)
    default: self = .storage(path: path, operation: operation, code: code, message: message)
    }
  }

  init(_ error: DatabaseError, path: String, operation: String) {
    self.init(
      code: error.extendedResultCode.rawValue, message: error.message ?? "\(error)", path: path,
      operation: operation)
  }

  /// The table in `UNIQUE constraint failed: users.id` and its like, as far as it is named.
  private static func table(in message: String) -> String {
    guard let colon = message.lastIndex(of: ":") else { return "a table" }
    let rest = message[message.index(after: colon)...].drop { $0 == " " }
    return String(rest.prefix { $0 != "." && $0 != " " })
  }
}
