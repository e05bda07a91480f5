import Analytics
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@testable import Calculations

@Suite("C-10: a portfolio's exposure to factors")
struct FactorExposureTests {
  static let last = "2025-07-01"

  /// SPY, and symbols whose returns are known multiples of its; closes end on the given prices.
  static func market(
    _ betas: [(Symbol, beta: Double, price: Double)], count: Int = 150, deposit: ExactDecimal?,
    names: [String] = ["market_beta"]
  ) throws -> BookFixture {
    var book = try BookFixture.withPortfolio(deposit: deposit)
    try book.defineFactors(names)
    let dates = try KnownSeries.sessions(count + 1, through: last)
    let market = KnownSeries.returns(count, seed: 7)
    try book.close("SPY", market, endingAt: 530, on: dates)
    for (symbol, beta, price) in betas {
      try book.close(symbol, market.map { beta * $0 }, endingAt: price, on: dates)
    }
    return book
  }

  /// E = 16,000, −19,500, 20,000 with betas 1.2, 0.9, 0.5; cash so that NAV is 66,500.
  static func example(deposit: ExactDecimal? = 50_000) throws -> BookFixture {
    var book = try market(
      [("AAPL", 1.2, 160), ("MSFT", 0.9, 390), ("XOM", 0.5, 200)], deposit: deposit)
    try book.enter("100", "AAPL", at: "160", on: "2025-06-02", id: "1")
    try book.enter("50", "MSFT", at: "390", on: "2025-06-02", id: "2", type: .short)
    try book.enter("100", "XOM", at: "200", on: "2025-06-02", id: "3")
    // What they cost: 16,500.
    if deposit != nil { try book.move(16_500, .deposit, on: "2025-06-02") }
    return book
  }

  static func exposures(
    _ book: BookFixture, _ portfolio: PortfolioID = "p"
  ) throws -> FactorExposures {
    try book.day(last).factorExposures(of: portfolio)
  }

  @Test("the worked example: dollars, on gross, magnitude, on net asset value")
  func example() throws {
    let exposures = try Self.exposures(try Self.example())
    let all = try #require(exposures.market)
    #expect(isNear(all.dollars, 11_650, 0.01))
    #expect(isNear(all.ofGross, 0.20991, 5e-6))
    #expect(isNear(all.magnitude, 0.84234, 5e-6))
    #expect(isNear(all.value, 0.17519, 5e-6))
    #expect(all.coverage == 1)
    #expect(all.quality == .fullHistory)
    let longs = try #require(exposures.exposure(to: "market_beta", .longs))
    let shorts = try #require(exposures.exposure(to: "market_beta", .shorts))
    #expect(isNear(longs.dollars, 29_200, 0.01))
    #expect(isNear(shorts.dollars, -17_550, 0.01))
    // On net asset value the sides add up to the whole; on their own gross exposure they do not.
    #expect(isNear(longs.value.flatMap { $0 + (shorts.value ?? .nan) }, all.value ?? 0, 1e-12))
    #expect(isNear(longs.ofGross, 29_200 / 36_000, 1e-6))
    #expect(isNear(shorts.magnitude, 0.9, 1e-6))
  }

  @Test("the rows: three views a factor, in order, money to four places")
  func rows() throws {
    let output = try Method.portfolioMetrics1.output(try Self.example().day(Self.last), "p")
    let rows = try output.table(.portfolioFactorExposures)
    #expect(rows.column("view") == [#""longs""#, #""portfolio""#, #""shorts""#])
    #expect(rows.isInOrder)
    #expect(Set(rows.column("value_basis")) == [#""nav""#])
    #expect(rows.column("coverage") == ["1", "1", "1"])
    for text in rows.column("exposure_dollar") {
      #expect((text.split(separator: ".").dropFirst().first?.count ?? 0) <= 4)
    }
  }

