import Analytics
import TestSupport
import Testing

/// C-09, with the example of its text.
@Suite struct FactorBetas {
  static let factor = [1.0, -0.5, 0.2, 0.8, -1.2, 0.4].map { $0 / 100 }
  static let response = [1.5, -0.4, 0.1, 1.2, -1.7, 0.7].map { $0 / 100 }

  @Test("C-09: six days give β 1.4026")
  func example() throws {
    let fit = try #require(UnivariateRegression.fit(Self.response, on: Self.factor))
    #expect(fit.observations == 6)
    #expect(relativeError(fit.beta, 1.4026) < 1e-4)
    #expect(relativeError(fit.alpha, 0.000697) < 1e-3)
    #expect(relativeError(fit.rSquared, 0.98129) < 1e-5)
    #expect(relativeError(fit.standardError, 0.09685) < 1e-4)
    #expect(relativeError(fit.tStatistic, 14.48) < 1e-3)
    let covariance = try #require(Covariance.sample(Matrix(columns: [Self.factor, Self.response])))
    #expect(relativeError(covariance[0, 1], 9.6733e-5) < 1e-4)
    #expect(relativeError(covariance[0, 0], 6.8967e-5) < 1e-4)
  }

  @Test("C-09: the rate beta is −6.7596 per 1.00 of yield, a fund's loss 422.47 for 25 bp")
  func rates() throws {
    let yields = [4.00, 4.05, 4.02, 4.12, 4.10, 4.14]
    let changes = Returns.yieldChanges(percent: yields)
    for (change, points) in zip(changes, [5.0, -3, 10, -2, 4]) {
      #expect(abs(change - points / 10_000) < 1e-15)
    }
    let fit = try #require(
      UnivariateRegression.fit(
        [-0.35, 0.21, -0.68, 0.12, -0.25].map { $0 / 100 },
        on: [5.0, -3, 10, -2, 4].map { $0 / 10_000 }))
    #expect(relativeError(fit.beta, -6.7596) < 1e-5)
    #expect(abs(25_000 * fit.beta * 0.0025 - -422.47) < 0.01)
  }

  @Test(
    "C-09: too little history is no beta, less than the window is limited",
    arguments: [
      (59, FactorBeta.Quality.insufficient), (60, .limitedHistory), (149, .limitedHistory),
      (150, .full),
    ])
  func quality(count: Int, quality: FactorBeta.Quality) {
    var random = SeededGenerator(seed: 3)
    let returns = (0..<150).map { _ in Double.random(in: -0.02...0.02, using: &random) }
    let response = returns.enumerated().map { $0 < 150 - count ? .nan : $1 * 0.5 }
    let estimate = FactorBeta.estimate(response, on: SingleFactor(returns))
    #expect(estimate.quality == quality && estimate.observations == count)
    #expect((estimate.beta == nil) == (quality == .insufficient))
    #expect((estimate.regression == nil) == (quality == .insufficient))
    if let beta = estimate.beta { #expect(abs(beta - 0.5) < 1e-14) }
  }

  @Test("C-09: the cap keeps the raw beta")
  func cap() {
    let factor = (0..<100).map { Double($0 % 7) - 3 }
    let estimate = FactorBeta.estimate(factor.map { $0 * -4.5 }, on: SingleFactor(factor))
    #expect(estimate.beta == -3 && estimate.rawBeta == -4.5)
    #expect(estimate.quality == .limitedHistory)
  }

  @Test("C-09: a flat factor has no beta, a flat asset has beta 0 and R² 0", arguments: [0, 0.1])
  func flat(level: Double) throws {
    let moving = (0..<80).map { Double(($0 * 37) % 11) / 100 }
    let flat = [Double](repeating: level, count: 80)
    let estimate = FactorBeta.estimate(moving, on: SingleFactor(flat))
    #expect(estimate.quality == .flatFactor && estimate.beta == nil)
    let fit = try #require(UnivariateRegression.fit(flat, on: moving))
    #expect(fit.beta == 0 && fit.rSquared == 0 && fit.alpha == level)
    #expect(fit.standardError == 0 && fit.tStatistic == nil && fit.pValue == nil)
  }

  @Test("fewer than two common dates are no regression, two leave no standard error")
  func fewDates() {
    #expect(UnivariateRegression.fit([], on: []) == nil)
    #expect(UnivariateRegression.fit([1, .nan], on: [2, 3]) == nil)
    let two = UnivariateRegression.fit([1, .nan, 3], on: [2, 5, 4])
    #expect(two?.beta == 1 && two?.standardError == nil && two?.pValue == nil)
  }

  @Test(
    "a gap drops its date for its pair alone, and a batch gives the bits of one",
    arguments: [21, 22, 23] as [UInt64])
  func gaps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let factor = (0..<45).map { _ in Double.random(in: -1...1, using: &random) }
    let all = (0..<12).map { _ in
      (0..<45).map { _ in
        Int.random(in: 0..<40, using: &random) == 0
          ? Double.nan : Double.random(in: -1...1, using: &random)
      }
    }
    var batch: [UnivariateRegression?] = []
    SingleFactor(factor).regressEach(all.flatMap { $0 }) { batch.append($1) }
    for (index, response) in all.enumerated() {
      let kept = response.indices.filter { response[$0].isFinite }
      let alone = UnivariateRegression.fit(kept.map { response[$0] }, on: kept.map { factor[$0] })
      #expect(batch[index] == alone, "seed \(seed)")
      #expect(alone?.observations == kept.count, "seed \(seed)")
      let joint = LeastSquares.fit(response, on: Matrix(columns: [factor]))
      #expect(relativeError(alone?.beta, joint.coefficients[1].value) < 1e-12, "seed \(seed)")
      #expect(relativeError(alone?.pValue, joint.coefficients[1].pValue) < 1e-12, "seed \(seed)")
    }
  }

  @Test("C-09: ridge without a ridge is least squares, with one it shrinks")
  func ridge() throws {
    var random = SeededGenerator(seed: 31)
    let first = (0..<100).map { _ in Double.random(in: -0.02...0.02, using: &random) }
    let second = first.map { $0 + Double.random(in: -0.001...0.001, using: &random) }
    let y = first.map { $0 * 1.2 + Double.random(in: -0.01...0.01, using: &random) }
    let flat = [Double](repeating: 0.003, count: 100)
    let factors = Matrix(columns: [first, flat, second])
    let free = try #require(RidgeRegression.fit(y, on: factors, ridge: 0))
    let joint = LeastSquares.fit(y, on: Matrix(columns: [first, second]))
    #expect(relativeError(free.coefficients[0], joint.coefficients[1].value) < 1e-9)
    #expect(relativeError(free.coefficients[2], joint.coefficients[2].value) < 1e-9)
    #expect(relativeError(free.rSquared, joint.rSquared) < 1e-9)
    #expect(free.coefficients[1] == nil, "a flat factor explains nothing")
    let ridged = try #require(RidgeRegression.fit(y, on: factors, ridge: 0.05))
    let large = try #require(ridged.coefficients[0]) - (try #require(ridged.coefficients[2]))
    let free2 = try #require(free.coefficients[0]) - (try #require(free.coefficients[2]))
    #expect(abs(large) < abs(free2))
    let alone = try #require(RidgeRegression.fit(y, on: Matrix(columns: [first]), ridge: 0.25))
    let beta = try #require(UnivariateRegression.fit(y, on: first)).beta
    #expect(relativeError(alone.coefficients[0], beta / 1.25) < 1e-14)
    #expect(RidgeRegression.fit(y, on: Matrix(columns: [first, first]), ridge: 0) == nil)
    #expect(RidgeRegression.fit(y, on: Matrix(columns: [first, first]), ridge: 0.1) != nil)
  }
}
