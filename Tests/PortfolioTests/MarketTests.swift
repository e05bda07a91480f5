import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Prices as of a time")
struct MarketTests {
  @Test("of ticks, quotes with a last price and closes the latest effective one counts")
  func latest() throws {
    var ledger = Ledger()
    try ledger.close("100", on: "2025-06-27")
    try ledger.append(
      .priceTicked(PriceTicked(symbol: "AAPL", price: 101)), at: "2025-06-30T14:00:00Z")
    try ledger.append(
      .quoteUpdated(QuoteUpdated(symbol: "AAPL", last: 102)), at: "2025-07-01T14:00:00Z")
    // A quote without a last price is no price.
    try ledger.append(
      .quoteUpdated(QuoteUpdated(symbol: "AAPL", bid: 90, ask: 91)), at: "2025-07-02T14:00:00Z")
    let rows: [(String, String?, PriceSource)] = [
      ("2025-06-26", nil, .missing), ("2025-06-29", "100", .close), ("2025-06-30", "101", .tick),
      ("2025-07-02", "102", .quote),
    ]
    for (time, price, source) in rows {
      let found = ledger.state.market.price(of: "AAPL", asOf: instant(time))
      #expect(found?.price.description == price)
      #expect((found?.source ?? .missing) == source)
    }
    // A newer close outranks an older quote (D-04).
    try ledger.close("103", on: "2025-07-03")
    let found = ledger.state.market.price(of: "AAPL", asOf: instant("2025-07-03"))
    #expect(found?.source == .close)
  }

  @Test("of equal effective times the later sequence counts")
  func equalTimes() throws {
    var ledger = Ledger()
    for price in ["10", "11"] {
      try ledger.append(
        .priceTicked(PriceTicked(symbol: "AAPL", price: decimal(price))),
        at: "2025-06-30T14:00:00Z")
    }
    let market = ledger.state.market
    #expect(market.price(of: "AAPL", asOf: instant("2025-06-30"))?.price.description == "11")
  }

  @Test("a bar is restated by the later sequence, whatever its time")
  func restatedBar() throws {
    var ledger = Ledger()
    let date = try #require(CivilDate("2025-06-30"))
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "AAPL", date: date, close: 10)), at: "2025-06-30T21:00:00Z")
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "AAPL", date: date, close: 12)), at: "2025-06-30T20:00:00Z")
    #expect(ledger.state.market.closes(of: "AAPL").map(\.close) == [12])
    let early = ledger.state.market.price(of: "AAPL", asOf: instant("2025-06-30T20:00:00Z"))
    #expect(early?.price.description == "12")
  }

  @Test("a state folded with a limit answers within the day")
  func withinTheDay() throws {
    var state = BookState(asOf: instant("2025-06-30T15:00:00Z"))
    for (sequence, price, time) in [(1, "10", "14:30"), (2, "11", "15:00"), (3, "12", "15:30")] {
      state.fold(
        Event(
          sequence: EventSequence(UInt64(sequence)), id: .given("\(sequence)"),
          effective: instant("2025-06-30T\(time):00Z"), recorded: instant("2025-07-01"),
          source: "/tests",
          payload: .priceTicked(PriceTicked(symbol: "AAPL", price: decimal(price)))))
    }
    let price = state.market.price(of: "AAPL", asOf: state.limit)
    #expect(price?.price.description == "11")
    #expect(state.head == EventSequence(3))
  }

  @Test("random marks and closes agree with a plain search", arguments: 0..<40 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var ledger = Ledger()
    for step in 0..<60 {
      let date = CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<8, using: &random))
      let time = Instant(
        nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch
          + Int64.random(in: 0..<24, using: &random) * 3_600_000_000_000)
      let price = ExactDecimal(Int32(step + 1))
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        // A bar may well be effective on another day than its session's.
        let session = date.advanced(byDays: Int32.random(in: -2...2, using: &random))
        try ledger.append(
          .priceClosed(PriceClosed(symbol: "AAPL", date: session, close: price)), at: time)
      case 1:
        try ledger.append(.quoteUpdated(QuoteUpdated(symbol: "AAPL", last: price)), at: time)
      case 2:
        try ledger.append(
          .instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: 1, denominator: 2)), at: time)
      default:
        try ledger.append(.priceTicked(PriceTicked(symbol: "AAPL", price: price)), at: time)
      }
    }
    for day in -1..<9 as Range<Int32> {
      let end = CivilDate(daysSinceEpoch: 20_000 + day).end
      let noon = Instant(nanosecondsSinceEpoch: end.nanosecondsSinceEpoch - 43_200_000_000_000)
      #expect(
        ledger.state.market.price(of: "AAPL", asOf: end)?.price == Self.plain(ledger.events, end),
        "seed \(seed), \(end)")
      var limited = BookState(asOf: noon)
      for event in ledger.events { limited.fold(event) }
      #expect(
        limited.market.price(of: "AAPL", asOf: noon)?.price == Self.plain(ledger.events, noon),
        "seed \(seed), \(noon)")
    }
  }

  /// C-01 by going through all events.
  private static func plain(_ events: [Event], _ asOf: Instant) -> Price? {
    var bars: [CivilDate: (Event, ExactDecimal)] = [:]
    var splits: Set<Instant> = []
    var candidates: [(Event, ExactDecimal)] = []
    for event in events {
      switch event.payload {
      case .priceClosed(let bar): bars[bar.date] = (event, bar.close)
      case .priceTicked(let tick): candidates.append((event, tick.price))
      case .quoteUpdated(let quote): candidates.append((event, quote.last ?? 0))
      case .instrumentSplit: splits.insert(event.effective)
      default: break
      }
    }
    candidates += bars.values
    let best =
      candidates
      .filter { $0.0.effective <= asOf }
      .max {
        ($0.0.effective, $0.0.sequence ?? .zero) < ($1.0.effective, $1.0.sequence ?? .zero)
      }
    guard let best else { return nil }
    var price = Price(best.1).units
    // Each halves the shares, so it doubles the price.
    price <<= splits.filter { $0 > best.0.effective && $0 <= asOf }.count
    return Price(units: price)
  }
}
