import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("C-22: what a modelling session changes")
struct ModellingImpactTests {
  /// The worked example: 40 AAPL of the tiny book are sold at 160.
  static func example() throws -> BranchFixture {
    var branch = BranchFixture(try FactorExposureTests.tinyBook())
    try branch.exit("40", at: "160", id: "1")
    return branch
  }

  @Test(
    "the worked example, in exact money",
    arguments: [
      ("long_exposure", "23200", "16800", "-6400"), ("short_exposure", "-22500", "-22500", "0"),
      ("gross_exposure", "45700", "39300", "-6400"), ("net_exposure", "700", "-5700", "-6400"),
      ("cash_value", "50000", "56400", "6400"), ("total_value", "50700", "50700", "0"),
      ("stock_exposure", "35500", "29100", "-6400"), ("options_exposure", "10200", "10200", "0"),
      ("notional_gross", "460500", "454100", "-6400"),
    ])
  func exampleInMoney(name: String, before: String, after: String, delta: String) throws {
    let impact = try Self.example().impact()
    let metric = try #require(impact.portfolios.first?[name])
    #expect(metric.before == .money(Money(BookFixture.decimal(before))))
    #expect(metric.after == .money(Money(BookFixture.decimal(after))))
    #expect(metric.delta == .money(Money(BookFixture.decimal(delta))))
    #expect(metric.unit == .money)
    #expect(metric.flags.isEmpty)
  }

