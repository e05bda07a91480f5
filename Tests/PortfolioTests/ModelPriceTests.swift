import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// C-01, last sentence: an option without a quote.
@Suite("Options without a quote")
struct ModelPriceTests {
  static let call: Symbol = "AAPL250718C00150000"

  /// 10 calls on AAPL at 5.50, bought before the close of 26 June 2025, never quoted.
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter(
      "10", at: "5.5", on: "2025-06-26T15:00:00Z", symbol: call, type: .longCall)
    for (date, price) in [
      ("2025-06-25", "152"), ("2025-06-26", "154"), ("2025-06-27", "155"), ("2025-06-30", "158"),
    ] {
      try ledger.close(price, on: date)
      try ledger.close("500", on: date, symbol: "SPY")
    }
    return ledger
  }

  /// 0.50 above the intrinsic value at 150, whoever asks.
  static func model(_ state: BookState) -> PriceModel {
    PriceModel { option, time in
      state.market.price(of: option.terms.underlying, asOf: time).map { underlying in
        Price(units: max(0, underlying.price.units - 15_000_000_000) + 50_000_000)
      }
    }
  }

  static func value(_ ledger: Ledger, asOf time: String) throws -> PositionValue {
    let holdings = ledger.holdings(asOf: time)
    let position = try #require(holdings.positions["a"])
    return Valuation(holdings, model: model(ledger.state)).value(of: position)
  }

  static func history(_ ledger: Ledger, asOf time: String) throws -> [PortfolioDay] {
    var histories = PortfolioHistories(
      ledger.state, asOf: instant(time), model: model(ledger.state))
    return try histories.history(of: "p").days
  }

  @Test("have the model's price, flagged, as old as the price of the underlying")
  func price() throws {
    let ledger = try Self.ledger()
    let value = try Self.value(ledger, asOf: "2025-06-30")
    #expect(value.source == .model && value.isModelPriced)
    #expect(value.price?.description == "8.5")
    #expect(value.priceAt == instant("2025-06-30"))
    #expect(value.priorPrice?.description == "5.5")
    #expect(value.marketValue?.description == "8500")
    #expect(value.unrealizedPnL?.description == "3000")
    #expect(value.dailyPnL?.description == "3000")
    #expect(!value.isStale)
    let total = try Valuation(
      ledger.holdings(asOf: "2025-06-30"), model: Self.model(ledger.state)
    ).portfolio("p")
    #expect(total.unpricedCount == 0 && !total.isPartial)
    #expect(total.modelPricedCount == 1)
    #expect(total.longExposure.description == "8500")
  }

  @Test("have none without a model, and are counted as unpriced")
  func withoutModel() throws {
    let holdings = try Self.ledger().holdings(asOf: "2025-06-30")
    let value = Valuation(holdings).value(of: try #require(holdings.positions["a"]))
    #expect(value.source == .missing && value.price == nil && value.marketValue == nil)
    #expect(try Valuation(holdings).portfolio("p").unpricedCount == 1)
  }

  @Test("are stale with the price of the underlying")
  func stale() throws {
    var ledger = try Self.ledger()
    for day in 1...6 { try ledger.close("501", on: "2025-07-0\(day)", symbol: "SPY") }
    #expect(try Self.value(ledger, asOf: "2025-07-06").isStale)
    let day = try #require(try Self.history(ledger, asOf: "2025-07-06").last)
    #expect(day.staleCount == 1 && day.modelPricedCount == 1)
  }

  @Test("keep the market's price from their first quote on: the change over is nobody's result")
  func firstQuote() throws {
    var ledger = try Self.ledger()
    try ledger.close("9", on: "2025-06-30", symbol: Self.call)
    try ledger.close("159", on: "2025-07-01")
    try ledger.close("500", on: "2025-07-01", symbol: "SPY")
    try ledger.close("9.75", on: "2025-07-01", symbol: Self.call)
    let first = try Self.value(ledger, asOf: "2025-06-30")
    #expect(first.source == .close)
    #expect(first.priorPrice?.description == "5.5")
    #expect(first.unrealizedPnL?.description == "3500")
    #expect(first.dailyPnL == nil)
    let next = try Self.value(ledger, asOf: "2025-07-01")
    #expect(next.dailyPnL?.description == "750")
    let days = try Self.history(ledger, asOf: "2025-07-01")
    // Entered at 5.5, the day's result is what the model says of the entry.
    #expect(days.suffix(4).map { $0.pnl?.description } == ["-1000", "1000", nil, "750"])
    #expect(days.suffix(4).map(\.modelPricedCount) == [1, 1, 0, 0])
    #expect(days.allSatisfy { $0.unpricedCount == 0 })
  }

  @Test("are left at what was paid, and what that did to the model's price is the day's result")
  func exit() throws {
    var ledger = try Self.ledger()
    try ledger.exit(at: "9", on: "2025-06-30T15:00:00Z")
    // 10 · 100 · (9 − 5.5): from the model's price of Friday.
    #expect(try Self.value(ledger, asOf: "2025-06-30").dailyPnL?.description == "3500")
    #expect(try Self.history(ledger, asOf: "2025-06-30").last?.pnl?.description == "3500")
  }

  @Test("are worth their intrinsic value past their expiry, and that is the day's result")
  func expiry() throws {
    var ledger = try Self.ledger()
    for (date, price) in [("2025-07-18", "160"), ("2025-07-21", "170")] {
      try ledger.close(price, on: date)
      try ledger.close("500", on: date, symbol: "SPY")
    }
    #expect(try Self.value(ledger, asOf: "2025-07-18").price?.description == "10.5")
    let value = try Self.value(ledger, asOf: "2025-07-21")
    #expect(value.source == .close && value.isExpired)
    #expect(value.price?.description == "10")
    #expect(value.dailyPnL?.description == "-500")
    #expect(try Self.history(ledger, asOf: "2025-07-21").last?.pnl?.description == "-500")
  }

  @Test(
    "have no price once the underlying or the contract was split while they were open",
    arguments: ["AAPL", call] as [Symbol])
  func split(symbol: Symbol) throws {
    var ledger = try Self.ledger()
    try ledger.split("2", on: "2025-06-30T00:00:00Z", symbol: symbol)
    #expect(try Self.value(ledger, asOf: "2025-06-27").source == .model)
    let value = try Self.value(ledger, asOf: "2025-06-30")
    #expect(value.source == .missing && value.price == nil && value.dailyPnL == nil)
    let days = try Self.history(ledger, asOf: "2025-06-30")
    #expect(days.last?.unpricedCount == 1 && days.last?.pnl == nil)
    // What is entered afterwards has the terms of the new contract.
    try ledger.enter(
      "5", at: "5.5", on: "2025-06-30T15:00:00Z", id: "b", symbol: Self.call, type: .longCall)
    let holdings = ledger.holdings(asOf: "2025-06-30")
    let entered = try #require(holdings.positions["b"])
    #expect(
      Valuation(holdings, model: Self.model(ledger.state)).value(of: entered).source == .model)
  }

  @Test("have no price where the underlying has none")
  func missingUnderlying() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter(
      "10", at: "5.5", on: "2025-06-26T15:00:00Z", symbol: Self.call, type: .longCall)
    try ledger.close("500", on: "2025-06-26", symbol: "SPY")
    #expect(try Self.value(ledger, asOf: "2025-06-26").source == .missing)
  }

  @Test("stock has no model's price")
  func stock() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("10", at: "5.5", on: "2025-06-26T15:00:00Z")
    try ledger.close("500", on: "2025-06-26", symbol: "SPY")
    #expect(try Self.value(ledger, asOf: "2025-06-26").source == .missing)
  }

  @Test("each day of the history and of the position's series says what a valuation as of it says")
  func agreement() throws {
    var ledger = try Self.ledger()
    try ledger.close("9", on: "2025-06-30", symbol: Self.call)
    try ledger.enter(
      "3", at: "4", on: "2025-06-27T15:00:00Z", id: "b", symbol: "AAPL250718P00150000",
      type: .shortPut)
    try ledger.exit("1", at: "3", on: "2025-06-30T15:00:00Z", id: "b")
    var series = ValuationSeries(
      ledger.state, asOf: instant("2025-06-30"), model: Self.model(ledger.state))
    for id in ["a", "b"] as [PositionID] {
      let values = try series.values(of: id)
      #expect(!values.isEmpty)
      for value in values {
        let holdings = ledger.state.resolve(asOf: value.asOf)
        let position = try #require(holdings.positions[id])
        #expect(Valuation(holdings, model: Self.model(ledger.state)).value(of: position) == value)
      }
    }
    for day in try Self.history(ledger, asOf: "2025-06-30") {
      let holdings = ledger.state.resolve(asOf: day.asOf)
      let total = try Valuation(holdings, model: Self.model(ledger.state)).portfolio("p")
      #expect(day.netAssetValue == (try total.netAssetValue()))
      #expect(day.modelPricedCount == total.modelPricedCount)
      #expect(day.unpricedCount == total.unpricedCount)
      #expect(day.unrealizedPnL == total.unrealizedPnL)
    }
  }

  @Test(
    "the rule: on a what-if branch, or where the parameter of the portfolio or the book says so")
  func rule() throws {
    var ledger = try Self.ledger()
    func isModelled(_ time: String) -> Bool {
      let holdings = ledger.holdings(asOf: time)
      let state = ledger.state.pricesUnquotedOptions(of: "p", asOf: instant(time))
      #expect(holdings.pricesUnquotedOptions(of: "p") == state)
      return state
    }
    #expect(!isModelled("2025-06-30") && !ledger.state.mayPriceUnquotedOptions)
    let name = "valuation.unquoted_options"
    try ledger.append(.parameterSet(ParameterSet(name: name, value: "model")), at: "2025-06-27")
    #expect(!isModelled("2025-06-26") && isModelled("2025-06-27"))
    #expect(ledger.state.mayPriceUnquotedOptions)
    try ledger.append(
      .parameterSet(ParameterSet(name: name, value: "null", portfolio: "p")), at: "2025-06-30")
    #expect(isModelled("2025-06-29") && !isModelled("2025-06-30"))
    var branch = ledger.state
    branch.session = "hedge"
    #expect(branch.pricesUnquotedOptions(of: "p", asOf: instant("2025-06-30")))
    #expect(branch.resolve(asOf: instant("2025-06-30")).pricesUnquotedOptions(of: "p"))
  }
}
