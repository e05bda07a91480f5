import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Rates, volatilities, short metrics and closed days")
struct PublicationTests {
  @Test("a rate is the last one published by a time, and of a day the last one")
  func rates() throws {
    var ledger = Ledger()
    for (value, time) in [
      ("4.5", "2025-06-27"), ("4.25", "2025-06-30T10:00:00Z"), ("4.3", "2025-06-30T10:00:00Z"),
      ("5", "2025-06-28"),
    ] {
      try ledger.append(.rateSet(RateSet(series: "DGS3MO", value: decimal(value))), at: time)
    }
    let state = ledger.state
    #expect(state.rate("DGS3MO", asOf: instant("2025-06-26")) == nil)
    #expect(state.rate("DGS10", asOf: instant("2025-06-30")) == nil)
    let rate = try #require(state.rate("DGS3MO", asOf: instant("2025-07-04")))
    #expect(rate.percent == decimal("4.3"))
    #expect(rate.at == instant("2025-06-30T10:00:00Z"))
    let rates = state.rates("DGS3MO", asOf: instant("2025-06-30"))
    #expect(rates.map(\.percent) == [decimal("4.5"), 5, decimal("4.3")])
    #expect(rates.map(\.date.description) == ["2025-06-27", "2025-06-28", "2025-06-30"])
    #expect(rates.startIndex == 0)
    #expect(state.rates("DGS3MO", asOf: instant("2025-06-29")).count == 2)
    #expect(state.rateSeries == ["DGS3MO"])
  }

  @Test("short metrics are those of the last settlement date, with when they could be known")
  func shortMetrics() throws {
    var ledger = Ledger()
    let reports: [(String, ShortReported)] = [
      ("2025-06-13", ShortReported(symbol: "GME", daysToCover: decimal("2.5"))),
      (
        "2025-06-30",
        ShortReported(
          symbol: "GME", shortInterestShares: 1_000_000, avgDailyVolume: 300_000,
          costToBorrowRate: decimal("12.5"))
      ),
      ("2025-05-30", ShortReported(symbol: "AMC")),
    ]
    for (time, report) in reports { try ledger.append(.shortReported(report), at: time) }
    let state = ledger.state
    #expect(state.symbolsWithShortMetrics == ["AMC", "GME"])
    #expect(state.shortMetrics(of: "GME", asOf: instant("2025-06-12")) == nil)
    let early = try #require(state.shortMetrics(of: "GME", asOf: instant("2025-06-29")))
    #expect(early.metricDate == CivilDate("2025-06-13"))
    #expect(early.daysToCover == decimal("2.5"))
    #expect(early.daysOfVolume == nil)
    // The later report replaces the earlier as a whole: what it does not say is not known.
    let late = try #require(state.shortMetrics(of: "GME", asOf: instant("2025-06-30")))
    #expect(late.daysToCover == nil)
    #expect(late.daysOfVolume?.description == "3.3333")
    #expect(late.costToBorrowRate == decimal("12.5"))
    #expect(late.sequence == EventSequence(2))
    #expect(late.recorded == Ledger.recorded(EventSequence(2)))
  }

  @Test("a day is closed from when `day.closed` is effective, and not before its date")
  func closedDays() throws {
    var ledger = Ledger()
    for (date, time) in [
      ("2025-06-30", "2025-07-01T06:00:00Z"), ("2025-06-27", "2025-06-27T21:00:00Z"),
      ("2025-06-30", "2025-06-30T21:00:00Z"), ("2025-07-02", "2025-06-30T21:00:00Z"),
    ] {
      try ledger.append(.dayClosed(DayClosed(date: try #require(CivilDate(date)))), at: time)
    }
    for (time, days) in [
      ("2025-06-27T20:00:00Z", []), ("2025-06-29", ["2025-06-27"]),
      ("2025-06-30T21:00:00Z", ["2025-06-27", "2025-06-30"]),
      ("2025-07-02", ["2025-06-27", "2025-06-30", "2025-07-02"]),
    ] {
      #expect(ledger.state.closedDays(asOf: instant(time)).map(\.description) == days)
    }
  }

  @Test("ranges of events merge to the state of all of them, wherever they are cut")
  func merging() throws {
    var history = try RandomHistory(seed: 9_100, steps: 0)
    for step in 0..<60 {
      let payload = history.publication(RandomHistory.symbols[step % 2])
      try history.ledger.append(payload, at: history.time())
    }
    let events = history.ledger.events
    for cut in 1..<events.count {
      var earlier = BookState()
      for event in events[..<cut] { earlier.fold(event) }
      var later = BookState()
      for event in events[cut...] { later.fold(event) }
      earlier.merge(later)
      #expect(earlier == history.ledger.state, "cut at \(cut)")
    }
  }

  @Test("random histories agree with a plain search", arguments: 0..<40 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var history = try RandomHistory(seed: 9_000 + seed, steps: 20)
    for step in 0..<60 {
      let payload = history.publication(RandomHistory.symbols[step % 2])
      try history.ledger.append(payload, at: history.time())
    }
    let noon = history.time()
    for asOf in [noon, noon.date.end, .distantFuture] {
      // Within a day the state has to be folded with that limit.
      var state = BookState(asOf: asOf)
      for event in history.ledger.events { state.fold(event) }
      let visible = history.ledger.events
        .filter { $0.effective <= asOf }
        .sorted { ($0.effective, $0.sequence ?? .zero) < ($1.effective, $1.sequence ?? .zero) }
      var rates: [RateSeriesID: [CivilDate: ExactDecimal]] = [:]
      var volatilities: [Symbol: ExactDecimal] = [:]
      var daysToCover: [Symbol: ExactDecimal] = [:]
      var closed: Set<CivilDate> = []
      for event in visible {
        switch event.payload {
        case .rateSet(let rate): rates[rate.series, default: [:]][event.effective.date] = rate.value
        case .volatilityQuoted(let quoted): volatilities[quoted.symbol] = quoted.volatility
        case .shortReported(let report): daysToCover[report.symbol] = report.daysToCover
        case .dayClosed(let day) where day.date <= asOf.date: closed.insert(day.date)
        default: break
        }
      }
      for series in ["DGS3MO", "DGS10"] as [RateSeriesID] {
        let expected = (rates[series] ?? [:]).sorted { $0.key < $1.key }
        #expect(state.rates(series, asOf: asOf).map(\.percent) == expected.map(\.value))
        #expect(state.rates(series, asOf: asOf).map(\.date) == expected.map(\.key))
        #expect(state.rate(series, asOf: asOf)?.percent == expected.last?.value, "seed \(seed)")
      }
      for symbol in RandomHistory.symbols {
        let quoted = state.quotedVolatility(of: symbol, asOf: asOf)
        #expect(quoted?.volatility == volatilities[symbol], "seed \(seed), \(asOf)")
        let metrics = state.shortMetrics(of: symbol, asOf: asOf)
        #expect(metrics?.daysToCover == daysToCover[symbol], "seed \(seed), \(asOf)")
      }
      #expect(state.closedDays(asOf: asOf) == closed.sorted(), "seed \(seed), \(asOf)")
    }
  }
}