  /// The tiny book with AAPL 1.2, MSFT 0.9 and SPY 1.0, options by the European formula.
  static func tinyBook(selling: Bool = false) throws -> BookFixture {
    var book = try market([("AAPL", 1.2, 160), ("MSFT", 0.9, 390)], deposit: 50_000)
    for (id, symbol, type, quantity, price) in [
      ("1", "AAPL", .long, "100", "150"), ("2", "MSFT", .short, "50", "380"),
      ("3", BookFixture.call, .longCall, "10", "5.5"),
      ("4", BookFixture.put, .shortPut, "5", "8.25"),
    ] as [(PositionID, Symbol, PositionType, String, String)] {
      try book.enter(quantity, symbol, at: price, on: "2025-06-02", id: id, type: type)
    }
    try book.move(-2_625, .withdrawal, on: "2025-06-03")
    try book.close("7.2", BookFixture.call, on: last)
    try book.close("6", BookFixture.put, on: last)
    try book.set("greeks.model", "bsm")
    for (symbol, volatility) in [(BookFixture.call, "0.25"), (BookFixture.put, "0.18")] {
      try book.append(
        .volatilityQuoted(
          VolatilityQuoted(symbol: symbol, volatility: BookFixture.decimal(volatility))),
        at: last)
    }
    if selling { try book.exit("40", at: "160", on: last, id: "1") }
    return book
  }

  @Test(
    "C-22: the tiny book's market exposure, before and after selling 40 AAPL",
    arguments: [(false, 136_528.81, 2.6929), (true, 128_848.81, 2.5414)])
  func tinyBookExposure(selling: Bool, dollars: Double, value: Double) throws {
    let day = try Self.tinyBook(selling: selling).day(Self.last)
    let market = try #require(try day.factorExposures(of: "p").market)
    #expect(isNear(market.dollars, dollars, 0.02))
    #expect(isNear(market.value, value, 5e-5))
    #expect(isNear(try day.exAnteBeta(of: "p"), value, 5e-5))
    #expect(try day.denominator(of: "p") == RiskDenominator(basis: .nav, value: 50_700))
  }

