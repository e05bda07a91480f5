import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// A book in memory, for tests: every event is judged, numbered and folded; days are calculated
/// from its state.
struct BookFixture {
  private(set) var state = BookState()

  /// A portfolio `p` in US dollars, opened on 2000-01-01, with the given deposit of the same day.
  static func withPortfolio(deposit: ExactDecimal? = 50_000) throws -> BookFixture {
    var book = BookFixture()
    try book.open("p")
    if let deposit { try book.move(deposit, .deposit, on: "2000-01-01") }
    return book
  }

  @discardableResult
  mutating func append(_ payload: Payload, at time: Instant) throws -> Event {
    let sequence = state.head.next
    let event = Event(
      sequence: sequence, id: .given("event-\(sequence)"), effective: time,
      recorded: Self.recorded(sequence), source: "/tests", subject: nil, payload: payload)
    return try Rules.append(event, to: &state)
  }

  @discardableResult
  mutating func append(_ payload: Payload, at time: String) throws -> Event {
    try append(payload, at: Self.instant(time))
  }

  /// When an event of a sequence is recorded: one a minute from 2030 on, after all that happens.
  static func recorded(_ sequence: EventSequence) -> Instant {
    Instant(
      nanosecondsSinceEpoch: 1_893_456_000_000_000_000
        + Int64(sequence.rawValue) * 60_000_000_000)
  }

  /// Everything calculated as of the end of a date, or as of a moment.
  func day(_ time: String, history: MarketHistory? = nil) -> CalculationDay {
    let instant = Self.instant(time)
    return CalculationDay(
      state, date: instant.date, asOf: CivilDate(time) == nil ? instant : nil, history: history)
  }

  /// A date alone is the end of that day.
  static func instant(_ text: String) -> Instant {
    if let date = CivilDate(text) { return date.end }
    guard let instant = Instant(text) else { preconditionFailure("no time: \(text)") }
    return instant
  }

  static func decimal(_ text: String) -> ExactDecimal {
    guard let decimal = try? ExactDecimal(text) else { preconditionFailure("no number: \(text)") }
    return decimal
  }
}

// Short forms of the events that nearly every test needs.
extension BookFixture {
  mutating func open(
    _ portfolio: PortfolioID, benchmark: Symbol? = nil, on time: String = "2000-01-01T00:00:00Z"
  ) throws {
    try append(
      .portfolioOpened(
        PortfolioOpened(
          portfolio: portfolio, name: portfolio.rawValue, benchmark: benchmark)),
      at: time)
  }

  mutating func move(
    _ amount: ExactDecimal, _ reason: CashReason, on time: String, portfolio: PortfolioID = "p"
  ) throws {
    try append(
      .cashMoved(CashMoved(portfolio: portfolio, amount: amount, reason: reason)), at: time)
  }

  mutating func enter(
    _ quantity: String, _ symbol: Symbol = "AAPL", at price: String, on time: String,
    id: PositionID = "a", type: PositionType = .long, fees: String? = nil,
    portfolio: PortfolioID = "p"
  ) throws {
    try append(
      .positionEntered(
        PositionEntered(
          position: id, portfolio: portfolio, symbol: symbol, positionType: type,
          quantity: Self.decimal(quantity), entryPrice: Self.decimal(price),
          fees: fees.map { Self.decimal($0) })),
      at: time)
  }

  mutating func exit(
    _ quantity: String? = nil, at price: String, on time: String, id: PositionID = "a",
    fees: String? = nil
  ) throws {
    try append(
      .positionExited(
        PositionExited(
          position: id, exitPrice: Self.decimal(price), quantity: quantity.map { Self.decimal($0) },
          fees: fees.map { Self.decimal($0) })),
      at: time)
  }

  mutating func close(_ price: String, _ symbol: Symbol = "AAPL", on date: String) throws {
    let date = try #require(CivilDate(date))
    try append(
      .priceClosed(PriceClosed(symbol: symbol, date: date, close: Self.decimal(price))),
      at: date.end)
  }

  mutating func split(_ ratio: String, _ symbol: Symbol = "AAPL", on time: String) throws {
    try append(
      .instrumentSplit(InstrumentSplit(symbol: symbol, ratio: Self.decimal(ratio))), at: time)
  }

  mutating func dividend(_ amount: String, _ symbol: Symbol = "AAPL", on time: String) throws {
    try append(
      .instrumentDividend(InstrumentDividend(symbol: symbol, amount: Self.decimal(amount))),
      at: time)
  }

  mutating func rate(_ percent: String, _ series: RateSeriesID, on time: String) throws {
    try append(.rateSet(RateSet(series: series, value: Self.decimal(percent))), at: time)
  }

  mutating func set(
    _ parameter: String, _ value: JSONValue, portfolio: PortfolioID? = nil,
    on time: String = "2000-01-01"
  ) throws {
    try append(
      .parameterSet(ParameterSet(name: parameter, value: value, portfolio: portfolio)), at: time)
  }
}

/// The tiny book of the calculations page, section 0: as of 2025-07-01 its net asset value is
/// 50,700, the day's result 450.
extension BookFixture {
  static let call: Symbol = "AAPL250929C00165000"
  static let put: Symbol = "SPY250830P00500000"

  static func tinyBook() throws -> BookFixture {
    var book = try withPortfolio()
    let rows: [(PositionID, Symbol, PositionType, String, String, String, String)] = [
      ("1", "AAPL", .long, "100", "150", "158", "160"),
      ("2", "MSFT", .short, "50", "380", "388", "390"),
      ("3", call, .longCall, "10", "5.5", "7", "7.2"),
      ("4", put, .shortPut, "5", "8.25", "6.3", "6"),
    ]
    for (id, symbol, type, quantity, price, _, _) in rows {
      try book.enter(quantity, symbol, at: price, on: "2025-06-02", id: id, type: type)
    }
    // What the entries cost, so that cash stands at 50,000: 15,000 − 19,000 + 5,500 − 4,125.
    try book.move(-2_625, .withdrawal, on: "2025-06-03")
    for (_, symbol, _, _, _, before, now) in rows {
      try book.close(before, symbol, on: "2025-06-30")
      try book.close(now, symbol, on: "2025-07-01")
    }
    try book.close("528", "SPY", on: "2025-06-30")
    try book.close("530", "SPY", on: "2025-07-01")
    return book
  }
}

extension CalculatedRows {
  /// The cells of a column, in canonical form.
  func column(_ name: String) -> [String] {
    let index = table.columns.firstIndex(of: name)!
    return rows.map { $0[index].canonicalText }
  }
}
