/// What each factor contributes to a portfolio's risk (C-12).
///
/// V = xᵀCx + specific variance; the contribution of factor i is xᵢ(Cx)ᵢ. A negative one is a hedge.
public struct FactorRisk: Hashable, Sendable {
  /// xᵀCx, of the unit of C.
  public var factorVariance: Double
  /// Factor variance plus specific variance.
  public var totalVariance: Double
  /// Its root.
  public var totalVolatility: Double
  /// xᵢ(Cx)ᵢ; they add up to the factor variance. The documented result.
  public var varianceContributions: [Double]
  /// (Cx)ᵢ / total volatility: what one more unit of exposure adds to it. Nil where that is 0.
  public var marginalContributions: [Double]?
  /// xᵢ(Cx)ᵢ / total volatility; with the specific part they add up to it. Zeros where it is 0.
  public var volatilityContributions: [Double]
  /// Share of the total variance; nil where that is 0.
  public var shares: [Double]?
  /// The specific variance's share of the total; nil where that is 0.
  public var specificShare: Double?

  /// - Parameters:
  ///   - exposures: x, a fraction of net asset value each.
  ///   - covariance: C, per year for annual results.
  ///   - specificVariance: Of the same period, not negative. See ``specificVariance(weights:residualVariances:)``.
  public init(exposures: [Double], covariance: Matrix, specificVariance: Double = 0) {
    precondition(covariance.rows == exposures.count, "every exposure has its row of covariances")
    precondition(specificVariance >= 0, "a variance is not negative")
    let product = covariance.times(exposures)
    varianceContributions = zip(exposures, product).map { $0 * $1 }
    factorVariance = OrderedSum.compensated(varianceContributions)
    totalVariance = max(0, factorVariance) + specificVariance
    totalVolatility = totalVariance.squareRoot()
    guard totalVariance > 0 else {
      volatilityContributions = exposures.map { _ in 0 }
      return
    }
    let volatility = totalVolatility
    let variance = totalVariance
    marginalContributions = product.map { $0 / volatility }
    volatilityContributions = varianceContributions.map { $0 / volatility }
    shares = varianceContributions.map { $0 / variance }
    specificShare = specificVariance / variance
  }

  /// Σ (E/NAV)² s²: what positions add beyond their factors, if independent of one another.
  ///
  /// - Parameters:
  ///   - weights: E/NAV; positions of one ticker as one weight, or they would not be independent.
  ///   - residualVariances: s², from the joint fit (``LeastSquaresDesign/residualVariance(_:)``):
  ///     what one factor alone leaves is too much. Nil where unknown.
  /// - Returns: The sum over what is known, and how many were not.
  public static func specificVariance(
    weights: [Double], residualVariances: [Double?]
  ) -> (variance: Double, unknown: Int) {
    precondition(weights.count == residualVariances.count, "every weight has a variance or none")
    var sum = CompensatedSum()
    var unknown = 0
    for (weight, variance) in zip(weights, residualVariances) {
      if let variance { sum.add(weight * weight * variance) } else { unknown += 1 }
    }
    return (sum.value, unknown)
  }
}
