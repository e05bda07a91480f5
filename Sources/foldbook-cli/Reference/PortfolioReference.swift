import Analytics

/// Cases of `portfolio`: statistics of a series, factor risk, diversification, stress.
enum PortfolioReference {
  /// - Throws: ``CommandFailure`` for a kind that is none of these, or inputs that do not fit.
  static func result(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    switch try one.text("kind") {
    case "series": try series(one)
    case "factor_risk": try factorRisk(one)
    case "diversification": try diversification(one)
    case "stress": try stress(one)
    default:
      throw one.unknownKind(expected: ["series", "factor_risk", "diversification", "stress"])
    }
  }

  private static func series(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let values = try one.series("nav")
    let benchmark = try one.optionalSeries("benchmark")
    if let benchmark {
      try one.require(benchmark.count, of: "benchmark", asMany: values.count, as: "nav")
    }
    let rate = try one.number("risk_free_annual")
    let all = SeriesStatistics(
      values: values, benchmark: benchmark, dailyRiskFree: rate / one.periodsPerYear,
      periodsPerYear: one.periodsPerYear, minimums: .none)
    let drawdown = all.maxDrawdown
    return .object([
      ("observations", .count(all.observations)),
      ("mean_daily", .number(all.meanDaily)),
      ("annualized_volatility", .number(all.annualizedVolatility)),
      ("sharpe_ratio", .number(all.sharpeRatio)),
      ("sortino_ratio", .number(all.sortinoRatio)),
      ("max_drawdown", .number(drawdown?.depth)),
      ("max_drawdown_peak_index", .count(drawdown?.peak)),
      ("max_drawdown_trough_index", .count(drawdown?.trough)),
      ("max_drawdown_recovery_index", .count(drawdown?.recovery)),
      ("cagr", .number(all.cagr)),
      ("calmar_ratio", .number(all.calmarRatio)),
      ("beta", .number(all.benchmark?.beta)),
      ("alpha_annualized", .number(all.benchmark?.annualAlpha)),
      ("correlation", .number(all.benchmark?.correlation)),
      ("tracking_error", .number(all.benchmark?.trackingError)),
      ("information_ratio", .number(all.benchmark?.informationRatio)),
      ("skewness", .number(all.skewness)),
      ("excess_kurtosis", .number(all.excessKurtosis)),
      ("var_95_historical", .number(all.historicalVaR95?.loss)),
      ("var_99_historical", .number(all.historicalVaR99?.loss)),
      ("cvar_95_historical", .number(all.historicalVaR95?.meanLossBeyond)),
      ("var_95_normal", .number(all.normalVaR95)),
      ("var_99_normal", .number(all.normalVaR99)),
      ("total_return", .number(all.totalReturn)),
    ])
  }

  private static func factorRisk(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let exposures = try one.numbers("exposures")
    let covariance = try one.matrix(
      "covariance", rows: exposures.count, columns: exposures.count)
    let specific = try one.optionalNumber("specific_variance") ?? 0
    guard specific >= 0 else {
      throw one.inconsistent("specific_variance", "expected 0 or more, found \(specific)")
    }
    let risk = FactorRisk(
      exposures: exposures, covariance: covariance, specificVariance: specific)
    return .object([
      ("factor_variance", .number(risk.factorVariance)),
      ("total_variance", .number(risk.totalVariance)),
      ("total_volatility", .number(risk.totalVolatility)),
      ("variance_contribution", .numbers(risk.varianceContributions)),
      ("marginal_contribution", .numbers(risk.marginalContributions)),
      ("volatility_contribution", .numbers(risk.volatilityContributions)),
      ("percent_contribution", .numbers(risk.shares)),
    ])
  }

  private static func diversification(
    _ one: ReferenceCase
  ) throws(CommandFailure) -> ReferenceValue {
    let values = try one.numbers("position_values")
    let correlation = try one.matrix(
      "correlation", rows: values.count, columns: values.count, allowsMissing: true)
    let all = Diversification(exposures: values) { first, second in
      let value = correlation[first, second]
      return value.isFinite ? value : nil
    }
    return .object([
      ("score_weighted", .number(all.pairwise)),
      ("score_signed", .number(all.pairwiseSigned)),
      ("score_clamped", .number(all.pairwiseClamped)),
      ("score_full", .number(all.score)),
      ("score_full_signed", .number(all.hedgedScore)),
      ("average_pairwise_correlation", .number(all.weightedAverageCorrelation)),
      ("herfindahl", .number(all.herfindahl)),
      ("effective_positions", .number(all.effectivePositions)),
      ("seed_sql_as_executed", .number(all.asExecuted)),
      ("seed_sql_as_intended", .number(all.documented)),
    ])
  }

  private static func stress(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let names = try one.names("names")
    var shocks = [Double?](repeating: nil, count: names.count)
    for (name, value) in try one.numbersByName("shocks") {
      guard let factor = names.firstIndex(of: name) else {
        throw one.inconsistent("shocks", "expected factors of names, found '\(name)'")
      }
      shocks[factor] = value
    }
    let covariance = try one.matrix("covariance", rows: names.count, columns: names.count)
    let correlation = CorrelationMatrix(covariance: covariance)
    let betas = try one.series("betas")
    try one.require(betas.count, of: "betas", asMany: names.count, as: "names")
    let value = try one.number("portfolio_value")
    let exposures = betas.map { $0.isFinite ? $0 * value : nil }
    let direct = StressShocks.direct(shocks)
    let conditional = StressShocks.conditional(shocks, covariance: covariance)
    let propagated = StressShocks.documentedPropagated(shocks, correlation: correlation)
    let literal = StressShocks.seedLiteral(shocks, correlation: correlation)
    return .object([
      ("direct_shocks", .numbers(direct)),
      ("direct_pnl", .number(StressTest.profit(exposures, direct))),
      ("conditional_shocks", .numbers(conditional)),
      (
        "conditional_pnl",
        .number(conditional.flatMap { StressTest.profit(exposures, $0) })
      ),
      ("correlation_propagated_shocks", .numbers(propagated)),
      ("correlation_propagated_pnl", .number(StressTest.profit(exposures, propagated))),
      (
        "seed_sql_literal_shocks",
        .object(zip(names, literal).compactMap { name, shock in shock.map { (name, .number($0)) } })
      ),
      ("correlation", .matrix(correlation)),
    ])
  }
}
