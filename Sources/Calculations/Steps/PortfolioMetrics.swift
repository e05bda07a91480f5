internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

extension CalculatedTable {
  public static let factorRiskContributions = CalculatedTable(
    "factor_risk_contributions", keyCount: 3,
    [
      "portfolio_id", "factor_id", "calculation_date", "exposure_value", "variance_contribution",
      "pct_of_factor_variance", "volatility_contribution", "quality",
    ])

  public static let portfolioSpecificRisk = CalculatedTable(
    "portfolio_specific_risk", keyCount: 2,
    [
      "portfolio_id", "calculation_date", "factor_variance", "joint_factor_variance",
      "specific_variance", "total_variance", "factor_volatility", "joint_factor_volatility",
      "specific_volatility", "total_volatility", "specific_coverage", "quality",
    ])
}

extension Method {
  /// C-09, C-10, C-12 and C-15 to C-18: betas, exposures, contributions to risk, risk metrics.
  static let portfolioMetrics1 = Method(
    step: .portfolioMetrics, name: "portfolio_metrics/1",
    parameters: [
      .betaWindow, .betaMinimum, .betaCap, .jointRidge, .covarianceWindow, .covarianceMinimum,
      .covarianceDecay, .riskWindow, .riskMinimum, .drawdownWindow, .riskFreeRate, .greeksModel,
      .defaultVolatility, .historicalVolatilityWindow, .dividendYield,
    ]
  ) { day, portfolio, _ in
    guard let portfolio else { preconditionFailure("portfolio metrics are of a portfolio") }
    return CalculationOutput(
      [
        try day.betaRows(of: portfolio), try day.exposureRows(of: portfolio),
        try day.contributionRows(of: portfolio), try day.specificRiskRows(of: portfolio),
        try day.riskMetricRows(of: portfolio),
      ],
      warnings: try day.factorWarnings(of: portfolio) + day.riskMetricWarnings(of: portfolio)
        + day.holdingWarnings(portfolio))
  }
}

extension CalculationDay {
  /// A row a tradable factor; nulls where risk is not known.
  func contributionRows(of portfolio: PortfolioID) throws(CalculationError) -> CalculatedRows {
    let risk = try factorRisk(of: portfolio)
    let exposures = try factorExposures(of: portfolio)
    let values = exposures.values(.portfolio)
    var rows = CalculatedRows(.factorRiskContributions)
    let order = exposures.tradable.indices.sorted {
      exposures.tradable[$0].id < exposures.tradable[$1].id
    }
    for place in order {
      let part = risk?.contributions[place]
      let quality = part?.variance == nil ? .insufficient : risk?.quality ?? .insufficient
      rows.append([
        Cell(portfolio.rawValue), Cell(exposures.tradable[place].id.rawValue), Cell(date),
        Cell(values[place]), Cell(part?.variance), Cell(part?.share), Cell(part?.volatility),
        Cell(quality.rawValue),
      ])
    }
    return rows
  }

  func specificRiskRows(of portfolio: PortfolioID) throws(CalculationError) -> CalculatedRows {
    let risk = try factorRisk(of: portfolio)
    var rows = CalculatedRows(.portfolioSpecificRisk)
    rows.append([
      Cell(portfolio.rawValue), Cell(date), Cell(risk?.factorVariance),
      Cell(risk?.jointFactorVariance), Cell(risk?.specificVariance), Cell(risk?.totalVariance),
      Cell(risk?.factorVolatility), Cell(risk?.jointFactorVolatility),
      Cell(risk?.specificVolatility), Cell(risk?.totalVolatility),
      Cell(Proportion(nearest: risk?.specificCoverage)),
      Cell((risk?.quality ?? .insufficient).rawValue),
    ])
    return rows
  }

  func factorWarnings(of portfolio: PortfolioID) throws(CalculationError) -> [String] {
    let exposures = try factorExposures(of: portfolio)
    guard !exposures.tradable.isEmpty else { return ["no factor with a proxy is defined"] }
    var warnings: [String] = []
    let denominator = exposures.denominator
    if denominator.basis == .gross {
      warnings.append(
        "\(portfolio): cash is not known; exposures are fractions of gross exposure")
    }
    if denominator.value == nil {
      warnings.append(
        "\(portfolio): \(denominator.basis == .gross ? "gross exposure" : "net asset value") is "
          + "not above zero; exposures are in money alone, and risk is not known")
    }
    if exposures.unknownExposures > 0 {
      warnings.append(
        "\(portfolio): \(exposures.unknownExposures) positions without a price are in no exposure")
    }
    let own = exposures.exposures(.portfolio)
    let unknown = own.filter { $0.dollars == nil }.map(\.factor.id.rawValue)
    if !unknown.isEmpty {
      warnings.append("\(portfolio): no position has a beta on \(list(unknown))")
    }
    let thin = own.filter {
      $0.dollars != nil && ($0.coverage ?? 1) < PortfolioFactorExposure.smallestCoverage
    }
    if !thin.isEmpty {
      warnings.append(
        "\(portfolio): less than 0.8 of gross exposure has a beta on "
          + list(thin.map(\.factor.id.rawValue)))
    }
    let unscored = exposures.scores.filter { $0.view == .portfolio && $0.value == nil }
    if !unscored.isEmpty, try !holdings(of: portfolio).isEmpty {
      warnings.append(
        "\(portfolio): no score for \(list(unscored.map(\.factor.id.rawValue))): short_interest needs "
          + "days to cover of \(Self.smallestUniverse) tickers, not all alike")
    }
    if try factorRisk(of: portfolio) == nil, denominator.value != nil {
      warnings.append("\(portfolio): risk by factor is not known without a covariance matrix")
    }
    return warnings + (try betaWarnings(of: portfolio))
  }

  private func betaWarnings(of portfolio: PortfolioID) throws(CalculationError) -> [String] {
    var capped: Set<Symbol> = []
    var flat: Set<FactorID> = []
    var seen: Set<Symbol> = []
    for holding in try holdings(of: portfolio) where seen.insert(holding.riskSymbol).inserted {
      for (factor, beta) in zip(
        tradableFactors, try factorBetas(of: holding.riskSymbol, in: portfolio))
      {
        if beta.isCapped { capped.insert(holding.riskSymbol) }
        if beta.quality == .flatFactor { flat.insert(factor.id) }
      }
    }
    var warnings: [String] = []
    if !capped.isEmpty {
      warnings.append(
        "\(portfolio): betas of \(list(capped.sorted().map(\.rawValue))) are cut to "
          + "\(try number(.betaCap, portfolio)); raw_beta keeps them")
    }
    if !flat.isEmpty {
      warnings.append(
        "\(portfolio): no beta on \(list(flat.sorted().map(\.rawValue))), which never changed")
    }
    return warnings
  }
}
