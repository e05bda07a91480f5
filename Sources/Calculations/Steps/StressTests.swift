internal import Analytics
public import Events
public import ExactNumbers
public import Portfolio
internal import Records

/// What a scenario does to a portfolio, or to one side of it, by every named method (C-19).
///
/// Money is in the portfolio's currency; a loss is negative. Nothing is clipped.
public struct ScenarioResult: Sendable {
  public let scenario: ScenarioID
  public let view: ExposureView
  /// Σ D s over all shocked factors, as documented.
  public let directPnL: Money?
  /// Σ D s′ with correlations, as documented.
  public let correlatedPnL: Money?
  /// The expected profit given the pinned moves: the headline. Null where every pinned factor lacks
  /// an exposure, or several are pinned and the covariance is not known.
  public let conditionalPnL: Money?
  /// The same with options priced anew at the moved price of their underlyings.
  public let revaluedPnL: Money?
  /// ``conditionalPnL`` as a fraction of net asset value, of gross exposure where cash is unknown.
  public let fraction: Proportion?
  /// What ``fraction`` is a fraction of.
  public let basis: RiskDenominator.Basis
  /// More than the net asset value is lost; null where that is not positive, or cash is unknown.
  public let exceedsNetAssetValue: Bool?
  /// Net asset value and ``conditionalPnL``; null where cash is unknown.
  public let newValue: Money?
  /// The shocked factors, ascending by id.
  public let impacts: [FactorImpact]
  /// Shocked factors without an exposure, ascending.
  public let missingFactors: [FactorID]
  /// How factors are expected to move given the pinned ones, in order of the factors; of the view
  /// of the whole portfolio.
  public let impliedMoves: [(factor: FactorID, move: Double)]
  /// The least share of gross exposure with a beta, over the pinned factors.
  public let coverage: Double?
  /// Options that were moved in a straight line, as they have no price by the model.
  public let linearOptionCount: Int
  public let quality: Quality

  /// ``correlatedPnL`` less ``directPnL``.
  public var correlationEffect: Money? {
    guard let correlatedPnL, let directPnL else { return nil }
    return Money(units: correlatedPnL.units - directPnL.units)
  }
}

/// What one shocked factor does.
public struct FactorImpact: Sendable {
  public let factor: FactorID
  public let shock: ExactDecimal
  public let isPinned: Bool
  /// D: money per 1.00 of the factor's return.
  public let exposure: Money?
  /// D s.
  public let directPnL: Money?
  /// D v: its part of the headline; null for one that is not pinned.
  public let conditionalPnL: Money?
}

/// What one of the moves does that are tried on every book.
public struct MarketRiskResult: Sendable {
  /// `market_down_10`, `rates_up_100bp`.
  public let scenarioType: String
  /// A fraction; of the yield 0.01 is 100 basis points.
  public let value: ExactDecimal
  public let result: ScenarioResult
}

