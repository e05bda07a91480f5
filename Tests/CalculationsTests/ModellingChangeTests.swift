import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("6.1: what an own event of a branch is as a change")
struct ModellingChangeTests {
  /// 1 AAPL 100 LONG, 2 MSFT 50 SHORT, 3 XOM 100 LONG of which `x` sold 10; a tag `t`.
  static func branch() throws -> BranchFixture {
    var book = try FactorExposureTests.example()
    try book.append(
      .positionExited(
        PositionExited(
          position: "3", exitPrice: 200, quantity: 10, exit: "x")),
      at: "2025-06-10")
    try book.append(
      .tagCreated(TagCreated(tag: "t", name: "Core", tagType: .regular)), at: "2025-06-02")
    return BranchFixture(book)
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let kind: String
    let payload: Payload
    /// Null: no change.
    let type: ModelChangeType?
    var symbol: Symbol?
    var position: PositionID?
    var quantity: ExactDecimal?
    var price: ExactDecimal?
    var side: TradeSide?
    var tags: [TagID] = []
    var scenario: ScenarioID?
    var note: String?
    var portfolio: PortfolioID? = "p"

    var testDescription: String { "\(kind) \(note ?? "")" }
  }

  static let cases: [Case] = trades + labels + facts

  static let trades: [Case] = [
    Case(
      kind: "position.entered",
      payload: .positionEntered(
        PositionEntered(
          position: "n", portfolio: "p", symbol: "AAPL", positionType: .long, quantity: 5,
          entryPrice: 160)),
      type: .add, symbol: "AAPL", position: "n", quantity: 5, price: 160, side: .buy),
    Case(
      kind: "position.entered",
      payload: .positionEntered(
        PositionEntered(
          position: "n", portfolio: "p", symbol: BookFixture.put, positionType: .shortPut,
          quantity: 5, entryPrice: 6)),
      type: .add, symbol: BookFixture.put, position: "n", quantity: 5, price: 6, side: .sellShort),
    Case(
      kind: "position.exited",
      payload: .positionExited(PositionExited(position: "1", exitPrice: 161, quantity: 40)),
      type: .resize, symbol: "AAPL", position: "1", quantity: 40, price: 161, side: .sell),
    Case(
      kind: "position.exited",
      payload: .positionExited(PositionExited(position: "1", exitPrice: 161, reason: .sold)),
      type: .close, symbol: "AAPL", position: "1", quantity: 100, price: 161, side: .sell,
      note: "sold"),
    Case(
      kind: "position.exited",
      payload: .positionExited(PositionExited(position: "2", exitPrice: 390)), type: .close,
      symbol: "MSFT", position: "2", quantity: 50, price: 390, side: .buy),
    Case(
      kind: "position.corrected",
      payload: .positionCorrected(
        PositionCorrected(position: "1", reason: "typing error", quantity: 90)),
      type: .resize, symbol: "AAPL", position: "1", quantity: 90, price: 160, note: "typing error"),
    Case(
      kind: "position.corrected",
      payload: .positionCorrected(
        PositionCorrected(position: "3", reason: "fill", exit: "x", exitPrice: 199)),
      type: .resize, symbol: "XOM", position: "3", quantity: 10, price: 199, note: "fill"),
    Case(
      kind: "position.voided",
      payload: .positionVoided(PositionVoided(position: "1", reason: "never filled")),
      type: .close, symbol: "AAPL", position: "1", note: "never filled"),
    Case(
      kind: "position.voided",
      payload: .positionVoided(PositionVoided(position: "3", reason: "busted", exit: "x")),
      type: .resize, symbol: "XOM", position: "3", note: "busted"),
  ]

