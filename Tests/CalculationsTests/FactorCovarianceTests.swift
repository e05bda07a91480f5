import Analytics
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@testable import Calculations

@Suite("C-11: the covariance of factors")
struct FactorCovarianceTests {
  static let last = "2025-07-01"

  /// The market and five of its kin, each with its own noise, over so many returns.
  static func book(_ count: Int, _ names: [String]? = nil) throws -> BookFixture {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(names)
    let dates = try KnownSeries.sessions(count + 1, through: last)
    let market = KnownSeries.returns(count, seed: 1)
    try book.close("SPY", market, endingAt: 530, on: dates)
    for (index, symbol) in (["MTUM", "VTV", "VUG", "QUAL", "IWM", "USMV"] as [Symbol]).enumerated()
    {
      let own = KnownSeries.returns(count, seed: UInt64(index + 2), deviation: 0.004)
      try book.close(symbol, zip(market, own).map { 0.9 * $0 + $1 }, endingAt: 100, on: dates)
    }
    return book
  }

  @Test("the worked example: four days, weights of 0.94")
  func example() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value"])
    try book.set("covariance.minimum_observations", 4)
    let dates = try KnownSeries.sessions(5, through: Self.last)
    try book.close("SPY", [0.01, -0.02, 0.005, 0], endingAt: 99.4749, on: dates)
    try book.close("VTV", [0.012, -0.018, 0.009, -0.002], endingAt: 100, on: dates)
    let covariance = try book.day(Self.last).factorCovariance()
    let estimate = try #require(covariance.estimate)
    #expect(estimate.observations == 4)
    #expect(isNear(estimate.daily[0, 0], 1.2425e-4, 5e-9))
    #expect(isNear(estimate.daily[1, 1], 1.3299e-4, 5e-9))
    #expect(isNear(estimate.daily[0, 1], 1.2608e-4, 5e-9))
    #expect(isNear(estimate.correlation[0, 1], 0.98085, 5e-6))
    #expect(isNear(estimate.annualVolatilities[0], 0.1770, 5e-5))
    #expect(isNear(estimate.annualVolatilities[1], 0.1831, 5e-5))

