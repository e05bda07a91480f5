import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Returns and adjusted closes")
struct ReturnTests {
  private static func returns(
    _ ledger: Ledger, asOf time: String = "2029-12-31"
  ) -> ReturnSeries {
    var series = MarketSeries(ledger.state.market)
    return series.returns(of: "AAPL", asOf: instant(time))
  }

  @Test("without splits and dividends it is the quotient of two closes, rounded once")
  func plain() throws {
    var ledger = Ledger()
    for (date, close) in [("2025-06-26", "100"), ("2025-06-27", "101"), ("2025-06-30", "99.99")] {
      try ledger.close(close, on: date)
    }
    let returns = Self.returns(ledger)
    #expect(returns.dates.map(\.description) == ["2025-06-27", "2025-06-30"])
    #expect(returns.starts.map(\.description) == ["2025-06-26", "2025-06-27"])
    #expect(returns.simple == [0.01, -1.01 / 101])
    #expect(returns.growth == [1.01, 99.99 / 101])
    #expect(returns.omitted.isEmpty)
    #expect(returns.count == 2)
  }

  @Test("a split is no loss, and a dividend is a gain of who held")
  func actions() throws {
    var ledger = Ledger()
    try ledger.close("100", on: "2025-06-26")
    try ledger.split("4", on: "2025-06-27T00:00:00Z")
    try ledger.close("25.5", on: "2025-06-27")
    try ledger.dividend("0.5", on: "2025-06-30T00:00:00Z")
    try ledger.close("25", on: "2025-06-30")
    // Both between two closes: 0.1 a new share is 0.2 of an old one.
    try ledger.split("2", on: "2025-07-01T00:00:00Z")
    try ledger.dividend("0.1", on: "2025-07-01T13:00:00Z")
    try ledger.close("12.4", on: "2025-07-01")
    let returns = Self.returns(ledger)
    #expect(returns.growth == [1.02, 1, 24.8 / 24.8])
    #expect(returns.simple == [0.02, 0, 0])
  }

  @Test("several dividends of one day weigh one after the other, as in the adjusted close")
  func severalDividends() throws {
    var ledger = Ledger()
    try ledger.close("100", on: "2025-06-26")
    try ledger.dividend("10", on: "2025-06-27T00:00:00Z")
    try ledger.dividend("20", on: "2025-06-27T01:00:00Z")
    try ledger.close("72", on: "2025-06-27")
    #expect(Self.returns(ledger).simple == [0])
    let closes = ledger.state.market.adjustedCloses(of: "AAPL", asOf: .distantFuture)
    #expect(closes.map { $0.adjusted?.description } == ["72", "72"])
    #expect(closes.map(\.close) == [100, 72])
  }

  @Test("a dividend not below the close before leaves its day out, and only it")
  func unknown() throws {
    var ledger = Ledger()
    try ledger.close("10", on: "2025-06-26")
    try ledger.close("11", on: "2025-06-27")
    try ledger.dividend("11", on: "2025-06-30T00:00:00Z")
    try ledger.close("12", on: "2025-06-30")
    try ledger.close("15", on: "2025-07-01")
    let returns = Self.returns(ledger)
    #expect(returns.simple == [0.1, 0.25])
    #expect(returns.omitted.map(\.description) == ["2025-06-30"])
    #expect(Self.returns(ledger, asOf: "2025-06-27").omitted.isEmpty)
  }

