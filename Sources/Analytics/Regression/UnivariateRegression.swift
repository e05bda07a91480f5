/// One response explained by an intercept and one factor (C-09).
///
/// β = Σ(f − f̄)(r − r̄) / Σ(f − f̄)², α = r̄ − β f̄.
public struct UnivariateRegression: Hashable, Sendable {
  /// Dates on which both have a return.
  public var observations: Int
  /// Return of the response per 1.00 of the factor.
  public var beta: Double
  /// Return of the response where the factor's is 0, per period.
  public var alpha: Double
  /// 0 … 1; 0 for a response that never changes (C-09).
  public var rSquared: Double
  /// Of β: √(Σ residual² / ν / Σ(f − f̄)²). Nil below three observations.
  public var standardError: Double?

  /// Observations minus two.
  public var degreesOfFreedom: Int { observations - 2 }

  /// β / standard error. Nil where that is 0 or unknown.
  public var tStatistic: Double? {
    standardError.flatMap { $0 > 0 ? beta / $0 : nil }
  }

  /// How likely a β this far from 0 is by chance, two-sided; nil where t is. Computed when asked.
  public var pValue: Double? {
    tStatistic.flatMap { StudentT.twoSidedProbability($0, degreesOfFreedom: degreesOfFreedom) }
  }

  /// Explains one response by one factor, on the dates where both are finite.
  ///
  /// - Returns: Nil where the factor never changes on those dates, or there are fewer than two.
  public static func fit(_ response: [Double], on factor: [Double]) -> UnivariateRegression? {
    precondition(response.count == factor.count, "both series are on the same dates")
    return SingleFactor(factor).regress(response)
  }
}
