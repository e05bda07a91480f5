/// Regressors factored once, to explain many responses: one set of factors, ten thousand positions.
///
/// Columns, the intercept first, are scaled to length one and factored by Householder's reflections.
/// Coefficients are refined once, by sums in twice the precision (Björck, 1967). What the refined
/// ones leave is summed so too: an error of theirs enters the sum of squares only squared.
public struct LeastSquaresDesign: Sendable {
  /// Rows of the regressors without a missing number, by index.
  public let rows: [Int]
  /// The number of coefficients, the intercept's included.
  public let coefficientCount: Int
  /// The largest through the smallest singular value of the scaled columns; nil where the rank is
  /// deficient.
  public let scaledConditionNumber: Double?

  private let regressors: Matrix
  private let columns: [[Double]]  // complete rows only, without the intercept
  private let factor: HouseholderFactor?  // nil where the rank is deficient
  private let inverseRowLengths: [Double]

  /// Whether the regressors determine their coefficients.
  public var status: LeastSquaresFit.Status { factor == nil ? .rankDeficient : .ok }

  /// - Parameter regressors: A column each, without the intercept. A number that is not finite is
  ///   missing and drops its row.
  public init(_ regressors: Matrix) {
    self.init(regressors, rows: regressors.completeRows())
  }

  init(_ regressors: Matrix, rows: [Int]) {
    self.regressors = regressors
    self.rows = rows
    columns = (0..<regressors.columns).map { column in rows.map { regressors[$0, column] } }
    coefficientCount = regressors.columns + 1
    let intercept = [Double](repeating: 1, count: rows.count)
    guard let factor = HouseholderFactor([intercept] + columns),
      let condition = Self.conditionNumber(factor.triangle, rows: rows.count)
    else {
      self.factor = nil
      inverseRowLengths = []
      scaledConditionNumber = nil
      return
    }
    self.factor = factor
    inverseRowLengths = factor.inverseRowLengths()
    scaledConditionNumber = condition
  }

  /// Explains a response by these regressors.
  ///
  /// - Parameter response: One number a row of the regressors, dropped rows included. A number
  ///   missing here alone costs a factorisation of its own.
  public func fit(_ response: [Double]) -> LeastSquaresFit {
    precondition(response.count == regressors.rows, "a response has one number a row")
    let kept = rows.map { response[$0] }
    if kept.allSatisfy(\.isFinite) { return fitComplete(kept) }
    return LeastSquares.fit(response, on: regressors)
  }

  /// The variance of what these regressors leave unexplained: Σ residual² / ν, per period.
  ///
  /// Without refinement, so many times faster than a fit; to rounding where the regressors do not
  /// explain all.
  ///
  /// - Returns: Nil where the rank is deficient or no degree of freedom is left.
  public func residualVariance(_ response: [Double]) -> Double? {
    precondition(response.count == regressors.rows, "a response has one number a row")
    let kept = rows.map { response[$0] }
    guard kept.allSatisfy(\.isFinite) else {
      return LeastSquares.fit(response, on: regressors).residualStandardDeviation.map { $0 * $0 }
    }
    let freedom = rows.count - coefficientCount
    guard let factor, freedom > 0 else { return nil }
    let center = OrderedSum.mean(kept)
    let tail = Array(factor.rotated(kept.map { $0 - center })[coefficientCount...])
    return OrderedSum.dot(tail, tail) / Double(freedom)
  }

