import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records
import Testing

@Suite("What calculations read of a book")
struct CalculationStateTests {
  private static func price(_ id: String, _ symbol: Symbol, _ date: String, _ close: Int32) -> Event
  {
    let time = Instant("\(date)T21:00:00Z")!
    return event(
      id, "\(date)T21:00:00Z",
      .priceClosed(PriceClosed(symbol: symbol, date: time.date, close: ExactDecimal(close))))
  }

  /// 100 AAPL and a call on MSFT, with a factor whose proxy is MTUM.
  private static func fixture() throws -> BookFixture {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let call: Symbol = "MSFT240315C00400000"
    try fixture.book.append([
      event(
        "call", "2024-01-16T20:00:00Z",
        .positionEntered(
          PositionEntered(
            position: "call", portfolio: "growth", symbol: call, positionType: .longCall,
            quantity: 1, entryPrice: 5))),
      event(
        "factor", "1900-01-01T00:00:00Z",
        .factorDefined(
          FactorDefined(
            factor: "momentum", name: "Momentum", displayName: "Momentum", category: .style,
            sortOrder: 1, proxy: "MTUM", proxyKind: .priceReturn))),
      price("aapl", "AAPL", "2024-02-01", 160), price("msft", "MSFT", "2024-02-01", 410),
      price("mtum", "MTUM", "2024-02-01", 170), price("spy", "SPY", "2024-02-01", 480),
      price("ibm", "IBM", "2024-02-01", 180), price("late", "MTUM", "2024-02-02", 171),
      event(
        "rate", "2024-02-01T21:00:00Z", .rateSet(RateSet(series: "DGS3MO", value: 5))),
      event(
        "rate-late", "2024-02-01T23:00:00Z", .rateSet(RateSet(series: "DGS3MO", value: 6))),
      event(
        "iv", "2024-02-01T21:00:00Z",
        .volatilityQuoted(VolatilityQuoted(symbol: call, volatility: 1))),
      event(
        "iv-msft", "2024-02-01T21:00:00Z",
        .volatilityQuoted(VolatilityQuoted(symbol: "MSFT", volatility: 2))),
      event(
        "short", "2024-01-31T00:00:00Z",
        .shortReported(ShortReported(symbol: "GME", daysToCover: 6))),
      event(
        "closed", "2024-02-01T22:00:00Z",
        .dayClosed(DayClosed(date: Instant("2024-02-01T00:00:00Z")!.date))),
    ])
    return fixture
  }

  @Test("facts, the prices of what is held, of benchmarks and proxies, and what is published")
  func whole() throws {
    let book = try Self.fixture().book
    let point = ReplayPoint(asOf: Instant("2024-02-01T22:30:00Z")!, knownAt: book.head)
    let state = try book.calculationState(at: point)
    for symbol in ["AAPL", "MSFT", "MTUM", "SPY"] as [Symbol] {
      #expect(state.market.closes(of: symbol).contains { $0.effective <= point.asOf }, "\(symbol)")
    }
    #expect(state.market.closes(of: "IBM").isEmpty)
    #expect(state.factorProxies == ["MTUM"])
    // Exact within the day: what is published later that day is not folded.
    #expect(state.rate("DGS3MO", asOf: point.asOf)?.percent == 5)
    #expect(state.quotedVolatility(of: "MSFT240315C00400000", asOf: point.asOf)?.volatility == 1)
    #expect(state.quotedVolatility(of: "MSFT", asOf: point.asOf)?.volatility == 2)
    #expect(state.shortMetrics(of: "GME", asOf: point.asOf)?.daysToCover == 6)
    #expect(state.closedDays(asOf: point.asOf).map(\.description) == ["2024-02-01"])
    #expect(
      try state.resolve(asOf: point.asOf).openPositions
        == book.state(at: point).resolve(asOf: point.asOf).openPositions)
    // It is what folding every event up to the point says, but for the prices nobody asks for.
    var all = BookState(asOf: point.asOf)
    var cursor = book.events(through: point.knownAt)
    while let event = try cursor.next() { all.fold(event) }
    var mine = MarketSeries(state.market)
    var theirs = MarketSeries(all.market)
    #expect(
      mine.returns(of: "MTUM", asOf: point.asOf) == theirs.returns(of: "MTUM", asOf: point.asOf))
    var histories = PortfolioHistories(state, asOf: point.asOf)
    var expected = PortfolioHistories(all, asOf: point.asOf)
    #expect(try histories.history(of: "growth") == expected.history(of: "growth"))
    #expect(try histories.history(of: "growth").days.count == 1)
  }

  @Test("what was not known yet is not there, and rules read none of it")
  func knownAt() throws {
    let fixture = try Self.fixture()
    let book = fixture.book
    let rate = try #require(try book.sequence(ofID: "rate"))
    let before = EventSequence(rate.rawValue - 1)
    let point = ReplayPoint(asOf: Instant("2024-03-01T00:00:00Z")!, knownAt: before)
    let state = try book.calculationState(at: point)
    #expect(state.rateSeries.isEmpty)
    #expect(state.closedDays(asOf: point.asOf).isEmpty)
    #expect(!state.market.closes(of: "MTUM").isEmpty)
    let head = ReplayPoint(asOf: point.asOf, knownAt: book.head)
    let plain = try book.state(at: head)
    #expect(plain.rateSeries.isEmpty && plain.symbolsWithShortMetrics.isEmpty)
    #expect(plain.market.closes(of: "MTUM").isEmpty)
    #expect(try fixture.reopened().facts().rateSeries.isEmpty)
    #expect(try book.calculationState(at: head).rate("DGS3MO", asOf: head.asOf)?.percent == 6)
  }
}
