/// A position's beta on one factor as it is published: capped, with what speaks against it (C-09).
public struct FactorBeta: Hashable, Sendable {
  /// How much history stands behind a beta.
  public enum Quality: String, Hashable, Sendable {
    /// A full window.
    case full
    /// At least the minimum, less than the window.
    case limitedHistory = "limited_history"
    /// Less than the minimum: no beta (the documented system stores 0, D-34).
    case insufficient
    /// The factor never changed: no beta.
    case flatFactor = "flat_factor"
  }

  public var quality: Quality
  /// Dates on which both have a return.
  public var observations: Int
  /// Within the cap; nil where there is too little history or the factor is flat.
  public var beta: Double?
  /// As regression found it.
  public var rawBeta: Double?
  /// Nil where the beta is.
  public var regression: UnivariateRegression?

  /// - Parameters:
  ///   - response: Returns of the ticker; of the underlying for an option. Missing: not finite.
  ///   - factor: Returns of the factor on the same dates.
  ///   - window: Sessions that make a full history.
  ///   - minimumObservations: Below this no beta is given.
  ///   - cap: The largest beta that is published, of either sign.
  public static func estimate(
    _ response: [Double], on factor: SingleFactor, window: Int = 150,
    minimumObservations: Int = 60, cap: Double = 3
  ) -> FactorBeta {
    var observations = 0
    for (one, other) in zip(response, factor.returns) where one.isFinite && other.isFinite {
      observations += 1
    }
    guard observations >= max(2, minimumObservations) else {
      return FactorBeta(quality: .insufficient, observations: observations)
    }
    guard let regression = factor.regress(response) else {
      return FactorBeta(quality: .flatFactor, observations: observations)
    }
    return FactorBeta(
      quality: observations < window ? .limitedHistory : .full, observations: observations,
      beta: min(cap, max(-cap, regression.beta)), rawBeta: regression.beta,
      regression: regression)
  }
}
