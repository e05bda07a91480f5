import Events
import ExactNumbers
import Projections
import Records
import TestSupport
import Testing

@Suite("Market tables") struct MarketTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore
  private var ledger = Ledger(from: "2025-03-10T22:00:00Z")

  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
  }

  private mutating func bar(_ day: String, _ close: String) throws {
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "A", date: date(day), close: decimal(close))),
      "\(day)T21:00:00Z")
  }

  private func bars() throws -> [[String]] {
    try store.rows("SELECT date, close, adj_close FROM market_data_cache ORDER BY date")
  }

  @Test("an adjusted close takes out the splits and dividends after it, late ones too")
  mutating func adjustedCloses() throws {
    try bar("2025-03-03", "100")
    try bar("2025-03-04", "104")
    try bar("2025-03-05", "26")
    try bar("2025-03-06", "25")
    _ = try store.rebuild(ledger.change())
    #expect(try bars().map { $0[2] } == ["100.0", "104.0", "26.0", "25.0"])
    try ledger.append(
      .instrumentSplit(InstrumentSplit(symbol: "A", ratio: 4)), "2025-03-05T09:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try bars().map { $0[2] } == ["25.0", "26.0", "26.0", "25.0"])
    // (26 − 1.3) / 26 = 0.95 weighs on all days before the ex-date.
    try ledger.append(
      .instrumentDividend(InstrumentDividend(symbol: "A", amount: decimal("1.3"))),
      "2025-03-06T00:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try bars().map { $0[2] } == ["23.75", "24.7", "24.7", "25.0"])
    // A late bar just before the ex-date changes what the dividend weighs: (13 − 1.3) / 13 = 0.9.
    try bar("2025-03-05", "13")
    _ = try store.catchUp(ledger.change())
    #expect(try bars().map { $0[2] } == ["22.5", "23.4", "11.7", "25.0"])
    #expect(try bars().map { $0[1] } == ["100.0", "104.0", "13.0", "25.0"])
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(ledger.change())
    #expect(try difference(store.dumped(), fresh.dumped()) == nil)
  }

  @Test("a dividend that is not less than the close before it leaves the days before unadjusted")
  mutating func wholeDividend() throws {
    try bar("2025-03-03", "5")
    try bar("2025-03-04", "4")
    try ledger.append(
      .instrumentDividend(InstrumentDividend(symbol: "A", amount: 5)), "2025-03-04")
    _ = try store.rebuild(ledger.change())
    #expect(try bars() == [["2025-03-03", "5.0", "null"], ["2025-03-04", "4.0", "4.0"]])
  }

  @Test("ticks make a bar until there is a close, in whatever order they come")
  mutating func ticks() throws {
    func tick(_ price: String, _ size: String?) -> Payload {
      .priceTicked(
        PriceTicked(symbol: "A", price: decimal(price), size: size.map(decimal)))
    }
    try ledger.append(tick("11", "2"), "2025-03-03T15:00:00Z")
    try ledger.append(tick("9", "0.5"), "2025-03-03T16:00:00Z")
    _ = try store.rebuild(ledger.change())
    try ledger.append(tick("10", "1.5"), "2025-03-03T14:00:00Z")
    try ledger.append(tick("12", nil), "2025-03-03T15:30:00Z")
    // A mark of zero is no bar.
    try ledger.append(tick("0", "5"), "2025-03-03T17:00:00Z")
    _ = try store.catchUp(ledger.change())
    let row = "SELECT open, high, low, close, volume, is_final, src_seq FROM market_data_cache"
    #expect(try store.rows(row) == [["10.0", "12.0", "9.0", "9.0", "4", "0", "4"]])
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-03"))), "2025-03-03T22:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(row) == [["10.0", "12.0", "9.0", "9.0", "4", "1", "6"]])
    try ledger.append(
      .priceClosed(
        PriceClosed(
          symbol: "A", date: date("2025-03-03"), close: decimal("9.5"), volume: 700,
          provider: "exchange")), "2025-03-03T21:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(row) == [["null", "null", "null", "9.5", "700", "1", "7"]])
    #expect(try store.rows("SELECT data_source FROM market_data_cache") == [["exchange"]])
  }

  @Test("what is recorded ahead of its time shows when its time has come")
  mutating func aheadOfTime() throws {
    try bar("2025-03-10", "50")
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "A", date: date("2025-03-11"), close: 51)),
      "2025-03-11T21:00:00Z")
    try ledger.append(
      .rateSet(RateSet(series: "DGS10", value: decimal("4.25"))), "2025-03-12T21:00:00Z")
    _ = try store.rebuild(ledger.change())
    #expect(try bars().count == 1)
    #expect(try store.rows("SELECT * FROM rates_cache").isEmpty)
    ledger.now = at("2025-03-13T00:00:00Z")
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-12"))), "2025-03-12T22:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try bars().count == 2)
    #expect(try store.rows("SELECT date, value FROM rates_cache") == [["2025-03-12", "4.25"]])
    #expect(try store.rows("SELECT count(*) FROM internal_deferred_events") == [["0"]])
  }

  @Test("of a day's rates the later time wins, of equal times the later sequence")
  mutating func registers() throws {
    for (value, time) in [("1", "T15"), ("2", "T17"), ("3", "T16"), ("4", "T17")] {
      try ledger.append(
        .rateSet(RateSet(series: "DGS2", value: decimal(value))), "2025-03-03\(time):00:00Z")
      if value == "1" {
        _ = try store.rebuild(ledger.change())
      } else {
        _ = try store.catchUp(ledger.change())
      }
    }
    #expect(try store.rows("SELECT value, src_seq FROM rates_cache") == [["4.0", "4"]])
  }

  @Test("an option's volatility carries its terms")
  mutating func volatility() throws {
    try ledger.append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: "AAPL250117C00150000", volatility: decimal("0.25"))),
      "2025-03-03")
    _ = try store.rebuild(ledger.change())
    #expect(
      try store.rows("SELECT expiration_date, strike, implied_vol FROM volatility_cache")
        == [["2025-01-17", "150.0", "0.25"]])
  }

  @Test("a bar that is moved on the clock changes what was valued before it stood there")
  mutating func movedBar() throws {
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "a", portfolio: "p", symbol: "A", positionType: .long, quantity: 1,
          entryPrice: 5)), "2025-03-01")
    try bar("2025-03-03", "50")
    // Dated a week after it is effective.
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "A", date: date("2025-03-10"), close: 70)),
      "2025-03-04T21:00:00Z")
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-05"))), "2025-03-05T22:00:00Z")
    _ = try store.rebuild(ledger.change())
    let price = "SELECT price FROM position_valuations WHERE valuation_date = '2025-03-05'"
    #expect(try store.rows(price) == [["70.0"]])
    try bar("2025-03-10", "71")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(price) == [["50.0"]])
  }
}
