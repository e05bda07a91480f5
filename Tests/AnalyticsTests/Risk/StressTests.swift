import Analytics
import Testing

/// C-19, with the examples of its text: 45,000 of the market and 30,000 of value, volatilities 16 %
/// and 20 %, correlated by 0.85.
@Suite struct StressScenarios {
  static let exposures: [Double?] = [45_000, 30_000]
  static let covariance = Matrix([
    [0.16 * 0.16, 0.85 * 0.16 * 0.20], [0.85 * 0.16 * 0.20, 0.20 * 0.20],
  ])
  static let correlation = CorrelationMatrix(covariance: covariance)

  private func run(
    _ shocks: [Double?], pinned: [Bool], exposures: [Double?] = Self.exposures,
    covariance: Matrix? = Self.covariance, ridge: Double = 0.05
  ) -> StressTest {
    StressTest(
      exposures: exposures, shocks: shocks, pinned: pinned, covariance: covariance,
      correlation: Self.correlation, ridge: ridge)
  }

  @Test("C-19: one shock is exact; the documented method adds the market again")
  func one() throws {
    let result = run([-0.10, nil], pinned: [true, false])
    #expect(result.directPnL == -4_500 && result.conditionalPnL == -4_500)
    #expect(relativeError(result.documentedCorrelatedPnL, -7_050) < 1e-14)
    #expect(relativeError(result.documentedCorrelationEffect, -2_550) < 1e-13)
    #expect(relativeError(try #require(result.impliedShocks)[1], -0.10625) < 1e-14)
    let moves = StressShocks.documentedPropagated([-0.10, nil], correlation: Self.correlation)
    #expect(relativeError(moves[1], -0.085) < 1e-14)
    #expect(result.missingFactors.isEmpty)
  }

