public import Events
internal import ExactNumbers
internal import Records

/// Values holdings at the prices known as of their time.
///
/// It works sessions out once a benchmark, so keep one for many questions.
public struct Valuation: Sendable {
  public let holdings: Holdings
  private let calendars: [Symbol: SessionCalendar]

  public init(_ holdings: Holdings) {
    self.init(holdings) { benchmark in
      holdings.market.sessions(benchmark: benchmark, asOf: holdings.asOf)
    }
  }

  /// - Parameter sessions: Gives the sessions of a benchmark known by the holdings' time, for who has
  ///   worked them out already.
  public init(_ holdings: Holdings, sessions: (Symbol) -> SessionCalendar) {
    self.holdings = holdings
    var calendars: [Symbol: SessionCalendar] = [:]
    for portfolio in holdings.portfolios.values where calendars[portfolio.benchmark] == nil {
      calendars[portfolio.benchmark] = sessions(portfolio.benchmark)
    }
    self.calendars = calendars
  }

  /// Parameter `price.stale_sessions` where it is not set.
  public static let defaultStaleSessions: Int64 = 5

  /// The price of a symbol as of the holdings' time (C-01); null where none is known.
  public func price(of symbol: Symbol) -> MarketPrice? {
    holdings.market.price(of: symbol, asOf: holdings.asOf)
  }

  /// The sessions of a portfolio known by the holdings' time.
  public func sessions(for portfolio: PortfolioID) -> SessionCalendar {
    let benchmark = holdings.portfolios[portfolio]?.benchmark ?? PortfolioDetails.defaultBenchmark
    return calendars[benchmark]
      ?? holdings.market.sessions(benchmark: benchmark, asOf: holdings.asOf)
  }

  /// What a position of these holdings is worth.
  public func value(of position: Position) -> PositionValue {
    let asOf = holdings.asOf
    let day = SessionDay(sessions(for: position.portfolio), asOf: asOf)
    let moment = Moment(
      position: position.id, asOf: asOf, symbol: position.symbol, type: position.type,
      terms: position.terms, multiplier: position.multiplier, quantity: position.quantity,
      entryPrice: position.entryPrice, isOpenedToday: day.contains(position.entryTime),
      exits: position.exits.filter { day.contains($0.time) }
        .map { ($0.quantity, $0.price, $0.realizedPnL) },
      dividends: position.dividends.filter { day.contains($0.stamp.effective) }.map(\.amount))
    return moment.value(
      day, in: holdings.market,
      staleSessions: staleSessions(holdings.parameter(_:portfolio:), position.portfolio),
      traded: { symbol, terms, time in
        holdings.market.tradedPrice(of: symbol, terms, asOf: time)
      })
  }
}

/// The session a moment belongs to: from the end of the session before up to the moment.
struct SessionDay {
  let calendar: SessionCalendar
  let date: CivilDate
  /// End of the session before; null where no earlier session is known.
  let priorEnd: Instant?

  init(_ calendar: SessionCalendar, asOf: Instant) {
    self.calendar = calendar
    date = calendar.session(onOrBefore: asOf.date) ?? asOf.date
    priorEnd = calendar.session(before: date)?.end
  }

  /// Whether something happened since the session before ended.
  func contains(_ time: Instant) -> Bool { time > priorEnd ?? beforeDate }

  private var beforeDate: Instant { date.advanced(byDays: -1).end }
}

extension Moment {
  /// - Parameter traded: The price of a symbol, or of an option by its terms, as traded at a time.
  func value(
    _ day: SessionDay, in market: Market, staleSessions: Int64,
    traded: (Symbol, ContractTerms?, Instant) -> MarketPrice?
  ) -> PositionValue {
    let now = traded(symbol, terms, asOf)
    let price = market.adjusted(now, of: symbol, terms, asOf: asOf)
    let prior = day.priorEnd.flatMap { end in
      market.adjusted(traded(symbol, terms, end), of: symbol, terms, asOf: asOf)
    }
    let underlying = terms.flatMap { terms in
      market.adjusted(
        traded(terms.underlying, nil, asOf), of: terms.underlying, nil, asOf: asOf)
    }
    let pricedOn = min(asOf, Market.pricingTime(terms, asOf: asOf)).date
    let isStale =
      now.map { Int64(day.calendar.count(after: $0.date, through: pricedOn)) > staleSessions }
      ?? false
    return value(
      date: day.date, price: price, prior: prior, underlying: underlying, isStale: isStale)
  }
}

/// The parameter `price.stale_sessions` of a portfolio.
func staleSessions(
  _ parameter: (String, PortfolioID?) -> JSONValue?, _ portfolio: PortfolioID
) -> Int64 {
  guard case .number(let number)? = parameter("price.stale_sessions", portfolio),
    let sessions = try? number.decimal().integerValue, (0...10_000).contains(sessions)
  else { return Valuation.defaultStaleSessions }
  return sessions
}
