internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeDefinition() throws(RuleError) {
    switch event.payload {
    case .factorDefined(let payload):
      for (other, _) in state.factors where other != payload.factor {
        for moment in moments where state.factor(other, asOf: moment)?.payload.name == payload.name
        {
          throw nameTaken("name", payload.name, by: "factor", other.rawValue)
        }
      }
    case .factorRetired(let payload): try requireFactor(payload.factor)
    case .scenarioDefined(let payload):
      for shock in payload.shocks { try requireFactor(shock.factor) }
      for (other, _) in state.scenarios where other != payload.scenario {
        for moment in moments
        where state.scenario(other, asOf: moment)?.payload.name == payload.name {
          throw nameTaken("name", payload.name, by: "scenario", other.rawValue)
        }
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
