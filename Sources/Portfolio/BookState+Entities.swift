public import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// The entries of a thing effective up to a time, ascending, with the one that brought it into
  /// being before them if it is effective later.
  ///
  /// - Parameters:
  ///   - late: What brought it into being, where a cut took that out of its history.
  ///   - isReferredTo: Something visible names it, so it is answered though it is effective only
  ///     later.
  /// - Returns: Null where nothing brought it into being by then.
  private func entries<Fact: EntityFact>(
    _ history: History<Fact>?, _ late: Dated<Fact>? = nil, asOf: Instant, isReferredTo: Bool
  ) -> [Dated<Fact>]? {
    let visible = history?.entries(asOf: asOf) ?? []
    if visible.contains(where: \.value.isCreation) { return visible }
    guard isReferredTo, let creation = history?.creation ?? late else { return nil }
    return [creation] + visible
  }

  public func user(_ id: UserID, asOf: Instant) -> UserDetails? {
    let entries = entries(users[id], asOf: asOf, isReferredTo: false)
    guard let entries, let provenance = entries.provenance() else { return nil }
    var user = UserDetails(id: id, role: .viewer, provenance: provenance)
    for entry in entries {
      switch entry.value {
      case .registered(let fact):
        user.username = fact.username
        user.email = fact.email
        user.fullName = fact.fullName
        user.role = fact.role
      case .changed(let fact):
        user.username = fact.username ?? user.username
        if let change = fact.email { user.email = change.value }
        if let change = fact.fullName { user.fullName = change.value }
        user.role = fact.role ?? user.role
      case .deactivated:
        user.isActive = false
        user.provenance.deleted = entry.stamp.recorded
      case .forgotten:
        user.isActive = false
        user.isForgotten = true
        user.provenance.deleted = user.provenance.deleted ?? entry.stamp.recorded
      }
    }
    if user.isForgotten {
      user.username = nil
      user.email = nil
      user.fullName = nil
    }
    return user
  }

  /// A portfolio as of a time; null when it was not opened by then.
  public func portfolio(_ id: PortfolioID, asOf: Instant) -> PortfolioDetails? {
    portfolioDetails(id, asOf: asOf, isReferredTo: false)
  }

  /// - Parameter isReferredTo: Something visible is in it, so it is answered even where it was
  ///   opened only later in effective time.
  func portfolioDetails(_ id: PortfolioID, asOf: Instant, isReferredTo: Bool) -> PortfolioDetails? {
    let entries = entries(
      portfolios[id], underCut.portfolios[id], asOf: asOf, isReferredTo: isReferredTo)
    guard let entries, let provenance = entries.provenance(),
      let opening = entries.first(where: { if case .opened = $0.value { true } else { false } })
    else { return nil }
    var details = PortfolioDetails(
      id: id, name: "", currency: PortfolioDetails.defaultCurrency,
      benchmark: PortfolioDetails.defaultBenchmark, openedAt: opening.stamp.effective,
      provenance: provenance)
    for entry in entries {
      switch entry.value {
      case .opened(let fact):
        details.name = fact.name
        details.owner = fact.owner
        details.currency = fact.currency ?? PortfolioDetails.defaultCurrency
        details.benchmark = fact.benchmark ?? PortfolioDetails.defaultBenchmark
        details.description = fact.description
      case .changed(let fact):
        details.name = fact.name ?? details.name
        if let change = fact.owner { details.owner = change.value }
        details.currency = fact.currency ?? details.currency
        details.benchmark = fact.benchmark ?? details.benchmark
        if let change = fact.description { details.description = change.value }
      case .closed:
        details.closedAt = entry.stamp.effective
        details.provenance.deleted = entry.stamp.recorded
      }
    }
    return details
  }

  /// A tag as of a time; null when it was not created by then.
  public func tag(_ id: TagID, asOf: Instant) -> TagDetails? {
    tagDetails(id, asOf: asOf, isReferredTo: false)
  }

  func tagDetails(_ id: TagID, asOf: Instant, isReferredTo: Bool) -> TagDetails? {
    let entries = entries(
      tags[id], underCut.tags[id], asOf: asOf, isReferredTo: isReferredTo)
    guard let entries, let provenance = entries.provenance() else { return nil }
    var tag = TagDetails(
      id: id, name: "", type: .regular, color: TagDetails.defaultColor, provenance: provenance)
    for entry in entries {
      switch entry.value {
      case .created(let fact):
        tag.name = fact.name
        tag.type = fact.tagType
        tag.owner = fact.owner
        tag.color = fact.color ?? TagDetails.defaultColor
        tag.description = fact.description
      case .changed(let fact):
        tag.name = fact.name ?? tag.name
        tag.type = fact.tagType ?? tag.type
        if let change = fact.owner { tag.owner = change.value }
        tag.color = fact.color ?? tag.color
        if let change = fact.description { tag.description = change.value }
      case .retired:
        tag.retiredAt = entry.stamp.effective
        tag.provenance.deleted = entry.stamp.recorded
      }
    }
    return tag
  }

  /// A strategy group as of a time, without its members; null when it was not created by then.
  func strategyDetails(_ id: StrategyID, asOf: Instant, isReferredTo: Bool) -> StrategyGroup? {
    let entries = entries(
      strategies[id], underCut.strategies[id], asOf: asOf, isReferredTo: isReferredTo)
    guard let entries, let provenance = entries.provenance() else { return nil }
    var creation: StrategyCreated?
    for case .created(let fact) in entries.map(\.value) { creation = creation ?? fact }
    guard let creation else { return nil }
    var group = StrategyGroup(
      id: id, portfolio: creation.portfolio, name: "", members: [], provenance: provenance)
    for entry in entries {
      switch entry.value {
      case .created(let fact):
        group.name = fact.name
        group.type = fact.strategyType
        group.description = fact.description
      case .changed(let fact):
        group.name = fact.name ?? group.name
        if let change = fact.strategyType { group.type = change.value }
        if let change = fact.description { group.description = change.value }
      case .retired:
        group.retiredAt = entry.stamp.effective
        group.provenance.deleted = entry.stamp.recorded
      }
    }
    return group
  }

  public func instrument(_ symbol: Symbol, asOf: Instant) -> Definition<InstrumentDefined>? {
    guard let history = instruments[symbol], let payload = history.value(asOf: asOf),
      let provenance = history.entries(asOf: asOf).provenance()
    else { return nil }
    return Definition(payload: payload, retiredAt: nil, provenance: provenance)
  }

  public func factor(_ id: FactorID, asOf: Instant) -> Definition<FactorDefined>? {
    factors[id]?.definition(asOf: asOf)
  }

  public func scenario(_ id: ScenarioID, asOf: Instant) -> Definition<ScenarioDefined>? {
    scenarios[id]?.definition(asOf: asOf)
  }

  public func parameter(
    _ name: String, portfolio: PortfolioID?, asOf: Instant
  )
    -> ParameterSetting?
  {
    let history = parameters[ParameterKey(name: name, portfolio: portfolio)]
    guard let history, let value = history.value(asOf: asOf),
      let provenance = history.entries(asOf: asOf).provenance()
    else { return nil }
    return ParameterSetting(
      name: name, portfolio: portfolio, value: value, provenance: provenance)
  }
}

extension History {
  /// The last statement, and whether a retirement came after it.
  func definition<Payload>(asOf: Instant) -> Definition<Payload>?
  where Value == DefinedFact<Payload> {
    let entries = entries(asOf: asOf)
    guard var provenance = entries.provenance() else { return nil }
    var payload: Payload?
    var retirement: Stamp?
    for entry in entries {
      switch entry.value {
      case .defined(let stated):
        payload = stated
        // Stating it again takes it back into use.
        retirement = nil
      case .retired: retirement = entry.stamp
      }
    }
    guard let payload else { return nil }
    provenance.deleted = retirement?.recorded
    return Definition(payload: payload, retiredAt: retirement?.effective, provenance: provenance)
  }
}