extension CalculationDay {
  /// The book's active scenarios on a portfolio, its longs and its shorts, ascending by scenario and
  /// view.
  public func stressResults(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> [ScenarioResult] {
    try kept("stress results", portfolio) { () throws(CalculationError) in
      var inputs = try stressInputs(of: portfolio)
      var results: [ScenarioResult] = []
      for scenario in scenarios {
        for view in ExposureView.ascending { results.append(inputs.result(scenario, view)) }
      }
      return results
    }
  }

  /// ±5, ±10, ±20 % of the market and ±100, ±200 basis points on a portfolio, ascending by id.
  public func marketRisk(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> [MarketRiskResult] {
    try kept("market risk", portfolio) { () throws(CalculationError) in
      var inputs = try stressInputs(of: portfolio)
      return GeneratedScenario.all.map { generated in
        let factor = factors.first { $0.name == generated.factor }?.id
        let scenario = StressScenario(
          id: generated.id,
          moves: [
            StressScenario.Move(
              factor: factor ?? FactorID(generated.factor), shock: generated.value, isPinned: true)
          ])
        return MarketRiskResult(
          scenarioType: generated.type, value: generated.value,
          result: inputs.result(scenario, .portfolio))
      }
    }
  }
}

extension ExposureView {
  /// By name, as rows are ordered.
  static let ascending: [ExposureView] = [.longs, .portfolio, .shorts]
}

// MARK: The step

extension CalculatedTable {
  public static let stressTestResults = CalculatedTable(
    "stress_test_results", keyCount: 4,
    [
      "portfolio_id", "scenario_id", "calculation_date", "view", "direct_pnl", "correlated_pnl",
      "correlation_effect", "conditional_pnl", "revalued_pnl", "pct_of_nav",
      "pct_basis", "new_portfolio_value", "exceeds_nav", "loss_cap_applied", "uncapped_pnl",
      "factor_impacts",
      "implied_moves", "missing_factors", "coverage", "quality",
    ])

  public static let generatedStressResults = CalculatedTable(
    "generated_stress_results", keyCount: 3,
    [
      "portfolio_id", "scenario_id", "calculation_date", "scenario_type", "scenario_value",
      "predicted_pnl", "revalued_pnl", "pct_of_nav", "pct_basis", "new_portfolio_value",
      "exceeds_nav", "missing_factors", "coverage", "quality",
    ])
}

extension Method {
  /// C-19: every named method side by side, the conditional one as the headline.
  static let stressTests1 = Method(
    step: .stressTests, name: "stress_tests/1",
    parameters: [
      .stressRidge, .correlationClamp, .betaWindow, .betaMinimum, .betaCap, .covarianceWindow,
      .covarianceMinimum, .covarianceDecay, .greeksModel, .riskFreeRate, .defaultVolatility,
      .historicalVolatilityWindow, .dividendYield,
    ]
  ) { day, portfolio, _ in
    guard let portfolio else { preconditionFailure("stress tests are of a portfolio") }
    let results = try day.stressResults(of: portfolio)
    let generated = try day.marketRisk(of: portfolio)
    var rows = CalculatedRows(.stressTestResults)
    for result in results { rows.append(result.cells(day.date, portfolio)) }
    var generatedRows = CalculatedRows(.generatedStressResults)
    for one in generated { generatedRows.append(one.cells(day.date, portfolio)) }
    return CalculationOutput(
      [rows, generatedRows], warnings: day.stressWarnings(portfolio, results))
  }
}

extension ScenarioResult {
  fileprivate func cells(_ date: CivilDate, _ portfolio: PortfolioID) -> [Cell] {
    [
      Cell(portfolio.rawValue), Cell(scenario.rawValue), Cell(date), Cell(view.rawValue),
      Cell(directPnL), Cell(correlatedPnL), Cell(correlationEffect), Cell(conditionalPnL),
      Cell(revaluedPnL), Cell(fraction), Cell(basis.rawValue), Cell(newValue),
      Cell(exceedsNetAssetValue), Cell(false), Cell(conditionalPnL), Cell(impactsJSON.compactText),
      Cell(impliedMovesJSON?.compactText),
      Cell(missingFactorsJSON.compactText), Cell(Proportion(nearest: coverage)),
      Cell(quality.rawValue),
    ]
  }
}

extension MarketRiskResult {
  fileprivate func cells(_ date: CivilDate, _ portfolio: PortfolioID) -> [Cell] {
    [
      Cell(portfolio.rawValue), Cell(result.scenario.rawValue), Cell(date), Cell(scenarioType),
      Cell(Proportion(value)), Cell(result.conditionalPnL), Cell(result.revaluedPnL),
      Cell(result.fraction), Cell(result.basis.rawValue), Cell(result.newValue),
      Cell(result.exceedsNetAssetValue),
      Cell(result.missingFactorsJSON.compactText), Cell(Proportion(nearest: result.coverage)),
      Cell(result.quality.rawValue),
    ]
  }
}

extension CalculationDay {
  fileprivate func stressWarnings(
    _ portfolio: PortfolioID, _ results: [ScenarioResult]
  ) -> [String] {
    let whole = results.filter { $0.view == .portfolio }
    var warnings: [String] = []
    let unknown = whole.filter { $0.conditionalPnL == nil }
    if !unknown.isEmpty {
      warnings.append(
        "\(portfolio): no result for \(list(unknown.map(\.scenario.rawValue))), as the exposure to "
          + "what moves is not known")
    }
    let missing = Set(whole.flatMap(\.missingFactors)).sorted()
    if !missing.isEmpty {
      warnings.append(
        "\(portfolio): no exposure is known to \(list(missing.map(\.rawValue))); stress results "
          + "leave those out")
    }
    let ruinous = whole.filter { $0.exceedsNetAssetValue == true }
    if !ruinous.isEmpty {
      warnings.append(
        "\(portfolio): more than the net asset value is lost in "
          + list(ruinous.map(\.scenario.rawValue)))
    }
    if let linear = whole.map(\.linearOptionCount).max(), linear > 0 {
      warnings.append(
        "\(portfolio): \(linear) options have no price by the model and move in a straight line")
    }
    return warnings
  }
}
