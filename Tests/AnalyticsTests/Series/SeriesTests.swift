import Analytics
import TestSupport
import Testing

/// C-07 and C-15 to C-18, with the examples of their text.
@Suite struct SeriesOfReturns {
  static let returns = [0.4, -0.6, 1.0, -1.2, 0.3].map { $0 / 100 }

  @Test("C-07: five returns chain to −0.1152 %, not to their sum")
  func chained() throws {
    let total = try #require(Returns.chained(Self.returns))
    #expect(abs(total - -0.001152) < 5e-7)
    #expect(abs(Self.returns.reduce(0, +) - -0.001) < 1e-15)
    #expect(Returns.chained([]) == nil && Returns.chained([0.1, .nan]) == nil)
    #expect(Returns.chained([0.1, -1, 0.2]) == -1 && Returns.chained([-1.5]) == nil)
    #expect(relativeError(Returns.chained([1e-12, 1e-12]), 2e-12 + 1e-24) < 1e-15)
  }

  @Test("C-16: their annual volatility is 13.857 %, flat is 0, fewer than 20 is nothing")
  func volatility() throws {
    #expect(relativeError(Moments.standardDeviation(Self.returns), 0.0087293) < 1e-5)
    #expect(relativeError(Ratios.volatility(Self.returns, minimumObservations: 2), 0.13857) < 1e-4)
    #expect(Ratios.volatility(Self.returns) == nil)
    #expect(Ratios.volatility([Double](repeating: 0.1, count: 19)) == nil)
    #expect(Ratios.volatility([Double](repeating: 0.1, count: 20)) == 0)
    #expect(Ratios.volatility([0.1, .nan], minimumObservations: 1) == nil)
  }