  @Test("without known cash the denominator is gross exposure, and that is said")
  func cashUnknown() throws {
    let book = try Self.example(deposit: nil)
    let exposures = try Self.exposures(book)
    #expect(exposures.denominator == RiskDenominator(basis: .gross, value: 55_500))
    #expect(isNear(exposures.market?.value, 0.20991, 5e-6))
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.portfolioFactorExposures)
    #expect(Set(rows.column("value_basis")) == [#""gross""#])
    #expect(output.warnings.contains { $0.contains("cash is not known") })
  }

  @Test("with net asset value at or below zero there is no fraction; the dollars stand")
  func ruined() throws {
    var book = try Self.example()
    try book.move(-70_000, .withdrawal, on: "2025-06-30")
    let exposures = try Self.exposures(book)
    #expect(exposures.denominator == RiskDenominator(basis: .nav, value: nil))
    #expect(exposures.market?.value == nil)
    #expect(isNear(exposures.market?.dollars, 11_650, 0.01))
    #expect(try book.day(Self.last).factorRisk(of: "p") == nil)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    #expect(output.warnings.contains { $0.contains("not above zero") })
    let risk = try output.table(.portfolioSpecificRisk)
    #expect(risk.column("total_volatility") == ["null"])
    #expect(risk.column("quality") == [#""insufficient""#])
    #expect(try output.table(.factorRiskContributions).column("variance_contribution") == ["null"])
  }

  @Test("a portfolio with nothing in it is exposed to nothing")
  func empty() throws {
    var book = try Self.example()
    try book.open("empty")
    try book.move(1_000, .deposit, on: "2025-06-02", portfolio: "empty")
    let exposures = try Self.exposures(book, "empty")
    for view in ExposureView.allCases {
      #expect(exposures.dollars(view) == [0])
      #expect(exposures.values(view) == [0])
    }
    #expect(exposures.market?.ofGross == nil)
    #expect(exposures.market?.coverage == nil)
    let risk = try #require(try book.day(Self.last).factorRisk(of: "empty"))
    #expect(risk.contributions.map(\.variance) == [0])
    #expect(risk.contributions.map(\.share) == [nil])
    #expect(risk.totalVolatility == 0)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "empty")
    #expect(try output.table(.positionFactorBetas).rows.isEmpty)
  }

  @Test("what has no beta lowers coverage, below 0.8 with a flag")
  func coverage() throws {
    var book = try Self.example()
    // Two closes make one return: no beta. 20,000 beside 55,500.
    try book.close("99", "NEW", on: "2025-06-30")
    try book.close("100", "NEW", on: Self.last)
    try book.enter("200", "NEW", at: "100", on: "2025-06-30", id: "4")
    let market = try #require(try Self.exposures(book).market)
    #expect(isNear(market.dollars, 11_650, 0.01))
    #expect(isNear(market.coverage, 55_500 / 75_500, 1e-12))
    #expect(market.quality == .limitedHistory)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    #expect(output.warnings.contains { $0.contains("less than 0.8 of gross exposure") })
  }

  @Test("where nothing has a beta the exposure is null, in every number")
  func unknown() throws {
    let book = try {
      var book = try Self.market([("AAPL", 1.2, 160)], count: 40, deposit: 50_000)
      try book.enter("100", at: "150", on: "2025-06-02")
      return book
    }()
    let exposures = try Self.exposures(book)
    #expect(exposures.dollars(.portfolio) == [nil])
    #expect(exposures.values(.portfolio) == [nil])
    #expect(exposures.market?.coverage == 0)
    #expect(exposures.market?.quality == .insufficient)
    // Nobody is short: that is known.
    #expect(exposures.dollars(.shorts) == [0])
    #expect(try book.day(Self.last).exAnteBeta(of: "p") == nil)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    #expect(output.warnings.contains { $0.contains("no position has a beta on market_beta") })
  }

  @Test("a position without a price is in no exposure, and counted")
  func unpriced() throws {
    var book = try Self.example()
    try book.enter("5", "NOPRICE", at: "10", on: "2025-06-02", id: "z")
    let exposures = try Self.exposures(book)
    #expect(exposures.unknownExposures == 1)
    #expect(isNear(exposures.market?.dollars, 11_650, 0.01))
    #expect(exposures.market?.quality == .limitedHistory)
  }

  @Test("an option past its expiry is exposed to nothing")
  func expired() throws {
    var book = try Self.example()
    let before = try Self.exposures(book)
    try book.enter(
      "10", "AAPL250620C00165000", at: "5.5", on: "2025-06-02", id: "o", type: .longCall)
    let after = try Self.exposures(book)
    #expect(after.dollars(.portfolio) == before.dollars(.portfolio))
    #expect(after.market?.coverage == 1)
  }

  // MARK: Short interest

  /// Days to cover 1 … 10 of ten tickers, A … J; 100 shares of A at 160, 50 of J short at 390.
  static func shortInterest(tickers: Int = 10) throws -> BookFixture {
    var book = try market(
      [("A", 1.2, 160), ("J", 0.9, 390)], deposit: 50_000, names: ["market_beta", "short_interest"])
    try book.enter("100", "A", at: "160", on: "2025-06-02", id: "1")
    try book.enter("50", "J", at: "390", on: "2025-06-02", id: "2", type: .short)
    let names: [Symbol] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]
    for (index, symbol) in names.enumerated().suffix(tickers) {
      try book.append(
        .shortReported(
          ShortReported(symbol: symbol, daysToCover: BookFixture.decimal("\(index + 1)"))),
        at: "2025-06-15")
    }
    return book
  }

  @Test("short interest is a score: signed weights times the z-score of days to cover")
  func score() throws {
    let output = try Method.portfolioMetrics1.output(
      try Self.shortInterest().day(Self.last), "p")
    let rows = try output.table(.portfolioFactorExposures)
    let scores = rows.rows(where: "factor_id", is: "short_interest")
    #expect(scores.count == 3)
    // 1 and 10 are 4.5 from the mean, of a standard deviation of √(82.5/9).
    let z = 4.5 / (82.5 / 9).squareRoot()
    #expect(isNear(rows.number("exposure_value", scores[0]), -z, 1e-12))
    #expect(isNear(rows.number("exposure_value", scores[1]), -z, 1e-12))
    #expect(isNear(rows.number("exposure_value", scores[2]), -z, 1e-12))
    for row in scores {
      #expect(rows.number("exposure_dollar", row) == nil)
      #expect(rows.number("exposure_gross_basis", row) == nil)
      #expect(rows.text("value_basis", row) == "score")
      #expect(rows.number("coverage", row) == 1)
    }
    let contributions = try output.table(.factorRiskContributions)
    #expect(contributions.column("factor_id") == [#""market_beta""#])
  }

  @Test("fewer than ten tickers with data make no score")
  func fewTickers() throws {
    let output = try Method.portfolioMetrics1.output(
      try Self.shortInterest(tickers: 9).day(Self.last), "p")
    let rows = try output.table(.portfolioFactorExposures)
    for row in rows.rows(where: "factor_id", is: "short_interest") {
      #expect(rows.number("exposure_value", row) == nil)
      #expect(rows.text("quality", row) == "insufficient")
    }
    #expect(output.warnings.contains { $0.contains("no score for short_interest") })
  }
}
