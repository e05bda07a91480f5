import Calculations
import Events
import ExactNumbers
import Portfolio
import Testing

@Suite("Back-test of stress predictions")
struct BacktestTests {
  /// A stock with a known beta to the market, held over the last 90 of 160 sessions.
  private static func book(beta: Double, noise: Double) throws -> (BookFixture, [CivilDate]) {
    var book = try BookFixture.withPortfolio(deposit: 100_000)
    try book.defineFactors(["market_beta", "value"])
    let dates = try KnownSeries.sessions(161, through: "2025-07-01")
    let market = KnownSeries.returns(160, seed: 1)
    let value = zip(market, KnownSeries.returns(160, seed: 2, deviation: 0.005)).map(+)
    let own = KnownSeries.returns(160, seed: 3, deviation: noise)
    try book.close("SPY", market, endingAt: 500, on: dates)
    try book.close("VTV", value, endingAt: 100, on: dates)
    try book.close("AAA", zip(market, own).map { beta * $0 + $1 }, endingAt: 50, on: dates)
    let start = dates[70]
    let price = try #require(
      book.day(start.description).holdings.market.price(
        of: "AAA", asOf: start.end)?.price)
    try book.enter("1000", "AAA", at: price.description, on: start.description)
    return (book, Array(dates[60...]))
  }

  @Test("a stock that follows the market is predicted, day by day")
  func exact() throws {
    let (book, sessions) = try Self.book(beta: 1.2, noise: 0)
    let backtest = try StressBacktest(book.state, portfolio: "p", sessions: sessions)
    #expect(backtest.days.map(\.date) == Array(sessions.dropFirst()))
    // Before the entry nothing is held, and nothing is predicted.
    #expect(backtest.days[..<10].allSatisfy { $0.predictedPnL == nil })
    for day in backtest.days[10...] {
      let predicted = try #require(day.predictedPnL?.doubleValue)
      let realized = try #require(day.realizedPnL?.doubleValue)
      #expect((predicted - realized).magnitude < 0.01)
      #expect(isNear(day.error?.doubleValue, realized - predicted, 1e-6))
    }
    #expect(backtest.market.days == 90)
    #expect(isNear(backtest.market.correlation, 1, 1e-6))
    #expect(isNear(backtest.market.rSquared, 1, 1e-6))
    #expect(backtest.market.hitRate == 1)
    #expect(isNear(backtest.market.meanError, 0, 0.01))
    #expect(isNear(backtest.market.rootMeanSquareError, 0, 0.01))
  }

  @Test(
    "its own noise is what the prediction lacks; all factors do no worse than the market's sign")
  func noise() throws {
    let (book, sessions) = try Self.book(beta: 1, noise: 0.01)
    let backtest = try StressBacktest(book.state, portfolio: "p", sessions: sessions)
    let correlation = try #require(backtest.market.correlation)
    #expect(correlation > 0.5 && correlation < 0.9)
    #expect((backtest.market.hitRate ?? 0) > 0.6)
    #expect((backtest.market.rSquared ?? 1) < 0.9)
    #expect(backtest.conditional.days == 90)
    #expect((backtest.conditional.correlation ?? 0) > 0.5)
  }

  @Test("a day's prediction knows nothing of that day")
  func noLookAhead() throws {
    let (book, sessions) = try Self.book(beta: 1.2, noise: 0.005)
    let whole = try StressBacktest(book.state, portfolio: "p", sessions: sessions)
    let part = try StressBacktest(book.state, portfolio: "p", sessions: Array(sessions[..<50]))
    #expect(part.days.count == 49)
    for (one, other) in zip(part.days, whole.days) {
      #expect(one.predictedPnL == other.predictedPnL && one.realizedPnL == other.realizedPnL)
      #expect(one.conditionalPnL == other.conditionalPnL)
    }
  }

  @Test("without betas there are rows, and no prediction")
  func noBetas() throws {
    var book = try BookFixture.withPortfolio()
    try book.defineFactors(["market_beta"])
    let dates = try KnownSeries.sessions(21, through: "2025-07-01")
    let returns = KnownSeries.returns(20, seed: 4)
    try book.close("SPY", returns, endingAt: 500, on: dates)
    try book.enter("10", "SPY", at: "500", on: dates[0].description)
    let backtest = try StressBacktest(book.state, portfolio: "p", sessions: dates)
    #expect(backtest.days.count == 20)
    #expect(backtest.days.allSatisfy { $0.predictedPnL == nil && $0.error == nil })
    #expect(backtest.days.allSatisfy { $0.marketReturn != nil && $0.realizedPnL != nil })
    #expect(backtest.market.days == 0 && backtest.market.correlation == nil)
    #expect(backtest.market.rSquared == nil && backtest.market.hitRate == nil)
  }

  @Test("no session, no row; one session, no row")
  func short() throws {
    let book = try BookFixture.withPortfolio()
    #expect(try StressBacktest(book.state, portfolio: "p", sessions: []).days.isEmpty)
    let one = try #require(CivilDate("2025-07-01"))
    #expect(try StressBacktest(book.state, portfolio: "p", sessions: [one]).days.isEmpty)
  }
}
