import Events
import ExactNumbers

/// The factors every book begins with: the eight documented ones and the two that the documented
/// rate and oil scenarios need.
enum DefaultFactors {
  /// Effective before any portfolio, so that every as-of sees them.
  static let effective = CivilDate(year: 1900, month: 1, day: 1)!.start

  static let payloads: [Payload] = [
    factor("market_beta", "Market Beta", .style, proxy: "SPY"),
    factor("momentum", "Momentum", .style, proxy: "MTUM"),
    factor("value", "Value", .style, proxy: "VTV"),
    factor("growth", "Growth", .style, proxy: "VUG"),
    factor("quality", "Quality", .style, proxy: "QUAL"),
    factor("size", "Size", .style, proxy: "IWM"),
    factor(
      "short_interest", "Short Interest", .technical, kind: .none,
      description: "A score: the weighted mean of the cross-sectional z-score of days to cover. "
        + "Not a tradable factor: no covariance, stress or risk contribution.",
      method: "style_score"),
    factor(
      "volatility", "Volatility", .technical, proxy: "USMV",
      description: "A positive exposure means loading on the low-volatility ETF."),
    factor(
      "interest_rate", "Interest Rate", .macro, proxy: "DGS10", kind: .yieldChange,
      description: "Per 1.00 of the 10-year Treasury yield: 0.0025 is 25 basis points."),
    factor("oil", "Oil", .macro, proxy: "USO"),
  ].enumerated().map { index, factor in
    var factor = factor
    factor.sortOrder = Int64(index + 1)
    return .factorDefined(factor)
  }

  private static func factor(
    _ name: String, _ displayName: String, _ category: FactorCategory, proxy: Symbol? = nil,
    kind: ProxyKind = .priceReturn, description: String? = nil, method: String = "univariate_ols"
  ) -> FactorDefined {
    FactorDefined(
      factor: FactorID(rawValue: name), name: name, displayName: displayName, category: category,
      sortOrder: 0, proxy: proxy, proxyKind: kind, description: description,
      calculationMethod: method)
  }
}
