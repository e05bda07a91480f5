import ArgumentParser
import Foldbook
import Interchange
import Projections
import Records

/// `foldbook sql`
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "A query over the tables; nothing is written",
    discussion: """
      The tables are caught up first. With --as-of or --known-at they are made for that point, \
      which takes as long as a rebuild. Without a query it is read from standard input.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("One SELECT", valueName: "query"))
  var query: String?

  @Flag(help: "Ask the tables as they stand, also when they lag behind the log")
  var noCatchUp = false

  private static let queryBytesMax = 1_000_000
  /// SQLITE_ERROR: the statement is at fault, not the file.
  private static let sqliteError: Int32 = 1

  func run() throws {
    let sql = try query ?? standardInput()
    let session = try BookSession(options)
    if options.asOf != nil || options.knownAt != nil {
      let point = try session.point()
      let folder = try ScratchFolder()
      let path = folder.path + "/tables.sqlite"
      try session.book.buildTables(at: path, of: point.point)
      try write(sql, over: ProjectionStore(path: path), session, at: point)
    } else {
      if !noCatchUp { try ProjectCommand.catchUp(session) }
      try write(sql, over: session.book.projections, session, at: nil)
    }
    try session.finish()
  }

  private func standardInput() throws -> String {
    let input = try ByteInput(path: "-")
    var bytes: [UInt8] = []
    while case let chunk = try input.next(), !chunk.isEmpty {
      bytes += chunk
      guard bytes.count <= Self.queryBytesMax else {
        throw CommandFailure.usage("a query has at most \(Self.queryBytesMax) bytes")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(
    _ sql: String, over tables: ProjectionStore, _ session: BookSession, at point: ResolvedPoint?
  ) throws {
    var rows = SQLRows(session, at: point)
    do {
      try tables.query(sql, columns: { rows.names = $0 }, row: { try rows.add($0) })
    } catch ProjectionError.storage(_, _, Self.sqliteError, let message) {
      // What SQLite finds only while it runs the query, as an ATTACH or a sum that overflows.
      throw ProjectionError.query(message: message)
    }
    try rows.finish()
  }
}

/// Rows of a query on their way out: which columns hold numbers is seen from the first of them.
private struct SQLRows {
  static let measuredRowsMax = 100

  let session: BookSession
  let point: ResolvedPoint?
  var names: [String] = []
  private var waiting: [[SQLValue]] = []
  private var writer: AnswerWriter?

  init(_ session: BookSession, at point: ResolvedPoint?) {
    self.session = session
    self.point = point
  }

  mutating func add(_ row: [SQLValue]) throws {
    if writer == nil, waiting.count < Self.measuredRowsMax { return waiting.append(row) }
    try begin()
    try writer?.row(row.map(\.json))
  }

  mutating func finish() throws {
    try begin()
    try writer?.finish()
  }

  private mutating func begin() throws {
    guard writer == nil else { return }
    writer = try session.writer(session.answer("sql", at: point), columns: columns, at: point)
    for row in waiting { try writer?.row(row.map(\.json)) }
    waiting = []
  }

  /// Names that come again are numbered: a JSON object cannot have two members of one name.
  private var columns: [AnswerColumn] {
    var seen: [String: Int] = [:]
    return names.enumerated().map { index, name in
      seen[name, default: 0] += 1
      let name = seen[name] == 1 ? name : "\(name)_\(seen[name] ?? 0)"
      let values = waiting.map { $0[index] }.filter { $0 != .null }
      return !values.isEmpty && values.allSatisfy(\.isNumber) ? .number(name) : AnswerColumn(name)
    }
  }
}

extension SQLValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .real: true
    case .null, .text, .blob: false
    }
  }
}
