public import Events
public import ExactNumbers
internal import Records

/// A position's value session by session: the rows of `position_valuations`.
///
/// Prices at the ends of sessions are looked up once a symbol and shared by its positions.
public struct ValuationSeries {
  private let state: BookState
  private let asOf: Instant
  private let model: PriceModel?
  private var calendars: [Symbol: SessionCalendar] = [:]
  private var endPrices: [Symbol: EndPrices] = [:]

  /// - Parameters:
  ///   - asOf: The cut: no session later than its date, and on that date nothing later.
  ///   - model: Prices options without a quote; without it they have no price.
  public init(_ state: BookState, asOf: Instant, model: PriceModel? = nil) {
    self.state = state
    self.asOf = asOf
    self.model = model
  }

  /// One value for each session from the entry to the closing exit, or to the cut; each as of the
  /// end of its session, or of the cut where that is earlier. Empty for a position that is not
  /// known, voided, or entered later.
  ///
  /// - Throws: ``NumberError`` where the position's numbers are out of range.
  public mutating func values(of id: PositionID) throws(NumberError) -> [PositionValue] {
    guard let portfolio = state.portfolio(of: id), let entry = state.positions[id]?.entry else {
      return []
    }
    let calendar = calendar(for: portfolio)
    let first = calendar.count(through: entry.stamp.effective.date.advanced(byDays: -1))
    return try values(of: id, on: calendar.dates[first...])
  }

  /// One value for each of the given dates from the entry to the first one on which nothing is left;
  /// each as of the end of its date, or of the cut where that is earlier. Sessions still decide what
  /// the price before was, and how old a price is.
  ///
  /// - Parameter dates: Ascending, none after the date of the cut.
  /// - Throws: ``NumberError`` where the position's numbers are out of range.
  public mutating func values(
    of id: PositionID, on dates: some Collection<CivilDate>
  ) throws(NumberError) -> [PositionValue] {
    guard let facts = state.positions[id], facts.void == nil, let origin = facts.origin,
      let entry = facts.entry, entry.stamp.effective <= asOf, var walk = state.walk(facts)
    else { return [] }
    let calendar = calendar(for: origin.portfolio)
    let terms = state.terms(of: entry, origin)
    let credits = try state.dividendCredits(of: walk, asOf: asOf)
    let stale = staleSessions(
      { name, portfolio in
        (state.parameter(name, portfolio: portfolio, asOf: asOf)
          ?? state.parameter(name, portfolio: nil, asOf: asOf))?.value
      }, origin.portfolio)
    var values: [PositionValue] = []
    for date in dates {
      let end = min(date.end, asOf)
      // The entry may lie behind the cut on the cut's own date.
      guard entry.stamp.effective <= end else { continue }
      let day = SessionDay(calendar, asOf: end)
      try walk.advance(through: end)
      let moment = Moment(
        position: id, portfolio: origin.portfolio, entered: entry.stamp.effective, asOf: end,
        symbol: entry.symbol, type: entry.type, terms: terms,
        multiplier: walk.multiplier, quantity: walk.signed(walk.open),
        entryPrice: try walk.entryPrice(), isOpenedToday: day.contains(entry.stamp.effective),
        exits: try walk.signedExits(in: day),
        dividends: credits.filter { day.contains($0.stamp.effective) && $0.stamp.effective <= end }
          .map(\.amount))
      values.append(
        moment.value(day, in: state.market, staleSessions: stale, model: model) {
          symbol, terms, time in
          tradedPrice(of: symbol, terms, at: time)
        })
      if walk.open.isZero { break }
    }
    return values
  }

  private mutating func calendar(for portfolio: PortfolioID) -> SessionCalendar {
    let benchmark =
      state.portfolioDetails(portfolio, asOf: asOf, isReferredTo: true)?.benchmark
      ?? PortfolioDetails.defaultBenchmark
    if let calendar = calendars[benchmark] { return calendar }
    let calendar = state.market.sessions(benchmark: benchmark, asOf: asOf)
    calendars[benchmark] = calendar
    return calendar
  }

  private mutating func tradedPrice(
    of symbol: Symbol, _ terms: ContractTerms?, at time: Instant
  ) -> MarketPrice? {
    // An option past its expiry is priced off the calendar, once.
    if let terms, time.date > terms.expiration {
      return state.market.tradedPrice(of: symbol, terms, asOf: time)
    }
    let price = endPrices[symbol, default: EndPrices()].prices[time]
    if let price { return price }
    let found = state.market.tradedPrice(of: symbol, asOf: time)
    endPrices[symbol, default: EndPrices()].prices[time] = .some(found)
    return found
  }

  /// The prices of a symbol by the time they were looked up for; a null one was not found.
  private struct EndPrices {
    var prices: [Instant: MarketPrice?] = [:]
  }
}

extension PositionWalk {
  /// The exits of a session that have been passed, in the units of the time reached.
  func signedExits(
    in day: SessionDay
  ) throws(NumberError)
    -> [(quantity: Quantity, price: Price, realized: Money)]
  {
    var result: [(quantity: Quantity, price: Price, realized: Money)] = []
    for exit in exits where day.contains(exit.exit.fact.stamp.effective) {
      result.append((signed(exit.quantity), try exit.price(), exit.realized))
    }
    return result
  }
}
