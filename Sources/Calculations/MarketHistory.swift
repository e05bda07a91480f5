internal import Analytics
public import Events
public import ExactNumbers
public import Portfolio

/// The series of one state that the days calculated from it share: returns of symbols, sessions of
/// benchmarks, NAV series of portfolios. Used by one thread at a time.
///
/// What was made up to the end serves every earlier day, since a day depends on nothing later.
public final class MarketHistory {
  let state: BookState
  let unquotedOptions: UnquotedOptions
  private var variants: [UnquotedOptions: MarketHistory] = [:]
  private let end: Instant
  private var series: MarketSeries
  private var calendars: [Symbol: BenchmarkSessions] = [:]
  /// Up to the end, each with the sessions that it was made on.
  private var tracks: [PortfolioID: (track: PortfolioTrack, calendar: SessionCalendar)] = [:]

  /// - Parameter end: The last moment that will be asked about.
  public convenience init(_ state: BookState, through end: Instant = .distantFuture) {
    self.init(state, through: end, .asFolded)
  }

  private init(_ state: BookState, through end: Instant, _ unquotedOptions: UnquotedOptions) {
    self.state = state
    self.end = end
    self.unquotedOptions = unquotedOptions
    series = MarketSeries(state.market)
  }

  /// The same with another rule for options without a quote.
  func variant(_ rule: UnquotedOptions) -> MarketHistory {
    if rule == unquotedOptions { return self }
    if let known = variants[rule] { return known }
    var state = state
    if rule == .byParameter { state.session = nil }
    let variant = MarketHistory(state, through: end, rule)
    variants[rule] = variant
    return variant
  }

  /// That of another state with the same ticks, closes, splits and dividends: it begins with the
  /// series that were made here.
  func resumed(by state: BookState) -> MarketHistory {
    let resumed = MarketHistory(state, through: end, unquotedOptions)
    resumed.series = series
    resumed.calendars = calendars
    return resumed
  }

  /// Total returns between the closes of a symbol known as of a moment.
  func returns(of symbol: Symbol, asOf: Instant) -> ReturnSeries {
    series.returns(of: symbol, asOf: asOf)
  }

  /// Standard deviation of the last log returns, annualized with 252 sessions; null where there are
  /// fewer returns than asked for.
  func volatility(of symbol: Symbol, asOf: Instant, sessions: Int) -> Double? {
    let returns = returns(of: symbol, asOf: asOf)
    guard returns.count >= sessions else { return nil }
    let logarithmic = returns.growth.suffix(sessions).map { Elementary.log($0) }
    return Ratios.volatility(
      Array(logarithmic), periodsPerYear: 252, minimumObservations: sessions)
  }

  /// The sessions of a benchmark known as of a moment.
  func sessions(benchmark: Symbol, asOf: Instant) -> SessionCalendar {
    let known = calendars[benchmark] ?? BenchmarkSessions(benchmark, state.market, through: end)
    calendars[benchmark] = known
    return known.calendar(asOf: asOf) ?? state.market.sessions(benchmark: benchmark, asOf: asOf)
  }

  /// A portfolio's sessions up to a moment.
  ///
  /// - Parameter calendar: Its sessions known as of that moment.
  func track(
    of portfolio: PortfolioID, asOf: Instant, _ calendar: SessionCalendar
  ) throws(CalculationError) -> PortfolioTrackPrefix {
    if asOf <= end {
      if tracks[portfolio] == nil { tracks[portfolio] = try makeTrack(portfolio, asOf: end) }
      // Where the sessions are the same the days are: values as of the end of a session do not
      // depend on what is known of later ones.
      if let known = tracks[portfolio], asOf == end || asOf == asOf.date.end,
        known.calendar.through(asOf.date) == calendar
      {
        let count = known.track.days.count(through: asOf)
        return PortfolioTrackPrefix(track: known.track, count: count)
      }
    }
    let track = try makeTrack(portfolio, asOf: asOf).track
    return PortfolioTrackPrefix(track: track, count: track.days.count)
  }

  private func makeTrack(
    _ portfolio: PortfolioID, asOf: Instant
  ) throws(CalculationError) -> (track: PortfolioTrack, calendar: SessionCalendar) {
    var histories = PortfolioHistories(state, asOf: asOf, model: priceModel)
    let history: PortfolioHistory
    do throws(NumberError) {
      history = try histories.history(of: portfolio)
    } catch {
      throw .outOfRange(what: "the history of portfolio \(portfolio)", error)
    }
    return (try PortfolioTrack(history.days), histories.calendar(for: portfolio))
  }
}

/// The sessions of a benchmark up to an end, and whether those up to an earlier day are the first of
/// them: they are where the benchmark has closes of its own, each effective by the end of its date.
private struct BenchmarkSessions {
  private let calendar: SessionCalendar
  private let end: Instant
  private let first: CivilDate?

  init(_ benchmark: Symbol, _ market: Market, through end: Instant) {
    calendar = market.sessions(benchmark: benchmark, asOf: end)
    self.end = end
    let closes = market.closes(of: benchmark)
    first = closes.allSatisfy { $0.effective <= $0.date.end } ? closes.first?.date : nil
  }

  func calendar(asOf: Instant) -> SessionCalendar? {
    let date = asOf.date
    guard asOf == end || asOf == date.end && asOf <= end, let first, date >= first else {
      return asOf == end ? calendar : nil
    }
    return calendar.through(date)
  }
}

extension Array where Element == PortfolioDay {
  /// How many of the days are over by a moment.
  fileprivate func count(through asOf: Instant) -> Int { partitioningIndex { $0.asOf > asOf } }
}

extension Array {
  /// The first index from which a condition holds; it must hold for all that follow.
  fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension CalculationDay {
  func track(of portfolio: PortfolioID) throws(CalculationError) -> PortfolioTrackPrefix {
    try kept("track", portfolio) { () throws(CalculationError) in
      try history.track(of: portfolio, asOf: asOf, sessions(of: portfolio))
    }
  }

  /// The sessions of a portfolio from its first one to this day, with its NAV and returns.
  public func history(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> ArraySlice<PortfolioDay> {
    try track(of: portfolio).days
  }
}
