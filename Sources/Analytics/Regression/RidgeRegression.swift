/// Ridge regression on all factors at once, for attribution only (C-09, optional).
///
/// b = (XᵀX/n + λ diag(XᵀX/n))⁻¹ Xᵀr/n, both around their means, so that the intercept is free.
/// Factor proxies are nearly collinear; λ keeps their coefficients from cancelling in the millions.
public struct RidgeRegression: Hashable, Sendable {
  /// Dates on which everything has a return.
  public var observations: Int
  /// One per factor, in order; nil for a factor that never changes.
  public var coefficients: [Double?]
  /// Return where every factor's is 0, per period.
  public var intercept: Double
  /// 1 − Σ residual² / Σ(r − r̄)²; nil where the response never changes.
  public var rSquared: Double?

  /// - Parameters:
  ///   - ridge: λ, not negative, as a share of each factor's variance.
  /// - Returns: Nil below two complete dates, or where λ is 0 and the factors are dependent.
  public static func fit(
    _ response: [Double], on factors: Matrix, ridge: Double
  ) -> RidgeRegression? {
    precondition(response.count == factors.rows, "a response has one number a row")
    precondition(ridge >= 0, "a ridge is not negative")
    let kept = factors.completeRows().filter { response[$0].isFinite }
    guard kept.count >= 2 else { return nil }
    let target = Centered(kept.map { response[$0] })
    let columns = (0..<factors.columns).map { column in
      Centered(kept.map { factors[$0, column] })
    }
    let moving = columns.indices.filter { columns[$0].squares > 0 }
    let count = Double(kept.count)
    var left = Matrix(rows: moving.count, columns: moving.count)
    for (row, first) in moving.enumerated() {
      for (column, second) in moving.enumerated().prefix(row + 1) {
        let product = OrderedSum.dot(columns[first].values, columns[second].values) / count
        left[row, column] = row == column ? product + ridge * product : product
      }
    }
    guard let solver = SymmetricSolve(left) else { return nil }
    let solved = solver.solve(
      moving.map { OrderedSum.dot(columns[$0].values, target.values) / count })
    var residuals = target.values
    var intercept = target.mean
    var coefficients = [Double?](repeating: nil, count: factors.columns)
    for (value, index) in zip(solved, moving) {
      coefficients[index] = value
      intercept -= value * columns[index].mean
      for row in residuals.indices { residuals[row] -= value * columns[index].values[row] }
    }
    let unexplained = OrderedSum.dot(residuals, residuals)
    return RidgeRegression(
      observations: kept.count, coefficients: coefficients, intercept: intercept,
      rSquared: target.squares > 0 ? 1 - unexplained / target.squares : nil)
  }
}
