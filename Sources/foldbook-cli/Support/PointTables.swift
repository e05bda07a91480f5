import Foldbook
import Projections
import Records

/// The tables of a point: at the head those of the branch, caught up first; else some that are made
/// for one answer and thrown away.
struct PointTables {
  private let store: ProjectionStore
  private let folder: ScratchFolder?

  /// - Parameter point: Null is the head.
  init(_ session: BookSession, _ point: ResolvedPoint?) throws {
    guard session.options.asOf != nil || session.options.knownAt != nil, let point else {
      try ProjectCommand.catchUp(session)
      store = session.book.projections
      folder = nil
      return
    }
    let folder = try ScratchFolder()
    let path = folder.path + "/tables.sqlite"
    try session.book.buildTables(at: path, of: point.point)
    store = ProjectionStore(path: path)
    self.folder = folder
  }

  /// Gives each row of a query.
  func forEachRow(_ sql: String, _ body: (TableRow) throws -> Void) throws {
    var places: [String: Int] = [:]
    try store.query(
      sql,
      columns: { names in
        for (place, name) in names.enumerated() where places[name] == nil { places[name] = place }
      },
      row: { values in try body(TableRow(places: places, values: values)) })
  }

  func rows(_ sql: String) throws -> [TableRow] {
    var rows: [TableRow] = []
    try forEachRow(sql) { rows.append($0) }
    return rows
  }

  /// A text as SQL writes it.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''").replacing("\0", with: "") + "'"
  }
}

/// A row of a query, by the names of its columns.
struct TableRow {
  fileprivate let places: [String: Int]
  fileprivate let values: [SQLValue]

  /// Null also where the query has no such column.
  subscript(column: String) -> JSONValue { places[column].map { values[$0].json } ?? .null }

  func text(_ column: String) -> String? { self[column].text }

  func double(_ column: String) -> Double? { BarScale.number(self[column]) }

  /// Of a column that names an event: on a live branch its own number of the pair.
  func sequence(_ column: String) -> JSONValue {
    guard case .integer(let number)? = places[column].map({ values[$0] }) else { return .null }
    return .sequence(EventSequence(rawValue: UInt64(max(number, 0))))
  }

  func flag(_ column: String) -> JSONValue { double(column).map { .bool($0 != 0) } ?? .null }

  /// Of a column whose text is JSON.
  func parsed(_ column: String) -> JSONValue {
    text(column).flatMap { try? JSONValue(parsing: $0) } ?? self[column]
  }
}

extension SQLValue {
  /// Whole numbers as such, also where the column is of the type REAL; a blob in hexadecimal.
  var json: JSONValue {
    switch self {
    case .null: return .null
    case .integer(let integer): return .number(JSONNumber(integer))
    case .text(let text): return .string(text)
    case .blob(let bytes):
      return .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case .real(let real):
      let text = "\(real)"
      let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
      // What is no number of JSON's is infinite or not a number.
      return (try? JSONValue(parsing: short)) ?? .null
    }
  }
}
