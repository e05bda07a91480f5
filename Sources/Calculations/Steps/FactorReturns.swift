internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// A risk factor as of a day, and what its return is made from (C-09).
public struct RiskFactor: Hashable, Sendable {
  public let id: FactorID
  public let name: String
  public let displayName: String
  /// The symbol, or the series of a yield.
  public let proxy: Symbol?
  public let kind: ProxyKind
  /// One of the eight documented factors.
  public let isCore: Bool

  /// It has a proxy whose returns positions can be held against.
  public var isTradable: Bool { kind != .none && proxy != nil }

  init(_ definition: FactorDefined) {
    id = definition.factor
    name = definition.name
    displayName = definition.displayName
    proxy = definition.proxy
    // A proxy is a price unless something else is said of it.
    kind = definition.proxyKind ?? (definition.proxy == nil ? ProxyKind.none : .priceReturn)
    isCore = Self.core.contains(definition.factor)
  }

  private static let core: Set<FactorID> = [
    "market_beta", "momentum", "value", "growth", "quality", "size", "short_interest",
    "volatility",
  ]
}

extension CalculationDay {
  /// The factors in use, by their place in lists, then by id.
  public var factors: [RiskFactor] {
    let known = try? kept("factors") { () throws(CalculationError) in
      holdings.factors.values.filter(\.isActive).map(\.payload)
        .sorted { ($0.sortOrder, $0.factor) < ($1.sortOrder, $1.factor) }
        .map { RiskFactor($0) }
    }
    return known ?? []
  }

  /// Those of ``factors`` that have returns: the order of betas, exposures and matrices.
  public var tradableFactors: [RiskFactor] { factors.filter(\.isTradable) }

  /// The sessions that factors alone are measured on: those of the market factor's proxy, where it
  /// has prices; else of the default benchmark.
  func marketSessions() throws(CalculationError) -> [CivilDate] {
    try kept("market sessions") { () throws(CalculationError) in
      let proxy = tradableFactors.first { $0.isCore && $0.kind == .priceReturn }?.proxy
      if let proxy, !history.returns(of: proxy, asOf: asOf).isEmpty {
        return holdings.market.sessions(benchmark: proxy, asOf: asOf).dates
      }
      return holdings.market.sessions(
        benchmark: PortfolioDetails.defaultBenchmark, asOf: asOf
      ).dates
    }
  }

  /// The returns of a symbol on the sessions of a window.
  func returns(of symbol: Symbol, on window: SessionWindow) -> WindowReturns {
    let series = history.returns(of: symbol, asOf: asOf)
    return window.aligned(dates: series.dates, starts: series.starts, values: series.simple)
  }

  /// The returns of a factor on the sessions of a window; missing throughout for one that has no
  /// returns.
  func returns(of factor: RiskFactor, on window: SessionWindow) -> WindowReturns {
    guard let proxy = factor.proxy else { return window.aligned(dates: [], starts: [], values: []) }
    switch factor.kind {
    case .none: return window.aligned(dates: [], starts: [], values: [])
    case .priceReturn: return returns(of: proxy, on: window)
    case .yieldChange:
      let fixings = state.rates(RateSeriesID(proxy.rawValue), asOf: asOf)
      var dates: [CivilDate] = []
      var starts: [CivilDate] = []
      var changes: [Double] = []
      // From the one before the window on.
      let first = fixings.lastIndex { $0.date < window.dates.first ?? date } ?? fixings.startIndex
      for (before, now) in zip(fixings[first...], fixings[first...].dropFirst()) {
        dates.append(now.date)
        starts.append(before.date)
        // Percent to eight places: the difference is exact, and 0 where nothing changed.
        let change = Price(now.percent).units - Price(before.percent).units
        changes.append(Double(change) / 1e10)
      }
      return window.aligned(dates: dates[...], starts: starts[...], values: changes[...])
    }
  }
}

/// The last sessions up to a day.
struct SessionWindow: Sendable {
  /// Ascending.
  let dates: [CivilDate]
  /// The session before the first; null where none is known.
  let before: CivilDate?

  /// - Parameters:
  ///   - sessions: All that are known, ascending.
  ///   - count: How many of the last to take.
  init(_ sessions: [CivilDate], count: Int) {
    dates = Array(sessions.suffix(count))
    before = sessions.dropLast(dates.count).last
  }

  /// Puts a series on the dates of the window.
  func aligned(
    dates: ArraySlice<CivilDate>, starts: ArraySlice<CivilDate>, values: ArraySlice<Double>
  ) -> WindowReturns {
    var result = WindowReturns(count: self.dates.count)
    var place = self.dates.count
    var entry = dates.endIndex
    var expected = true
    while place > 0, entry > dates.startIndex {
      let session = self.dates[place - 1]
      let date = dates[entry - 1]
      if date > session {
        entry -= 1
      } else if date < session {
        place -= 1
      } else {
        place -= 1
        entry -= 1
        result.values[place] = values[entry]
        result.starts[place] = starts[entry].daysSinceEpoch
        let prior = place > 0 ? self.dates[place - 1] : before
        expected = expected && starts[entry] == prior
      }
    }
    result.isRegular = expected
    return result
  }
}

/// Returns on the sessions of a window.
struct WindowReturns: Sendable {
  /// Not a number where there is none.
  var values: [Double]
  /// The date each return starts at, in days since the epoch; no date where there is none.
  var starts: [Int32]
  /// Every return starts at the session before.
  var isRegular = true

  init(count: Int) {
    values = [Double](repeating: .nan, count: count)
    starts = [Int32](repeating: .min, count: count)
  }

  var count: Int { values.reduce(0) { $1.isFinite ? $0 + 1 : $0 } }

  /// The returns on the dates on which they span the same days as another's (C-09: a gap drops the
  /// date for that pair).
  func spanning(_ other: WindowReturns) -> [Double] {
    if isRegular && other.isRegular { return values }
    var values = values
    for index in values.indices where starts[index] != other.starts[index] {
      values[index] = .nan
    }
    return values
  }
}