  @Test(
    "the worked example, in statistics",
    arguments: [
      ("factor.market_beta.exposure_dollar", 136_528.81, 128_848.81, -7_680.0, 0.02),
      ("factor.market_beta.exposure_value", 2.6929, 2.5414, -0.1515, 5e-5),
      ("ex_ante_beta", 2.6929, 2.5414, -0.1515, 5e-5),
      ("delta_adjusted_net", 116_481.62, 110_081.62, -6_400, 0.01),
      ("portfolio_delta", 601.38, 561.38, -40, 0.01), ("portfolio_gamma", 16.718, 16.718, 0, 1e-3),
    ])
  func exampleInStatistics(
    name: String, before: Double, after: Double, delta: Double, within: Double
  ) throws {
    let metric = try #require(try Self.example().impact().portfolios.first?[name])
    #expect(isNear(metric.before.doubleValue, before, within))
    #expect(isNear(metric.after.doubleValue, after, within))
    #expect(isNear(metric.delta.doubleValue, delta, within))
    #expect(
      isNear(metric.deltaFraction, delta / before, 1e-3)
        || (delta == 0 && metric.deltaFraction == 0))
  }

  @Test("a fraction of nothing, or of what is not known, is none")
  func deltaFraction() throws {
    var book = try FactorExposureTests.market([("AAPL", 1.2, 160)], deposit: 50_000)
    try book.enter("10", "AAPL", at: "160", on: "2025-06-02", id: "1")
    var branch = BranchFixture(book)
    try branch.enter("5", "AAPL", at: "160", id: "2", type: .short)
    try branch.enter("5", "ZZZ", at: "10", id: "3")
    let impact = try #require(try branch.impact().portfolios.first)
    let short = try #require(impact["short_exposure"])
    #expect(short.delta == .dollars(-800))
    #expect(short.deltaFraction == nil)
    let long = try #require(impact["gross_exposure"])
    #expect(long.deltaFraction == 0.5)
    #expect(try #require(impact["num_short_positions"]).deltaFraction == nil)
  }

  @Test("what has no price is in no total, counted and flagged; what is not known says why")
  func unknown() throws {
    var book = try BookFixture.withPortfolio()
    try book.close("100", "SPY", on: "2025-07-01")
    try book.defineFactors(["market_beta"])
    var branch = BranchFixture(book)
    try branch.enter("5", "ZZZ", at: "10", id: "1")
    try branch.define("crash", market: "-0.1")
    let impact = try #require(try branch.impact().portfolios.first)
    let unpriced = try #require(impact["num_unpriced"])
    #expect(unpriced.delta == .count(1))
    let gross = try #require(impact["gross_exposure"])
    #expect(gross.beforeFlags.isEmpty)
    #expect(gross.afterFlags == [.missingPrices])
    let volatility = try #require(impact["ex_ante_volatility"])
    #expect(volatility.after == .unknown)
    #expect(volatility.delta == .unknown)
    #expect(volatility.deltaFraction == nil)
    let crash = try #require(impact["stress.crash"])
    #expect(crash.before == .money(.zero))
    #expect(crash.after == .unknown)
    #expect(crash.delta == .unknown)
    #expect(
      crash.json.compactText
        == #"{"after":null,"before":0,"delta":null,"delta_pct":null,"flags":["insufficient","missing_factors"]}"#
    )
    for metric in impact.metrics {
      #expect(metric.before != .unknown || !metric.beforeFlags.isEmpty, "\(metric.name)")
      #expect(metric.after != .unknown || !metric.afterFlags.isEmpty, "\(metric.name)")
    }
  }

  @Test("what past returns say is the same on both sides, and marked")
  func history() throws {
    var branch = BranchFixture(try FactorExposureTests.example())
    try branch.exit(at: "160", id: "1")
    let impact = try #require(try branch.impact().portfolios.first)
    let past = impact.metrics.filter { $0.group == .history }
    #expect(
      past.map(\.name) == [
        "realized_beta", "annualized_volatility", "sharpe_ratio", "sortino_ratio", "max_drawdown",
        "var_95", "var_99",
      ])
    #expect(past.allSatisfy { $0.before == $0.after && $0.isUnchanged })
    let volatility = try #require(impact["annualized_volatility"])
    #expect(volatility.before != .unknown)
    #expect(volatility.delta == .real(0))
    #expect(volatility.deltaFraction == 0)
    #expect(impact.metrics.allSatisfy { $0.isUnchanged == ($0.group == .history) })
    #expect(try #require(impact["ex_ante_volatility"]).delta != .real(0))
  }

  @Test("a scenario and a parameter of the branch hold on both sides")
  func definitions() throws {
    var branch = BranchFixture(try FactorExposureTests.example())
    try branch.define("crash", market: "-0.2")
    try branch.append(
      .parameterSet(ParameterSet(name: "beta.cap", value: .number(JSONNumber(Int64(1))))),
      at: ModelTime.day)
    let alone = try branch.impact(marginals: true)
    #expect(alone.changes.map(\.type) == [.scenario, .scenario])
    let before = try #require(alone.portfolios.first)
    let crash = try #require(before["stress.crash"])
    // 1.2 is cut to 1: 16,000 − 17,550 + 10,000 of market.
    #expect(isNear(crash.before.doubleValue, -1_690, 0.01))
    #expect(crash.delta == .money(.zero))
    #expect(before.metrics.allSatisfy { $0.before == $0.after })
    let marginals = try #require(before.marginals)
    #expect(marginals.count == 2)
    #expect(marginals.allSatisfy { zip($0.deltas, before.metrics).allSatisfy { $0 == $1.delta } })

    try branch.exit(at: "200", id: "3")
    let after = try #require(try branch.impact().portfolios.first?["stress.crash"])
    #expect(after.before == crash.before)
    #expect(isNear(after.delta.doubleValue, 2_000, 0.01))
    #expect(branch.base.resolve(asOf: BookFixture.instant(ModelTime.day)).scenarios.isEmpty)
  }

  @Test("an overridden price is of the one side alone")
  func priceOverride() throws {
    var branch = BranchFixture(try FactorExposureTests.tinyBook())
    try branch.tick("200", "AAPL")
    let impact = try branch.impact()
    let portfolio = try #require(impact.portfolios.first)
    // 100 shares; the call keeps its quote.
    #expect(try #require(portfolio["total_value"]).delta == .dollars(4_000))
    #expect(try #require(portfolio["cash_value"]).delta == .money(.zero))
    let delta = try #require(portfolio["portfolio_delta"])
    #expect(delta.after.doubleValue ?? 0 > (delta.before.doubleValue ?? .infinity) + 100)
    #expect(impact.changes.map(\.type) == [.priceOverride])
  }

  @Test("an option without a quote has the model's price on both sides, flagged")
  func modelPrice() throws {
    var book = try FactorExposureTests.market([("AAPL", 1.2, 160)], deposit: 50_000)
    try book.set("greeks.model", "bsm")
    try book.set("rate.risk_free", .number(JSONNumber(BookFixture.decimal("0.05"))))
    try book.append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: BookFixture.call, volatility: BookFixture.decimal("0.25"))),
      at: "2025-06-30")
    var branch = BranchFixture(book)
    try branch.enter("10", BookFixture.call, at: "6.5914", id: "1", type: .longCall)
    let bought = try #require(try branch.impact().portfolios.first)
    #expect(isNear(try #require(bought["options_exposure"]).after.doubleValue, 6_591.4, 1))
    #expect(try #require(bought["total_value"]).afterFlags == [.modelPrices])
    // A volatility of the branch moves its price there alone.
    let quote = VolatilityQuoted(symbol: BookFixture.call, volatility: BookFixture.decimal("0.35"))
    try branch.append(.volatilityQuoted(quote), at: ModelTime.day)
    let dearer = try #require(try branch.impact(marginals: true).portfolios.first)
    let value = try #require(dearer["total_value"]).delta.doubleValue ?? 0
    #expect(value > 3_000 && value < 3_400)
    let marginals = try #require(dearer.marginals)
    #expect(isNear(marginals[1].deltas[0].doubleValue, value, 1))
  }

  @Test("of the whole book each portfolio that is touched has its own numbers")
  func wholeBook() throws {
    var book = try FactorExposureTests.example()
    for portfolio: PortfolioID in ["q", "z"] {
      try book.open(portfolio)
      try book.move(10_000, .deposit, on: "2025-06-02", portfolio: portfolio)
      try book.enter(
        "10", "AAPL", at: "160", on: "2025-06-02", id: PositionID("\(portfolio)1"),
        portfolio: portfolio)
    }
    var branch = BranchFixture(book)
    try branch.exit("60", at: "160", id: "1")
    try branch.enter("60", "AAPL", at: "160", id: "q2", portfolio: "q")
    let impact = try branch.impact(nil, marginals: true)
    #expect(impact.portfolios.map(\.portfolio) == ["p", "q"])
    #expect(try #require(impact.portfolios[0]["long_exposure"]).delta == .dollars(-9_600))
    #expect(try #require(impact.portfolios[1]["long_exposure"]).delta == .dollars(9_600))
    #expect(try #require(impact.portfolios[1]["cash_value"]).after == .dollars(-1_200))
    // Each change moves its own portfolio alone.
    for (index, portfolio) in impact.portfolios.enumerated() {
      let place = try #require(portfolio.metrics.firstIndex { $0.name == "long_exposure" })
      let parts = try #require(portfolio.marginals).map { $0.deltas[place] }
      #expect(parts[index] == portfolio.metrics[place].delta)
      #expect(parts[1 - index] == .money(.zero))
    }
    // A price touches every open portfolio.
    try branch.tick("161", "AAPL")
    #expect(try branch.impact(nil).portfolios.map(\.portfolio) == ["p", "q", "z"])
    #expect(try branch.impact("z").portfolios.map(\.portfolio) == ["z"])
  }

  @Test("a portfolio that was opened on the branch begins with nothing")
  func newPortfolio() throws {
    var branch = BranchFixture(try FactorExposureTests.example())
    try branch.append(
      .portfolioOpened(PortfolioOpened(portfolio: "n", name: "New")), at: "2025-06-30")
    try branch.move(1_000, portfolio: "n")
    let impact = try branch.impact(nil)
    #expect(impact.changes.map(\.type) == [.cash])
    #expect(impact.portfolios.map(\.portfolio) == ["n"])
    let value = try #require(impact.portfolios[0]["total_value"])
    #expect(value.before == .money(.zero))
    #expect(value.beforeFlags == [.cashUnknown])
    #expect(value.after == .dollars(1_000))
    #expect(value.deltaFraction == nil)
  }

  @Test("a session without a change changes nothing")
  func noChange() throws {
    let branch = BranchFixture(try FactorExposureTests.example())
    let impact = try branch.impact(marginals: true)
    #expect(impact.changes.isEmpty)
    #expect(impact.modifiedSnapshot == nil)
    #expect(try #require(impact.portfolios.first).metrics.allSatisfy { $0.before == $0.after })
    #expect(try branch.impact(nil).portfolios.isEmpty)
    #expect(throws: CalculationError.unknownPortfolio(id: "none")) { try branch.impact("none") }
  }

  @Test("two points side by side: what one of them does not use is not known there")
  func points() throws {
    var branch = BranchFixture(try FactorExposureTests.example())
    try branch.define("crash", market: "-0.2")
    try branch.exit(at: "160", id: "1", on: "2025-06-27")
    let early = try branch.metrics(of: branch.base, "p", on: "2025-06-27")
    let late = try branch.metrics(of: branch.state, "p")
    let changes = early.changes(to: late)
    let crash = try #require(changes.last)
    #expect(crash.name == "stress.crash")
    #expect(crash.before == .unknown)
    #expect(crash.beforeFlags == [.notInUse])
    #expect(crash.delta == .unknown)
    #expect(crash.after != .unknown)
    #expect(changes.dropLast().map(\.name) == early.all.map(\.name))
    for (change, metric) in zip(changes, early.all) {
      #expect(change.before == metric.value)
      #expect(change.after == late[metric.name]?.value)
      #expect(!change.isUnchanged)
    }
    #expect(late.changes(to: early).first { $0.name == "stress.crash" }?.afterFlags == [.notInUse])
  }
}
