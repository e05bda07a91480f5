import Analytics
import TestSupport
import Testing

/// C-14, with the table of its text.
@Suite struct DiversificationScores {
  struct Row: Sendable {
    var exposures: [Double]
    var correlation: @Sendable (Int, Int) -> Double?
    var documented: Double, asExecuted: Double, score: Double, pairwise: Double
  }

  static let three: @Sendable (Int, Int) -> Double? = { [0.6, 0.2, 0.1][$0 + $1 - 1] }

  static let rows = [
    Row(
      exposures: [50, 30, 20], correlation: three, documented: 0.884, asExecuted: 0.652,
      score: 0.388, pairwise: 0.6258),
    Row(
      exposures: [90, 10], correlation: { _, _ in 1 }, documented: 0.82, asExecuted: 0.64,
      score: 0, pairwise: 0),
    Row(
      exposures: [Double](repeating: 7, count: 50), correlation: { _, _ in 1 }, documented: 0.98,
      asExecuted: 0, score: 0, pairwise: 0),
  ]

  @Test("C-14: every measure of the table", arguments: 0..<3)
  func table(index: Int) throws {
    let row = Self.rows[index]
    let got = Diversification(exposures: row.exposures, correlation: row.correlation)
    #expect(abs(try #require(got.documented) - row.documented) < 1e-12)
    #expect(abs(try #require(got.asExecuted) - row.asExecuted) < 1e-12)
    #expect(abs(try #require(got.score) - row.score) < 1e-12)
    #expect(abs(try #require(got.pairwise) - row.pairwise) < 5e-5)
    #expect(got.coverage == 1 && got.hedgedScore == got.score)
  }

  @Test("C-13: the three average 0.30 and are worth 1.634 independent positions")
  func average() {
    let got = Diversification(exposures: [50, 30, 20], correlation: Self.three)
    #expect(relativeError(got.averageCorrelation, 0.3) < 1e-14)
    #expect(relativeError(got.effectiveIndependentPositions, 1.634) < 1e-4)
  }

  @Test("C-14: the diversification ratio of the three is 1.2326")
  func ratio() throws {
    let volatilities = [0.30, 0.25, 0.20]
    let volatility = try #require(
      Diversification.portfolioVolatility(
        exposures: [50, 30, 20], volatilities: volatilities, correlation: Self.three))
    #expect(relativeError(volatility, 0.215) < 1e-3)
    let ratio = Diversification.ratio(
      exposures: [50, 30, 20], volatilities: volatilities, portfolioVolatility: volatility)
    #expect(relativeError(ratio, 1.2326) < 1e-4)
    #expect(
      Diversification.ratio(exposures: [0], volatilities: [0.3], portfolioVolatility: 0.2) == nil)
    #expect(
      Diversification.portfolioVolatility(
        exposures: [1, 1], volatilities: [0.1, 0.2], correlation: { _, _ in nil }) == nil)
  }

  @Test("C-14: a perfect hedge is diversified, by the signed measure alone")
  func hedge() {
    let hedged = Diversification(exposures: [100, -100]) { _, _ in 1 }
    #expect(hedged.score == 0 && hedged.hedgedScore == 1)
    #expect(hedged.pairwiseSigned == 2 && hedged.pairwiseClamped == 1)
  }

  @Test("C-14: one position scores 0, none nothing, unknown correlations nothing")
  func edges() {
    let one = Diversification(exposures: [-5]) { _, _ in 1 }
    #expect(one.score == 0 && one.hedgedScore == 0 && one.herfindahl == 1 && one.coverage == 1)
    #expect(one.documented == nil && one.asExecuted == nil && one.pairwise == nil)
    #expect(one.averageCorrelation == nil)
    for exposures in [[], [0, 0], [.nan]] as [[Double]] {
      let none = Diversification(exposures: exposures) { _, _ in 1 }
      #expect(none.score == nil && none.herfindahl == nil && none.coverage == nil)
    }
    let unknown = Diversification(exposures: [1, 2]) { _, _ in nil }
    #expect(unknown.score == nil && unknown.documented == nil && unknown.coverage == 0)
    #expect(unknown.herfindahl == 5.0 / 9)
  }

  @Test("C-14: an unknown pair counts with the mean of the known, not with 0")
  func coverage() {
    let partial = Diversification(exposures: [1, 1, 1]) { $0 == 0 && $1 == 1 ? nil : 0.5 }
    let full = Diversification(exposures: [1, 1, 1]) { _, _ in 0.5 }
    #expect(relativeError(partial.coverage, 2.0 / 3) < 1e-15)
    #expect(relativeError(partial.score, full.score) < 1e-15)
    #expect(full.coverage == 1)
    let closed = Diversification(exposures: [1, 0, 1]) { _, _ in 0.5 }
    let open = Diversification(exposures: [1, 1]) { _, _ in 0.5 }
    #expect(closed == open, "a position without exposure has no say")
  }

  @Test("a stream of pairs gives the bits of correlations asked for")
  func stream() {
    var random = SeededGenerator(seed: 71)
    let series = (0..<20).map { _ in
      (0..<40).map { _ in Double.random(in: -0.02...0.02, using: &random) }
    }
    let exposures = (0..<20).map { _ in Double.random(in: -100...100, using: &random) }
    var sums = DiversificationSums(exposures: exposures)
    CorrelationStudy(series).forEachPair { sums.add($0, $1, $2.value) }
    let asked = Diversification(exposures: exposures) {
      Correlation.between(series[$0], series[$1]).value
    }
    #expect(sums.result == asked)
    #expect(asked.score.map { $0 > 0 && $0 < 1 } == true)
  }
}
