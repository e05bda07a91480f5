import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Daily returns") struct ReturnsTests {
  @Test("C-06: the rows of the tiny book's day")
  func tinyBook() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let output = try MethodCatalog.current(.returns).output(day, "p")
    let positions = try #require(output.tables.first)
    #expect(positions.table == .dailyReturns)
    #expect(positions.column("position_id") == ["\"1\"", "\"2\"", "\"3\"", "\"4\""])
    #expect(positions.column("quantity") == ["100", "-50", "10", "-5"])
    #expect(positions.column("market_value") == ["16000", "-19500", "7200", "-3000"])
    #expect(positions.column("daily_pnl") == ["200", "-100", "200", "150"])
    let total = try #require(output.tables.last)
    #expect(total.column("net_asset_value") == ["50700"])
    #expect(total.column("daily_pnl") == ["450"])
    #expect(total.column("daily_return") == ["0.0089552239"])
    #expect(output.warnings.isEmpty)
  }

  @Test("what was left today is of the day, what was left before is not")
  func exits() throws {
    var book = try BookFixture.tinyBook()
    try book.exit(at: "160", on: "2025-07-01T15:00:00Z", id: "1")
    try book.exit(at: "380", on: "2025-06-30T15:00:00Z", id: "2")
    let day = book.day("2025-07-01")
    #expect(try day.positionsOfDay(of: "p").map(\.id) == ["1", "3", "4"])
    let rows = try #require(try MethodCatalog.current(.returns).output(day, "p").tables.first)
    #expect(rows.column("daily_pnl").first == "200")
    #expect(rows.column("quantity").first == "0")
  }

  @Test("returns begin on the second day; a deposit is no return")
  func returns() throws {
    var book = try BookFixture.withPortfolio(deposit: 1_000)
    try book.enter("100", at: "10", on: "2025-06-02")
    for (date, price) in [("2025-06-02", "10"), ("2025-06-03", "11"), ("2025-06-04", "11")] {
      try book.close(price, on: date)
      try book.close("500", "SPY", on: date)
    }
    try book.move(5_000, .deposit, on: "2025-06-04")
    let returns = try book.day("2025-06-04").dailyReturns(of: "p")
    #expect(returns.map { $0.value?.description } == [nil, "0.1", "0"])
  }

  @Test("a portfolio that does not exist as of the day is told so")
  func unknown() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    #expect(throws: CalculationError.unknownPortfolio(id: "q")) {
      try MethodCatalog.current(.returns).output(day, "q")
    }
  }

  @Test("the same facts give the same digest; another price gives another")
  func digest() throws {
    var book = try BookFixture.tinyBook()
    let method = MethodCatalog.current(.returns)
    let first = try method.output(book.day("2025-07-01"), "p").digest
    #expect(try method.output(BookFixture.tinyBook().day("2025-07-01"), "p").digest == first)
    try book.close("161", "AAPL", on: "2025-07-01")
    #expect(try method.output(book.day("2025-07-01"), "p").digest != first)
  }
}

@Suite("Performance from NAV history") struct PerformanceTests {
  /// One share that all money is in, after the returns of C-07 in a row; the benchmark as given.
  private func book(sessions: Int, benchmark: (Int) -> String) throws -> (BookFixture, String) {
    let returns = [0.004, -0.006, 0.010, -0.012, 0.003]
    var book = try BookFixture.withPortfolio(deposit: 10_000_000)
    var price = 100.0
    var date = try #require(CivilDate("2024-01-01"))
    try book.enter("100000", at: "100", on: date.description)
    for session in 0..<sessions {
      while date.weekday > 5 { date = date.advanced(byDays: 1) }
      if session > 0 { price *= 1 + returns[(session - 1) % 5] }
      let units = Int((price * 1e8).rounded())
      let rest = String(100_000_000 + units % 100_000_000).dropFirst()
      try book.close("\(units / 100_000_000).\(rest)", on: date.description)
      try book.close(benchmark(session), "SPY", on: date.description)
      date = date.advanced(byDays: 1)
    }
    return (book, date.advanced(byDays: -1).description)
  }

