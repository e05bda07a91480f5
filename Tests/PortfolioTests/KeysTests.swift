import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Which prices a valuation may ask for")
struct KeysTests {
  @Test("those of what was entered, of underlyings, and of every benchmark there ever was")
  func pricedSymbols() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .portfolioChanged(PortfolioChanged(portfolio: "p", benchmark: "QQQ")), at: "2025-01-01")
    try ledger.enter("1", at: "10", on: "2025-01-02", symbol: "IBM")
    try ledger.enter(
      "1", at: "5", on: "2025-01-02", id: "b", symbol: "AAPL250930C00165000", type: .longCall)
    try ledger.close("9", on: "2025-01-02", symbol: "MSFT")
    #expect(
      ledger.state.pricedSymbols == ["SPY", "QQQ", "IBM", "AAPL", "AAPL250930C00165000"])
  }
}
