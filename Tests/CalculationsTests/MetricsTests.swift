import Analytics
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@testable import Calculations

@Suite("C-12 and C-15 to C-18: contributions to risk, and risk metrics")
struct MetricsTests {
  static let last = "2025-07-01"
  static let seed: UInt64 = 2025

  /// Two factors and three stocks that load on both, with noise of their own of 1 % a session.
  static func book(_ count: Int = 150) throws -> BookFixture {
    var book = try BookFixture.withPortfolio(deposit: 100_000)
    try book.defineFactors(["market_beta", "value", "size"])
    let dates = try KnownSeries.sessions(count + 1, through: last)
    let market = KnownSeries.returns(count, seed: seed)
    let value = KnownSeries.returns(count, seed: seed + 1, deviation: 0.008)
    let size = KnownSeries.returns(count, seed: seed + 2, deviation: 0.006)
    try book.close("SPY", market, endingAt: 530, on: dates)
    try book.close("VTV", zip(market, value).map { 0.8 * $0 + $1 }, endingAt: 100, on: dates)
    try book.close("IWM", zip(market, size).map { 1.1 * $0 + $1 }, endingAt: 100, on: dates)
    for (index, symbol) in (["AAPL", "MSFT", "XOM"] as [Symbol]).enumerated() {
      let noise = KnownSeries.returns(count, seed: seed + 10 + UInt64(index))
      let returns = zip(zip(market, value), noise).map { pair, own in
        (1 + 0.2 * Double(index)) * pair.0 + 0.5 * pair.1 + own
      }
      try book.close(symbol, returns, endingAt: 100, on: dates)
    }
    let entry = dates[0].description
    try book.enter("400", "AAPL", at: "100", on: entry, id: "1")
    try book.enter("200", "MSFT", at: "100", on: entry, id: "2", type: .short)
    try book.enter("300", "XOM", at: "100", on: entry, id: "3")
    return book
  }

