import Events
import ExactNumbers
import Portfolio
import Testing

@Suite("Cash and dividends")
struct CashTests {
  @Test(
    "a dividend goes to who held when the ex-date began",
    arguments: [
      // entered, left, direction, credit
      ("2025-02-06", "2025-03-01", PositionType.long, "25"),
      ("2025-02-07T09:00:00Z", "2025-03-01", .long, nil),
      ("2025-02-01", "2025-02-07T09:00:00Z", .long, "25"),
      ("2025-02-01", "2025-02-06", .long, nil),
      ("2025-02-01", "2025-03-01", .short, "-25"),
      ("2025-02-08", "2025-03-01", .long, nil),
    ] as [(String, String, PositionType, String?)])
  func holders(entered: String, left: String, type: PositionType, credit: String?) throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "10", on: entered, type: type)
    try ledger.exit(at: "10", on: left)
    try ledger.dividend("0.25", on: "2025-02-07")
    #expect(try ledger.position().dividends.map(\.amount.description) == [credit].compactMap { $0 })
    let cash = try ledger.state.cash(of: "p", asOf: .distantFuture)
    #expect(cash.dividends.description == credit ?? "0")
  }

  @Test("a dividend is per share of its own time, after splits up to it")
  func afterSplit() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "10", on: "2025-01-02")
    try ledger.split("2", on: "2025-02-07T00:00:00Z")
    try ledger.dividend("0.25", on: "2025-02-07")
    try ledger.split("2", on: "2025-02-10")
    #expect(try ledger.position().dividends.map(\.amount.description) == ["50"])
  }

  @Test("a dividend of the underlying is not the option's")
  func option() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter(
      "1", at: "5", on: "2025-01-02", symbol: "AAPL250930C00165000", type: .longCall)
    try ledger.dividend("0.25", on: "2025-02-07")
    #expect(try ledger.position().dividends.isEmpty)
  }

  @Test("a dividend restated for its date replaces the first")
  func restated() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "10", on: "2025-01-02")
    try ledger.dividend("0.25", on: "2025-02-07")
    try ledger.dividend("0.3", on: "2025-02-07")
    #expect(try ledger.position().dividends.map(\.amount.description) == ["30"])
    #expect(try ledger.position(asOf: "2025-02-06").dividends.isEmpty)
  }

  @Test("cash as of a time is what had moved by then, by reason")
  func asOf() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: decimal("-12.345678"), reason: .fee)),
      at: "2025-03-01")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 5, reason: .interest)), at: "2025-02-01")
    let cash = try ledger.state.cash(of: "p", asOf: instant("2025-02-28"))
    #expect(cash.balance.description == "50005")
    #expect(cash.movements == [.deposit: Money(50_000), .interest: Money(5)])
    #expect(!cash.isUnknown)
    let later = try ledger.state.cash(of: "p", asOf: instant("2025-03-01"))
    #expect(later.balance.description == "49992.6543")
  }

  @Test("a portfolio that only ever traded has unknown cash")
  func unknown() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2000-01-01")
    try ledger.enter("1", at: "10", on: "2025-01-02", portfolio: "q")
    let cash = try ledger.state.cash(of: "q", asOf: .distantFuture)
    #expect(cash.isUnknown)
    #expect(cash.balance.description == "-10")
  }
}