  func fitComplete(_ response: [Double]) -> LeastSquaresFit {
    guard let factor else { return .rankDeficient(observations: rows.count) }
    let freedom = rows.count - coefficientCount
    var fit = LeastSquaresFit(
      status: .ok, observations: rows.count, degreesOfFreedom: freedom, coefficients: [],
      scaledConditionNumber: scaledConditionNumber)
    let center = OrderedSum.mean(response)
    let centered = response.map { $0 - center }
    guard centered.contains(where: { $0 != 0 }) else {
      // A response that never changes is explained by the intercept, without rounding.
      fit.residualStandardDeviation = freedom > 0 ? 0 : nil
      fit.coefficients = (0..<coefficientCount).map { index in
        LeastSquaresFit.Coefficient(
          value: index == 0 ? center : 0, standardError: fit.residualStandardDeviation)
      }
      return fit
    }
    let rotated = factor.rotated(centered)
    var values = factor.backSubstituted(rotated)
    values[0] += center
    // The intercept is the first column: what is rotated onto the others is explained by them.
    let explained = Self.squares(rotated[1..<coefficientCount])
    var residual = Self.squares(rotated[coefficientCount...])
    let better = refined(values, response, factor)
    let left = rest(response, better).rounded
    // Numbers too large to be halved for exact products are left as they are.
    if left.allSatisfy(\.isFinite) {
      values = better
      residual = OrderedSum.dot(left, left)
    }
    explain(&fit, explained: explained, residual: residual)
    fit.coefficients = values.indices.map { index in
      let error = fit.residualStandardDeviation.map { $0 * inverseRowLengths[index] }
      let t = error.flatMap { $0 > 0 ? values[index] / $0 : nil }
      let p = t.flatMap { StudentT.twoSidedProbability($0, degreesOfFreedom: freedom) }
      return LeastSquaresFit.Coefficient(
        value: values[index], standardError: error, tStatistic: t, pValue: p)
    }
    return fit
  }

  /// R² from the smaller of the two parts of the sum of squares, which keeps its digits near 0 and
  /// near 1.
  private func explain(_ fit: inout LeastSquaresFit, explained: Double, residual: Double) {
    let total = explained + residual
    let freedom = Double(rows.count - coefficientCount)
    if explained < residual {
      let share = explained / total
      fit.rSquared = share
      if freedom > 0 {
        let regressorCount = Double(coefficientCount - 1)
        fit.adjustedRSquared = (share * Double(rows.count - 1) - regressorCount) / freedom
      }
    } else {
      let share = residual / total
      fit.rSquared = 1 - share
      if freedom > 0 { fit.adjustedRSquared = 1 - share * Double(rows.count - 1) / freedom }
    }
    if freedom > 0 { fit.residualStandardDeviation = (residual / freedom).squareRoot() }
  }

  /// One step of Björck's refinement of r + Xb = y, Xᵀr = 0: what both equations lack is found in
  /// twice the precision, and solved for with the factors at hand.
  private func refined(
    _ values: [Double], _ response: [Double], _ factor: HouseholderFactor
  ) -> [Double] {
    let left = rest(response, values)
    var products = [OrderedSum.compensated(left.rounded)]
    for column in columns {
      var sum = CompensatedSum()
      for row in column.indices { sum.add(product: column[row], left.rounded[row]) }
      products.append(sum.value)
    }
    var step = factor.rotated(left.lost)
    for (index, value) in factor.forwardSubstituted(products).enumerated() { step[index] += value }
    return zip(values, factor.backSubstituted(step)).map { $0 + $1 }
  }

  /// What coefficients leave of a response, each row summed in twice the precision, and what is
  /// lost by rounding it.
  private func rest(
    _ response: [Double], _ values: [Double]
  ) -> (rounded: [Double], lost: [Double]) {
    var rounded = response
    var lost = response
    for row in response.indices {
      var sum = CompensatedSum()
      sum.add(response[row])
      sum.add(-values[0])
      for (column, value) in zip(columns, values.dropFirst()) {
        sum.add(product: column[row], -value)
      }
      rounded[row] = sum.value
      sum.add(-rounded[row])
      lost[row] = sum.value
    }
    return (rounded, lost)
  }

  private static func squares(_ values: ArraySlice<Double>) -> Double {
    let values = Array(values)
    return OrderedSum.dot(values, values)
  }

  /// - Returns: Nil where the smallest singular value is within the rounding of the columns.
  private static func conditionNumber(_ triangle: Matrix, rows: Int) -> Double? {
    let singular = SingularValues.ofColumns((0..<triangle.columns).map { triangle.column($0) })
    let largest = singular.max() ?? 0
    let smallest = singular.min() ?? 0
    let noise = Double(max(rows, triangle.columns)) * Double.ulpOfOne * largest
    return smallest > noise ? largest / smallest : nil
  }
}
