public import Events
internal import ExactNumbers
internal import Portfolio

/// What a portfolio's past says about its risk, beside what its positions lead one to expect.
public struct RiskMetrics: Sendable {
  public enum BetaSource: String, Sendable {
    /// Of the portfolio's own returns on its benchmark's (C-15).
    case realized
    /// The exposure to the market factor (C-10), as there are too few returns; flagged.
    case exAnte = "ex_ante"
  }

  public let performance: Performance
  /// X of the market factor; null where no exposure to it is known.
  public let exAnteBeta: Double?
  /// The root of factor and specific variance (C-12), a year; null without a covariance matrix.
  public let exAnteVolatility: Double?

  /// Realized, else ex-ante, else null: ``betaSource`` says which.
  public var beta: Double? { performance.beta ?? exAnteBeta }

  public var betaSource: BetaSource? {
    performance.beta != nil ? .realized : exAnteBeta == nil ? nil : .exAnte
  }

  public var quality: Quality {
    guard performance.annualizedVolatility != nil else { return .insufficient }
    let isFull =
      performance.observations >= performance.window && betaSource == .realized
      && !performance.drawdownStopped
    return isFull ? .fullHistory : .limitedHistory
  }
}

extension CalculationDay {
  /// The risk metrics of a portfolio (C-15 to C-18), on the returns up to this day.
  public func riskMetrics(of portfolio: PortfolioID) throws(CalculationError) -> RiskMetrics {
    RiskMetrics(
      performance: try performance(of: portfolio), exAnteBeta: try exAnteBeta(of: portfolio),
      exAnteVolatility: try factorRisk(of: portfolio)?.totalVolatility)
  }
}

// MARK: The table

extension CalculatedTable {
  public static let portfolioRiskMetrics = CalculatedTable(
    "portfolio_risk_metrics", keyCount: 2,
    [
      "portfolio_id", "calculation_date", "benchmark_ticker", "portfolio_beta", "beta_source",
      "ex_ante_beta", "beta_observations", "annualized_volatility", "ex_ante_volatility",
      "sharpe_ratio", "sortino_ratio", "max_drawdown", "max_drawdown_90", "is_drawdown_stopped",
      "var_95", "var_99", "observations", "window", "risk_free_rate", "rate_source", "quality",
    ])
}

extension CalculationDay {
  func riskMetricRows(of portfolio: PortfolioID) throws(CalculationError) -> CalculatedRows {
    let metrics = try riskMetrics(of: portfolio)
    let past = metrics.performance
    var rows = CalculatedRows(.portfolioRiskMetrics)
    rows.append([
      Cell(portfolio.rawValue), Cell(date), Cell(try details(of: portfolio).benchmark.rawValue),
      Cell(metrics.beta), Cell(metrics.betaSource?.rawValue), Cell(metrics.exAnteBeta),
      Cell(past.betaObservations), Cell(past.annualizedVolatility),
      Cell(metrics.exAnteVolatility), Cell(past.sharpeRatio), Cell(past.sortinoRatio),
      Cell(Proportion(nearest: past.maxDrawdown)),
      Cell(Proportion(nearest: past.recentMaxDrawdown)), Cell(past.drawdownStopped),
      Cell(past.valueAtRisk95), Cell(past.valueAtRisk99), Cell(past.observations),
      Cell(past.window), Cell(past.riskFreeRate), Cell(past.rateSource.rawValue),
      Cell(metrics.quality.rawValue),
    ])
    return rows
  }

  func riskMetricWarnings(of portfolio: PortfolioID) throws(CalculationError) -> [String] {
    let metrics = try riskMetrics(of: portfolio)
    let past = metrics.performance
    var warnings: [String] = []
    if past.annualizedVolatility == nil {
      warnings.append(
        "\(portfolio): \(past.observations) returns are too few for volatility and ratios")
    }
    switch metrics.betaSource {
    case .realized: break
    case .exAnte:
      warnings.append(
        "\(portfolio): the beta is ex-ante, as \(past.betaObservations) sessions have a return "
          + "of it and of its benchmark \(try details(of: portfolio).benchmark)")
    case nil: warnings.append("\(portfolio): neither a realized nor an ex-ante beta is known")
    }
    if past.drawdownStopped {
      warnings.append("\(portfolio): nothing was left on a day; the drawdown ends there")
    }
    if past.rateSource == .standard {
      warnings.append("\(portfolio): no DGS3MO of the last seven days; default_rate was used")
    }
    return warnings
  }
}