  static let labels: [Case] = [
    Case(
      kind: "position.tagged", payload: .positionTagged(PositionTagged(position: "1", tag: "t")),
      type: .retag, symbol: "AAPL", position: "1", tags: ["t"]),
    Case(
      kind: "position.attributed",
      payload: .positionAttributed(
        PositionAttributed(position: "1", name: "thesis", value: "growth")),
      type: .retag, symbol: "AAPL", position: "1", note: "thesis"),
    Case(
      kind: "position.related",
      payload: .positionRelated(
        PositionRelated(position: "2", other: "1", relation: .hedges)),
      type: .retag, symbol: "MSFT", position: "2", note: "hedges 1"),
    Case(
      kind: "tag.created",
      payload: .tagCreated(TagCreated(tag: "u", name: "Hedge", tagType: .strategy)), type: .retag,
      tags: ["u"], note: "Hedge", portfolio: nil),
    Case(
      kind: "tag.retired", payload: .tagRetired(TagRetired(tag: "t")), type: .retag, tags: ["t"],
      portfolio: nil),
    Case(
      kind: "strategy.created",
      payload: .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "Pair")),
      type: .retag, note: "g"),
  ]

  static let facts: [Case] = [
    Case(
      kind: "cash.moved",
      payload: .cashMoved(CashMoved(portfolio: "p", amount: -500, reason: .withdrawal)),
      type: .cash, quantity: -500, note: "withdrawal"),
    Case(
      kind: "price.ticked", payload: .priceTicked(PriceTicked(symbol: "AAPL", price: 150)),
      type: .priceOverride, symbol: "AAPL", price: 150, portfolio: nil),
    Case(
      kind: "quote.updated",
      payload: .quoteUpdated(QuoteUpdated(symbol: "AAPL", bid: 150, ask: 151)),
      type: .priceOverride, symbol: "AAPL", portfolio: nil),
    Case(
      kind: "volatility.quoted",
      payload: .volatilityQuoted(
        VolatilityQuoted(symbol: "AAPL", volatility: BookFixture.decimal("0.4"))),
      type: .priceOverride, symbol: "AAPL", note: "volatility 0.4", portfolio: nil),
    Case(
      kind: "rate.set", payload: .rateSet(RateSet(series: "DGS10", value: 6)), type: .scenario,
      price: 6, note: "DGS10", portfolio: nil),
    Case(
      kind: "short.reported",
      payload: .shortReported(ShortReported(symbol: "AAPL", daysToCover: 4)), type: .scenario,
      symbol: "AAPL", portfolio: nil),
    Case(
      kind: "parameter.set",
      payload: .parameterSet(
        ParameterSet(name: "beta.cap", value: .number(JSONNumber(Int64(2))), portfolio: "p")),
      type: .scenario, note: "beta.cap"),
    Case(
      kind: "scenario.defined",
      payload: .scenarioDefined(
        ScenarioDefined(
          scenario: "s", name: "Crash", scenarioType: .custom, sortOrder: 1,
          shocks: [Shock(factor: "market_beta", shock: -1)])),
      type: .scenario, scenario: "s", note: "Crash", portfolio: nil),
    Case(
      kind: "factor.retired",
      payload: .factorRetired(FactorRetired(factor: "market_beta")), type: .scenario,
      note: "market_beta", portfolio: nil),
    Case(
      kind: "instrument.split",
      payload: .instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: 2)), type: .scenario,
      symbol: "AAPL", portfolio: nil),
    Case(
      kind: "portfolio.changed",
      payload: .portfolioChanged(PortfolioChanged(portfolio: "p", name: "Main")), type: nil),
    Case(
      kind: "day.closed",
      payload: .dayClosed(DayClosed(date: FactorExposureTests.last.date)), type: nil),
  ]

  @Test("each kind has its place", arguments: cases)
  func kind(_ expected: Case) throws {
    var branch = try Self.branch()
    let event = try branch.append(expected.payload, at: ModelTime.day)
    #expect(event.kindName == expected.kind)
    let changes = branch.changes
    guard let type = expected.type else {
      #expect(changes.isEmpty)
      return
    }
    let change = try #require(changes.first)
    #expect(changes.count == 1)
    #expect(change.number == 1)
    #expect(change.type == type)
    #expect(change.sequence == event.sequence)
    #expect(change.event == event)
    #expect(change.portfolio == expected.portfolio)
    #expect(change.symbol == expected.symbol)
    #expect(change.position == expected.position)
    #expect(change.quantity == expected.quantity)
    #expect(change.price == expected.price)
    #expect(change.side == expected.side)
    #expect(change.tags == expected.tags)
    #expect(change.scenario == expected.scenario)
    #expect(change.note == expected.note)
    #expect(!change.isReverted)
  }

  @Test("an exit closes where nothing is open at its time, whenever it was recorded")
  func closeOrResize() throws {
    var branch = try Self.branch()
    try branch.exit("60", at: "160", id: "1")
    try branch.exit("40", at: "160", id: "1", on: "2025-06-20")
    #expect(branch.changes.map(\.type) == [.resize, .resize])
    branch = try Self.branch()
    try branch.exit("60", at: "160", id: "1", on: "2025-06-20")
    try branch.exit("40", at: "160", id: "1")
    #expect(branch.changes.map(\.type) == [.resize, .close])
  }

  @Test("a void of an own entry takes back all that is about it, and nothing else")
  func revertedEntry() throws {
    var branch = try Self.branch()
    try branch.enter("10", "AAPL", at: "160", id: "n", on: "2025-06-20")
    try branch.exit("4", at: "160", id: "n")
    try branch.append(
      .positionTagged(PositionTagged(position: "n", tag: "t")), at: ModelTime.day)
    try branch.exit("50", at: "160", id: "1")
    try branch.void("n")
    #expect(branch.changes.map(\.type) == [.add, .resize, .retag, .resize])
    #expect(branch.changes.map(\.isReverted) == [true, true, true, false])
    #expect(branch.changes.map(\.number) == [1, 2, 3, 4])
    // The first three count for nothing, together and one by one.
    var alone = try Self.branch()
    try alone.exit("50", at: "160", id: "1")
    let impact = try #require(try branch.impact(marginals: true).portfolios.first)
    #expect(impact.metrics == (try #require(try alone.impact().portfolios.first)).metrics)
    let parts = try #require(impact.marginals)
    for part in parts.dropLast() {
      #expect(part.deltas.allSatisfy { [.unknown, .dollars(0), .count(0), .real(0)].contains($0) })
    }
    #expect(parts.last?.deltas == impact.metrics.map(\.delta))
  }

  @Test("a void of an own exit takes back that one, with its correction")
  func revertedExit() throws {
    var branch = try Self.branch()
    let exit = try branch.append(
      .positionExited(PositionExited(position: "1", exitPrice: 160, quantity: 20)),
      at: ModelTime.day)
    let id = ExitID(Event.givenID(exit))
    try branch.append(
      .positionCorrected(
        PositionCorrected(position: "1", reason: "fill", exit: id, exitPrice: 161)),
      at: ModelTime.day)
    try branch.exit("30", at: "160", id: "1")
    try branch.void("1", exit: id)
    #expect(branch.changes.map(\.isReverted) == [true, true, false])
    let impact = try #require(try branch.impact().portfolios.first)
    #expect(try #require(impact["cash_value"]).delta == .dollars(4_800))
  }

  @Test("what is recorded about an ancestor's position stands where that is voided")
  func voidedAncestor() throws {
    var branch = try Self.branch()
    try branch.exit("30", at: "160", id: "1")
    try branch.void("1")
    #expect(branch.changes.map(\.type) == [.resize, .close])
    #expect(branch.changes.map(\.isReverted) == [false, false])
    let impact = try #require(try branch.impact(marginals: true).portfolios.first)
    #expect(try #require(impact["num_positions"]).delta == .count(-1))
  }

  @Test("an id that was minted is told by whoever knows its text")
  func mintedID() throws {
    var branch = try Self.branch()
    try branch.exit("30", at: "160", id: "1")
    let changes = ModelChange.changes(of: branch.own, base: branch.base) { _ in "minted" }
    #expect(changes.map(\.eventID) == ["minted"])
    #expect(changes.first?.payload["id"] == "minted")
  }
}

extension String {
  /// A date that a test names.
  fileprivate var date: CivilDate {
    guard let date = CivilDate(self) else { preconditionFailure("no date: \(self)") }
    return date
  }
}
