import Events
import ExactNumbers

/// The eight documented stress scenarios, with the shocks that the documented seed leaves out.
enum DefaultScenarios {
  static let payloads: [Payload] = [
    sensitivity("market_up_10", "Market Up 10%", .market, ["market_beta": "0.1"]),
    sensitivity("market_down_10", "Market Down 10%", .market, ["market_beta": "-0.1"]),
    sensitivity("rates_up_25bp", "Rates Up 0.25%", .rates, ["interest_rate": "0.0025"]),
    sensitivity("rates_down_25bp", "Rates Down 0.25%", .rates, ["interest_rate": "-0.0025"]),
    sensitivity("oil_up_5", "Oil Up 5%", .oil, ["oil": "0.05"]),
    sensitivity("oil_down_5", "Oil Down 5%", .oil, ["oil": "-0.05"]),
    // In the two historical scenarios only the market is pinned: the style figures can only be
    // relative moves (quality up 20 % while the market falls 45 %).
    historical(
      "financial_crisis_2008", "2008 Financial Crisis", from: (2008, 9, 15), to: (2009, 3, 15),
      market: "-0.45",
      ["value": "-0.3", "size": "-0.25", "quality": "0.2", "volatility": "-0.35"]),
    historical(
      "covid_crash_2020", "COVID-19 Crash", from: (2020, 2, 19), to: (2020, 3, 23),
      market: "-0.35", ["growth": "0.15", "value": "-0.4", "size": "-0.3", "quality": "0.1"]),
  ].enumerated().map { index, scenario in
    var scenario = scenario
    scenario.sortOrder = Int64(index + 1)
    return .scenarioDefined(scenario)
  }

  private static func sensitivity(
    _ id: String, _ name: String, _ category: ScenarioCategory,
    _ shocks: KeyValuePairs<String, String>
  ) -> ScenarioDefined {
    ScenarioDefined(
      scenario: ScenarioID(rawValue: id), name: name, scenarioType: .sensitivity, sortOrder: 0,
      shocks: shocks.map { shock($0.key, $0.value, pinned: true) }, category: category,
      severity: .moderate)
  }

  private static func historical(
    _ id: String, _ name: String, from start: (Int, Int, Int), to end: (Int, Int, Int),
    market: String, _ relative: KeyValuePairs<String, String>
  ) -> ScenarioDefined {
    ScenarioDefined(
      scenario: ScenarioID(rawValue: id), name: name, scenarioType: .historical, sortOrder: 0,
      shocks: [shock("market_beta", market, pinned: true)]
        + relative.map { shock($0.key, $0.value, pinned: false) },
      category: .historical, severity: .extreme,
      periodStart: CivilDate(year: start.0, month: start.1, day: start.2),
      periodEnd: CivilDate(year: end.0, month: end.1, day: end.2))
  }

  private static func shock(_ factor: String, _ amount: String, pinned: Bool) -> Shock {
    guard let amount = try? ExactDecimal(amount) else {
      preconditionFailure("a default shock is a decimal")
    }
    return Shock(factor: FactorID(rawValue: factor), shock: amount, pinned: pinned)
  }
}
