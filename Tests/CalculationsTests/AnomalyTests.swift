import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Anomalies") struct AnomalyTests {
  private func kinds(_ day: CalculationDay, _ completed: Set<Step> = []) throws -> [Anomaly.Kind] {
    try day.anomalies(of: "p", completed: completed).map(\.kind)
  }

  /// A share and the benchmark on the weekdays from 2025-06-02 on.
  private func book(prices: [String]) throws -> (BookFixture, last: String) {
    var book = try BookFixture.withPortfolio()
    try book.enter("10", at: prices[0], on: "2025-06-02")
    var date = try #require(CivilDate("2025-06-02"))
    var last = date
    for price in prices {
      while date.weekday > 5 { date = date.advanced(byDays: 1) }
      try book.close("500", "SPY", on: date.description)
      try book.close(price, on: date.description)
      last = date
      date = date.advanced(byDays: 1)
    }
    return (book, last.description)
  }

  @Test("a healthy book has none")
  func healthy() throws {
    #expect(try kinds(BookFixture.tinyBook().day("2025-07-01")) == [])
  }

  @Test(
    "a move beyond 25 % in a session", arguments: [("126", 1), ("125", 0), ("74", 1), ("75", 0)])
  func jump(price: String, count: Int) throws {
    let (book, last) = try book(prices: ["100", price])
    let found = try book.day(last).anomalies(of: "p", completed: [])
    #expect(found.map(\.kind) == Array(repeating: .priceJump, count: count))
    if price == "126" {
      #expect(
        found[0].message == "AAPL moved by 26.0 % since its close of 2025-06-02, "
          + "with no split to explain it")
      #expect(found[0].position == "a")
    }
  }

  @Test("a split explains a move")
  func split() throws {
    var (book, _) = try book(prices: ["100"])
    try book.split("4", on: "2025-06-03T00:00:00Z")
    try book.close("500", "SPY", on: "2025-06-03")
    try book.close("25.5", on: "2025-06-03")
    #expect(try kinds(book.day("2025-06-03")) == [])
  }

  @Test("a move of more than ten times the spread of thirty sessions before, but of no fewer")
  func deviations() throws {
    let calm = (0..<31).map { $0.isMultiple(of: 2) ? "100" : "100.2" }
    var (quiet, day) = try book(prices: calm + ["102"])
    #expect(try kinds(quiet.day(day)) == [])
    (quiet, day) = try book(prices: calm + ["103"])
    let found = try quiet.day(day).anomalies(of: "p", completed: [])
    #expect(found.map(\.kind) == [.priceJump])
    #expect(found[0].message.contains("times the standard deviation of the 30 sessions before"))
    (quiet, day) = try book(prices: Array(calm.dropFirst()) + ["103"])
    #expect(try kinds(quiet.day(day)) == [])
  }

  @Test("a position without a price, and one whose price is old")
  func prices() throws {
    var (book, last) = try book(prices: Array(repeating: "100", count: 9))
    try book.enter("1", "NEW", at: "5", on: "2025-06-02", id: "n")
    try book.enter("1", "OLD", at: "5", on: "2025-06-02", id: "o")
    try book.close("5", "OLD", on: "2025-06-03")
    let found = try book.day(last).anomalies(of: "p", completed: [])
    #expect(found.map(\.kind) == [.stalePrice, .unpriced])
    #expect(found.map(\.position) == ["o", "n"])
    #expect(found[0].message == "OLD was last priced on 2025-06-03")
  }

  @Test("an option past its expiry, and one whose underlying was split")
  func options() throws {
    var book = try BookFixture.tinyBook()
    try book.split("2", on: "2025-07-02T00:00:00Z")
    for (symbol, price) in [("SPY", "530"), ("AAPL", "81"), ("MSFT", "390")] as [(Symbol, String)] {
      try book.close(price, symbol, on: "2025-09-02")
    }
    for symbol in [BookFixture.call, BookFixture.put] {
      try book.close("6", symbol, on: "2025-09-02")
    }
    let found = try book.day("2025-09-02").anomalies(of: "p", completed: [])
    #expect(found.map(\.kind) == [.expiredOption, .unadjustedOption])
    #expect(found.map(\.position) == ["4", "3"])
  }

  @Test("NAV of zero or less, a missing benchmark, unknown cash")
  func portfolio() throws {
    var book = try BookFixture.withPortfolio(deposit: 100)
    try book.enter("100", "MEME", at: "10", on: "2025-06-02", type: .short)
    try book.close("12", "MEME", on: "2025-06-02")
    let found = try book.day("2025-06-02").anomalies(of: "p", completed: [])
    #expect(found.map(\.kind) == [.benchmarkMissing, .navNotPositive])
    #expect(found[1].message == "NAV is -100 USD")
    #expect(found[1].position == nil)

    var unknown = try BookFixture.withPortfolio(deposit: nil)
    try unknown.enter("1", at: "10", on: "2025-06-02")
    try unknown.close("10", on: "2025-06-02")
    try unknown.close("500", "SPY", on: "2025-06-02")
    #expect(try kinds(unknown.day("2025-06-02")) == [.cashUnknown])
  }

  @Test("factor exposures that leave out more than a fifth of the book")
  func factorCoverage() throws {
    var book = try BookFixture.tinyBook()
    try book.append(
      .factorDefined(
        FactorDefined(
          factor: "market_beta", name: "market_beta", displayName: "Market Beta",
          category: .style, sortOrder: 1, proxy: "SPY", proxyKind: .priceReturn)),
      at: "2025-01-01")
    let found = try book.day("2025-07-01").anomalies(of: "p", completed: [.portfolioMetrics])
    #expect(found.map(\.kind) == [.factorCoverage])
  }

  @Test("correlations that cover less than 0.8 of the pairs")
  func coverage() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let found = try day.anomalies(of: "p", completed: [.correlations])
    // One return each: no pair of different symbols has a correlation.
    #expect(found.map(\.kind).contains(.correlationCoverage))
  }
}
