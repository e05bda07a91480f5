import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// A log of judged events in memory, for tests: every append is judged, numbered and folded.
struct Ledger {
  private(set) var state = BookState()
  private(set) var events: [Event] = []

  init(state: BookState = BookState(), events: [Event] = []) {
    self.state = state
    self.events = events
  }

  /// A portfolio `p` in US dollars with 50,000 deposited.
  static func withPortfolio() throws -> Ledger {
    var ledger = Ledger()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "p", name: "Demo")), at: "2000-01-01")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 50_000, reason: .deposit, movement: "seed")),
      at: "2000-01-02")
    return ledger
  }

  /// The same, judged from now on as the branch of a modelling session.
  func branched(_ session: SessionID?) -> Ledger {
    var state = state
    state.session = session
    return Ledger(state: state, events: events)
  }

  @discardableResult
  mutating func append(_ payload: Payload, at time: String, id: String? = nil) throws -> Event {
    try append(payload, at: instant(time), id: id)
  }

  @discardableResult
  mutating func append(
    _ payload: Payload, at time: Instant, id: String? = nil, subject: String? = nil
  ) throws -> Event {
    let event = next(payload, at: time, id: id, subject: subject)
    let judged = try Rules.append(event, to: &state)
    events.append(judged)
    return judged
  }

  /// The event as it would be numbered if it were appended now.
  func next(
    _ payload: Payload, at time: Instant, id: String? = nil, subject: String? = nil
  ) -> Event {
    let sequence = state.head.next
    return Event(
      sequence: sequence, id: .given(id ?? "event-\(sequence)"), effective: time,
      recorded: Self.recorded(sequence), source: "/tests", subject: subject, payload: payload)
  }

  /// When an event of a sequence is recorded: one a minute from 2030 on, after all that happens.
  static func recorded(_ sequence: EventSequence) -> Instant {
    Instant(
      nanosecondsSinceEpoch: 1_893_456_000_000_000_000
        + Int64(sequence.rawValue) * 60_000_000_000)
  }

  /// The state known at a sequence, folded from the beginning.
  func state(knownAt sequence: EventSequence) -> BookState {
    var state = BookState()
    for event in events where event.sequence ?? .zero <= sequence { state.fold(event) }
    return state
  }

  func holdings(asOf time: String = "2029-12-31") -> Holdings { state.resolve(asOf: instant(time)) }

  func position(_ id: PositionID = "a", asOf time: String = "2029-12-31") throws -> Position {
    try #require(try state.position(id, asOf: instant(time)))
  }

  func value(_ id: PositionID = "a", asOf time: String) throws -> PositionValue {
    let holdings = holdings(asOf: time)
    return Valuation(holdings).value(of: try #require(holdings.positions[id]))
  }
}

// Short forms of the events that nearly every test needs.
extension Ledger {
  mutating func enter(
    _ quantity: String, at price: String, on time: String, id: PositionID = "a",
    symbol: Symbol = "AAPL", type: PositionType = .long, fees: String? = nil,
    portfolio: PortfolioID = "p"
  ) throws {
    try append(
      .positionEntered(
        PositionEntered(
          position: id, portfolio: portfolio, symbol: symbol, positionType: type,
          quantity: decimal(quantity), entryPrice: decimal(price),
          fees: fees.map { decimal($0) })),
      at: time)
  }

  @discardableResult
  mutating func exit(
    _ quantity: String? = nil, at price: String, on time: String, id: PositionID = "a",
    exit: ExitID? = nil, fees: String? = nil
  ) throws -> Event {
    try append(
      .positionExited(
        PositionExited(
          position: id, exitPrice: decimal(price), quantity: quantity.map { decimal($0) },
          exit: exit, fees: fees.map { decimal($0) })),
      at: time)
  }

  mutating func split(
    _ ratio: String, over denominator: String? = nil, on time: String, symbol: Symbol = "AAPL"
  ) throws {
    try append(
      .instrumentSplit(
        InstrumentSplit(
          symbol: symbol, ratio: decimal(ratio), denominator: denominator.map { decimal($0) })),
      at: time)
  }

  mutating func close(_ price: String, on date: String, symbol: Symbol = "AAPL") throws {
    let date = try #require(CivilDate(date))
    try append(
      .priceClosed(PriceClosed(symbol: symbol, date: date, close: decimal(price))), at: date.end)
  }

  mutating func dividend(_ amount: String, on time: String, symbol: Symbol = "AAPL") throws {
    try append(
      .instrumentDividend(InstrumentDividend(symbol: symbol, amount: decimal(amount))), at: time)
  }

  @discardableResult
  mutating func correct(
    _ id: PositionID = "a", exit: ExitID? = nil, quantity: String? = nil,
    entryPrice: String? = nil, exitPrice: String? = nil, entryTime: String? = nil,
    exitTime: String? = nil, symbol: Symbol? = nil, type: PositionType? = nil,
    on time: String = "2025-12-31"
  ) throws -> Event {
    try append(
      .positionCorrected(
        PositionCorrected(
          position: id, reason: "test", exit: exit, quantity: quantity.map { decimal($0) },
          entryPrice: entryPrice.map { decimal($0) }, exitPrice: exitPrice.map { decimal($0) },
          entryTime: entryTime.map { instant($0) }, exitTime: exitTime.map { instant($0) },
          symbol: symbol, positionType: type)),
      at: time)
  }

  mutating func void(_ id: PositionID = "a", exit: ExitID? = nil) throws {
    try append(
      .positionVoided(PositionVoided(position: id, reason: "test", exit: exit)), at: "2025-12-31")
  }
}

/// A date alone is the end of that day.
func instant(_ text: String) -> Instant {
  if let date = CivilDate(text) { return date.end }
  guard let instant = Instant(text) else { preconditionFailure("no time: \(text)") }
  return instant
}

func decimal(_ text: String) -> ExactDecimal {
  guard let decimal = try? ExactDecimal(text) else { preconditionFailure("no number: \(text)") }
  return decimal
}
