internal import Events
internal import ExactNumbers
internal import Records

/// What a cut leaves of facts that are effective after it, since earlier answers rest on them.
///
/// A portfolio, tag or strategy group that something visible refers to is answered though it came
/// into being only later, and an option's terms hold from always on, whenever they were defined.
/// These facts lie beside the registers: nothing shows them by themselves.
struct UnderCut: Hashable, Sendable {
  var portfolios: [PortfolioID: Dated<PortfolioFact>] = [:]
  var tags: [TagID: Dated<TagFact>] = [:]
  var strategies: [StrategyID: Dated<StrategyFact>] = [:]
  var instruments: [Symbol: LateDefinition] = [:]

  /// What a definition says of a contract whose terms its symbol does not give.
  struct LateDefinition: Hashable, Sendable {
    let payload: InstrumentDefined
    /// The last event before the cut: what is defined after it counts instead.
    let through: EventSequence
  }

  mutating func merge(_ later: Self) {
    portfolios.merge(later.portfolios) { mine, _ in mine }
    tags.merge(later.tags) { mine, _ in mine }
    strategies.merge(later.strategies) { mine, _ in mine }
    instruments.merge(later.instruments) { mine, _ in mine }
  }
}

extension BookState {
  /// The definition that gives a symbol's terms: the last one, whenever it is effective.
  func termsDefinition(of symbol: Symbol) -> InstrumentDefined? {
    let latest = instruments[symbol]?.latest
    guard let late = underCut.instruments[symbol] else { return latest?.value }
    if let latest, latest.stamp.sequence > late.through { return latest.value }
    return late.payload
  }

  /// The first event about a portfolio; null for an id that is free.
  func firstStamp(of id: PortfolioID) -> Stamp? {
    portfolios[id]?.ascending.first?.stamp ?? underCut.portfolios[id]?.stamp
  }

  /// The first event about a tag; null for an id that is free.
  func firstStamp(of id: TagID) -> Stamp? {
    tags[id]?.ascending.first?.stamp ?? underCut.tags[id]?.stamp
  }

  /// The first event about a strategy group; null for an id that is free.
  func firstStamp(of id: StrategyID) -> Stamp? {
    strategies[id]?.ascending.first?.stamp ?? underCut.strategies[id]?.stamp
  }
}