    let output = try Method.factorCovariance1.output(book.day(Self.last), nil)
    let rows = try output.table(.factorCovarianceMatrix)
    #expect(rows.column("factor1_id") == [#""market_beta""#, #""market_beta""#, #""value""#])
    #expect(rows.column("factor2_id") == [#""market_beta""#, #""value""#, #""value""#])
    #expect(rows.column("observations") == ["4", "4", "4"])
    #expect(rows.column("decay_factor") == ["0.94", "0.94", "0.94"])
    #expect(rows.column("annualization") == ["252", "252", "252"])
    #expect(rows.column("lookback_days") == ["252", "252", "252"])
    #expect(rows.column("quality") == Array(repeating: #""full_history""#, count: 3))
  }

  @Test(
    "below 30 dates there is no matrix, below 60 it is flagged",
    arguments: [(29, nil), (30, true), (59, true), (60, false), (100, false)]
      as [(Int, Bool?)])
  func minimum(count: Int, isLimited: Bool?) throws {
    let book = try Self.book(count, ["market_beta", "value"])
    let covariance = try book.day(Self.last).factorCovariance()
    #expect(covariance.estimate?.isLimited == isLimited)
    let output = try Method.factorCovariance1.output(book.day(Self.last), nil)
    #expect(output.rowCount == (isLimited == nil ? 0 : 3))
    #expect(output.warnings.isEmpty == (isLimited == false))
    if isLimited == true {
      let rows = try output.table(.factorCovarianceMatrix)
      #expect(Set(rows.column("quality")) == [#""limited_history""#])
    }
  }

  @Test("the diagonal is stored, each pair once with the lesser id first, in order")
  func rows() throws {
    let output = try Method.factorCovariance1.output(Self.book(80).day(Self.last), nil)
    let rows = try output.table(.factorCovarianceMatrix)
    #expect(rows.rows.count == 7 * 8 / 2)
    #expect(rows.isInOrder)
    for row in rows.rows {
      let first = try #require(rows.text("factor1_id", row))
      let second = try #require(rows.text("factor2_id", row))
      #expect(first <= second)
      if first == second { #expect(rows.number("correlation", row) == 1) }
    }
  }

  @Test("a documented factor without any price is left out and named; the others have their matrix")
  func missingProxy() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "momentum", "value"])
    let dates = try KnownSeries.sessions(71, through: Self.last)
    try book.close("SPY", KnownSeries.returns(70, seed: 1), endingAt: 530, on: dates)
    try book.close("VTV", KnownSeries.returns(70, seed: 2), endingAt: 100, on: dates)
    let covariance = try book.day(Self.last).factorCovariance()
    #expect(covariance.factors.map(\.id) == ["market_beta", "value"])
    #expect(covariance.missing.map(\.id) == ["momentum"])
    #expect(covariance.estimate?.observations == 70)
    let output = try Method.factorCovariance1.output(book.day(Self.last), nil)
    #expect(output.warnings.contains { $0.contains("momentum (MTUM)") })
    // In the order of all tradable factors it stands with zeros and without correlation.
    let aligned = try #require(covariance.aligned(book.day(Self.last).tradableFactors))
    #expect(aligned.covariance[1, 0] == 0 && aligned.covariance[1, 1] == 0)
    #expect(aligned.correlation[1, 0] == nil && aligned.correlation[1, 1] == nil)
    #expect(aligned.covariance[0, 2] == covariance.estimate?.daily[0, 1])
  }

  @Test("a missing close drops its date and the one after it, for all factors")
  func gap() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value", "size"])
    let dates = try KnownSeries.sessions(71, through: Self.last)
    for (index, symbol) in (["SPY", "VTV", "IWM"] as [Symbol]).enumerated() {
      try book.close(
        symbol, KnownSeries.returns(70, seed: UInt64(index)), endingAt: 100, on: dates,
        skipping: symbol == "VTV" ? [40] : [])
    }
    let estimate = try #require(try book.day(Self.last).factorCovariance().estimate)
    #expect(estimate.observations == 68)
  }

  @Test(
    "a macro factor joins where it has most of the dates, and costs the others nothing where not",
    arguments: [(3, true, 64), (40, false, 70)])
  func macro(skippedEvery: Int, joins: Bool, observations: Int) throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value", "interest_rate"])
    let dates = try KnownSeries.sessions(71, through: Self.last)
    try book.close("SPY", KnownSeries.returns(70, seed: 1), endingAt: 530, on: dates)
    try book.close("VTV", KnownSeries.returns(70, seed: 2), endingAt: 100, on: dates)
    // Three single days without a rate, or the first forty.
    let skipped: Set<Int> = skippedEvery == 3 ? [20, 40, 60] : Set(0..<40)
    try book.publish(
      "DGS10", KnownSeries.returns(70, seed: 3, deviation: 0.05), from: 4, on: dates,
      skipping: skipped)
    let covariance = try book.day(Self.last).factorCovariance()
    #expect((covariance.index(of: "interest_rate") != nil) == joins)
    #expect(covariance.missing.map(\.id) == (joins ? [] : ["interest_rate"]))
    #expect(covariance.estimate?.observations == observations)
  }

  @Test("a factor that never changes has covariance 0 and no correlation, and is named")
  func flat() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value"])
    let dates = try KnownSeries.sessions(71, through: Self.last)
    try book.close("SPY", KnownSeries.returns(70, seed: 1), endingAt: 530, on: dates)
    try book.close("VTV", [Double](repeating: 0, count: 70), endingAt: 100, on: dates)
    let output = try Method.factorCovariance1.output(book.day(Self.last), nil)
    let rows = try output.table(.factorCovarianceMatrix)
    let row = try #require(rows.rows(where: "factor2_id", is: "value").first)
    #expect(rows.number("covariance", row) == 0)
    #expect(rows.number("correlation", row) == nil)
    #expect(output.warnings.contains { $0.contains("never changed: value") })
  }

  @Test("a retired factor is in no matrix; without factors there is none and it is said")
  func none() throws {
    var book = try Self.book(70, ["market_beta", "value"])
    try book.append(.factorRetired(FactorRetired(factor: "value")), at: "2025-06-30")
    #expect(
      try book.day("2025-06-29").factorCovariance().factors.map(\.id) == ["market_beta", "value"])
    #expect(try book.day(Self.last).factorCovariance().factors.map(\.id) == ["market_beta"])
    let empty = try BookFixture.withPortfolio()
    let output = try Method.factorCovariance1.output(empty.day(Self.last), nil)
    #expect(output.rowCount == 0)
    #expect(output.warnings.contains { $0.contains("no covariance matrix") })
  }

  @Test("what is effective later changes no bit of it")
  func later() throws {
    var book = try Self.book(80)
    let before = try Method.factorCovariance1.output(book.day("2025-06-30"), nil)
    try book.close("531", "SPY", on: "2025-07-02")
    try book.dividend("2", "SPY", on: "2025-07-02T10:00:00Z")
    let after = try Method.factorCovariance1.output(book.day("2025-06-30"), nil)
    #expect(before.digest == after.digest)
    #expect(before.rowCount == 28)
  }

  @Test("a portfolio's own decay gives it its own matrix; stress tests weigh all dates alike")
  func own() throws {
    var book = try Self.book(80)
    try book.open("q")
    try book.set("covariance.decay", 1, portfolio: "q")
    let day = book.day(Self.last)
    let market = try #require(try day.factorCovariance().estimate)
    #expect(try day.factorCovariance(for: "p").estimate == market)
    let own = try #require(try day.factorCovariance(for: "q").estimate)
    #expect(own != market)
    // Eighty returns are within both windows, so equal weights are the same matrix.
    #expect(try day.stressCovariance(of: "p").estimate?.daily == own.daily)
  }
}
