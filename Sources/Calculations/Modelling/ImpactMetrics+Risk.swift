internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

// MARK: What it is exposed to, and what that may cost

extension ImpactMetrics {
  /// X and D of each factor with returns, and the score of each without.
  static func factors(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let exposures = try day.factorExposures(of: portfolio)
    let scores = exposures.scores.filter { $0.view == .portfolio }
    let all = exposures.exposures(.portfolio) + scores
    var metrics: [ImpactMetric] = []
    for factor in day.factors {
      guard let exposure = all.first(where: { $0.factor.id == factor.id }) else { continue }
      let name = "factor.\(factor.id)"
      let flags = flags(exposure)
      var ofValue = flags
      if factor.isTradable, exposures.denominator.basis == .gross { ofValue.insert(.cashUnknown) }
      if exposure.value == nil, exposure.dollars != nil { ofValue.insert(.navNotPositive) }
      metrics.append(
        ImpactMetric(
          .factor, "\(name).exposure_value", .ratio, MetricValue(exposure.value), flags: ofValue))
      guard factor.isTradable else { continue }
      // Sums in doubles that money has no room for are not known as money.
      let dollars = Money(nearest: exposure.dollars)
      metrics.append(
        ImpactMetric(
          .factor, "\(name).exposure_dollar", .money, MetricValue(dollars),
          flags: dollars == nil ? flags.union([.insufficient]) : flags))
    }
    return metrics
  }

  private static func flags(_ exposure: PortfolioFactorExposure) -> Set<ImpactFlag> {
    var flags = flags(exposure.quality)
    if let coverage = exposure.coverage, coverage < PortfolioFactorExposure.smallestCoverage {
      flags.insert(.factorCoverage)
    }
    return flags
  }

  private static func flags(_ quality: Quality) -> Set<ImpactFlag> {
    switch quality {
    case .fullHistory: []
    case .limitedHistory: [.limitedHistory]
    case .stalePrice: [.stalePrices]
    case .insufficient, .error: [.insufficient]
    }
  }

  /// What the positions lead one to expect; realized figures are history.
  static func risk(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let exposures = try day.factorExposures(of: portfolio)
    let risk = try day.factorRisk(of: portfolio)
    let volatility = MetricValue(risk?.totalVolatility)
    var riskFlags = flags(risk?.quality ?? .insufficient)
    if volatility == .unknown { riskFlags = [.insufficient] }
    let beta = MetricValue(try day.exAnteBeta(of: portfolio))
    var betaFlags = exposures.market.map { flags($0) } ?? [.insufficient]
    if beta == .unknown { betaFlags.insert(.insufficient) }
    if exposures.denominator.value == nil {
      if volatility == .unknown { riskFlags.insert(.navNotPositive) }
      if beta == .unknown { betaFlags.insert(.navNotPositive) }
    }
    if exposures.denominator.basis == .gross {
      riskFlags.insert(.cashUnknown)
      betaFlags.insert(.cashUnknown)
    }
    return [
      ImpactMetric(.risk, "ex_ante_volatility", .fraction, volatility, flags: riskFlags),
      ImpactMetric(.risk, "ex_ante_beta", .ratio, beta, flags: betaFlags),
    ] + (try diversification(day, portfolio))
  }

  private static func diversification(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let diversification = try day.diversification(of: portfolio)
    let isThin = diversification.coverage.map { $0 < CalculationDay.coverageThreshold } ?? false
    return [
      ("position_correlation", diversification.averageCorrelation),
      ("diversification_score", diversification.score),
    ].map { name, value in
      var flags: Set<ImpactFlag> = isThin ? [.correlationCoverage] : []
      let value = MetricValue(value)
      if value == .unknown { flags.insert(.insufficient) }
      return ImpactMetric(.risk, name, .ratio, value, flags: flags)
    }
  }

  /// The headline of each active scenario.
  static func stress(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    try day.stressHeadlines(of: portfolio).map { headline in
      var flags = flags(headline.quality)
      if !headline.missingFactors.isEmpty { flags.insert(.missingFactors) }
      return ImpactMetric(
        .stress, "stress.\(headline.scenario)", .money, MetricValue(headline.conditionalPnL),
        flags: flags)
    }
  }

  /// What past returns say.
  static func history(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let past = try day.performance(of: portfolio)
    func metric(
      _ name: String, _ unit: MetricUnit, _ value: Double?, _ flags: Set<ImpactFlag> = []
    ) -> ImpactMetric {
      let value = MetricValue(value)
      return ImpactMetric(
        .history, name, unit, value,
        flags: value == .unknown ? flags.union([.shortHistory]) : flags)
    }
    let rate: Set<ImpactFlag> = past.rateSource == .standard ? [.defaultRate] : []
    return [
      metric("realized_beta", .ratio, past.beta),
      metric("annualized_volatility", .fraction, past.annualizedVolatility),
      metric("sharpe_ratio", .ratio, past.sharpeRatio, rate),
      metric("sortino_ratio", .ratio, past.sortinoRatio, rate),
      metric(
        "max_drawdown", .fraction, past.maxDrawdown, past.drawdownStopped ? [.drawdownStopped] : []),
      metric("var_95", .fraction, past.valueAtRisk95),
      metric("var_99", .fraction, past.valueAtRisk99),
    ]
  }
}
