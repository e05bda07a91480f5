internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeStrategy() throws(RuleError) -> Event {
    switch event.payload {
    case .strategyCreated(let payload):
      if let stamp = state.firstStamp(of: payload.group) {
        throw taken("strategy group", payload.group.rawValue, at: stamp)
      }
      try requirePortfolio(payload.portfolio)
      try requireApart(payload.group)
      return event
    case .strategyChanged(let payload):
      let group = try requireGroup(payload.group)
      if payload.name != nil { try requireApart(payload.group) }
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

  /// No other group in use of the portfolio has the name.
  private func requireApart(_ id: StrategyID) throws(RuleError) {
    try requireApart(id, \.strategies, "strategy group") { state, id, moment in
      guard let group = state.strategyDetails(id, asOf: moment, isReferredTo: false),
        group.retiredAt == nil
      else { return [] }
      return [
        Label(field: "name", name: group.name, scope: group.portfolio.rawValue, isFolded: true)
      ]
    }
  }
}
