import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Valuation")
struct ValuationTests {
  /// 100 AAPL at 150, closes around the weekend of 28 and 29 June 2025.
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2025-06-20T15:00:00Z")
    let closes = [
      ("2025-06-20", "151"), ("2025-06-26", "154"), ("2025-06-27", "155"), ("2025-06-30", "158"),
    ]
    for (date, price) in closes {
      try ledger.close(price, on: date)
      try ledger.close("500", on: date, symbol: "SPY")
    }
    return ledger
  }

  @Test("the day before a Monday is the Friday (D-31)")
  func monday() throws {
    let value = try Self.ledger().value(asOf: "2025-06-30")
    #expect(value.priorPrice?.description == "155")
    #expect(value.dailyPnL?.description == "300")
  }

  @Test("a weekend shows the Friday's result")
  func weekend() throws {
    let value = try Self.ledger().value(asOf: "2025-06-29")
    #expect(value.date == CivilDate("2025-06-27"))
    #expect(value.dailyPnL?.description == "100")
  }

  @Test("opened today: the day begins at the entry price")
  func openedToday() throws {
    let value = try Self.ledger().value(asOf: "2025-06-20")
    #expect(value.dailyPnL?.description == "100")
    #expect(value.unrealizedFraction?.description == "0.0066666667")
  }

  @Test("closed today: the day ends at the exit price, and dividends count")
  func closedToday() throws {
    var ledger = try Self.ledger()
    try ledger.exit("40", at: "157", on: "2025-06-30T15:00:00Z")
    try ledger.dividend("0.25", on: "2025-06-30T00:00:00Z")
    // 40 · (157 − 155) + 60 · (158 − 155) + 100 · 0.25
    #expect(try ledger.value(asOf: "2025-06-30").dailyPnL?.description == "285")
    try ledger.exit(at: "156", on: "2025-06-30T16:00:00Z")
    // 80 + 60 + 25, and nothing of it needs today's price
    let value = try ledger.value(asOf: "2025-06-30")
    #expect(value.dailyPnL?.description == "165")
    #expect(value.marketValue?.description == "0")
  }

  @Test("opened and closed on one day: the realized result is the day's")
  func roundTrip() throws {
    var ledger = try Self.ledger()
    try ledger.enter("10", at: "156", on: "2025-06-30T14:00:00Z", id: "b", type: .short)
    try ledger.exit(at: "154", on: "2025-06-30T15:00:00Z", id: "b")
    #expect(try ledger.value("b", asOf: "2025-06-30").dailyPnL?.description == "20")
  }

  @Test("a split between two sessions is no loss")
  func splitDay() throws {
    var ledger = try Self.ledger()
    try ledger.split("2", on: "2025-07-01T00:00:00Z")
    try ledger.close("80", on: "2025-07-01")
    try ledger.close("500", on: "2025-07-01", symbol: "SPY")
    let value = try ledger.value(asOf: "2025-07-01")
    #expect(value.priorPrice?.description == "79")
    #expect(value.dailyPnL?.description == "200")
    #expect(value.costBasis?.description == "15000")
    #expect(value.marketValue?.description == "16000")
  }

  @Test("what is not known is null and counted, never zero")
  func missing() throws {
    var ledger = try Self.ledger()
    try ledger.enter("5", at: "10", on: "2025-06-20", id: "b", symbol: "IBM")
    let holdings = ledger.holdings(asOf: "2025-06-30")
    let valuation = Valuation(holdings)
    let value = valuation.value(of: try #require(holdings.positions["b"]))
    #expect(value.source == .missing)
    #expect(value.price == nil && value.marketValue == nil && value.unrealizedPnL == nil)
    #expect(value.dailyPnL == nil && value.notionalExposure == nil)
    #expect(value.costBasis?.description == "50")
    let total = try valuation.portfolio("p")
    #expect(total.unpricedCount == 1 && total.isPartial)
    #expect(total.longExposure.description == "15800")
  }

  @Test(
    "a price is stale once more than five sessions have passed",
    arguments: [(5, false), (6, true)])
  func stale(sessions: Int, isStale: Bool) throws {
    var ledger = try Self.ledger()
    for day in 0..<sessions {
      try ledger.close("501", on: "2025-07-0\(day + 1)", symbol: "SPY")
    }
    #expect(try ledger.value(asOf: "2025-07-0\(sessions)").isStale == isStale)
  }

  @Test("a feed that has stopped does not make its last price look fresh: weekdays count on")
  func stoppedFeed() throws {
    // The last session that is known is Tuesday, 1 July 2025.
    var ledger = try Self.ledger()
    try ledger.close("501", on: "2025-07-01", symbol: "SPY")
    try ledger.close("158", on: "2025-07-01", symbol: "AAPL")
    #expect(try !ledger.value(asOf: "2025-07-08").isStale)
    #expect(try ledger.value(asOf: "2025-07-09").isStale)
    #expect(try ledger.value(asOf: "2030-01-01").isStale)
  }

  @Test("how many sessions make a price stale is a parameter, also of one portfolio")
  func staleParameter() throws {
    var ledger = try Self.ledger()
    for day in 1...3 { try ledger.close("501", on: "2025-07-0\(day)", symbol: "SPY") }
    try ledger.append(
      .parameterSet(ParameterSet(name: "price.stale_sessions", value: 2)), at: "2025-01-01")
    #expect(try ledger.value(asOf: "2025-07-03").isStale)
    try ledger.append(
      .parameterSet(ParameterSet(name: "price.stale_sessions", value: 3, portfolio: "p")),
      at: "2025-01-01")
    #expect(try !ledger.value(asOf: "2025-07-03").isStale)
  }

  @Test("sessions come from the benchmark, or without it from any instrument")
  func sessions() throws {
    var ledger = try Self.ledger()
    try ledger.close("9", on: "2025-06-25", symbol: "IBM")
    var holdings = ledger.holdings(asOf: "2025-06-30")
    #expect(Valuation(holdings).sessions(for: "p").dates.count == 4)
    try ledger.append(
      .portfolioChanged(PortfolioChanged(portfolio: "p", benchmark: "NONE")), at: "2025-01-01")
    holdings = ledger.holdings(asOf: "2025-06-30")
    #expect(Valuation(holdings).sessions(for: "p").dates.count == 5)
  }

  @Test("an option past its expiry is worth its intrinsic value then, and flagged")
  func expired() throws {
    var ledger = try Self.ledger()
    try ledger.enter(
      "2", at: "3", on: "2025-06-20", id: "c", symbol: "AAPL250627C00150000", type: .longCall)
    try ledger.enter(
      "1", at: "3", on: "2025-06-20", id: "d", symbol: "AAPL250627P00150000", type: .shortPut)
    try ledger.split("2", on: "2025-07-01")
    let call = try ledger.value("c", asOf: "2025-07-02")
    #expect(call.isExpired)
    #expect(call.price?.description == "5")
    #expect(call.marketValue?.description == "1000")
    let put = try ledger.value("d", asOf: "2025-07-02")
    #expect(put.price?.description == "0")
    #expect(put.marketValue?.description == "0")
    #expect(try !ledger.value("c", asOf: "2025-06-27").isExpired)
  }

  @Test("the series has one value a session from the entry to the closing exit")
  func series() throws {
    var ledger = try Self.ledger()
    try ledger.exit("40", at: "156", on: "2025-06-27T15:00:00Z")
    try ledger.split("2", on: "2025-06-30T00:00:00Z")
    try ledger.exit(at: "80", on: "2025-06-30T15:00:00Z")
    try ledger.close("500", on: "2025-07-01", symbol: "SPY")
    var series = ValuationSeries(ledger.state, asOf: instant("2025-07-10"))
    let values = try series.values(of: "a")
    #expect(
      values.map(\.date.description) == ["2025-06-20", "2025-06-26", "2025-06-27", "2025-06-30"])
    #expect(values.map(\.quantity.description) == ["100", "100", "60", "0"])
    // The 30th: 120 · (80 − 77.5)
    #expect(values.map { $0.dailyPnL?.description } == ["100", "300", "140", "300"])
    // Each row says what asking as of its session's end says.
    for value in values {
      #expect(try ledger.value(asOf: value.date.description) == value)
    }
    // The cut ends the series within its day.
    var cut = ValuationSeries(ledger.state, asOf: instant("2025-06-27T14:00:00Z"))
    #expect(try cut.values(of: "a").map(\.date.description) == ["2025-06-20", "2025-06-26"])
  }
}