  @Test("C-16: twenty returns have a volatility, nineteen have none", arguments: [20, 21])
  func volatility(sessions: Int) throws {
    let (book, last) = try book(sessions: sessions) { "\(500 + $0)" }
    let performance = try book.day(last).performance(of: "p")
    #expect(performance.observations == sessions - 1)
    guard sessions == 21 else {
      #expect(performance.annualizedVolatility == nil && performance.sharpeRatio == nil)
      #expect(performance.beta == nil)
      return
    }
    // √(Σ(r − r̄)² / 19 · 252) of the five returns four times: .0087293² · 4 · 4 / 19.
    let expected = (4 * 4 * 0.0087293 * 0.0087293 / 19 * 252).squareRoot()
    #expect((try #require(performance.annualizedVolatility) - expected).magnitude < 1e-5)
    #expect(performance.beta != nil && performance.sharpeRatio != nil)
    #expect(performance.rateSource == .standard)
  }

  @Test("C-15: a benchmark that is the share itself gives a beta of 1")
  func beta() throws {
    var prices: [String] = []
    let (own, last) = try book(sessions: 30) { _ in "500" }
    prices = own.state.market.closes(of: "AAPL").map(\.close.description)
    #expect(try own.day(last).performance(of: "p").beta == nil)
    let (same, _) = try book(sessions: 30) { prices[$0] }
    let beta = try #require(try same.day(last).performance(of: "p").beta)
    #expect((beta - 1).magnitude < 1e-6)
  }

  @Test("parameters set the window and the minimum; a rate that is set is the one used")
  func parameters() throws {
    var (book, last) = try book(sessions: 12) { "\(500 + $0)" }
    try book.set("risk.window", 6)
    try book.set("risk.minimum_observations", 5)
    try book.set("rate.risk_free", 0)
    let performance = try book.day(last).performance(of: "p")
    #expect(performance.observations == 6)
    #expect(performance.annualizedVolatility != nil)
    #expect(performance.rateSource == .parameter)
  }

  @Test("C-17: 100, 104, 101, 97, 99, 106, 103 fall by 6.7308 % at worst")
  func drawdown() throws {
    var book = try BookFixture.withPortfolio(deposit: 100)
    try book.enter("1", at: "100", on: "2025-06-02")
    for (day, price) in zip(2..., ["100", "104", "101", "97", "99", "106", "103"]) {
      try book.close(price, on: "2025-06-0\(day)")
      try book.close("500", "SPY", on: "2025-06-0\(day)")
    }
    let depth = try #require(try book.day("2025-06-08").performance(of: "p").maxDrawdown)
    #expect((depth + 7.0 / 104).magnitude < 1e-9)
  }
}

@Suite("Market data in force") struct MarketDataTests {
  @Test("what is held, underlyings, benchmarks and proxies, ascending, with the close in force")
  func closes() throws {
    var book = try BookFixture.tinyBook()
    try book.append(
      .factorDefined(
        FactorDefined(
          factor: "oil", name: "oil", displayName: "Oil", category: .macro, sortOrder: 1,
          proxy: "USO", proxyKind: .priceReturn)), at: "2025-01-01")
    try book.append(
      .factorDefined(
        FactorDefined(
          factor: "rate", name: "rate", displayName: "Rate", category: .macro, sortOrder: 2,
          proxy: "DGS10", proxyKind: .yieldChange)), at: "2025-01-01")
    try book.rate("4.25", "DGS10", on: "2025-06-27")
    let output = try MethodCatalog.current(.marketData).output(book.day("2025-07-02"), nil)
    let rows = try #require(output.tables.first)
    #expect(
      rows.column("ticker").map { $0.dropFirst().dropLast() } == [
        "AAPL", Substring(BookFixture.call.rawValue), "DGS10", "MSFT", "SPY",
        Substring(BookFixture.put.rawValue), "USO",
      ])
    #expect(rows.column("close") == ["160", "7.2", "4.25", "390", "530", "6", "null"])
    #expect(rows.column("close_date")[2] == "\"2025-06-27\"")
    #expect(rows.column("source")[2] == "\"rate\"")
    #expect(output.warnings.first == "no close of USO is known")
    // The second of July has no closes: those of the first are in force.
    #expect(output.warnings.count == 2)
  }
}