  @Test("C-17: a series falls by 6.7308 % from its high")
  func drawdown() throws {
    let fall = try #require(Drawdown.deepest([100, 104, 101, 97, 99, 106, 103]))
    #expect(relativeError(fall.depth, -0.067308) < 1e-5)
    #expect(fall.peak == 1 && fall.trough == 3 && fall.recovery == 5 && fall.stopped == nil)
    let chained = try #require(
      Drawdown.deepest(returns: Returns.simple([100, 104, 101, 97, 99, 106, 103])))
    #expect(abs(chained.depth - fall.depth) < 1e-15 && chained.recovery == 5)
  }

  @Test("C-17: one point falls by nothing, a value of 0 stops it")
  func drawdownEdges() {
    let one = Drawdown.deepest([100])
    #expect(one?.depth == 0 && one?.peak == 0 && one?.trough == 0)
    #expect(one?.recovery == nil && one?.stopped == nil)
    #expect(Drawdown.deepest([]) == nil && Drawdown.deepest([0, 1]) == nil)
    #expect(Drawdown.deepest([-5, 1]) == nil && Drawdown.deepest([.nan]) == nil)
    let stopped = Drawdown.deepest([100, 90, 0, 200])
    #expect(stopped?.stopped == 2 && stopped?.depth == -0.1 && stopped?.recovery == nil)
    let gapped = Drawdown.deepest([.nan, 100, .nan, 50, 100])
    #expect(gapped?.depth == -0.5 && gapped?.peak == 1 && gapped?.trough == 3)
    #expect(gapped?.recovery == 4 && gapped?.stopped == nil)
    #expect(Drawdown.deepest(returns: [])?.depth == 0)
    #expect(Drawdown.deepest(returns: [-0.5, -1, 3])?.stopped == 2)
  }

  @Test("C-17: it is the deepest of all falls", arguments: [51, 52, 53] as [UInt64])
  func deepest(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let values = (0..<60).map { _ in Double(Int.random(in: 50...60, using: &random)) }
    let fall = try #require(Drawdown.deepest(values))
    var worst = 0.0
    for start in values.indices {
      for end in start..<values.count {
        worst = min(worst, (values[end] - values[start]) / values[start])
      }
    }
    #expect(fall.depth == worst, "seed \(seed)")
    #expect((values[fall.trough] - values[fall.peak]) / values[fall.peak] == worst, "seed \(seed)")
    let recovery = values.indices.first { $0 > fall.trough && values[$0] >= values[fall.peak] }
    #expect(fall.recovery == recovery, "seed \(seed)")
    let high = values[fall.peak]
    #expect(fall.peak == values.firstIndex(of: high), "seed \(seed): the first of equal highs")
  }

  @Test("C-18: with 5 % a year free of risk their Sharpe ratio is −0.71583")
  func sharpe() throws {
    let rate = try #require(Returns.dailyRate(annual: 0.05))
    #expect(abs(rate - 0.00019363) < 5e-9)
    let ratio = Ratios.sharpe(Self.returns, dailyRiskFree: rate, minimumObservations: 2)
    #expect(relativeError(ratio, -0.71583) < 1e-5)
    #expect(Ratios.sharpe(Self.returns, dailyRiskFree: rate) == nil)
    #expect(Ratios.sharpe([Double](repeating: 0.1, count: 30), dailyRiskFree: 0) == nil)
    #expect(Ratios.sortino([Double](repeating: 0.1, count: 30), dailyRiskFree: 0) == nil)
    #expect(Returns.dailyRate(annual: -1) == nil)
  }

  @Test("C-15: a portfolio of 1.4026 times its benchmark, and what is too short")
  func beta() throws {
    let statistics = try #require(
      BenchmarkStatistics(
        FactorBetas.response, benchmark: FactorBetas.factor, dailyRiskFree: 0,
        minimumObservations: 2))
    #expect(relativeError(statistics.beta, 1.4026) < 1e-4)
    #expect(
      BenchmarkStatistics(
        FactorBetas.response, benchmark: FactorBetas.factor, dailyRiskFree: 0) == nil)
    let flat = [Double](repeating: 0.1, count: 6)
    let none = try #require(
      BenchmarkStatistics(
        FactorBetas.response, benchmark: flat, dailyRiskFree: 0, minimumObservations: 2))
    #expect(none.beta == nil && none.annualAlpha == nil && none.correlation == nil)
    #expect(none.trackingError > 0 && none.informationRatio != nil)
    let gapped = BenchmarkStatistics(
      FactorBetas.response + [.nan, 0.5], benchmark: FactorBetas.factor + [0.5, .nan],
      dailyRiskFree: 0, minimumObservations: 2)
    #expect(gapped == statistics)
  }

  @Test("value at risk needs 100 returns, lies between order statistics, and means what is beyond")
  func valueAtRisk() throws {
    let returns = (0..<101).map { Double((($0 * 37) % 101) - 50) / 1000 }
    #expect(ValueAtRisk.historical(Array(returns.dropLast(2)), tailPercent: 5) == nil)
    let five = try #require(ValueAtRisk.historical(returns, tailPercent: 5))
    #expect(five.loss == 0.045, "index 5 of 101, exactly")
    #expect(relativeError(five.meanLossBeyond, 0.0475) < 1e-14)
    let few = try #require(
      ValueAtRisk.historical([0.01, -0.02, .nan], tailPercent: 50, minimumObservations: 2))
    #expect(relativeError(few.loss, 0.005) < 1e-14 && few.meanLossBeyond == 0.02)
    #expect(ValueAtRisk.historical([.nan], tailPercent: 5, minimumObservations: 0) == nil)
  }

  @Test("published statistics keep silent where the reference would still answer")
  func minimums() {
    let values = (0..<20).map { 100 + Double(($0 * 7) % 5) }
    let few = SeriesStatistics(values: values, benchmark: values)
    #expect(few.observations == 19)
    #expect(few.annualizedVolatility == nil && few.sharpeRatio == nil && few.benchmark == nil)
    #expect(few.sortinoRatio == nil && few.normalVaR95 == nil && few.historicalVaR95 == nil)
    #expect(few.maxDrawdown != nil && few.totalReturn != nil)
    let all = SeriesStatistics(values: values + [101], benchmark: values + [101])
    #expect(all.annualizedVolatility != nil && all.benchmark?.beta == 1)
    #expect(all.historicalVaR99 == nil)
  }

  @Test("returns and the values they come from agree")
  func fromReturns() throws {
    var random = SeededGenerator(seed: 61)
    var values = [100.0]
    for _ in 0..<150 {
      values.append(values[values.count - 1] * Double.random(in: 0.97...1.03, using: &random))
    }
    let direct = SeriesStatistics(values: values, dailyRiskFree: 0.0001)
    let chained = SeriesStatistics(returns: Returns.simple(values), dailyRiskFree: 0.0001)
    #expect(direct.sharpeRatio == chained.sharpeRatio && direct.skewness == chained.skewness)
    #expect(relativeError(chained.totalReturn, direct.totalReturn) < 1e-12)
    #expect(relativeError(chained.cagr, direct.cagr) < 1e-12)
    #expect(relativeError(chained.maxDrawdown?.depth, direct.maxDrawdown?.depth) < 1e-12)
    #expect(chained.maxDrawdown?.trough == direct.maxDrawdown?.trough)
  }

  @Test("growth a year counts from the first value there is")
  func leadingGap() {
    let gapped = SeriesStatistics(values: [.nan, .nan, 100, 101, .nan, 103], minimums: .none)
    let plain = SeriesStatistics(values: [100, 101, 102, 103], minimums: .none)
    #expect(gapped.cagr == plain.cagr && gapped.totalReturn == plain.totalReturn)
    #expect(gapped.observations == 1 && gapped.maxDrawdown?.peak == 2)
  }

  @Test("a portfolio that loses all, or has nothing, is told without a crash")
  func ruin() {
    let ruined = SeriesStatistics(values: [100, 50, 0, 20, 30], minimums: .none)
    #expect(ruined.observations == 2 && ruined.maxDrawdown?.stopped == 2)
    #expect(ruined.totalReturn == -1 && ruined.cagr == nil && ruined.calmarRatio == nil)
    for values in [[], [0], [-3, 4], [.nan, .nan], [7]] as [[Double]] {
      let nothing = SeriesStatistics(values: values, benchmark: values, minimums: .none)
      #expect(nothing.observations == 0 && nothing.meanDaily == nil)
      #expect(nothing.totalReturn == nil && nothing.annualizedVolatility == nil)
      #expect(nothing.benchmark == nil && nothing.historicalVaR95 == nil)
    }
  }
}
