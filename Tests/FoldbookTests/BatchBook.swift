import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Projections
import Records
import TestSupport

/// A book on disk with a benchmark, three stocks and two portfolios over weekdays of 2024.
struct BatchBook {
  let folder: TemporaryFolder
  let book: Book
  /// Every weekday from 2024-01-02, as many as were asked for.
  let sessions: [CivilDate]

  init(sessions count: Int, seed: UInt64 = 7) throws {
    folder = try TemporaryFolder()
    book = try Book.create(at: folder.path + "/book", id: "batch-book")
    var sessions: [CivilDate] = []
    var date = CivilDate("2024-01-02")!
    while sessions.count < count {
      if date.weekday <= 5 { sessions.append(date) }
      date = date.advanced(byDays: 1)
    }
    self.sessions = sessions
    try book.appendDefaults()
    var events: [Event] = []
    for portfolio in ["alpha", "beta"] {
      events.append(
        event(
          "open-\(portfolio)", "2024-01-01T09:00:00Z",
          .portfolioOpened(
            PortfolioOpened(portfolio: PortfolioID(portfolio), name: portfolio))))
      events.append(
        event(
          "deposit-\(portfolio)", "2024-01-01T10:00:00Z",
          .cashMoved(
            CashMoved(
              portfolio: PortfolioID(portfolio), amount: 500_000, reason: .deposit))))
    }
    events += Self.bars(sessions, seed: seed)
    for (portfolio, position, symbol, type, quantity) in [
      ("alpha", "a1", "AAA", PositionType.long, Int32(400)),
      ("alpha", "a2", "BBB", .short, 300), ("beta", "b1", "CCC", .long, 500),
    ] {
      events.append(
        event(
          "enter-\(position)", "2024-01-02T20:00:00Z",
          .positionEntered(
            PositionEntered(
              position: PositionID(position), portfolio: PortfolioID(portfolio),
              symbol: Symbol(symbol), positionType: type, quantity: ExactDecimal(quantity),
              entryPrice: 100))))
    }
    events.append(
      event(
        "enter-a3", "2024-01-02T20:00:00Z",
        .positionEntered(
          PositionEntered(
            position: "a3", portfolio: "alpha", symbol: "AAA250117C00110000",
            positionType: .longCall, quantity: 10, entryPrice: 6))))
    try book.append(events)
  }

  /// Random walks about a common market.
  private static func bars(_ sessions: [CivilDate], seed: UInt64) -> [Event] {
    var generator = SeededGenerator(seed: seed)
    func step() -> Double { Double.random(in: -0.01...0.01, using: &generator) }
    var levels: [(symbol: Symbol, beta: Double, level: Double)] = [
      ("SPY", 1, 400), ("AAA", 1.3, 100), ("BBB", 0.7, 100), ("CCC", 1, 100),
    ]
    return sessions.flatMap { date in
      let market = step()
      return levels.indices.map { index in
        let own = index == 0 ? 0 : step()
        levels[index].level *= 1 + levels[index].beta * market + own
        let cents = Int64((levels[index].level * 100).rounded())
        return bar(levels[index].symbol, date, cents: cents)
      }
    }
  }

  static func bar(_ symbol: Symbol, _ date: CivilDate, cents: Int64, id: String = "") -> Event {
    Event(
      id: .given("bar-\(symbol)-\(date)\(id)"), effective: date.end, source: "/tests",
      payload: .priceClosed(
        PriceClosed(
          symbol: symbol, date: date, close: try! ExactDecimal(coefficient: cents, places: 2))))
  }

  func run(
    _ from: Int, _ through: Int, steps: Set<Step> = Set(Step.allCases), isStrict: Bool = false
  ) throws -> BatchReport {
    try book.runBatch(
      BatchRequest(dates: sessions[from]...sessions[through], steps: steps, isStrict: isStrict))
  }

  func events(of kinds: Set<KindNumber>) throws -> [Event] {
    var cursor = book.events(EventFilter(kinds: kinds))
    var events: [Event] = []
    while let event = try cursor.next() { events.append(event) }
    return events
  }

  /// The rows of a query, each its values' texts.
  func rows(_ sql: String) throws -> [[String]] {
    var rows: [[String]] = []
    try book.projections.query(sql, columns: { _ in }) { row in
      rows.append(row.map { value in value.plainText })
    }
    return rows
  }
}

extension SQLValue {
  fileprivate var plainText: String {
    switch self {
    case .null: "null"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let text): text
    case .blob: "blob"
    }
  }
}
