import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// A what-if branch in memory: a book, and what is recorded on top of it.
struct BranchFixture {
  /// The facts the branch stands on.
  let base: BookState
  private(set) var book: BookFixture
  /// Own events, in order.
  private(set) var own: [Event] = []

  init(_ book: BookFixture) {
    var base = book.state
    base.session = "s"
    self.base = base
    self.book = book
  }

  /// The facts with the branch's own.
  var state: BookState {
    var state = book.state
    state.session = "s"
    return state
  }

  var changes: [ModelChange] { ModelChange.changes(of: own, base: base) }

  @discardableResult
  mutating func append(
    _ payload: Payload, at time: String, correlation: String? = nil
  ) throws -> Event {
    var event = try book.append(payload, at: time)
    event.correlation = correlation
    own.append(event)
    return event
  }

  func impact(
    on day: String = FactorExposureTests.last, _ portfolio: PortfolioID? = "p",
    marginals: Bool = false
  ) throws -> Impact {
    try Impact(
      base: base, events: own, date: try #require(CivilDate(day)), portfolio: portfolio,
      marginals: marginals)
  }

  /// The metrics of a state, by the way that knows of no branch.
  func metrics(
    of state: BookState, _ portfolio: PortfolioID, on day: String = FactorExposureTests.last
  ) throws -> ImpactMetrics {
    try ImpactMetrics(
      CalculationDay(state, date: try #require(CivilDate(day))), portfolio)
  }
}

// Short forms of what is modelled.
extension BranchFixture {
  mutating func enter(
    _ quantity: String, _ symbol: Symbol, at price: String, id: PositionID,
    type: PositionType = .long, portfolio: PortfolioID = "p", on time: String = ModelTime.day
  ) throws {
    try append(
      .positionEntered(
        PositionEntered(
          position: id, portfolio: portfolio, symbol: symbol, positionType: type,
          quantity: BookFixture.decimal(quantity), entryPrice: BookFixture.decimal(price))),
      at: time)
  }

  mutating func exit(
    _ quantity: String? = nil, at price: String, id: PositionID, on time: String = ModelTime.day
  ) throws {
    try append(
      .positionExited(
        PositionExited(
          position: id, exitPrice: BookFixture.decimal(price),
          quantity: quantity.map { BookFixture.decimal($0) })),
      at: time)
  }

  mutating func void(_ id: PositionID, exit: ExitID? = nil) throws {
    try append(
      .positionVoided(PositionVoided(position: id, reason: "mistaken", exit: exit)),
      at: ModelTime.day)
  }

  mutating func tick(_ price: String, _ symbol: Symbol, correlation: String? = nil) throws {
    try append(
      .priceTicked(PriceTicked(symbol: symbol, price: BookFixture.decimal(price))),
      at: ModelTime.day, correlation: correlation)
  }

  mutating func close(_ price: String, _ symbol: Symbol, on date: String) throws {
    let day = try #require(CivilDate(date))
    try append(
      .priceClosed(PriceClosed(symbol: symbol, date: day, close: BookFixture.decimal(price))),
      at: date)
  }

  mutating func move(
    _ amount: ExactDecimal, _ reason: CashReason = .deposit, portfolio: PortfolioID = "p"
  ) throws {
    try append(
      .cashMoved(CashMoved(portfolio: portfolio, amount: amount, reason: reason)),
      at: ModelTime.day)
  }

  mutating func define(_ scenario: ScenarioID, market shock: String) throws {
    try append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: scenario, name: scenario.rawValue, scenarioType: .custom, sortOrder: 1,
          shocks: [Shock(factor: "market_beta", shock: BookFixture.decimal(shock))])),
      at: ModelTime.day)
  }
}

enum ModelTime {
  /// When trades are modelled: the end of the day that is asked about.
  static let day = FactorExposureTests.last
}

extension MetricValue {
  static func dollars(_ amount: ExactDecimal) -> MetricValue { .money(Money(amount)) }
}
