import Events
import Portfolio

/// Under which names positions are looked for: their tags and the strategies they are in.
struct HoldingLabels {
  private let holdings: Holdings
  private let strategies: [PositionID: [String]]
  let filter: HoldingFilter

  init(_ holdings: Holdings, _ options: GlobalOptions) throws(CommandFailure) {
    self.holdings = holdings
    filter = try options.holdingFilter()
    var names: [PositionID: [String]] = [:]
    for group in holdings.strategies.values where group.retiredAt == nil {
      for member in group.members { names[member.position, default: []].append(group.name) }
    }
    strategies = names.mapValues { $0.sorted() }
  }

  /// Names, ascending.
  func tags(of position: Position) -> [String] {
    (holdings.tagsByPosition[position.id] ?? [])
      .map { holdings.tags[$0]?.name ?? $0.rawValue }.sorted()
  }

  /// Names of the strategy groups it is in, ascending.
  func strategies(of position: Position) -> [String] { strategies[position.id] ?? [] }

  /// Whether the options choose it.
  func contain(_ position: Position) -> Bool {
    filter == .all
      || filter.matches(
        HoldingFilter.Holding(
          symbol: position.symbol, underlying: position.terms?.underlying, type: position.type,
          tags: tags(of: position), strategies: strategies(of: position)))
  }
}