  @Test("a bar that is effective later, or dated later, is not known yet")
  func lateBars() throws {
    var ledger = Ledger()
    try ledger.close("100", on: "2025-06-26")
    let friday = try #require(CivilDate("2025-06-27"))
    // Friday's bar comes in on Tuesday, after Monday's.
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "AAPL", date: friday, close: 200)), at: "2025-07-01")
    try ledger.close("150", on: "2025-06-30")
    let future = try #require(CivilDate("2025-07-04"))
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "AAPL", date: future, close: 300)), at: "2025-07-01")
    #expect(Self.returns(ledger, asOf: "2025-06-25").isEmpty)
    #expect(Self.returns(ledger, asOf: "2025-06-29").isEmpty)
    #expect(Self.returns(ledger, asOf: "2025-06-30").simple == [0.5])
    #expect(Self.returns(ledger, asOf: "2025-06-30").starts.map(\.description) == ["2025-06-26"])
    #expect(Self.returns(ledger, asOf: "2025-07-03").simple == [1, -0.25])
    #expect(Self.returns(ledger, asOf: "2025-07-04").simple == [1, -0.25, 1])
  }

  @Test("a dividend that is effective later in the day does not count within it")
  func withinTheDay() throws {
    var ledger = Ledger()
    try ledger.close("100", on: "2025-06-26")
    let friday = try #require(CivilDate("2025-06-27"))
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "AAPL", date: friday, close: 99)),
      at: "2025-06-27T20:00:00Z")
    try ledger.dividend("10", on: "2025-06-27")
    var series = MarketSeries(ledger.state.market)
    #expect(series.returns(of: "AAPL", asOf: instant("2025-06-27")).simple == [0.1])
    #expect(
      series.returns(of: "AAPL", asOf: instant("2025-06-27T21:00:00Z")).simple == [-0.01])
    #expect(series.returns(of: "MSFT", asOf: instant("2025-06-27")).isEmpty)
  }

  /// Closes, splits and dividends, many of them late or on one day.
  private static func random(_ seed: UInt64) throws -> Ledger {
    var random = SeededGenerator(seed: seed)
    var ledger = Ledger()
    // Every second history has its bars in the order of their dates.
    let isOrderly = seed % 2 == 0
    func number(_ range: ClosedRange<Int64>, places: Int) throws -> ExactDecimal {
      try ExactDecimal(coefficient: Int64.random(in: range, using: &random), places: places)
    }
    for _ in 0..<40 {
      let date = CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<12, using: &random))
      let hour = Int64.random(in: 0..<24, using: &random)
      let time = Instant(
        nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch + hour * 3_600_000_000_000)
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let ratios: [(Int32, Int32)] = [(2, 1), (3, 2), (1, 10), (7, 1), (1, 1)]
        let (up, down) = ratios.randomElement(using: &random) ?? (2, 1)
        try ledger.append(
          .instrumentSplit(
            InstrumentSplit(
              symbol: "AAPL", ratio: ExactDecimal(up), denominator: ExactDecimal(down))), at: time)
      case 1:
        try ledger.append(
          .instrumentDividend(
            InstrumentDividend(symbol: "AAPL", amount: try number(0...3_000, places: 2))),
          at: time)
      default:
        let session =
          isOrderly ? date : date.advanced(byDays: Int32.random(in: -2...2, using: &random))
        let bar = PriceClosed(
          symbol: "AAPL", date: session, close: try number(1_000...20_000, places: 2))
        try ledger.append(.priceClosed(bar), at: isOrderly ? date.end : time)
      }
    }
    return ledger
  }

  @Test(
    "returns as of a time are those of who knows nothing later, to the bit, and agree with the adjusted closes",
    arguments: 0..<60 as Range<UInt64>)
  func prefixes(seed: UInt64) throws {
    let ledger = try Self.random(seed)
    // Of each bar the one that counts; what is restated later replaces it whatever its time.
    var bars: [CivilDate: EventSequence] = [:]
    for event in ledger.events {
      if case .priceClosed(let bar) = event.payload { bars[bar.date] = event.sequence }
    }
    let market = ledger.state.market
    var series = MarketSeries(market)
    for hour in 0..<(14 * 24) as Range<Int64> where hour % 7 < 2 {
      let start = CivilDate(daysSinceEpoch: 19_999).start.nanosecondsSinceEpoch
      let asOf = Instant(nanosecondsSinceEpoch: start + hour * 3_600_000_000_000 - 1)
      let returns = series.returns(of: "AAPL", asOf: asOf)
      // Folded from nothing but what is known then.
      var known = BookState()
      for event in ledger.events where event.effective <= asOf {
        if case .priceClosed(let bar) = event.payload {
          guard bar.date <= asOf.date, bars[bar.date] == event.sequence else { continue }
        }
        known.fold(event)
      }
      var fresh = MarketSeries(known.market)
      let expected = fresh.returns(of: "AAPL", asOf: .distantFuture)
      #expect(returns == expected, "seed \(seed), \(asOf)")
      #expect(returns.dates.startIndex == 0)

      let closes = market.adjustedCloses(of: "AAPL", asOf: asOf)
      #expect(closes == known.market.adjustedCloses(of: "AAPL", asOf: .distantFuture))
      #expect(returns.count + returns.omitted.count == max(0, closes.count - 1))
      let byDate = Dictionary(uniqueKeysWithValues: closes.map { ($0.date, $0.adjusted) })
      for index in returns.dates.indices {
        guard let after = byDate[returns.dates[index]] ?? nil,
          let before = byDate[returns.starts[index]] ?? nil, before.units > 1_000_000
        else { continue }
        // The table's numbers are rounded at the eighth place.
        let growth = after.doubleValue / before.doubleValue
        let tolerance = 4e-6 * max(1, growth)
        #expect(abs(returns.growth[index] - growth) < tolerance, "seed \(seed), \(asOf)")
        #expect(abs(returns.simple[index] - (growth - 1)) < tolerance, "seed \(seed), \(asOf)")
      }
    }
  }
}
