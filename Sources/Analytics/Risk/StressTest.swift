/// What one scenario does to a portfolio, by every named method (C-19).
///
/// Money is in the portfolio's currency; a loss is negative.
public struct StressTest: Hashable, Sendable {
  /// Σ D s over all shocked factors: the documented result. Exact for one shock, too much for
  /// several (D-18). Nil where no shocked factor has an exposure.
  public var directPnL: Double?
  /// Σ D s′ with correlations, the documented comparison. Nil without correlations, or as above.
  public var documentedCorrelatedPnL: Double?
  /// Expected profit given the pinned moves: the headline. Nil where every pinned factor lacks an
  /// exposure, or several are pinned and the covariance is unknown or singular.
  public var conditionalPnL: Double?
  /// How every factor is expected to move given the pinned ones, for display; nil without a
  /// covariance, or with a singular one.
  public var impliedShocks: [Double]?
  /// Shocked factors without an exposure, by index.
  public var missingFactors: [Int]

  /// Documented correlated minus direct.
  public var documentedCorrelationEffect: Double? {
    guard let documentedCorrelatedPnL, let directPnL else { return nil }
    return documentedCorrelatedPnL - directPnL
  }

  /// - Parameters:
  ///   - exposures: D in money, one a factor; nil where unknown.
  ///   - shocks: Of every shocked factor, as a fraction; nil for the others.
  ///   - pinned: Whether a shock is a move of its own. Others are relative figures: they enter the
  ///     documented methods alone.
  ///   - covariance: Of the factors, for conditioning; nil with too little history.
  ///   - correlation: Of the factors, for the documented method.
  ///   - ridge: `stress.ridge`, used where several factors are pinned.
  ///
  /// A pinned factor without an exposure is left out of the condition: the result is the
  /// expectation given the others, and ``missingFactors`` says so.
  public init(
    exposures: [Double?], shocks: [Double?], pinned: [Bool], covariance: Matrix?,
    correlation: CorrelationMatrix?, ridge: Double = 0.05
  ) {
    precondition(
      exposures.count == shocks.count && pinned.count == shocks.count,
      "exposures, shocks and pins are of the same factors")
    missingFactors = shocks.indices.filter { shocks[$0] != nil && exposures[$0] == nil }
    directPnL = Self.profit(exposures, StressShocks.direct(shocks), reachedBy: shocks)
    if let correlation {
      let moves = StressShocks.documentedPropagated(shocks, correlation: correlation)
      documentedCorrelatedPnL = directPnL == nil ? nil : Self.profit(exposures, moves)
    }
    let told = shocks.indices.map { pinned[$0] ? shocks[$0] : nil }
    let usable = shocks.indices.map { exposures[$0] == nil ? nil : told[$0] }
    if let covariance { impliedShocks = StressShocks.conditional(told, covariance: covariance) }
    if let weights = StressShocks.conditionalWeights(
      pinned: usable, covariance: covariance, ridge: ridge)
    {
      conditionalPnL = Self.profit(exposures, weights, reachedBy: usable)
    }
  }

  /// Σ D s over the factors with an exposure.
  ///
  /// - Returns: Nil where none has one.
  public static func profit(_ exposures: [Double?], _ moves: [Double]) -> Double? {
    profit(exposures, moves, reachedBy: moves)
  }

  private static func profit(
    _ exposures: [Double?], _ moves: [Double], reachedBy shocks: [Double?]
  ) -> Double? {
    precondition(exposures.count == moves.count, "every exposure has its move")
    var sum = CompensatedSum()
    var known = 0
    for index in exposures.indices where shocks[index] != nil {
      guard let exposure = exposures[index] else { continue }
      known += 1
      sum.add(exposure * moves[index])
    }
    return known > 0 ? sum.value : nil
  }
}

/// Steps from a stress result to what is shown.
public enum StressReport {
  /// Not below −99 % of value: the documented cap, which shows one number for every crash (D-36).
  public static func documentedCapped(_ profit: Double, value: Double) -> Double {
    max(profit, -0.99 * value.magnitude)
  }

  /// Whether more than the net asset value is lost; nil where that is not positive.
  public static func exceedsNetAssetValue(_ profit: Double, netAssetValue: Double) -> Bool? {
    netAssetValue > 0 ? -profit > netAssetValue : nil
  }

  /// The profit of an option for a move of its underlying, to second order:
  /// Δ$ s + Γ$ · 100 s² / 2.
  ///
  /// - Parameters:
  ///   - deltaDollars: Δ·S of the position.
  ///   - gammaDollars: Γ·S²/100 of the position: the change of delta dollars for 1 %.
  ///   - move: s, as a fraction.
  public static func deltaGamma(
    deltaDollars: Double, gammaDollars: Double, move: Double
  ) -> Double {
    deltaDollars * move + 50 * gammaDollars * move * move
  }
}
