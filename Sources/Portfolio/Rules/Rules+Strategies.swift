internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeStrategy() throws(RuleError) -> Event {
    switch event.payload {
    case .strategyCreated(let payload):
      if let history = state.strategies[payload.group] {
        throw taken("strategy group", payload.group.rawValue, at: history.ascending.first?.stamp)
      }
      try requirePortfolio(payload.portfolio)
      try requireFree(group: payload.group, name: payload.name, portfolio: payload.portfolio)
      return event
    case .strategyChanged(let payload):
      let group = try requireGroup(payload.group)
      if let name = payload.name {
        try requireFree(group: payload.group, name: name, portfolio: group.portfolio)
      }
      return try withSubject(group.portfolio)
    case .strategyRetired(let payload):
      return try withSubject(try requireGroup(payload.group).portfolio)
    case .strategyJoined(let payload):
      let group = try requireGroup(payload.group)
      let facts = try requirePosition(payload.position)
      guard facts.origin?.portfolio == group.portfolio else {
        let found = facts.origin.map { quoted($0.portfolio.rawValue) } ?? "none"
        throw refuse(
          .otherPortfolio,
          "position \(quoted(payload.position.rawValue)) and strategy group "
            + "\(quoted(payload.group.rawValue)) are of different portfolios",
          expected: "a position of portfolio \(quoted(group.portfolio.rawValue))", found: found,
          remedy: "name a position of the group's portfolio")
      }
      return try withSubject(group.portfolio)
    case .strategyLeft(let payload):
      let group = try requireGroup(payload.group)
      try requirePosition(payload.position)
      return try withSubject(group.portfolio)
    default: preconditionFailure("not a strategy's payload")
    }
  }

  /// A strategy group that was created and not retired.
  private func requireGroup(_ id: StrategyID) throws(RuleError) -> StrategyGroup {
    guard
      let group = state.strategyDetails(id, asOf: .distantFuture, isReferredTo: true)
    else {
      throw unknown(
        .unknownStrategy, "strategy group", id.rawValue,
        remedy: "append strategy.created for it first")
    }
    guard group.retiredAt == nil else {
      throw refuse(
        .strategyRetired, "strategy group \(quoted(group.name)) was retired",
        expected: "a group in use", found: quoted(id.rawValue), remedy: "create another group")
    }
    return group
  }

  private func requireFree(
    group id: StrategyID, name: String, portfolio: PortfolioID
  ) throws(RuleError) {
    for (other, _) in state.strategies where other != id {
      for moment in moments {
        guard
          let group = state.strategyDetails(other, asOf: moment, isReferredTo: false),
          group.retiredAt == nil, group.portfolio == portfolio, isSame(name, group.name)
        else { continue }
        throw nameTaken("name", name, by: "strategy group", other.rawValue)
      }
    }
  }
}
