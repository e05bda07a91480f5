import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// The tiny book of domain/calculations.md, section 0, and the examples of C-01 to C-06.
@Suite("The tiny book of the calculations page")
struct TinyBookTests {
  static let call: Symbol = "AAPL250930C00165000"
  static let put: Symbol = "SPY250829P00500000"
  static let rows: [(PositionID, Symbol, PositionType, String, String, String, String)] = [
    ("1", "AAPL", .long, "100", "150", "158", "160"),
    ("2", "MSFT", .short, "50", "380", "388", "390"),
    ("3", call, .longCall, "10", "5.5", "7", "7.2"),
    ("4", put, .shortPut, "5", "8.25", "6.3", "6"),
  ]

  /// Cash stands at 50,000 after the entries, as the example has it.
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    for (id, symbol, type, quantity, price, _, _) in rows {
      try ledger.enter(
        quantity, at: price, on: "2025-06-02", id: id, symbol: symbol, type: type)
    }
    // What the entries cost: 15,000 − 19,000 + 5,500 − 4,125.
    try ledger.append(
      .cashMoved(
        CashMoved(portfolio: "p", amount: -2_625, reason: .withdrawal, movement: "even")),
      at: "2025-06-03")
    for (_, symbol, _, _, _, before, now) in rows {
      try ledger.close(before, on: "2025-06-30", symbol: symbol)
      try ledger.close(now, on: "2025-07-01", symbol: symbol)
    }
    try ledger.close("528", on: "2025-06-30", symbol: "SPY")
    try ledger.close("530", on: "2025-07-01", symbol: "SPY")
    return ledger
  }

  @Test(
    "market value, unrealized and daily result of each position",
    arguments: [
      ("1", "16000", "1000", "200", "16000"), ("2", "-19500", "-500", "-100", "-19500"),
      ("3", "7200", "1700", "200", "160000"), ("4", "-3000", "1125", "150", "265000"),
    ] as [(PositionID, String, String, String, String)])
  func positions(id: PositionID, market: String, gain: String, day: String, notional: String) throws
  {
    let value = try Self.ledger().value(id, asOf: "2025-07-01")
    #expect(value.marketValue?.description == market)
    #expect(value.unrealizedPnL?.description == gain)
    #expect(value.dailyPnL?.description == day)
    #expect(value.notionalExposure?.description == notional)
    #expect(value.source == .close)
    #expect(!value.isStale)
  }

  @Test("totals of the portfolio foot")
  func totals() throws {
    let holdings = try Self.ledger().holdings(asOf: "2025-07-01")
    let total = try Valuation(holdings).portfolio("p")
    // C-02 has 50,000 in cash: 50,000 deposited, + 2,625 from the entries, − 2,625.
    #expect(total.cash.balance.description == "50000")
    #expect(total.longExposure.description == "23200")
    #expect(total.shortExposure.description == "-22500")
    #expect(try total.grossExposure().description == "45700")
    #expect(try total.netExposure().description == "700")
    #expect(try total.netAssetValue().description == "50700")
    #expect(total.unrealizedPnL.description == "3325")
    #expect(total.positionsDailyPnL?.description == "450")
    #expect(total.positionCount == 4)
    #expect(total.longCount == 2 && total.shortCount == 2)
    #expect(!total.isPartial)
  }

  @Test("C-05: a sale and a cover realize their gains")
  func realized() throws {
    var ledger = try Self.ledger()
    try ledger.exit("40", at: "162", on: "2025-07-02", id: "1")
    try ledger.exit("20", at: "370", on: "2025-07-02", id: "2")
    let sold = try ledger.position("1")
    #expect(sold.realizedPnL.description == "480")
    #expect(sold.quantity.description == "60")
    #expect(sold.isActive)
    #expect(sold.exitPrice == nil)
    let covered = try ledger.position("2")
    #expect(covered.realizedPnL.description == "200")
    #expect(covered.quantity.description == "-30")
  }

  @Test("an option that expires worthless realizes its premium")
  func expiry() throws {
    var ledger = try Self.ledger()
    try ledger.exit(at: "0", on: "2025-08-29", id: "4")
    let position = try ledger.position("4")
    #expect(position.realizedPnL.description == "4125")
    #expect(position.exitPrice?.description == "0")
    #expect(position.exitDate == CivilDate("2025-08-29"))
  }

  @Test("fees are kept apart from results and taken out of cash once")
  func fees() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("10", at: "100", on: "2025-06-02", fees: "1.5")
    try ledger.exit("4", at: "110", on: "2025-06-03", fees: "0.5")
    let position = try ledger.position()
    #expect(position.realizedPnL.description == "40")
    #expect(position.fees.description == "2")
    let cash = try ledger.state.cash(of: "p", asOf: .distantFuture)
    #expect(cash.balance.description == "49438")
    #expect(cash.trades.description == "-560")
    #expect(cash.tradeFees.description == "2")
    #expect(cash == ledger.holdings().cash["p"])
  }
}
