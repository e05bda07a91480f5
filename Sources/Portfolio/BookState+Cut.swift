internal import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// Forgets every fact that is effective after a time: the past of a branch that was forked as of
  /// a date.
  ///
  /// Up to the time every answer stays what it was, and from then on it is what it was at the time.
  /// A position or exit that was corrected to be effective later is gone, a position with its
  /// exits, labels and relations; what was voided stays voided. Of a bar, split or dividend the one
  /// that was said last counts, so where that one is effective later nothing remains of it. Facts of
  /// the known-at clock stay: ``head``, and which batches, calculations, sessions, saves and exports
  /// there were.
  ///
  /// Rules judge by what is left. So the id of a forgotten position, exit, movement, tag, portfolio,
  /// group or user is not known any more, and may be given again; the ids of events are the log's.
  ///
  /// - Parameters:
  ///   - time: The last moment that is kept.
  ///   - keepsMarket: Closes, marks, splits, dividends, instruments, rates, volatilities, short
  ///     metrics and closed days stay as they are, since they go on flowing in.
  ///   - limit: Becomes the latest time the state will be asked about. Of a day's ticks only the
  ///     last one up to the limit was folded, so a cut within a day is exact in a state that was
  ///     folded with the cut as its limit; what follows needs a later one.
  /// - Precondition: The state is folded from the first event on: the facts of a range may miss the
  ///   entry that a correction moved.
  public mutating func cut(at time: Instant, keepsMarket: Bool, limit: Instant? = nil) {
    if let limit { self.limit = limit }
    if !keepsMarket { cutMarket(at: time) }
    movements.keep { $1.cut(at: time) }
    cutPositions(at: time)
    cutEntities(at: time)
    factors.keep { $1.cut(at: time) && $1.isDefined() }
    scenarios.keep { $1.cut(at: time) && $1.isDefined() }
    parameters.keep { $1.cut(at: time) }
  }

  private mutating func cutMarket(at time: Instant) {
    market.cut(at: time)
    publications.cut(at: time)
    for (symbol, history) in instruments where history.latest.stamp.effective > time {
      let latest = history.latest
      if let late = underCut.instruments[symbol], late.through >= latest.stamp.sequence { continue }
      underCut.instruments[symbol] = UnderCut.LateDefinition(payload: latest.value, through: head)
    }
    instruments.keep { $1.cut(at: time) }
  }

  private mutating func cutPositions(at time: Instant) {
    positions.keep { $1.cut(at: time) }
    let kept = positions
    exitOwners.keep { exit, owner in kept[owner]?.exit(exit) != nil }
    labels.keep { position, facts in
      guard kept.contains(position) else { return false }
      facts.tags.cut(at: time)
      facts.attributes.cut(at: time)
      facts.strategies.cut(at: time)
      facts.relations.cut(at: time) { kept.contains($0.other) }
      return !facts.isEmpty
    }
  }

  private mutating func cutEntities(at time: Instant) {
    var named = Named()
    for facts in positions.values { named.add(facts) }
    for history in movements.values { named.add(history) }
    for facts in labels.values { named.add(facts) }
    users.keep { $1.cut(at: time) && $1.creation != nil }
    portfolios.cut(at: time, named.portfolios, late: &underCut.portfolios)
    tags.cut(at: time, named.tags, late: &underCut.tags)
    strategies.cut(at: time, named.strategies, late: &underCut.strategies)
  }
}

extension Table {
  /// Forgets what is effective after a time. Where that brought a thing into being, nothing that is
  /// said of it remains, but of what is named still: that creation is put aside.
  fileprivate mutating func cut<Fact: EntityFact>(
    at time: Instant, _ named: Set<Key>, late: inout [Key: Dated<Fact>]
  ) where Value == History<Fact> {
    var aside = late.filter { named.contains($0.key) }
    keep { id, history in
      let creation = history.creation
      let isLeft = history.cut(at: time)
      if isLeft, history.creation != nil { return true }
      guard named.contains(id) else { return false }
      if let creation { aside[id] = creation }
      return isLeft
    }
    late = aside
  }
}

/// What the facts that are left refer to.
private struct Named {
  private(set) var portfolios: Set<PortfolioID> = []
  private(set) var tags: Set<TagID> = []
  private(set) var strategies: Set<StrategyID> = []

  mutating func add(_ facts: PositionFacts) {
    if let portfolio = facts.origin?.portfolio { portfolios.insert(portfolio) }
  }

  mutating func add(_ history: History<CashMovement>) {
    for entry in history.ascending { portfolios.insert(entry.value.portfolio) }
  }

  mutating func add(_ facts: LabelFacts) {
    for entry in facts.tags.entries { tags.insert(entry.key) }
    for entry in facts.strategies.entries { strategies.insert(entry.key) }
  }
}

extension History {
  /// Something is stated, not only retired.
  fileprivate func isDefined<Payload>() -> Bool where Value == DefinedFact<Payload> {
    ascending.contains { if case .defined = $0.value { true } else { false } }
  }
}
