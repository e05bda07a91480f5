/// A portfolio's exposure to one factor, from its positions' exposures and betas (C-10).
///
/// Dollar exposures of different factors overlap and must not be added up.
public struct FactorExposure: Hashable, Sendable {
  /// D = Σ E β, in the portfolio's currency; nil where no position has a beta.
  public var dollars: Double?
  /// X = D / NAV; nil where NAV is unknown or not positive.
  public var ofNetAssetValue: Double?
  /// D / gross, the documented signed form; nil without gross exposure.
  public var documentedSigned: Double?
  /// Σ|E||β| / gross, the documented magnitude; nil without gross exposure.
  public var documentedMagnitude: Double?
  /// Gross exposure with a beta through all gross exposure; nil without gross exposure. Flagged
  /// below 0.8.
  public var coverage: Double?

  /// - Parameters:
  ///   - exposures: E, signed, delta-adjusted, one a position.
  ///   - betas: One a position; nil where unknown.
  ///   - netAssetValue: Nil where unknown.
  public init(exposures: [Double], betas: [Double?], netAssetValue: Double?) {
    precondition(exposures.count == betas.count, "every exposure has a beta or none")
    var gross = CompensatedSum()
    var covered = CompensatedSum()
    var signed = CompensatedSum()
    var magnitude = CompensatedSum()
    var known = 0
    for (exposure, beta) in zip(exposures, betas) {
      gross.add(exposure.magnitude)
      guard let beta else { continue }
      known += 1
      covered.add(exposure.magnitude)
      signed.add(exposure * beta)
      magnitude.add(exposure.magnitude * beta.magnitude)
    }
    let dollars = known > 0 ? signed.value : nil
    self.dollars = dollars
    if let netAssetValue, netAssetValue > 0 { ofNetAssetValue = dollars.map { $0 / netAssetValue } }
    guard gross.value > 0 else { return }
    coverage = covered.value / gross.value
    documentedSigned = dollars.map { $0 / gross.value }
    documentedMagnitude = known > 0 ? magnitude.value / gross.value : nil
  }
}
