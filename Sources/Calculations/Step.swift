/// The nine steps of the daily batch, in their order (C-21).
public enum Step: String, CaseIterable, Hashable, Sendable {
  case marketData = "market_data"
  case shortMetrics = "short_metrics"
  case returns
  case factorCovariance = "factor_covariance"
  case greeks
  case correlations
  case portfolioMetrics = "portfolio_metrics"
  case stressTests = "stress_tests"
  case snapshots

  /// As documented.
  public var title: String {
    switch self {
    case .marketData: "Fetch Market Data"
    case .shortMetrics: "Update Short Metrics"
    case .returns: "Calculate Returns"
    case .factorCovariance: "Update Factor Covariance"
    case .greeks: "Calculate Greeks"
    case .correlations: "Calculate Correlations"
    case .portfolioMetrics: "Update Portfolio Metrics"
    case .stressTests: "Run Stress Tests"
    case .snapshots: "Generate Snapshots"
    }
  }

  /// Without these it is skipped.
  ///
  /// Metrics and snapshots do without correlations: their correlation fields are null then, and
  /// flagged.
  public var needs: [Step] {
    switch self {
    case .marketData: []
    case .shortMetrics, .returns: [.marketData]
    case .factorCovariance, .correlations: [.returns]
    case .greeks: [.marketData, .returns]
    case .portfolioMetrics: [.returns, .factorCovariance, .greeks]
    case .stressTests: [.factorCovariance, .greeks, .portfolioMetrics]
    case .snapshots: [.returns]
    }
  }

  /// Whether it is made for each portfolio by itself, or once for the whole market.
  public var isPerPortfolio: Bool {
    switch self {
    case .marketData, .shortMetrics, .factorCovariance: false
    case .returns, .greeks, .correlations, .portfolioMetrics, .stressTests, .snapshots: true
    }
  }

  /// Whether its results depend on what positions are worth.
  var valuesPositions: Bool {
    switch self {
    case .marketData, .shortMetrics, .factorCovariance, .greeks: false
    case .returns, .correlations, .portfolioMetrics, .stressTests, .snapshots: true
    }
  }

  public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}
