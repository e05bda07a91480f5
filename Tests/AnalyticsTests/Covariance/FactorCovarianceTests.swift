import Analytics
import Testing

/// C-11, with the example of its text.
@Suite struct FactorCovariances {
  static let first = [1, -2, 0.5, 0].map { $0 / 100 }
  static let second = [1.2, -1.8, 0.9, -0.2].map { $0 / 100 }

  @Test("C-11: four days weighed with λ 0.94 correlate by 0.98085")
  func example() throws {
    let weights = Covariance.weights(4, decay: 0.94)
    for (weight, want) in zip(weights, [0.22730, 0.24181, 0.25724, 0.27366]) {
      #expect(abs(weight - want) < 5e-6)
    }
    let returns = Matrix(columns: [Self.first, Self.second])
    #expect(CovarianceEstimate(returns) == nil, "fewer than 30 dates are no matrix")
    let estimate = try #require(CovarianceEstimate(returns, smallest: 2))
    #expect(estimate.observations == 4 && estimate.isLimited)
    #expect(relativeError(estimate.daily[0, 0], 1.2425e-4) < 1e-4)
    #expect(relativeError(estimate.daily[1, 1], 1.3299e-4) < 1e-4)
    #expect(relativeError(estimate.daily[0, 1], 1.2608e-4) < 1e-4)
    #expect(relativeError(estimate.correlation[0, 1], 0.98085) < 1e-5)
    #expect(abs(estimate.annualVolatilities[0] - 0.1770) < 5e-5)
    #expect(abs(estimate.annualVolatilities[1] - 0.1831) < 5e-5)
    #expect(estimate.annual[0, 1] == estimate.daily[0, 1] * 252)
    let clamped = estimate.correlation.clampedAsDocumented()
    #expect(clamped[0, 1] == 0.95 && clamped[1, 0] == 0.95 && clamped[0, 0] == 1)
  }

  @Test("C-11: a date that lacks one factor is dropped for all", arguments: [29, 30, 59, 60])
  func gaps(complete: Int) throws {
    let series = (0..<complete).map { Double(($0 * 29) % 17) / 100 }
    let other = (0..<complete).map { Double(($0 * 7) % 13) / 100 }
    let full = Matrix(columns: [series, other])
    let gapped = Matrix(
      columns: [[0.5, .nan, 0.5] + series, [.nan, 0.5, .infinity] + other])
    let estimate = CovarianceEstimate(gapped)
    #expect((estimate == nil) == (complete < 30))
    guard let estimate else { return }
    #expect(estimate.droppedRows == 3 && estimate.observations == complete)
    #expect(estimate.isLimited == (complete < 60))
    #expect(estimate.daily == CovarianceEstimate(full)?.daily)
  }

  @Test("C-11: equal weights divide by n, and λ 1 is the same")
  func equal() throws {
    let returns = Matrix(columns: [Self.first, Self.second])
    let equal = try #require(CovarianceEstimate(returns, weighting: .equal, smallest: 2))
    let sample = try #require(Covariance.sample(returns))
    #expect(relativeError(equal.daily.values, sample.values.map { $0 * 0.75 }) < 1e-14)
    #expect(
      equal == CovarianceEstimate(returns, weighting: .exponential(decay: 1), smallest: 2))
  }

  @Test(
    "C-11: a factor without variance has covariance 0 and no correlation",
    arguments: [0, 0.1, -0.37, 1.0 / 3])
  func flat(level: Double) throws {
    for length in 40..<60 {
      let moving = (0..<length).map { Double(($0 * 29) % 17) / 100 }
      let returns = Matrix(columns: [moving, [Double](repeating: level, count: length)])
      let estimate = try #require(CovarianceEstimate(returns))
      #expect(estimate.daily[1, 1] == 0 && estimate.daily[0, 1] == 0)
      #expect(estimate.correlation[1, 1] == nil && estimate.correlation[0, 1] == nil)
      #expect(estimate.correlation[0, 0] == 1 && estimate.annualVolatilities[1] == 0)
      #expect(estimate.correlation.clampedAsDocumented()[0, 1] == nil)
      #expect(ShrunkCovariance.towardsConstantCorrelation(returns) == nil)
    }
  }

  @Test("nothing is estimated of nothing")
  func empty() {
    let none = Matrix(rows: 0, columns: 3)
    #expect(Covariance.sample(none) == nil && Covariance.exponential(none, decay: 0.9) == nil)
    #expect(Covariance.exponentialZeroMean(none, decay: 0.9) == nil)
    #expect(Covariance.sample(Matrix([[1, 2]])) == nil)
    #expect(ShrunkCovariance.towardsScaledIdentity(none) == nil)
    #expect(ShrunkCovariance.towardsConstantCorrelation(Matrix([[1], [2]])) == nil)
    #expect(CovarianceEstimate(Matrix(rows: 40, columns: 0), smallest: 2) == nil)
  }

  @Test("of two series the constant correlation is the sample's: nothing to shrink")
  func twoSeries() throws {
    for first in 1...20 {
      let series = (0..<8).map { Double(($0 * $0 * (first % 16 + 1)) % 17) / 100 }
      let other = (0..<8).map { Double(($0 * (first % 5) + $0 * $0) % 13) / 100 }
      let returns = Matrix(columns: [series, other])
      let shrunk = try #require(ShrunkCovariance.towardsConstantCorrelation(returns))
      let sample = try #require(Covariance.sample(returns))
      #expect(shrunk.shrinkage == 0)
      #expect(relativeError(shrunk.covariance.values, sample.values.map { $0 * 7 / 8 }) < 1e-14)
    }
  }
}
