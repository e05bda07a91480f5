import ExactNumbers
import GRDBSQLite
import Records

/// A prepared statement that is bound and run many times.
///
/// Rows are bound straight to SQLite: at a million rows that is twice as fast as any layer above.
/// A statement belongs to one ``Connection`` and is used by one thread at a time.
final class Statement {
  let sql: String
  fileprivate let handle: OpaquePointer
  private unowned let connection: Connection

  init(handle: OpaquePointer, sql: String, connection: Connection) {
    self.handle = handle
    self.sql = sql
    self.connection = connection
  }

  convenience init(_ sql: String, on connection: Connection) throws(ProjectionError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw connection.error(code, "prepare \(sql) in") }
    self.init(handle: handle, sql: sql, connection: connection)
  }

  deinit { sqlite3_finalize(handle) }

  var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

  var columnNames: [String] {
    (0..<sqlite3_column_count(handle)).map { column in
      sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
    }
  }

  /// Binds every parameter in order and runs the statement to its end.
  func run(_ bind: (inout Binder) -> Void) throws(ProjectionError) {
    try start(bind)
    var code: Int32
    repeat { code = sqlite3_step(handle) } while code == SQLITE_ROW
    sqlite3_reset(handle)
    guard code == SQLITE_DONE else { throw connection.error(code, "write") }
  }

  func run() throws(ProjectionError) { try run { _ in } }

  /// Runs the statement and gives each row to a body, which must not use this statement.
  func rows(
    _ bind: (inout Binder) -> Void = { _ in }, _ body: (Row) throws -> Void
  ) throws {
    try start(bind)
    defer { sqlite3_reset(handle) }
    while true {
      let code = sqlite3_step(handle)
      guard code == SQLITE_ROW else {
        guard code == SQLITE_DONE else { throw connection.error(code, "read") }
        return
      }
      try body(Row(handle: handle))
    }
  }

  /// What a body makes of the only row; null where there is none.
  func first<Value>(
    _ bind: (inout Binder) -> Void = { _ in }, _ body: (Row) throws -> Value
  ) throws -> Value? {
    try start(bind)
    defer { sqlite3_reset(handle) }
    let code = sqlite3_step(handle)
    if code == SQLITE_DONE { return nil }
    guard code == SQLITE_ROW else { throw connection.error(code, "read") }
    return try body(Row(handle: handle))
  }

  private func start(_ bind: (inout Binder) -> Void) throws(ProjectionError) {
    var binder = Binder(handle: handle)
    bind(&binder)
    precondition(
      binder.count == parameterCount,
      "every parameter is bound: \(sql)")
    guard binder.code == SQLITE_OK else { throw connection.error(binder.code, "bind a row of") }
  }
}

/// Binds values to the parameters of a statement, one after the other.
struct Binder {
  fileprivate let handle: OpaquePointer
  fileprivate var count = 0
  fileprivate var code: Int32 = SQLITE_OK

  fileprivate init(handle: OpaquePointer) { self.handle = handle }

  // SQLite copies the bytes before the call returns.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private mutating func note(_ result: Int32) {
    if code == SQLITE_OK { code = result }
  }

  mutating func null() {
    count += 1
    note(sqlite3_bind_null(handle, Int32(count)))
  }

  mutating func text(_ text: String) {
    count += 1
    var text = text
    let (handle, count) = (handle, Int32(count))
    note(
      text.withUTF8 { bytes in
        sqlite3_bind_text64(
          handle, count, UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
          UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
      })
  }

  mutating func text(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  mutating func integer(_ value: Int64) {
    count += 1
    note(sqlite3_bind_int64(handle, Int32(count), value))
  }

  mutating func integer(_ value: Int64?) {
    if let value { integer(value) } else { null() }
  }

  mutating func boolean(_ value: Bool) { integer(value ? 1 : 0) }

  mutating func boolean(_ value: Bool?) {
    if let value { boolean(value) } else { null() }
  }

  mutating func real(_ value: Double?) {
    guard let value else { return null() }
    count += 1
    note(sqlite3_bind_double(handle, Int32(count), value))
  }

  /// A decimal as the nearest double, which carries it without loss.
  mutating func number(_ value: ExactDecimal?) { real(value?.doubleValue) }

  mutating func number(_ value: (some ScaledNumber)?) { real(value?.doubleValue) }

  mutating func date(_ value: CivilDate?) { text(value?.description) }

  /// As the tables write it: `YYYY-MM-DDTHH:MM:SS.sssZ`.
  mutating func time(_ value: Instant?) { text(value?.milliseconds) }

  mutating func sequence(_ value: EventSequence) { integer(Int64(value.rawValue)) }

  /// As internal tables keep it: nanoseconds since 1970.
  mutating func nanoseconds(_ value: Instant?) { integer(value?.nanosecondsSinceEpoch) }
}

/// The row a statement stands on. Valid only until the statement moves on.
struct Row {
  fileprivate let handle: OpaquePointer

  var columnCount: Int { Int(sqlite3_column_count(handle)) }

  func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

  func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

  func text(_ column: Int) -> String {
    guard let bytes = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// A decimal that was stored as a double, exactly as it was: of all decimals of at most 15
  /// digits only this one has that double nearest, and it is the shortest that reads back as it.
  func number(_ column: Int) -> ExactDecimal? {
    isNull(column) ? nil : try? ExactDecimal(String(describing: real(column)))
  }

  func sequence(_ column: Int) -> EventSequence {
    EventSequence(UInt64(bitPattern: integer(column)))
  }

  func nanoseconds(_ column: Int) -> Instant {
    Instant(nanosecondsSinceEpoch: integer(column))
  }

  func value(_ column: Int) -> SQLValue {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(real(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB:
      .blob(
        sqlite3_column_blob(handle, Int32(column)).map {
          Array(
            UnsafeRawBufferPointer(
              start: $0, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
        } ?? [])
    default: .null
    }
  }
}

/// A value of a query's answer.
public enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}
