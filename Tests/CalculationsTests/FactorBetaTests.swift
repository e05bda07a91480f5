import Analytics
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@testable import Calculations

@Suite("C-09: betas of positions on factors")
struct FactorBetaTests {
  static let last = "2025-07-01"

  /// A position `a` of 100 AAPL whose returns are `beta` times the market's.
  static func book(
    _ count: Int, beta: Double, skipping: Set<Int> = [], names: [String] = ["market_beta"]
  ) throws -> BookFixture {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(names)
    let dates = try KnownSeries.sessions(count + 1, through: last)
    let market = KnownSeries.returns(count, seed: 7)
    try book.close("SPY", market, endingAt: 530, on: dates)
    try book.close("AAPL", market.map { beta * $0 }, endingAt: 160, on: dates, skipping: skipping)
    try book.enter("100", at: "150", on: "2025-06-02")
    return book
  }

  static func beta(_ book: BookFixture, _ symbol: Symbol = "AAPL") throws -> FactorBeta {
    try #require(try book.day(last).factorBetas(of: symbol, in: "p").first)
  }

  @Test("the worked example of six days, through closes")
  func example() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta"])
    try book.set("beta.minimum_observations", 6)
    let dates = try KnownSeries.sessions(7, through: Self.last)
    try book.close("SPY", [0.01, -0.005, 0.002, 0.008, -0.012, 0.004], endingAt: 530, on: dates)
    try book.close("AAPL", [0.015, -0.004, 0.001, 0.012, -0.017, 0.007], endingAt: 160, on: dates)
    try book.enter("100", at: "150", on: "2025-06-02")
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.positionFactorBetas)
    let row = try #require(rows.rows.first)
    #expect(rows.rows.count == 1)
    #expect(isNear(rows.number("beta", row), 1.4026, 5e-5))
    #expect(isNear(rows.number("raw_beta", row), 1.4026, 5e-5))
    #expect(isNear(rows.number("alpha", row), 0.000697, 5e-7))
    #expect(isNear(rows.number("r_squared", row), 0.98129, 5e-6))
    #expect(isNear(rows.number("std_err", row), 0.09685, 5e-6))
    #expect(isNear(rows.number("t_stat", row), 14.48, 5e-3))
    #expect(isNear(rows.number("p_value", row), 0.000132, 5e-6))
    #expect(rows.number("observations", row) == 6)
    #expect(rows.text("window_start", row) == dates.first?.description)
    #expect(rows.text("window_end", row) == Self.last)
    #expect(rows.text("method", row) == "ols")
    #expect(rows.number("is_capped", row) == 0)
    #expect(rows.text("quality", row) == "limited_history")
  }

  @Test("the worked example of a rate: per 1.00 of yield, like minus the duration")
  func rate() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["interest_rate"])
    try book.set("beta.minimum_observations", 5)
    let dates = try KnownSeries.sessions(6, through: Self.last)
    try book.publish("DGS10", [0.05, -0.03, 0.10, -0.02, 0.04], from: 4, on: dates)
    try book.close(
      "TLT", [-0.0035, 0.0021, -0.0068, 0.0012, -0.0025], endingAt: 100, on: dates)
    try book.enter("250", "TLT", at: "100", on: "2025-06-02")
    let beta = try Self.beta(book, "TLT")
    // The cap of 3 is for betas on prices: a duration is often more (D-30).
    #expect(isNear(beta.beta, -6.7596, 5e-5))
    #expect(beta.beta == beta.rawBeta)
    #expect(isNear(beta.beta.map { 25_000 * $0 * 0.0025 }, -422.47, 0.01))
  }

  @Test("a known beta is found again", arguments: [-1.5, 0.2, 0.9, 1.0, 1.2, 2.75])
  func known(beta: Double) throws {
    let found = try Self.beta(try Self.book(150, beta: beta))
    #expect(isNear(found.beta, beta, 1e-7))
    #expect(found.observations == 150)
    #expect(found.quality == .full)
    #expect(isNear(found.regression?.rSquared, 1, 1e-9))
  }

  @Test(
    "too few observations give no beta, fewer than the window are flagged",
    arguments: [
      (59, "insufficient", false), (60, "limited_history", true), (149, "limited_history", true),
      (150, "full_history", true), (200, "full_history", true),
    ])
  func history(count: Int, quality: String, isKnown: Bool) throws {
    let book = try Self.book(count, beta: 1.2)
    let rows = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
      .table(.positionFactorBetas)
    let row = try #require(rows.rows.first)
    #expect(rows.text("quality", row) == quality)
    #expect((rows.number("beta", row) != nil) == isKnown)
    #expect((rows.number("raw_beta", row) != nil) == isKnown)
    #expect(rows.number("observations", row) == Double(min(count, 150)))
  }

  @Test("a beta beyond the cap is cut to it, and the raw one kept", arguments: [5.0, -4.0])
  func capped(beta: Double) throws {
    let book = try Self.book(150, beta: beta)
    let found = try Self.beta(book)
    #expect(found.beta == (beta > 0 ? 3 : -3))
    #expect(isNear(found.rawBeta, beta, 1e-6))
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.positionFactorBetas)
    #expect(rows.column("is_capped") == ["1"])
    #expect(output.warnings.contains { $0.contains("betas of AAPL are cut to 3") })
  }

  @Test(
    "an asset that never changes has beta 0 and no fit; a factor that never changes has no beta")
  func flat() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value"])
    let dates = try KnownSeries.sessions(101, through: Self.last)
    let still = [Double](repeating: 0, count: 100)
    try book.close("SPY", KnownSeries.returns(100, seed: 1), endingAt: 530, on: dates)
    try book.close("VTV", still, endingAt: 100, on: dates)
    try book.close("AAPL", still, endingAt: 160, on: dates)
    try book.enter("100", at: "150", on: "2025-06-02")
    let betas = try book.day(Self.last).factorBetas(of: "AAPL", in: "p")
    #expect(betas[0].beta == 0)
    #expect(betas[0].regression?.rSquared == 0)
    #expect(betas[1].beta == nil)
    #expect(betas[1].quality == .flatFactor)
    let output = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
    let rows = try output.table(.positionFactorBetas)
    #expect(rows.column("quality") == [#""limited_history""#, #""insufficient""#])
    #expect(output.warnings.contains { $0.contains("no beta on value, which never changed") })
  }

  @Test("a missing close costs the date and the one after it, and moves no beta")
  func gap() throws {
    let found = try Self.beta(try Self.book(150, beta: 1.2, skipping: [70]))
    #expect(found.observations == 148)
    #expect(isNear(found.beta, 1.2, 1e-7))
  }

  @Test("where both miss the same close their returns span the same days, and count")
  func commonGap() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta", "value"])
    let dates = try KnownSeries.sessions(101, through: Self.last)
    let value = KnownSeries.returns(100, seed: 2)
    try book.close("SPY", KnownSeries.returns(100, seed: 1), endingAt: 530, on: dates)
    try book.close("VTV", value, endingAt: 100, on: dates, skipping: [50])
    try book.close("AAPL", value, endingAt: 160, on: dates, skipping: [50])
    let betas = try book.day(Self.last).factorBetas(of: "AAPL", in: "p")
    #expect(betas[0].observations == 98)
    // One return less, as one close is missing; the one over the gap counts.
    #expect(betas[1].observations == 99)
    #expect(isNear(betas[1].beta, 1, 1e-7))
  }

  @Test("a split within the window leaves the beta as it is")
  func split() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta"])
    let dates = try KnownSeries.sessions(151, through: Self.last)
    let market = KnownSeries.returns(150, seed: 7)
    try book.close("SPY", market, endingAt: 530, on: dates)
    let closes = KnownSeries.closes(market.map { 1.2 * $0 }, endingAt: 160)
    for (index, date) in dates.enumerated() {
      // As traded: four times as much before the split.
      try book.close(
        KnownSeries.text(index < 100 ? 4 * closes[index] : closes[index]), on: date.description)
    }
    let before = try Self.beta(book)
    #expect(!isNear(before.rawBeta, 1.2, 1e-3))
    try book.split("4", on: "\(dates[100])T09:00:00Z")
    #expect(isNear(try Self.beta(book).beta, 1.2, 1e-7))
  }

  @Test("a bond holiday costs two dates of the rate's betas, none of the others")
  func bondHoliday() throws {
    var book = try Self.book(100, beta: 1.2, names: ["market_beta", "interest_rate"])
    let dates = try KnownSeries.sessions(101, through: Self.last)
    try book.publish(
      "DGS10", KnownSeries.returns(100, seed: 3, deviation: 0.05), from: 4, on: dates,
      skipping: [33])
    let betas = try book.day(Self.last).factorBetas(of: "AAPL", in: "p")
    #expect(betas.map(\.observations) == [100, 98])
  }

  @Test("an option has its underlying's beta, and every position on a ticker the same")
  func options() throws {
    var book = try Self.book(150, beta: 1.2)
    try book.enter("40", at: "151", on: "2025-06-03", id: "b")
    try book.enter("10", BookFixture.call, at: "5.5", on: "2025-06-02", id: "c", type: .longCall)
    let rows = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
      .table(.positionFactorBetas)
    #expect(rows.isInOrder)
    #expect(rows.column("position_id") == [#""a""#, #""b""#, #""c""#])
    #expect(Set(rows.column("symbol")) == [#""AAPL""#])
    #expect(Set(rows.column("beta")).count == 1)
  }

  @Test("a factor without prices leaves a row that says so, for every position")
  func noProxy() throws {
    let book = try Self.book(150, beta: 1.2, names: ["market_beta", "oil"])
    let rows = try Method.portfolioMetrics1.output(book.day(Self.last), "p")
      .table(.positionFactorBetas)
    let row = try #require(rows.rows(where: "factor_id", is: "oil").first)
    #expect(rows.number("beta", row) == nil)
    #expect(rows.number("observations", row) == 0)
    #expect(rows.text("quality", row) == "insufficient")
  }

  @Test("a position without any price has no beta and no zero")
  func noPrice() throws {
    var book = try Self.book(150, beta: 1.2)
    try book.enter("5", "NOPRICE", at: "10", on: "2025-06-02", id: "z")
    let found = try Self.beta(book, "NOPRICE")
    #expect(found.beta == nil)
    #expect(found.observations == 0)
  }
}
