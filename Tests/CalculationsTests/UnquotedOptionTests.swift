import Analytics
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@testable import Calculations

/// C-01, last sentence: an option without a quote has its C-08 value.
@Suite("C-01: options without a quote")
struct UnquotedOptionTests {
  static let last = "2025-07-01"

  /// The tiny book with no price of its two options.
  static func book(_ parameters: [(String, JSONValue)] = []) throws -> BookFixture {
    var book = try BookFixture.withPortfolio()
    try book.enter("100", "AAPL", at: "150", on: "2025-06-02", id: "1")
    try book.enter(
      "10", BookFixture.call, at: "5.5", on: "2025-06-02", id: "3", type: .longCall)
    try book.enter(
      "5", BookFixture.put, at: "8.25", on: "2025-06-02", id: "4", type: .shortPut)
    for (date, apple, spider) in [
      ("2025-06-02", "150", "520"), ("2025-06-30", "158", "528"), (last, "160", "530"),
    ] {
      try book.close(apple, "AAPL", on: date)
      try book.close(spider, "SPY", on: date)
    }
    try book.append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: "SPY", volatility: BookFixture.decimal("0.18"))),
      at: "2025-06-02")
    for (name, value) in parameters { try book.set(name, value) }
    return book
  }

  static let rule: (String, JSONValue) = ("valuation.unquoted_options", "model")
  static let documented: [(String, JSONValue)] = [("greeks.model", "bsm"), rule]

  static func value(_ id: PositionID, _ day: CalculationDay) throws -> PositionValue {
    try #require(try day.holdings(of: "p").first { $0.id == id }).value
  }

  @Test(
    "the examples of C-08 are the prices: the default volatility, and that of the underlying",
    arguments: [("3", "6.5914", 10), ("4", "3.6806", -5)] as [(PositionID, String, Int)])
  func documentedPrices(id: PositionID, expected: String, quantity: Int) throws {
    let day = try Self.book(Self.documented).day(Self.last)
    let value = try Self.value(id, day)
    #expect(value.source == .model)
    let price = try #require(value.price)
    let known = Price(BookFixture.decimal(expected))
    #expect((price.units - known.units).magnitude <= 5_000, "\(price) to four places")
    #expect(
      value.marketValue
        == (try Money(Quantity(BookFixture.decimal("\(quantity)")), at: price, multiplier: 100)))
    #expect(value.priceAt == BookFixture.instant(Self.last))
  }

  @Test("an American option has the price that its Greeks are of, to eight places")
  func american() throws {
    let day = try Self.book([Self.rule]).day(Self.last)
    for id in ["3", "4"] as [PositionID] {
      let holding = try #require(try day.holdings(of: "p").first { $0.id == id })
      let terms = try #require(holding.position.terms)
      let contract = try #require(try day.contract(holding, terms))
      #expect(contract.isAmerican)
      let price = try AmericanOption.price(contract.inputs)
      #expect(holding.value.price?.units == Int128((price * 1e8).rounded(.toNearestOrEven)))
    }
  }

  @Test("without the parameter they have none, and nothing of a run tells of the rule")
  func withoutParameter() throws {
    let day = try Self.book().day(Self.last)
    #expect(try Self.value("3", day).source == .missing)
    #expect(try day.value(of: "p").unpricedCount == 2)
    for step in Step.allCases {
      let parameters = try MethodCatalog.current(step)
        .parameters(day, step.isPerPortfolio ? "p" : nil, completed: [])
      #expect(parameters["valuation.unquoted_options"] == nil && parameters["what_if"] == nil)
    }
    let snapshot = try #require(try day.snapshots(of: "p").first)
    #expect(snapshot.flags.contains(.missingPrices) && !snapshot.flags.contains(.modelPrices))
    #expect(!snapshot.dataQuality.contains("model_prices"))
  }

  @Test("on a what-if branch they have the model's, whatever the parameter says")
  func whatIf() throws {
    let book = try Self.book([("valuation.unquoted_options", "null")])
    var state = book.state
    state.session = "hedge"
    let day = CalculationDay(state, date: try #require(CivilDate(Self.last)))
    let modelled = try Self.book([Self.rule]).day(Self.last)
    for id in ["3", "4"] as [PositionID] {
      #expect(try Self.value(id, day).price == Self.value(id, modelled).price)
    }
    #expect(try day.value(of: "p").modelPricedCount == 2)
    let parameters = try MethodCatalog.current(.returns).parameters(day, "p", completed: [])
    #expect(parameters["what_if"] == .bool(true))
  }

  @Test("the Greeks are the same with and without it: no volatility is taken from a model's price")
  func greeks() throws {
    func digest(_ book: BookFixture) throws -> String {
      try MethodCatalog.current(.greeks).output(book.day(Self.last), "p").digest
    }
    #expect(try digest(Self.book()) == digest(Self.book([Self.rule])))
  }

  @Test("a missing input leaves it without a price: no price of the underlying")
  func missingUnderlying() throws {
    var book = try Self.book([Self.rule])
    try book.enter(
      "1", "IBM251219C00200000", at: "9", on: Self.last, id: "5", type: .longCall)
    let day = book.day(Self.last)
    #expect(try Self.value("5", day).source == .missing)
    #expect(try day.value(of: "p").unpricedCount == 1)
  }

  @Test("a split of the underlying leaves it without a price, until the new contract is entered")
  func split() throws {
    var book = try Self.book([Self.rule])
    try book.split("4", "AAPL", on: "2025-07-02T00:00:00Z")
    try book.close("40", "AAPL", on: "2025-07-02")
    try book.close("531", "SPY", on: "2025-07-02")
    let day = book.day("2025-07-02")
    #expect(try Self.value("3", day).source == .missing)
    #expect(try Self.value("4", day).source == .model)
    #expect(try day.session(of: "p")?.pnl == nil)
  }

  @Test("the chain of volatilities is asked in order, and what the contract is quoted at is first")
  func chain() throws {
    var book = try Self.book(Self.documented)
    let assumed = try #require(try Self.value("3", book.day(Self.last)).price)
    try book.append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: "AAPL", volatility: BookFixture.decimal("0.3"))),
      at: Self.last)
    let underlying = try #require(try Self.value("3", book.day(Self.last)).price)
    try book.append(
      .positionAttributed(
        PositionAttributed(
          position: "3", name: "iv_override", value: try JSONValue(parsing: "0.35"))),
      at: Self.last)
    let attribute = try #require(try Self.value("3", book.day(Self.last)).price)
    try book.append(
      .volatilityQuoted(
        VolatilityQuoted(
          symbol: BookFixture.call, volatility: BookFixture.decimal("0.4"))),
      at: Self.last)
    let quoted = try #require(try Self.value("3", book.day(Self.last)).price)
    #expect(assumed < underlying && underlying < attribute && attribute < quoted)
  }

  @Test("snapshots count them, and say that the prices are the model's")
  func snapshot() throws {
    let day = try Self.book([Self.rule]).day(Self.last)
    let snapshot = try #require(try day.snapshots(of: "p").first)
    #expect(snapshot.levels.unpricedCount == 0 && snapshot.levels.modelPricedCount == 2)
    #expect(snapshot.flags.contains(.modelPrices) && !snapshot.flags.contains(.missingPrices))
    #expect(snapshot.dataQuality.contains("\"model_prices\":2"))
    #expect(snapshot.levels.netAssetValue == (try day.netAssetValue(of: "p")))
    #expect(snapshot.pnl == (try day.value(of: "p").positionsDailyPnL))
    let output = try MethodCatalog.current(.returns).output(day, "p")
    #expect(output.warnings.contains { $0.contains("the price is the model's") })
  }

  @Test("each day of the history says what the day itself says")
  func history() throws {
    let book = try Self.book([Self.rule])
    let last = book.day(Self.last)
    for session in try last.history(of: "p") {
      let day = book.day(session.date.description)
      #expect(try day.netAssetValue(of: "p") == session.netAssetValue)
      #expect(session.modelPricedCount == 2)
    }
  }

  @Test("the rule holds from its effective time on; on that day the options get their prices")
  func begins() throws {
    var book = try Self.book()
    try book.set("valuation.unquoted_options", "model", on: Self.last)
    let days = try book.day(Self.last).history(of: "p").suffix(2)
    #expect(days.map(\.unpricedCount) == [2, 0])
    #expect(days.map(\.modelPricedCount) == [0, 2])
    #expect(days.last?.pnl == nil)
  }

  @Test("what a model's price depends on is refused where it cannot be", arguments: Step.allCases)
  func refused(step: Step) throws {
    guard step.valuesPositions else { return }
    let book = try Self.book([Self.rule, ("volatility.default", -1)])
    #expect(throws: CalculationError.self) {
      try MethodCatalog.current(step).output(book.day(Self.last), "p")
    }
  }
}

