/// What a file of inputs asks for.
enum ReferenceKind: String, CaseIterable {
  /// European options.
  case bsm
  /// European options at their limits, and inputs that no option has.
  case edge
  /// Implied volatilities.
  case iv
  /// American options.
  case american
  /// Regressions and covariances.
  case regressions
  /// Statistics of series, factor risk, diversification, stress.
  case portfolio
}
