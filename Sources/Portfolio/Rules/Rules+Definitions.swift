internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeDefinition() throws(RuleError) {
    switch event.payload {
    case .factorDefined(let payload):
      try requireApart(payload.factor, \.factors, "factor") { state, id, moment in
        guard let factor = state.factor(id, asOf: moment) else { return [] }
        return [Label(field: "name", name: factor.payload.name)]
      }
    case .factorRetired(let payload): try requireFactor(payload.factor)
    case .scenarioDefined(let payload):
      for shock in payload.shocks { try requireFactor(shock.factor) }
      try requireApart(payload.scenario, \.scenarios, "scenario") { state, id, moment in
        guard let scenario = state.scenario(id, asOf: moment) else { return [] }
        return [Label(field: "name", name: scenario.payload.name)]
      }
    case .scenarioRetired(let payload):
      guard state.scenarios.contains(payload.scenario) else {
        throw unknown(
          .unknownScenario, "scenario", payload.scenario.rawValue,
          remedy: "append scenario.defined for it first")
      }
    case .parameterSet(let payload):
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
    default: preconditionFailure("not a definition's payload")
    }
  }

  private func requireFactor(_ id: FactorID) throws(RuleError) {
    guard state.factors.contains(id) else {
      throw unknown(
        .unknownFactor, "factor", id.rawValue, remedy: "append factor.defined for it first")
    }
  }
}
