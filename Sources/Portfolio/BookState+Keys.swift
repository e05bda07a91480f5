public import Events
public import ExactNumbers

extension BookState {
  /// Every tag that an event was ever about, in the order in which they were first met; those that
  /// a cut left only to be referred to come last.
  public var tagIDs: [TagID] {
    tags.keys + underCut.tags.keys.filter { !tags.contains($0) }.sorted()
  }

  /// The symbols whose prices a valuation may ask for: what was ever entered, the underlyings of
  /// options, and the benchmarks, whose bars make the session calendar.
  public var pricedSymbols: Set<Symbol> {
    var symbols: Set<Symbol> = []
    for facts in positions.values {
      guard let entry = facts.entry, let origin = facts.origin else { continue }
      symbols.insert(entry.symbol)
      if let terms = terms(of: entry, origin) { symbols.insert(terms.underlying) }
    }
    return symbols.union(benchmarks)
  }

  /// Every benchmark a portfolio ever had: an earlier as-of asks for the one of its time.
  public var benchmarks: Set<Symbol> {
    var symbols: Set<Symbol> = []
    let late = Array(underCut.portfolios.values)
    for entry in portfolios.values.flatMap(\.ascending) + late {
      switch entry.value {
      case .opened(let fact): symbols.insert(fact.benchmark ?? PortfolioDetails.defaultBenchmark)
      case .changed(let fact): if let benchmark = fact.benchmark { symbols.insert(benchmark) }
      case .closed: break
      }
    }
    return symbols
  }

  /// The proxies that a factor ever had: their prices are its returns.
  public var factorProxies: Set<Symbol> {
    var proxies: Set<Symbol> = []
    for entry in factors.values.lazy.flatMap(\.ascending) {
      guard case .defined(let fact) = entry.value, let proxy = fact.proxy else { continue }
      proxies.insert(proxy)
    }
    return proxies
  }

  /// Whether a portfolio's benchmark has no close by a time, so that its sessions are those of any
  /// instrument of the book, held or not.
  public func asksForEveryClose(asOf: Instant) -> Bool {
    portfolios.keys.contains { id in
      guard let benchmark = portfolio(id, asOf: asOf)?.benchmark else { return false }
      return market.sessionDates(of: benchmark, asOf: asOf).isEmpty
    }
  }
}
