import Events
import ExactNumbers
import Portfolio
import Projections
import Records
import TestSupport
import Testing

/// C-01, last sentence, in the rows of `position_valuations`.
@Suite("Options without a quote, in the tables") struct ModelPriceTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore
  private var ledger = Ledger(from: "2025-03-01T00:00:00Z")

  /// A call that has no price of its own, and two closed days.
  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-02-27")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 100_000, reason: .deposit)), "2025-02-27")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "call", portfolio: "p", symbol: "F250620C00010000", positionType: .longCall,
          quantity: 10, entryPrice: 1)), "2025-02-28T15:00:00Z")
    for (day, close) in [("2025-02-28", 10), ("2025-03-03", 11)] as [(String, Int64)] {
      for (symbol, close) in [("SPY", 500), ("F", close)] {
        ledger.now = max(ledger.now, at("\(day)T21:00:00Z"))
        try ledger.append(
          .priceClosed(
            PriceClosed(
              symbol: Symbol(symbol), date: date(day), close: decimal(String(close)))),
          "\(day)T21:00:00Z")
      }
      ledger.now = max(ledger.now, at(day))
      try ledger.append(.dayClosed(DayClosed(date: date(day))), day)
    }
  }

  private func sources() throws -> [[String]] {
    try store.rows("SELECT price_source FROM position_valuations ORDER BY valuation_date")
  }

  private func prices() throws -> [[String]] {
    try store.rows("SELECT price FROM position_valuations ORDER BY valuation_date")
  }

  /// Catches the file up, and compares it with one made at once.
  private func catchUp(_ change: ProjectionChange) throws {
    _ = try store.catchUp(change)
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(change)
    #expect(try difference(store.dumped(), fresh.dumped()) == nil)
  }

  @Test("the parameter gives them prices, and takes them away again")
  mutating func parameter() throws {
    _ = try store.rebuild(ledger.change())
    #expect(try sources() == [["missing"], ["missing"]])
    for (value, source) in [("model", "model"), ("null", "missing")] as [(JSONValue, String)] {
      try ledger.append(
        .parameterSet(ParameterSet(name: "valuation.unquoted_options", value: value)),
        "2025-03-01")
      try catchUp(ledger.change())
      // Of the Friday the price is missing: the rule came into force on the Saturday.
      #expect(try sources() == [["missing"], [source]])
    }
  }

  @Test(
    "what the model's price is made of moves it",
    arguments: [
      .rateSet(RateSet(series: "DGS3MO", value: 9)),
      .volatilityQuoted(VolatilityQuoted(symbol: "F", volatility: 1)),
      .volatilityQuoted(VolatilityQuoted(symbol: "F250620C00010000", volatility: 2)),
      .positionAttributed(
        PositionAttributed(position: "call", name: "iv_override", value: 3)),
      .instrumentDefined(
        InstrumentDefined(symbol: "F", kind: .stock, dividendYield: decimal("0.2"))),
      .parameterSet(ParameterSet(name: "volatility.default", value: 1)),
      .parameterSet(ParameterSet(name: "dividend_yield", value: 1, portfolio: "p")),
      .priceClosed(PriceClosed(symbol: "F", date: date("2025-03-03"), close: 13)),
    ] as [Payload])
  mutating func inputs(payload: Payload) throws {
    try ledger.append(
      .parameterSet(ParameterSet(name: "valuation.unquoted_options", value: "model")),
      "2025-02-01")
    _ = try store.rebuild(ledger.change())
    let before = try prices()
    try ledger.append(payload, "2025-03-03T20:00:00Z")
    try catchUp(ledger.change())
    let after = try prices()
    #expect(after[0] == before[0] && after[1] != before[1])
    #expect(try sources() == [["model"], ["model"]])
  }

  @Test("a file taken over from the parent of a what-if branch gets them from its beginning on")
  mutating func whatIf() throws {
    _ = try store.rebuild(ledger.change())
    try ledger.append(
      .modelForked(
        ModelForked(
          session: "hedge", name: "Hedge", baseSequence: Int64(ledger.head.rawValue),
          baseSnapshotDate: date("2025-03-03"), mode: .frozen)), "2025-03-03")
    try catchUp(ledger.change(session: "hedge"))
    #expect(try sources() == [["model"], ["model"]])
    #expect(try store.rows("SELECT DISTINCT num_unpriced FROM portfolio_snapshots") == [["0"]])
  }
}
