/// What ordinary least squares found.
public struct LeastSquaresFit: Hashable, Sendable {
  /// Whether the regressors determine their coefficients.
  public enum Status: String, Hashable, Sendable {
    case ok
    /// A regressor, or the intercept, is a sum of multiples of others to rounding; or there are
    /// fewer rows than coefficients.
    case rankDeficient = "rank_deficient"
  }

  /// One coefficient and how well it is known.
  public struct Coefficient: Hashable, Sendable {
    public var value: Double
    /// Nil without degrees of freedom.
    public var standardError: Double?
    /// `value / standardError`; nil where the standard error is 0 or unknown.
    public var tStatistic: Double?
    /// Two-sided, Student t; nil where the t statistic is.
    public var pValue: Double?
  }

  public var status: Status
  /// Rows without a missing number.
  public var observations: Int
  /// Rows minus coefficients; nil where the rank is deficient.
  public var degreesOfFreedom: Int?
  /// The intercept, then the regressors in order; empty where the rank is deficient.
  public var coefficients: [Coefficient]
  /// 0 … 1; nil where the response never changes.
  public var rSquared: Double?
  /// 1 − (1 − R²)(n − 1) / ν; nil where R² is, or without degrees of freedom.
  public var adjustedRSquared: Double?
  /// √(Σ residual² / ν); nil without degrees of freedom.
  public var residualStandardDeviation: Double?
  /// The largest through the smallest singular value, columns scaled to length one; nil where the
  /// rank is deficient.
  public var scaledConditionNumber: Double?

  static func rankDeficient(observations: Int) -> LeastSquaresFit {
    LeastSquaresFit(status: .rankDeficient, observations: observations, coefficients: [])
  }
}

/// Ordinary least squares with an intercept.
public enum LeastSquares {
  /// Explains a response by an intercept and the columns of a matrix.
  ///
  /// A missing number is one that is not finite; its whole row is dropped.
  ///
  /// - Parameters:
  ///   - response: One number a row.
  ///   - regressors: As many rows as the response; a column each, without the intercept.
  public static func fit(_ response: [Double], on regressors: Matrix) -> LeastSquaresFit {
    precondition(response.count == regressors.rows, "a response has one number a row")
    let kept = regressors.completeRows().filter { response[$0].isFinite }
    let design = LeastSquaresDesign(regressors, rows: kept)
    return design.fitComplete(kept.map { response[$0] })
  }
}
