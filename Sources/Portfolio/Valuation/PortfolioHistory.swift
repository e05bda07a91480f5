public import Events
public import ExactNumbers
internal import Records

/// The histories of a book's portfolios.
///
/// Each position is walked once, whatever the number of sessions, and prices at the ends of sessions
/// are looked up once a symbol. Memory beyond the state is one row a session.
public struct PortfolioHistories {
  private let state: BookState
  private let asOf: Instant
  private let model: PriceModel?
  private var calendars: [Symbol: SessionCalendar] = [:]
  private var positions: [PortfolioID: [PositionID]] = [:]
  /// A movement that was restated for another portfolio is with both.
  private var movements: [PortfolioID: [MovementID]] = [:]

  /// - Parameters:
  ///   - asOf: The cut: no session later than its date, and on that date nothing later.
  ///   - model: Prices options without a quote; without it they have no price.
  public init(_ state: BookState, asOf: Instant, model: PriceModel? = nil) {
    self.state = state
    self.asOf = asOf
    self.model = model
    for (id, facts) in state.positions {
      guard let portfolio = facts.origin?.portfolio else { continue }
      positions[portfolio, default: []].append(id)
    }
    for (id, history) in state.movements {
      for portfolio in Set(history.ascending.map(\.value.portfolio)) {
        movements[portfolio, default: []].append(id)
      }
    }
  }

  /// The sessions of a portfolio known by the cut.
  public mutating func calendar(for portfolio: PortfolioID) -> SessionCalendar {
    let benchmark =
      state.portfolio(referredTo: portfolio, asOf: asOf)?.benchmark
      ?? PortfolioDetails.defaultBenchmark
    if let calendar = calendars[benchmark] { return calendar }
    let calendar = state.market.sessions(benchmark: benchmark, asOf: asOf)
    calendars[benchmark] = calendar
    return calendar
  }

  /// A portfolio at the end of each of its sessions up to the cut, from the first one on or after
  /// it was opened, or before that was funded or held something. Empty for one that is not known by
  /// the cut, or has had no session yet.
  ///
  /// Each day says what ``Valuation/portfolio(_:)`` says as of it.
  ///
  /// - Throws: ``NumberError`` where a number is out of range for exact arithmetic.
  public mutating func history(
    of portfolio: PortfolioID
  ) throws(NumberError) -> PortfolioHistory {
    let details = state.portfolio(referredTo: portfolio, asOf: asOf)
    let currency = details?.currency ?? PortfolioDetails.defaultCurrency
    let calendar = calendar(for: portfolio)
    let positions = positions[portfolio] ?? []
    let movements = (movements[portfolio] ?? []).compactMap { state.movements[$0] }
    let beginnings =
      [details?.openedAt].compactMap(\.self)
      + movements.compactMap { history in
        history.ascending.first { $0.value.portfolio == portfolio }?.stamp.effective
      }
      + positions.compactMap { id -> Instant? in
        state.positions[id].flatMap { $0.void == nil ? $0.entry?.stamp.effective : nil }
      }
    guard let start = beginnings.min(), start <= asOf else {
      return PortfolioHistory(portfolio: portfolio, currency: currency, days: [])
    }
    let first = calendar.count(through: start.date.advanced(byDays: -1))
    var ledger = PortfolioLedger(
      portfolio, state, calendar, days: calendar.dates[first...], asOf: asOf, model: model)
    for movement in movements { try ledger.add(movement) }
    let held = Dictionary(grouping: positions.compactMap { ledger.holding($0) }, by: \.priced)
    for (priced, holdings) in held { try ledger.add(holdings, priced) }
    return PortfolioHistory(portfolio: portfolio, currency: currency, days: try ledger.totalled())
  }
}
