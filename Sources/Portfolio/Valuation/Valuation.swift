public import Events
internal import ExactNumbers
internal import Records

/// Values holdings at the prices known as of their time.
///
/// It works sessions out once a benchmark, so keep one for many questions.
public struct Valuation {
  public let holdings: Holdings
  private let calendars: [Symbol: SessionCalendar]
  private let model: PriceModel?

  /// - Parameter model: Prices options without a quote; without it they have no price.
  public init(_ holdings: Holdings, model: PriceModel? = nil) {
    self.init(holdings, model: model) { benchmark in
      holdings.market.sessions(benchmark: benchmark, asOf: holdings.asOf)
    }
  }

  /// - Parameters:
  ///   - model: Prices options without a quote; without it they have no price.
  ///   - sessions: Gives the sessions of a benchmark known by the holdings' time, for who has worked
  ///     them out already.
  public init(
    _ holdings: Holdings, model: PriceModel? = nil, sessions: (Symbol) -> SessionCalendar
  ) {
    self.holdings = holdings
    self.model = model
    var calendars: [Symbol: SessionCalendar] = [:]
    for portfolio in holdings.portfolios.values where calendars[portfolio.benchmark] == nil {
      calendars[portfolio.benchmark] = sessions(portfolio.benchmark)
    }
    self.calendars = calendars
  }

  /// The parameter that says whether an option without a quote has a model's price: `model`,
  /// or `null`.
  public static let unquotedOptionsParameter = "valuation.unquoted_options"

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
      position: position.id, portfolio: position.portfolio, entered: position.entryTime, asOf: asOf,
      symbol: position.symbol, type: position.type,
      terms: position.terms, multiplier: position.multiplier, quantity: position.quantity,
      entryPrice: position.entryPrice, isOpenedToday: day.contains(position.entryTime),
      exits: position.exits.filter { day.contains($0.time) }
        .map { ($0.quantity, $0.price, $0.realizedPnL) },
      dividends: position.dividends.filter { day.contains($0.stamp.effective) }.map(\.amount))
    return moment.value(
      day, in: holdings.market,
      staleSessions: staleSessions(holdings.parameter(_:portfolio:), position.portfolio),
      model: model,
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
  /// - Parameters:
  ///   - model: Prices an option that was never traded.
  ///   - traded: The price of a symbol, or of an option by its terms, as traded at a time.
  func value(
    _ day: SessionDay, in market: Market, staleSessions: Int64, model: PriceModel?,
    traded: (Symbol, ContractTerms?, Instant) -> MarketPrice?
  ) -> PositionValue {
    let quoted = traded(symbol, terms, asOf)
    let now = quoted ?? modelled(at: asOf, model, market)
    let price =
      quoted == nil ? now : market.adjusted(quoted, of: symbol, terms, asOf: asOf)
    let prior = day.priorEnd.flatMap { end in
      traded(symbol, terms, end).map {
        market.adjusted($0, of: symbol, terms, asOf: asOf)
      } ?? modelled(at: end, model, market)
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

extension Moment {
  private func modelled(
    at time: Instant, _ model: PriceModel?, _ market: Market
  ) -> MarketPrice? {
    guard let model, let terms else { return nil }
    let option = HeldOption(
      position: position, portfolio: portfolio, symbol: symbol, terms: terms, entered: entered)
    return model.price(of: option, at: time, inUnitsOf: asOf, market)
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