// MARK: Runs made again

extension UnquotedOptionTests {
  private static func digest(
    _ state: BookState, recorded: (parameters: JSONValue, input: EventSequence)? = nil
  ) throws -> String {
    let date = try #require(CivilDate(last))
    return try MethodCatalog.current(.returns)
      .output(CalculationDay(state, date: date), "p", recorded: recorded).digest
  }

  private static func parameters(_ state: BookState) throws -> JSONValue {
    let day = CalculationDay(state, date: try #require(CivilDate(last)))
    return try MethodCatalog.current(.returns).parameters(day, "p", completed: [])
  }

  @Test("a run that a what-if branch has from its parent meets its digest there")
  func inherited() throws {
    for rule in [[], [Self.rule]] {
      let main = try Self.book(rule).state
      var branch = main
      branch.session = "hedge"
      let parents = (parameters: try Self.parameters(main), input: main.head)
      let own = (parameters: try Self.parameters(branch), input: main.head)
      #expect(parents.parameters != own.parameters)
      #expect(try Self.digest(branch, recorded: parents) == Self.digest(main))
      #expect(try Self.digest(branch, recorded: own) == Self.digest(branch))
    }
  }

  @Test(
    "a run that was made before the rule was known, though the parameter was set, meets its own")
  func older() throws {
    let state = try Self.book([Self.rule]).state
    let older = (parameters: JSONValue.object([]), input: state.head)
    #expect(try Self.digest(state, recorded: older) == Self.digest(Self.book().state))
    #expect(try Self.digest(state, recorded: older) != Self.digest(state))
    // One that saw no such setting is told of it as of every late fact.
    let earlier = (parameters: JSONValue.object([]), input: EventSequence(1))
    #expect(try Self.digest(state, recorded: earlier) == Self.digest(state))
  }
}
