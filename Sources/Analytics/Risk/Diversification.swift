/// How far a book spreads its risk, by every named measure (C-14).
///
/// w is a position's share of gross exposure, always positive; the sign of a position enters only
/// where it is said.
public struct Diversification: Hashable, Sendable {
  /// 1 − Σᵢ Σⱼ wᵢwⱼρᵢⱼ, the diagonal included: 0 for one position, falling with concentration. The
  /// measure to show. Pairs without a correlation count with the weighted mean of the known ones.
  public var score: Double?
  /// The same with a short position turning its correlations round; within 0 … 2.
  public var hedgedScore: Double?
  /// 1 − Σwᵢwⱼρᵢⱼ / Σwᵢwⱼ over known pairs; blind to concentration. Nil for one position.
  public var pairwise: Double?
  /// The same, signed by position.
  public var pairwiseSigned: Double?
  /// The signed form kept within 0 … 1.
  public var pairwiseClamped: Double?
  /// 1 − 2Σwᵢwⱼρᵢⱼ/(n − 1), the documented query as written (D-11). Nil for one position.
  public var documented: Double?
  /// 1 − 2nΣwᵢwⱼρᵢⱼ/(n − 1), what the documented query's join returns (D-12). Nil for one position.
  public var asExecuted: Double?
  /// Σwᵢwⱼρᵢⱼ / Σwᵢwⱼ over known pairs. Nil for one position.
  public var weightedAverageCorrelation: Double?
  /// Σρ / pairs over known pairs: the documented `position_correlation` (C-13).
  public var averageCorrelation: Double?
  /// Σ w²: 1 for one position, 1/n for n equal ones.
  public var herfindahl: Double?
  /// 1 / Σ w².
  public var effectivePositions: Double?
  /// N_eff = 1 / (wᵀRw): independent positions that would spread as well (C-13).
  public var effectiveIndependentPositions: Double?
  /// Weights of known pairs through those of all pairs; 1 for one position. Flagged below 0.8.
  public var coverage: Double?

  /// From correlations asked for pair by pair, in the order (0,1), (0,2) … (1,2) …
  ///
  /// Nothing of the size n² is kept.
  ///
  /// - Parameters:
  ///   - exposures: E, signed; one that is 0 has no say.
  ///   - correlation: ρ of two positions, the first with the smaller index; 1 for one ticker; nil
  ///     where unknown.
  public init(exposures: [Double], correlation: (_ first: Int, _ second: Int) -> Double?) {
    var sums = DiversificationSums(exposures: exposures)
    for first in exposures.indices {
      for second in (first + 1)..<max(exposures.count, first + 1) {
        sums.add(first, second, correlation(first, second))
      }
    }
    self = sums.result
  }

  init() {}

  /// Σ wσ / σ_p, the diversification ratio (Choueifaty and Coignard, 2008).
  ///
  /// - Parameters:
  ///   - exposures: E, signed.
  ///   - volatilities: σ of each.
  ///   - portfolioVolatility: σ_p of the whole, as a fraction of gross exposure.
  /// - Returns: At least 1 for a book of longs; nil without gross exposure or volatility.
  public static func ratio(
    exposures: [Double], volatilities: [Double], portfolioVolatility: Double
  ) -> Double? {
    precondition(exposures.count == volatilities.count, "every exposure has its volatility")
    let gross = OrderedSum.compensated(exposures.lazy.map(\.magnitude))
    guard gross > 0, portfolioVolatility > 0 else { return nil }
    let weighted = OrderedSum.compensated(
      zip(exposures, volatilities).lazy.map { $0.magnitude / gross * $1 })
    return weighted / portfolioVolatility
  }

  /// σ_p = √(Σᵢ Σⱼ wᵢσᵢ wⱼσⱼ ρᵢⱼ), signed, as a fraction of gross exposure.
  ///
  /// - Returns: Nil where a correlation of two positions with exposure is unknown, or without gross
  ///   exposure.
  public static func portfolioVolatility(
    exposures: [Double], volatilities: [Double],
    correlation: (_ first: Int, _ second: Int) -> Double?
  ) -> Double? {
    precondition(exposures.count == volatilities.count, "every exposure has its volatility")
    let gross = OrderedSum.compensated(exposures.lazy.map(\.magnitude))
    guard gross > 0 else { return nil }
    let parts = zip(exposures, volatilities).map { $0 / gross * $1 }
    var variance = CompensatedSum()
    for first in parts.indices where parts[first] != 0 {
      variance.add(parts[first] * parts[first])
      for second in (first + 1)..<max(parts.count, first + 1) where parts[second] != 0 {
        guard let value = correlation(first, second) else { return nil }
        variance.add(2 * parts[first] * parts[second] * value)
      }
    }
    return max(0, variance.value).squareRoot()
  }
}
