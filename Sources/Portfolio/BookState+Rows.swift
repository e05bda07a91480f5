public import Events
public import ExactNumbers

// What tables ask for that keep single rows up to date, without resolving the whole book.
extension BookState {
  /// A portfolio that something visible is in: as ``portfolio(_:asOf:)``, and where it was opened
  /// only later as it was then.
  public func portfolio(referredTo id: PortfolioID, asOf: Instant) -> PortfolioDetails? {
    portfolioDetails(id, asOf: asOf, isReferredTo: true)
  }

  /// A tag that something visible bears: as ``tag(_:asOf:)``, and where it was created only later as
  /// it was then.
  public func tag(referredTo id: TagID, asOf: Instant) -> TagDetails? {
    tagDetails(id, asOf: asOf, isReferredTo: true)
  }

  /// The strategy groups of ``Holdings/strategies``.
  public func strategyGroups(asOf: Instant) -> [StrategyID: StrategyGroup] {
    var holdings = Holdings(asOf: asOf, knownAt: head, isWhatIf: isWhatIf, market: market)
    for id in labelledPositions.sorted() {
      let spans = tagSpans(of: id, asOf: asOf)
      holdings.tagSpans += spans
      for span in spans where holdings.tags[span.tag] == nil {
        holdings.tags[span.tag] = tag(referredTo: span.tag, asOf: asOf)
      }
    }
    resolveStrategies(&holdings)
    return holdings.strategies
  }

  /// The cash of every portfolio, in one pass over the book. One whose sums are out of range for
  /// exact arithmetic is missing.
  public func cashBalances(asOf: Instant) -> [PortfolioID: CashBalance] {
    var balances: [PortfolioID: CashBalance] = [:]
    var failed: Set<PortfolioID> = []
    func add(
      to id: PortfolioID, _ change: (inout CashBalance) throws(NumberError) -> Void
    ) {
      var cash =
        balances[id]
        ?? CashBalance(
          portfolio: id,
          currency: portfolio(referredTo: id, asOf: asOf)?.currency
            ?? PortfolioDetails.defaultCurrency)
      do throws(NumberError) { try change(&cash) } catch { failed.insert(id) }
      balances[id] = cash
    }
    for (id, _) in portfolios { add(to: id) { _ in } }
    for (_, history) in movements {
      guard let movement = history.entry(asOf: asOf) else { continue }
      add(to: movement.value.portfolio) { cash throws(NumberError) in try cash.add(movement) }
    }
    for (id, facts) in positions {
      guard let portfolio = facts.origin?.portfolio else { continue }
      add(to: portfolio) { cash throws(NumberError) in
        guard let position = try resolve(id, facts, asOf: asOf, currency: cash.currency) else {
          return
        }
        try cash.add(position, facts)
      }
    }
    for id in failed { balances[id] = nil }
    return balances
  }
}
