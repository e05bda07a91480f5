import Events
import ExactNumbers
import Portfolio
import Testing

@Suite("Splits")
struct SplitTests {
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2005-01-10")
    return ledger
  }

  @Test(
    "quantities multiply and prices divide from the effective time on",
    arguments: [
      ("2", nil, "200", "75"), ("4", nil, "400", "37.5"), ("1", "10", "10", "1500"),
      ("3", "2", "150", "100"), ("7", nil, "700", "21.42857143"),
    ] as [(String, String?, String, String)])
  func ratio(ratio: String, denominator: String?, quantity: String, price: String) throws {
    var ledger = try Self.ledger()
    try ledger.split(ratio, over: denominator, on: "2005-02-28T00:00:00Z")
    let before = try ledger.position(asOf: "2005-02-27")
    #expect(before.quantity.description == "100")
    #expect(before.entryPrice.description == "150")
    let after = try ledger.position(asOf: "2005-02-28T00:00:00Z")
    #expect(after.quantity.description == quantity)
    #expect(after.entryQuantity.description == quantity)
    #expect(after.entryPrice.description == price)
  }

  @Test("what has the split's own effective time is already in new units")
  func sameTime() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2005-02-28T00:00:00Z")
    try ledger.split("2", on: "2005-02-28T00:00:00Z")
    #expect(try ledger.position().quantity.description == "100")
    // Nor does it matter which of the two was recorded first.
    try ledger.enter("50", at: "75", on: "2005-02-28T00:00:00Z", id: "b")
    #expect(try ledger.position("b").quantity.description == "50")
  }

  @Test("an exit at the split's time is in new units")
  func exitAtSplit() throws {
    var ledger = try Self.ledger()
    try ledger.split("2", on: "2005-02-28")
    try ledger.exit("150", at: "80", on: "2005-02-28")
    let position = try ledger.position()
    #expect(position.quantity.description == "50")
    #expect(position.realizedPnL.description == "750")
  }

  @Test("the same symbol and time again restates, and ratio 1 undoes")
  func restated() throws {
    var ledger = try Self.ledger()
    try ledger.split("3", on: "2005-02-28")
    #expect(try ledger.position().quantity.description == "300")
    try ledger.split("2", on: "2005-02-28")
    #expect(try ledger.position().quantity.description == "200")
    try ledger.split("1", on: "2005-02-28")
    #expect(try ledger.position().quantity.description == "100")
    #expect(try ledger.position().entryPrice.description == "150")
  }

  @Test("a late split changes what was held, and what was believed before stays as it was")
  func late() throws {
    var ledger = try Self.ledger()
    try ledger.exit("40", at: "160", on: "2005-03-10")
    let known = ledger.state.head
    try ledger.split("2", on: "2005-02-28")
    #expect(try ledger.position().quantity.description == "160")
    #expect(try ledger.position().realizedPnL.description == "3400")
    let believed = try ledger.state(knownAt: known).position("a", asOf: .distantFuture)
    #expect(believed?.quantity.description == "60")
    #expect(believed?.realizedPnL.description == "400")
  }

  @Test("quantity is rounded at each split, price once from the product of ratios")
  func rounding() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("1", at: "10", on: "2005-01-10")
    for date in ["2005-02-01", "2005-03-01"] { try ledger.split("1", over: "3", on: date) }
    try ledger.split("9", on: "2005-04-01")
    let position = try ledger.position()
    // 1 → 0.33333333 → 0.11111111 → 0.99999999
    #expect(position.quantity.description == "0.99999999")
    #expect(position.entryPrice.description == "10")
  }

  @Test("exits and their average price are carried through later splits")
  func exitsAdjusted() throws {
    var ledger = try Self.ledger()
    try ledger.exit("25", at: "160", on: "2005-01-20")
    try ledger.split("2", on: "2005-02-28")
    try ledger.exit("150", at: "90", on: "2005-03-10")
    try ledger.split("1", over: "10", on: "2005-04-01")
    let position = try ledger.position()
    #expect(position.exits.map(\.quantity.description) == ["5", "15"])
    #expect(position.exits.map(\.price.description) == ["800", "900"])
    #expect(position.exitPrice?.description == "875")
    #expect(position.realizedPnL.description == "2500")
    #expect(position.exitDate == CivilDate("2005-03-10"))
  }

  @Test("a split of the underlying leaves an option as it is and flags it")
  func option() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter(
      "2", at: "5", on: "2014-05-01", symbol: "AAPL140719C00600000", type: .longCall)
    try ledger.split("7", on: "2014-06-09")
    let position = try ledger.position()
    #expect(position.quantity.description == "2")
    #expect(position.entryPrice.description == "5")
    #expect(position.isContractUnadjusted)
    #expect(try !ledger.position(asOf: "2014-06-08").isContractUnadjusted)
  }

  @Test("closes before a split are divided by it, whatever they were recorded after")
  func prices() throws {
    var ledger = try Self.ledger()
    try ledger.close("88", on: "2005-02-25")
    try ledger.split("2", on: "2005-02-28T00:00:00Z")
    let market = ledger.state.market
    #expect(market.price(of: "AAPL", asOf: instant("2005-02-27"))?.price.description == "88")
    #expect(market.price(of: "AAPL", asOf: instant("2005-02-28"))?.price.description == "44")
    try ledger.close("44.86", on: "2005-02-28")
    let price = ledger.state.market.price(of: "AAPL", asOf: instant("2005-03-01"))
    #expect(price?.price.description == "44.86")
    #expect(price?.date == CivilDate("2005-02-28"))
  }
}
