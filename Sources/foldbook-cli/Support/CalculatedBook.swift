import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// What is calculated at the point that the options ask for, of the portfolios that they choose.
struct CalculatedBook {
  let session: BookSession
  let point: ResolvedPoint
  let calculations: PointCalculations
  /// Everything but prices.
  let holdings: Holdings
  /// Those that are open at the point, ascending.
  let portfolios: [PortfolioID]
  private let warnings: [String]

  /// - Parameter takesFilter: Whether the answer is about holdings, which `--where` may choose.
  /// - Throws: `BookError.unknownPortfolio` where the portfolio was never opened.
  init(_ options: GlobalOptions, takesFilter: Bool = false) throws {
    if options.terms != nil, !takesFilter {
      throw CommandFailure.usage(
        "--where chooses holdings, and this answer is about whole portfolios: use --portfolio ID")
    }
    session = try BookSession(options)
    point = try session.point()
    calculations = try session.book.calculations(at: point.point)
    holdings = try session.book.facts(knownAt: point.point.knownAt)
      .resolve(asOf: point.point.asOf)
    let asOf = point.point.asOf
    let open = holdings.portfolios.values
      .filter { $0.openedAt <= asOf && ($0.closedAt.map { $0 > asOf } ?? true) }
      .map(\.id).sorted()
    guard let wanted = options.portfolioID else {
      portfolios = open
      warnings = []
      return
    }
    portfolios = open.filter { $0 == wanted }
    guard portfolios.isEmpty else {
      warnings = []
      return
    }
    guard let known = try session.book.facts().portfolio(wanted, asOf: .distantFuture) else {
      throw BookError.unknownPortfolio(id: wanted.rawValue)
    }
    warnings = [
      "portfolio \(wanted) is not open at this point: it was opened at \(known.openedAt)"
        + (known.closedAt.map { " and closed at \($0)" } ?? "")
    ]
  }

  /// The currency of all portfolios; null where there are several or none.
  var currency: String? {
    let currencies = Set(portfolios.compactMap { holdings.portfolios[$0]?.currency })
    return currencies.count == 1 ? currencies.first : nil
  }

  /// Whose row it is: people see it where there are several portfolios.
  var portfolioColumn: AnswerColumn {
    AnswerColumn("portfolio_id", isDetail: portfolios.count < 2)
  }

  /// The result of a step, its rows by their table.
  func result(_ step: Step, of portfolio: PortfolioID? = nil) throws -> StepResult {
    StepResult(try calculations.result(step, of: portfolio))
  }

  func writer(
    _ schema: String, columns: [AnswerColumn], extra: [JSONMember] = [], summary: String? = nil
  ) throws -> AnswerWriter {
    var answer = session.answer(schema, at: point)
    answer.extra = extra
    answer.summary = summary
    var writer = try session.writer(answer, columns: columns, at: point)
    for warning in warnings { writer.warn(warning) }
    return writer
  }

  /// Completes the answer, with footnotes.
  func finish(_ writer: inout AnswerWriter, _ footnotes: Footnotes) throws {
    for note in footnotes.notes { writer.warn(note) }
    try writer.finish()
    try session.finish()
  }

  /// A factor's name, as the documented model has it.
  func factorName(_ id: JSONValue) -> JSONValue {
    guard let text = id.text, let factor = holdings.factors[FactorID(text)] else { return id }
    return .string(factor.payload.name)
  }

  /// Where a factor stands in lists.
  func factorOrder(_ id: JSONValue) -> Int64 {
    id.text.flatMap { holdings.factors[FactorID($0)]?.payload.sortOrder } ?? .max
  }
}

/// What the reader of an answer should know, each once.
struct Footnotes {
  private(set) var notes: [String] = []

  mutating func add(_ note: String) {
    if !notes.contains(note) { notes.append(note) }
  }

  mutating func add(_ result: StepResult) {
    for warning in result.warnings { add(warning) }
  }
}

/// The rows of a step, by table and column.
struct StepResult {
  /// A row of a calculated table.
  struct Row {
    fileprivate let places: [String: Int]
    fileprivate let cells: [Cell]

    /// Null also where the table has no such column.
    subscript(column: String) -> JSONValue { places[column].map { cells[$0].json } ?? .null }

    func double(_ column: String) -> Double? { places[column].flatMap { cells[$0].doubleValue } }

    func text(_ column: String) -> String? { self[column].text }

    /// Of a column that says yes or no.
    func flag(_ column: String) -> JSONValue {
      double(column).map { .bool($0 != 0) } ?? .null
    }

    /// Of a column whose text is JSON.
    func parsed(_ column: String) -> JSONValue {
      text(column).flatMap { try? JSONValue(parsing: $0) } ?? self[column]
    }
  }

  private let result: PointResult
  private var output: CalculationOutput { result.output }

  init(_ result: PointResult) { self.result = result }

  /// When it was worked out, and until when it is fresh.
  var calculatedAt: JSONValue { .time(result.calculatedAt) }
  var expiresAt: JSONValue { .time(result.expiresAt) }

  var warnings: [String] { output.warnings }

  func rows(_ table: CalculatedTable) -> [Row] {
    // A result that was kept knows its tables by name alone.
    guard let found = output.tables.first(where: { $0.table.name == table.name }) else { return [] }
    let places = Dictionary(
      found.table.columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return found.rows.map { Row(places: places, cells: $0) }
  }
}

extension Cell {
  /// A decimal with the digits it has, a statistic with the fewest that name it.
  var json: JSONValue {
    // Every text of a cell is one JSON value.
    (try? JSONValue(parsing: canonicalText)) ?? .null
  }
}

extension Money {
  /// An amount as a table has it.
  init?(_ value: JSONValue) {
    guard case .number(let number) = value else { return nil }
    let isNegative = number.text.hasPrefix("-")
    let parts = number.text.drop { $0 == "-" }.split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    guard let whole = parts.first, fraction.utf8.count <= Self.places,
      let units = Int128(
        whole + fraction + String(repeating: "0", count: Self.places - fraction.utf8.count))
    else { return nil }
    self.init(units: isNegative ? -units : units)
  }
}
