internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgePortfolio() throws(RuleError) {
    switch event.payload {
    case .portfolioOpened(let payload):
      if let stamp = state.firstStamp(of: payload.portfolio) {
        throw taken("portfolio", payload.portfolio.rawValue, at: stamp)
      }
      if let owner = payload.owner { try requireUser(owner) }
      try requireApart(payload.portfolio)
    case .portfolioChanged(let payload):
      try requirePortfolio(payload.portfolio)
      if let owner = payload.owner?.value { try requireUser(owner) }
      if payload.name != nil || payload.owner != nil { try requireApart(payload.portfolio) }
    case .portfolioClosed(let payload):
      let portfolio = try requirePortfolio(payload.portfolio)
      if portfolio.closedAt != nil {
        throw closed(payload.portfolio, "is closed already", at: portfolio)
      }
      try requireNothingLater(in: payload.portfolio)
    case .cashMoved(let payload):
      try requireOpenPortfolio(payload.portfolio, at: event.effective, "cash cannot move")
      if case .given(let id) = event.id {
        let movement = payload.movement ?? MovementID(id)
        if let history = state.movements[movement] {
          throw taken("movement", movement.rawValue, at: history.latest.stamp)
        }
      } else if let movement = payload.movement, let history = state.movements[movement] {
        throw taken("movement", movement.rawValue, at: history.latest.stamp)
      }
    default: preconditionFailure("not a portfolio's payload")
    }
  }

  /// A portfolio that was opened, whenever that is effective.
  @discardableResult
  func requirePortfolio(_ id: PortfolioID) throws(RuleError) -> PortfolioDetails {
    guard let portfolio = state.portfolio(referredTo: id, asOf: .distantFuture) else {
      throw unknown(
        .unknownPortfolio, "portfolio", id.rawValue,
        remedy: "open it first: `foldbook portfolio open` or portfolio.opened")
    }
    return portfolio
  }

  /// A portfolio that is not closed at a time.
  func requireOpenPortfolio(
    _ id: PortfolioID, at time: Instant, _ consequence: String
  ) throws(RuleError) {
    let portfolio = try requirePortfolio(id)
    guard let closing = portfolio.closedAt, closing <= time else { return }
    throw closed(id, "was closed, so \(consequence)", at: portfolio)
  }

  private func closed(
    _ id: PortfolioID, _ what: String, at portfolio: PortfolioDetails
  ) -> RuleError {
    let closing = portfolio.closedAt.map(\.description) ?? "never"
    return refuse(
      .portfolioClosed, "portfolio \(quoted(id.rawValue)) \(what)",
      expected: "an effective time before \(closing)", found: event.effective.description,
      remedy: "use an open portfolio, or a time before it was closed")
  }

  /// Closing a portfolio ends what it takes in, so nothing may have come in later.
  private func requireNothingLater(in id: PortfolioID) throws(RuleError) {
    for position in state.positions(inPortfolio: id) {
      guard let facts = state.positions[position], facts.void == nil, let entry = facts.entry,
        entry.stamp.effective >= event.effective
      else { continue }
      throw later(id, "position \(quoted(position.rawValue)) was entered", entry.stamp)
    }
    for (movement, history) in state.movements where history.latest.value.portfolio == id {
      guard history.latest.stamp.effective >= event.effective else { continue }
      throw later(id, "movement \(quoted(movement.rawValue)) moved cash", history.latest.stamp)
    }
  }

  private func later(_ id: PortfolioID, _ what: String, _ stamp: Stamp) -> RuleError {
    refuse(
      .portfolioClosed,
      "\(what) at \(stamp.effective) (sequence \(stamp.sequence)), after portfolio "
        + "\(quoted(id.rawValue)) would be closed",
      expected: "a time after \(stamp.effective)", found: event.effective.description,
      remedy: "close it later, or void or correct that event first")
  }

  /// No other open portfolio of the owner has the name.
  private func requireApart(_ id: PortfolioID) throws(RuleError) {
    try requireApart(id, \.portfolios, "portfolio") { state, id, moment in
      guard let portfolio = state.portfolio(id, asOf: moment), portfolio.closedAt == nil else {
        return []
      }
      return [Label(field: "name", name: portfolio.name, scope: portfolio.owner?.rawValue)]
    }
  }
}
