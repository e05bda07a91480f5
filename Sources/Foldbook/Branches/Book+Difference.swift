import Calculations
import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

extension Book {
  /// In what one point of a branch differs from another of the same or of another branch.
  ///
  /// What both share is read once. Where both are as of the same time, only positions and portfolios
  /// that an event of one side is about are looked at, and metrics are worked out for these
  /// portfolios alone. Where one of the two is a what-if, both price options without a quote as that
  /// does.
  ///
  /// - Parameter limit: So many events of each side are listed; all are counted.
  /// - Throws: `CalculationError`, `NumberError` where a sum is out of range; `LogError` where a log
  ///   is damaged.
  public static func difference(
    from left: BranchPoint, to right: BranchPoint,
    parts: Set<DifferencePart> = Set(DifferencePart.allCases),
    listing limit: Int = EventsDifference.listedAtMost
  ) throws -> BranchDifference {
    try left.book.refresh()
    try right.book.refresh()
    let pair = try DifferencePair(left, right)
    let events = try DifferingEvents(pair, listing: parts.contains(.events) ? limit : 0)
    let sides = try DifferenceSides(
      pair, events, needsMetrics: !parts.isDisjoint(with: metricParts))
    return BranchDifference(
      parts: parts,
      left: BranchDifference.Side(branch: left.book.branch, point: left.point),
      right: BranchDifference.Side(branch: right.book.branch, point: right.point),
      common: pair.common, book: try sides.book(),
      portfolios: try sides.metrics(parts),
      events: parts.contains(.events)
        ? EventsDifference(left: events.left, right: events.right) : nil)
  }

  private static let metricParts: Set<DifferencePart> = [
    .exposures, .greeks, .factors, .stress, .pnl,
  ]
}

/// Two states side by side.
struct DifferenceSides {
  private let pair: DifferencePair
  private let left: BookState
  private let right: BookState
  /// Null where everything may differ.
  private let touched: Touched?
  /// Whether a difference of the market is every portfolio's.
  private let isOfEveryPortfolio: Bool

  init(_ pair: DifferencePair, _ events: DifferingEvents, needsMetrics: Bool) throws {
    self.pair = pair
    guard pair.sharesPast else {
      let symbols =
        try pair.left.book.facts(knownAt: pair.left.point.knownAt).pricedSymbols
        .union(pair.right.book.facts(knownAt: pair.right.point.knownAt).pricedSymbols)
      (left, right) = try pair.states(pricesOf: symbols)
      touched = nil
      isOfEveryPortfolio = true
      return
    }
    let facts = try pair.facts()
    let touched = facts.left.touched(by: events.telling)
      .union(facts.right.touched(by: events.telling))
    let market = [facts.left, facts.right].reduce(into: Set<Symbol>()) {
      $0.formUnion($1.factorProxies.union($1.benchmarks))
    }
    let isOfEvery = events.isOfEveryPortfolio || !market.isDisjoint(with: events.pricedSymbols)
    var symbols: Set<Symbol> = []
    for state in [facts.left, facts.right] {
      if needsMetrics, isOfEvery { symbols.formUnion(state.pricedSymbols) }
      if needsMetrics {
        for portfolio in touched.portfolios {
          try symbols.formUnion(state.symbols(of: state.positions(inPortfolio: portfolio)))
        }
      }
      try symbols.formUnion(state.symbols(of: Array(touched.positions)))
    }
    symbols.formUnion(market)
    (left, right) = try pair.states(pricesOf: symbols)
    self.touched = touched
    isOfEveryPortfolio = isOfEvery
  }

  /// Positions, portfolios and trades.
  func book() throws -> BookDifference {
    try BookDifference(
      from: valuation(left, pair.left.point), to: valuation(right, pair.right.point),
      touched: touched?.positions)
  }

  private func valuation(_ state: BookState, _ point: ReplayPoint) -> Valuation {
    Valuation(
      touched.map { state.resolve(asOf: point.asOf, only: $0) } ?? state.resolve(asOf: point.asOf),
      model: MarketHistory(state, through: point.asOf).priceModel)
  }

  /// The metrics of the portfolios that may differ.
  func metrics(_ parts: Set<DifferencePart>) throws -> [PortfolioMetrics] {
    let groups = MetricGroup.allCases.filter { $0.part.map { parts.contains($0) } ?? false }
    guard !groups.isEmpty || parts.contains(.pnl) else { return [] }
    var sides = (
      left: MetricSide(left, pair.left.point), right: MetricSide(right, pair.right.point)
    )
    var portfolios = touched?.portfolios ?? []
    if isOfEveryPortfolio { portfolios.formUnion(sides.left.open.union(sides.right.open)) }
    var found: [PortfolioMetrics] = []
    for portfolio in portfolios.sorted() {
      guard sides.left.knows(portfolio) || sides.right.knows(portfolio) else { continue }
      let currencies = (sides.left.currency(of: portfolio), sides.right.currency(of: portfolio))
      let isComparable = currencies.0 == nil || currencies.1 == nil || currencies.0 == currencies.1
      var metrics: [MetricDifference] = []
      if !groups.isEmpty {
        metrics += MetricDifference.of(
          try sides.left.metrics(of: portfolio), try sides.right.metrics(of: portfolio),
          groups, isComparable)
      }
      if parts.contains(.pnl) {
        metrics += try MetricDifference.ofResults(
          sides.left.results(of: portfolio), sides.right.results(of: portfolio),
          isComparable)
      }
      found.append(
        PortfolioMetrics(
          portfolio: portfolio,
          currency: currencies.1 ?? currencies.0 ?? PortfolioDetails.defaultCurrency,
          metrics: metrics))
    }
    return found
  }
}

extension BookState {
  /// What is held under some positions, and what that is an option on.
  fileprivate func symbols(of positions: [PositionID]) throws -> Set<Symbol> {
    var symbols: Set<Symbol> = []
    for id in positions {
      guard let position = try position(id, asOf: .distantFuture) else { continue }
      symbols.insert(position.symbol)
      if let underlying = position.terms?.underlying { symbols.insert(underlying) }
    }
    return symbols
  }
}
