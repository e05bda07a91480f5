/// Correlations of several series, some of them undefined.
public struct CorrelationMatrix: Hashable, Sendable {
  /// The number of series.
  public let size: Int
  // Not a number where undefined.
  private var values: [Double]

  /// −1 … 1; nil where undefined: of a series without variance, also with itself.
  public subscript(row: Int, column: Int) -> Double? {
    let value = values[row * size + column]
    return value.isNaN ? nil : value
  }

  /// ρ = C_fg / √(C_ff C_gg), from a covariance matrix of any period.
  public init(covariance: Matrix) {
    precondition(covariance.rows == covariance.columns, "a covariance matrix is square")
    size = covariance.rows
    values = [Double](repeating: .nan, count: size * size)
    let deviations = (0..<size).map { covariance[$0, $0].squareRoot() }
    for row in 0..<size where deviations[row] > 0 {
      for column in 0..<size where deviations[column] > 0 {
        let value = covariance[row, column] / deviations[row] / deviations[column]
        values[row * size + column] = row == column ? 1 : min(1, max(-1, value))
      }
    }
  }

  /// With every correlation of two different series kept within ±`limit`.
  ///
  /// What the documented stress query does with ±0.95; Foldbook uses the correlations as they are.
  public func clampedAsDocumented(to limit: Double = 0.95) -> CorrelationMatrix {
    var clamped = self
    for row in 0..<size {
      for column in 0..<size where row != column {
        let value = values[row * size + column]
        if !value.isNaN { clamped.values[row * size + column] = min(limit, max(-limit, value)) }
      }
    }
    return clamped
  }
}