  @Test("contributions add up to the variance xᵀCx, and to its root")
  func contributions() throws {
    let day = try Self.book().day(Self.last)
    let risk = try #require(try day.factorRisk(of: "p"))
    let covariance = try #require(try day.factorCovariance().estimate).annual
    let values = try day.factorExposures(of: "p").values(.portfolio).map { try #require($0) }
    var expected = 0.0
    for (row, first) in values.enumerated() {
      for (column, second) in values.enumerated() {
        expected += first * covariance[row, column] * second
      }
    }
    #expect(isNear(risk.factorVariance, expected, 1e-12))
    let parts = try risk.contributions.map { try #require($0.variance) }
    #expect(isNear(parts.reduce(0, +), expected, 1e-12))
    let volatilities = try risk.contributions.map { try #require($0.volatility) }
    #expect(isNear(volatilities.reduce(0, +), expected.squareRoot(), 1e-12))
    let shares = try risk.contributions.map { try #require($0.share) }
    #expect(isNear(shares.reduce(0, +), 1, 1e-12))
    let joint = try #require(risk.jointFactorVariance)
    #expect(risk.totalVariance == joint + risk.specificVariance)
    // What factors share is counted once.
    #expect(joint < risk.factorVariance)
    #expect(risk.quality == .fullHistory)
  }

  @Test("specific risk is what the joint fit leaves: ordinary least squares where λ is 0")
  func specific() throws {
    var book = try Self.book()
    try book.set("beta.joint_ridge", 0)
    let day = book.day(Self.last)
    let risk = try #require(try day.factorRisk(of: "p"))
    let window = try day.betaWindow(of: "p")
    let design = LeastSquaresDesign(
      Matrix(
        columns: (["SPY", "VTV", "IWM"] as [Symbol]).map { day.returns(of: $0, on: window).values })
    )
    let nav = try day.netAssetValue(of: "p").doubleValue
    var expected = 0.0
    for (symbol, amount) in [("AAPL", 40_000.0), ("MSFT", -20_000), ("XOM", 30_000)] {
      let variance = try #require(
        design.residualVariance(day.returns(of: Symbol(symbol), on: window).values))
      expected += (amount / nav) * (amount / nav) * variance
    }
    #expect(isNear(risk.specificVariance, expected * 252, 1e-9))
    #expect(risk.specificCoverage == 1)
    // Noise of 1 % a session on weights of 0.4, 0.2 and 0.3 or so.
    let about = (0.16 + 0.04 + 0.09) * 1e-4 * 252 * (100_000 / nav) * (100_000 / nav)
    #expect(isNear(risk.specificVariance, about, about * 0.35), "seed \(Self.seed)")
  }

  @Test("a ridge explains a little less, so it leaves a little more")
  func ridge() throws {
    var book = try Self.book()
    let standard = try #require(try book.day(Self.last).factorRisk(of: "p")).specificVariance
    try book.set("beta.joint_ridge", 0)
    let plain = try #require(try book.day(Self.last).factorRisk(of: "p")).specificVariance
    #expect(standard > plain)
    #expect(standard < plain * 1.05)
  }

  @Test("long and short of one ticker have no specific risk left")
  func offset() throws {
    var book = try Self.book()
    for id in ["1", "2", "3"] as [PositionID] { try book.exit(at: "100", on: Self.last, id: id) }
    try book.enter("100", "AAPL", at: "100", on: Self.last, id: "x")
    try book.enter("100", "AAPL", at: "100", on: Self.last, id: "y", type: .short)
    let risk = try #require(try book.day(Self.last).factorRisk(of: "p"))
    #expect(risk.specificVariance == 0)
    #expect(isNear(risk.factorVariance, 0, 1e-20))
  }

  @Test("every table is in order, and its numbers come again to the bit")
  func digest() throws {
    let output = try Method.portfolioMetrics1.output(try Self.book().day(Self.last), "p")
    #expect(
      output.tables.map(\.table.name) == [
        "position_factor_betas", "portfolio_factor_exposures", "factor_risk_contributions",
        "portfolio_specific_risk", "portfolio_risk_metrics",
      ])
    for rows in output.tables { #expect(rows.isInOrder) }
    let again = try Method.portfolioMetrics1.output(try Self.book().day(Self.last), "p")
    #expect(output.digest == again.digest)
  }

  @Test("without a covariance matrix risk is null and flagged, exposures stand")
  func noMatrix() throws {
    var book = try Self.book(40)
    try book.set("beta.minimum_observations", 20)
    try book.set("covariance.window", 20)
    let day = book.day(Self.last)
    #expect(try day.factorRisk(of: "p") == nil)
    #expect(try day.exAnteBeta(of: "p") != nil)
    let output = try Method.portfolioMetrics1.output(day, "p")
    let rows = try output.table(.factorRiskContributions)
    #expect(rows.column("variance_contribution") == ["null", "null", "null"])
    #expect(Set(rows.column("quality")) == [#""insufficient""#])
    #expect(output.warnings.contains { $0.contains("without a covariance matrix") })
    #expect(try day.riskMetrics(of: "p").exAnteVolatility == nil)
  }

  // MARK: Risk metrics

  /// All of the deposit in one share whose returns are 1.4 times the benchmark's.
  static func single(_ count: Int, benchmark: Symbol? = nil) throws -> BookFixture {
    var book = BookFixture()
    try book.open("p", benchmark: benchmark)
    let dates = try KnownSeries.sessions(count + 1, through: last)
    let market = KnownSeries.returns(count, seed: seed)
    try book.defineFactors(["market_beta"])
    try book.close("SPY", market, endingAt: 530, on: dates)
    let own = market.map { 1.4 * $0 }
    try book.close("AAPL", own, endingAt: 160, on: dates)
    let first = KnownSeries.closes(own, endingAt: 160)[0]
    let entry = "\(dates[0])T12:00:00Z"
    try book.move(BookFixture.decimal(KnownSeries.text(first * 100)), .deposit, on: entry)
    try book.enter("100", "AAPL", at: KnownSeries.text(first), on: entry, id: "1")
    return book
  }

  @Test("the realized beta of a share that moves 1.4 times with its benchmark")
  func realized() throws {
    let day = try Self.single(150).day(Self.last)
    let metrics = try day.riskMetrics(of: "p")
    #expect(metrics.betaSource == .realized)
    #expect(isNear(metrics.beta, 1.4, 1e-6))
    #expect(isNear(metrics.exAnteBeta, 1.4, 1e-6))
    #expect(metrics.performance.betaObservations == 150)
    #expect(metrics.performance.valueAtRisk95 != nil)
    let own = day.returns(of: "AAPL", on: try day.betaWindow(of: "p")).values
    let volatility = try #require(Ratios.volatility(own))
    #expect(isNear(metrics.performance.annualizedVolatility, volatility, 1e-7))
    // Nothing but the market moves it: both volatilities are of the same returns, weighted otherwise.
    #expect(isNear(metrics.exAnteVolatility, volatility, volatility * 0.5))
  }

  @Test(
    "below 20 returns the beta is ex-ante and flagged, below 100 there is no value at risk",
    arguments: [(19, "ex_ante", "insufficient"), (20, "realized", "limited_history")])
  func few(count: Int, source: String, quality: String) throws {
    var book = try Self.single(count)
    try book.set("beta.minimum_observations", 10)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.portfolioRiskMetrics)
    let row = try #require(rows.rows.first)
    #expect(rows.text("beta_source", row) == source)
    #expect(isNear(rows.number("portfolio_beta", row), 1.4, 1e-6))
    #expect((rows.number("annualized_volatility", row) == nil) == (count < 20))
    #expect((rows.number("sharpe_ratio", row) == nil) == (count < 20))
    #expect(rows.number("var_95", row) == nil)
    #expect(rows.number("observations", row) == Double(count))
    #expect(rows.text("quality", row) == quality)
    #expect(rows.text("rate_source", row) == "default_rate")
    #expect(output.warnings.contains { $0.contains("the beta is ex-ante") } == (count < 20))
  }

  @Test("a benchmark without prices leaves the ex-ante beta; sessions are those of any instrument")
  func noBenchmark() throws {
    let book = try Self.single(150, benchmark: "NOPE")
    let metrics = try book.day(Self.last).riskMetrics(of: "p")
    #expect(metrics.betaSource == .exAnte)
    #expect(isNear(metrics.beta, 1.4, 1e-6))
    #expect(metrics.performance.betaObservations == 0)
    #expect(metrics.performance.annualizedVolatility != nil)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    #expect(output.warnings.contains { $0.contains("its benchmark NOPE") })
  }

  @Test("with neither returns nor factors there is no beta, and no zero in its place")
  func nothing() throws {
    let book = try BookFixture.withPortfolio()
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.portfolioRiskMetrics)
    let row = try #require(rows.rows.first)
    for column in ["portfolio_beta", "ex_ante_beta", "annualized_volatility", "sharpe_ratio"] {
      #expect(rows.number(column, row) == nil)
    }
    #expect(rows.text("beta_source", row) == nil)
    #expect(rows.text("quality", row) == "insufficient")
    #expect(output.warnings.contains { $0.contains("no factor with a proxy is defined") })
  }

  @Test("the parameters of the method are those in force")
  func parameters() throws {
    var book = try Self.book()
    try book.set("beta.window", 120, portfolio: "p")
    let text = try Method.portfolioMetrics1.parameters(
      book.day(Self.last), "p", completed: []
    ).compactText
    #expect(text.contains(#""beta.window":120"#))
    #expect(text.contains(#""beta.cap":3"#))
    let rows = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
      .table(.positionFactorBetas)
    #expect(Set(rows.column("observations")) == ["120"])
  }
}
