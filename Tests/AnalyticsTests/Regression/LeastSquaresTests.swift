import Analytics
import TestSupport
import Testing

@Suite struct LeastSquaresBehaviour {
  @Test(
    "residuals stand at right angles to every regressor", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func orthogonal(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = Int.random(in: 8...80, using: &random)
    let columns = Int.random(in: 1...5, using: &random)
    let x = Matrix(
      rows: rows, columns: columns,
      values: (0..<(rows * columns)).map { _ in Double.random(in: -1...1, using: &random) })
    let y = (0..<rows).map { _ in Double.random(in: -1...1, using: &random) }
    let fit = LeastSquares.fit(y, on: x)
    #expect(fit.status == .ok, "seed \(seed)")
    let values = fit.coefficients.map(\.value)
    let residuals = (0..<rows).map { row in
      y[row] - values[0] - zip(x.row(row), values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(residuals.reduce(0, +)) < 1e-12, "seed \(seed)")
    for column in 0..<columns {
      let product = zip(residuals, x.column(column)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(product) < 1e-12, "seed \(seed)")
    }
  }

  @Test("a design factored once gives the bits of a fit of its own")
  func sharedDesign() {
    var random = SeededGenerator(seed: 11)
    var factors = (0..<60).map { _ in (0..<3).map { _ in Double.random(in: -1...1, using: &random) }
    }
    factors[7][1] = .nan
    let design = LeastSquaresDesign(Matrix(factors))
    #expect(design.rows.count == 59)
    for gap in [nil, 0, 7, 20] as [Int?] {
      var response = (0..<60).map { _ in Double.random(in: -1...1, using: &random) }
      if let gap { response[gap] = .nan }
      let fit = design.fit(response)
      #expect(fit == LeastSquares.fit(response, on: Matrix(factors)))
      #expect(fit.observations == (gap == nil || gap == 7 ? 59 : 58))
      let deviation = fit.residualStandardDeviation
      #expect(
        relativeError(design.residualVariance(response), deviation.map { $0 * $0 }) < 1e-13)
    }
  }

  @Test(
    "R² and errors keep their digits where almost nothing, or almost all, is explained",
    arguments: [false, true])
  func extremes(isNearlyExact: Bool) throws {
    // Two patterns at right angles, one a thousandth of the other.
    let factor = [1.0, -1, 1, -1, 1, -1, 1, -1]
    let other = [1.0, 1, -1, -1, 1, 1, -1, -1]
    let tiny = 0.001
    let y = zip(factor, other).map { isNearlyExact ? $0 + tiny * $1 : tiny * $0 + $1 }
    let ratio = isNearlyExact ? tiny * tiny : 1 / (tiny * tiny)
    let error = ((isNearlyExact ? tiny * tiny : 1) / 6).squareRoot()
    let joint = LeastSquares.fit(y, on: Matrix(columns: [factor]))
    #expect(relativeError(joint.rSquared, 1 / (1 + ratio)) < 1e-12)
    #expect(relativeError(joint.coefficients[1].standardError, error) < 1e-12)
    let single = try #require(UnivariateRegression.fit(y, on: factor))
    #expect(relativeError(single.rSquared, 1 / (1 + ratio)) < 1e-12)
    #expect(relativeError(single.standardError, error) < 1e-12)
  }

  @Test("units do not matter: a factor in percent has a hundredth of the coefficient")
  func units() throws {
    var random = SeededGenerator(seed: 12)
    let x = (0..<40).map { _ in
      [Double.random(in: -1...1, using: &random), 1e-7 * Double.random(in: -1...1, using: &random)]
    }
    let y = x.map { 2 * $0[0] - 3e7 * $0[1] + Double.random(in: -1...1, using: &random) }
    let plain = LeastSquares.fit(y, on: Matrix(x))
    let scaled = LeastSquares.fit(y, on: Matrix(x.map { [$0[0] * 1024, $0[1] / 1024] }))
    #expect(plain.coefficients[1].value == scaled.coefficients[1].value * 1024)
    #expect(plain.coefficients[2].tStatistic == scaled.coefficients[2].tStatistic)
    #expect(plain.scaledConditionNumber == scaled.scaledConditionNumber)
  }

  @Test("as many rows as coefficients leave no degree of freedom, fewer no answer")
  func fewRows() {
    let exact = LeastSquares.fit([1, 3], on: Matrix([[0], [1]]))
    #expect(exact.status == .ok && exact.degreesOfFreedom == 0)
    #expect(exact.coefficients.map(\.value) == [1, 2])
    #expect(exact.coefficients.allSatisfy { $0.standardError == nil && $0.pValue == nil })
    #expect(exact.residualStandardDeviation == nil && exact.adjustedRSquared == nil)
    #expect(exact.rSquared == 1)
    for rows in 0..<2 {
      let fit = LeastSquares.fit(
        [Double](repeating: 1, count: rows), on: Matrix(rows: rows, columns: 2, repeating: 1))
      #expect(fit.status == .rankDeficient && fit.observations == rows)
      #expect(fit.coefficients.isEmpty && fit.scaledConditionNumber == nil)
    }
  }

  @Test("a response that never changes is its intercept, not noise", arguments: [0, 0.1, -7.3])
  func flat(level: Double) {
    let fit = LeastSquares.fit(
      [Double](repeating: level, count: 9), on: Matrix(columns: [[1, 2, 4, 3, 5, 9, 7, 8, 6]]))
    #expect(fit.coefficients.map(\.value) == [level, 0])
    #expect(fit.coefficients.allSatisfy { $0.standardError == 0 && $0.tStatistic == nil })
    #expect(fit.rSquared == nil && fit.residualStandardDeviation == 0)
  }

  @Test("a repeated, a zero and a constant factor are dependent", arguments: 0..<3)
  func dependent(which: Int) {
    let first = [0.01, -0.02, 0.03, 0.005, -0.011]
    let second = [first.map { $0 * 3 }, [0, 0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1, 0.1]][which]
    let design = LeastSquaresDesign(Matrix(columns: [first, second]))
    #expect(design.status == .rankDeficient)
    #expect(design.residualVariance(first) == nil)
  }
}