  @Test("C-19: of two shocks each counts for what it adds")
  func two() {
    let result = run([-0.45, -0.30], pinned: [true, true], ridge: 0)
    #expect(relativeError(result.directPnL, -29_250) < 1e-15)
    #expect(relativeError(result.documentedCorrelatedPnL, -52_200) < 1e-14)
    #expect(abs((result.conditionalPnL ?? 0) - -20_635.14) < 0.005)
    #expect(result.impliedShocks == [-0.45, -0.30])
    let steadied = run([-0.45, -0.30], pinned: [true, true])
    #expect(
      (steadied.conditionalPnL ?? 0) > -29_250 && steadied.conditionalPnL != result.conditionalPnL)
  }

  @Test("C-19: an unpinned shock enters the documented methods alone")
  func unpinned() {
    let result = run([-0.45, -0.30], pinned: [true, false])
    #expect(result.conditionalPnL == -20_250)
    #expect(relativeError(result.directPnL, -29_250) < 1e-15)
  }

  @Test("C-19: rates +25 bp cost a fund 406.25, oil +5 % earns 350")
  func others() {
    #expect(relativeError(StressTest.profit([25_000 * -6.5], [0.0025]), -406.25) < 1e-14)
    #expect(relativeError(StressTest.profit([20_000 * 0.35], [0.05]), 350) < 1e-14)
  }

  @Test("C-19: a missing exposure is named; without any the result is undefined, not 0")
  func missing() {
    let partial = run([-0.10, -0.20], pinned: [true, true], exposures: [45_000, nil])
    #expect(partial.missingFactors == [1])
    #expect(partial.directPnL == -4_500 && partial.conditionalPnL == -4_500)
    let none = run([-0.10, nil], pinned: [true, false], exposures: [nil, 30_000])
    #expect(none.missingFactors == [0])
    #expect(none.directPnL == nil && none.conditionalPnL == nil)
    #expect(none.documentedCorrelatedPnL == nil && none.documentedCorrelationEffect == nil)
    let nothing = run([nil, nil], pinned: [false, false])
    #expect(nothing.directPnL == nil && nothing.conditionalPnL == nil)
  }

  @Test("C-19: without a covariance one shock still has its result, two have not")
  func history() {
    let one = run([-0.10, nil], pinned: [true, false], covariance: nil)
    #expect(one.conditionalPnL == -4_500 && one.impliedShocks == nil)
    let two = run([-0.10, -0.10], pinned: [true, true], covariance: nil)
    #expect(two.conditionalPnL == nil && two.directPnL == -7_500)
  }

  @Test("C-19: factors that move as one need the ridge; one that never moves stands alone")
  func singular() {
    let same = Matrix([[0.04, 0.04], [0.04, 0.04]])
    let free = run([-0.1, -0.1], pinned: [true, true], covariance: same, ridge: 0)
    #expect(free.conditionalPnL == nil && free.impliedShocks == nil)
    let steadied = run([-0.1, -0.1], pinned: [true, true], covariance: same)
    #expect(relativeError(steadied.conditionalPnL, -7_500 / 2.05) < 1e-12)
    let flat = Matrix([[0.04, 0], [0, 0]])
    let still = run([-0.1, -0.1], pinned: [true, true], covariance: flat)
    #expect(still.conditionalPnL == -7_500 && still.impliedShocks == [-0.1, -0.1])
    #expect(
      StressShocks.conditional([nil, -0.1], covariance: flat) == [0, -0.1],
      "a factor without history moves no other")
  }

  @Test("C-19: what v gives is what the stress gives, position by position")
  func weights() throws {
    let v = try #require(
      StressShocks.conditionalWeights(pinned: [-0.45, -0.30], covariance: Self.covariance))
    let result = run([-0.45, -0.30], pinned: [true, true])
    #expect(StressTest.profit(Self.exposures, v) == result.conditionalPnL)
    #expect(StressShocks.conditionalWeights(pinned: [nil, nil], covariance: nil) == nil)
  }

  @Test("D-15: the documented query loses the one factor that is shocked")
  func literal() {
    let one = StressShocks.seedLiteral([-0.10, nil], correlation: Self.correlation)
    #expect(one[0] == nil && relativeError(one[1], -0.085) < 1e-14)
    let two = StressShocks.seedLiteral([-0.10, -0.20], correlation: Self.correlation)
    #expect(relativeError(two[0], -0.27) < 1e-14)
  }

  @Test("D-36: the documented cap hides what the flag shows")
  func cap() {
    #expect(StressReport.documentedCapped(-137_000, value: 100_000) == -99_000)
    #expect(StressReport.documentedCapped(-50_000, value: 100_000) == -50_000)
    #expect(StressReport.exceedsNetAssetValue(-137_000, netAssetValue: 100_000) == true)
    #expect(StressReport.exceedsNetAssetValue(-99_000, netAssetValue: 100_000) == false)
    #expect(StressReport.exceedsNetAssetValue(-99_000, netAssetValue: 0) == nil)
  }

  @Test(
    "C-19: the long call moves by −4,887.29 and 10,009.89 to second order",
    arguments: [(-0.1, -7_448.59, -4_887.29), (0.1, 7_448.59, 10_009.89)])
  func convexity(move: Double, linear: Double, second: Double) {
    #expect(abs(74_485.91 * move - linear) < 0.01)
    let found = StressReport.deltaGamma(
      deltaDollars: 74_485.91, gammaDollars: 5_122.60, move: move)
    #expect(abs(found - second) < 0.01)
  }

  @Test(
    "C-19: priced again, the long call moves by −5,000.67 and 9,863.69",
    arguments: [(-0.1, -5_000.67), (0.1, 9_863.69)])
  func revalued(move: Double, want: Double) throws {
    let now = OptionInputs(
      side: .call, spot: 160, strike: 165, years: 90.0 / 365, volatility: 0.25, rate: 0.05)
    var moved = now
    moved.spot *= 1 + move
    let before = try EuropeanOption.values(now).price
    let after = try EuropeanOption.values(moved).price
    #expect(abs(10 * 100 * (after - before) - want) < 0.01)
  }
}
