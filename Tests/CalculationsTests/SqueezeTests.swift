import Analytics
import Calculations
import Events
import ExactNumbers
import Portfolio
import Testing

@Suite("Short squeeze (C-20)")
struct SqueezeTests {
  private static func short(
    _ reports: [(Symbol, String?, String?, String)]
  ) throws -> BookFixture {
    var book = try BookFixture.withPortfolio()
    for (symbol, cost, days, date) in reports {
      try book.close("10", symbol, on: "2025-06-30")
      try book.enter(
        "10", symbol, at: "10", on: "2025-06-02", id: PositionID(symbol.rawValue), type: .short)
      try book.append(
        .shortReported(
          ShortReported(
            symbol: symbol, daysToCover: days.map { BookFixture.decimal($0) },
            costToBorrowRate: cost.map { BookFixture.decimal($0) })),
        at: date)
    }
    return book
  }

  @Test(
    "levels of the worked example",
    arguments: [
      ("12.5", "2", .high), ("10.0", "3.5", .medium), ("5.0", "3.0", .low), (nil, "2", .unknown),
      (nil, "6", .high),
    ] as [(String?, String?, ShortSqueeze.Level)])
  func levels(cost: String?, days: String?, level: ShortSqueeze.Level) throws {
    let book = try Self.short([("GME", cost, days, "2025-06-15")])
    let risks = try book.day("2025-06-30").squeeze(of: "p")
    #expect(risks.map(\.level) == [level])
    #expect(risks.map(\.isStale) == [false])
    #expect(risks[0].marketValue?.doubleValue == -100)
  }

  @Test("ordered by level, cost and days, unknown last")
  func order() throws {
    let book = try Self.short([
      ("A", nil, "2", "2025-06-15"), ("B", "5", "3", "2025-06-15"), ("C", "6", "1", "2025-06-15"),
      ("D", nil, "6", "2025-06-15"), ("E", "12", "1", "2025-06-15"), ("F", "7", nil, "2025-06-15"),
      ("G", "12", "2", "2025-06-15"), ("H", "12", "2", "2025-06-15"),
    ])
    let risks = try book.day("2025-06-30").squeeze(of: "p")
    #expect(risks.map(\.symbol) == ["G", "H", "E", "D", "F", "C", "B", "A"])
  }

  @Test("short stock and short calls are exposed, by their underlying; short puts are not")
  func exposed() throws {
    var book = try Self.short([("AAPL", "12.5", "2", "2025-06-15")])
    for (id, symbol, type) in [
      ("call", "AAPL250929C00165000", .shortCall), ("put", "AAPL250929P00165000", .shortPut),
      ("long", "AAPL", .long),
    ] as [(PositionID, Symbol, PositionType)] {
      try book.enter("1", symbol, at: "5", on: "2025-06-02", id: id, type: type)
    }
    let risks = try book.day("2025-06-30").squeeze(of: "p")
    #expect(risks.map(\.position) == ["AAPL", "call"])
    #expect(risks.map(\.shortedSymbol) == ["AAPL", "AAPL"])
    #expect(risks[1].level == .high)
  }

  @Test("metrics count from their date on, are stale after 35 days, and are missing before")
  func dates() throws {
    let book = try Self.short([("GME", "12.5", "2", "2025-06-15")])
    let before = try book.day("2025-06-14").squeeze(of: "p")
    #expect(before.map(\.level) == [.unknown])
    #expect(before[0].metrics == nil && !before[0].isStale)
    #expect(try book.day("2025-07-20").squeeze(of: "p").map(\.isStale) == [false])
    let stale = try book.day("2025-07-21").squeeze(of: "p")
    #expect(stale.map(\.isStale) == [true])
    #expect(stale.map(\.level) == [.high])
  }

  @Test("days to cover that were not reported follow from short interest and volume")
  func derivedDays() throws {
    var book = try Self.short([])
    try book.enter("10", "GME", at: "10", on: "2025-06-02", type: .short)
    try book.append(
      .shortReported(
        ShortReported(
          symbol: "GME", shortInterestShares: 1_000, avgDailyVolume: 300,
          costToBorrowRate: BookFixture.decimal("1"))),
      at: "2025-06-15")
    let risk = try #require(try book.day("2025-06-30").squeeze(of: "p").first)
    #expect(risk.daysToCover == 3.3333)
    #expect(risk.level == .medium)
  }

  @Test("the step digests the latest metrics of every ticker and warns of what is not known")
  func rows() throws {
    var book = try Self.short([
      ("GME", "12.5", "2", "2025-04-15"), ("AMC", "4", "1", "2025-06-15"),
    ])
    try book.enter("10", "TSLA", at: "10", on: "2025-06-02", id: "t", type: .short)
    let method = try MethodCatalog.method(named: "short_metrics/1", of: "short_metrics")
    let output = try method.output(book.day("2025-06-30"), nil)
    let rows = try output.table(.shortMetricsInForce)
    #expect(rows.isInOrder)
    #expect(rows.column("ticker") == ["\"AMC\"", "\"GME\""])
    #expect(rows.column("metric_date") == ["\"2025-06-15\"", "\"2025-04-15\""])
    #expect(rows.column("cost_to_borrow_rate") == ["4", "12.5"])
    #expect(output.warnings.count == 2)
    #expect(output.warnings[0].contains("TSLA") && output.warnings[1].contains("GME"))
    #expect(try method.output(book.day("2025-04-14"), nil).rowCount == 0)
  }
}
