import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("A state that is cut at a time")
struct CutTests {
  static let seeds: [UInt64] = (0..<20).map { 31_000 + $0 }

  /// Every time that anything of the random histories is effective at, and some around them.
  static let times: [Instant] =
    (0..<13 as Range<Int32>).flatMap { day -> [Instant] in
      let date = CivilDate(daysSinceEpoch: 19_999 + day)
      return [
        date.start,
        Instant(nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch + 43_200_000_000_000),
        date.end,
      ]
    } + [.distantFuture]

  @Test("answers as before up to the time, and as at the time from then on", arguments: seeds)
  func answers(seed: UInt64) throws {
    for offset in 0..<2 as Range<UInt64> {
      let seed = seed * 100 + offset
      var history = try CutHistory(seed: seed, steps: 50)
      let state = history.ledger.state
      let time = history.time()
      for keepsMarket in [false, true] {
        var cut = state
        cut.cut(at: time, keepsMarket: keepsMarket)
        #expect(cut.head == state.head)
        for asked in Self.times {
          let known = min(asked, time)
          let market = keepsMarket ? asked : known
          #expect(
            ShownMarket(cut, asOf: asked, days: market.date)
              == ShownMarket(state, asOf: market, days: market.date),
            "seed \(seed), cut at \(time), \(asked)")
          // Splits and dividends that stay act on what is held later.
          if keepsMarket, asked > time { continue }
          #expect(
            Shown(cut.resolve(asOf: asked)) == Shown(state.resolve(asOf: known)),
            "seed \(seed), cut at \(time), \(asked)")
        }
        var twice = cut
        twice.cut(at: time, keepsMarket: keepsMarket)
        #expect(twice == cut, "seed \(seed)")
      }
    }
  }

  @Test("two cuts are the earlier one", arguments: seeds)
  func twice(seed: UInt64) throws {
    var history = try CutHistory(seed: seed, steps: 60)
    let state = history.ledger.state
    let (one, other) = (history.time(), history.time())
    var (once, twice) = (state, state)
    once.cut(at: min(one, other), keepsMarket: false)
    twice.cut(at: max(one, other), keepsMarket: false)
    twice.cut(at: min(one, other), keepsMarket: false)
    for asked in Self.times {
      #expect(
        Shown(once.resolve(asOf: asked)) == Shown(twice.resolve(asOf: asked)), "seed \(seed)")
      #expect(
        ShownMarket(once, asOf: asked, days: asked.date)
          == ShownMarket(twice, asOf: asked, days: asked.date), "seed \(seed)")
    }
  }

  @Test(
    "what is recorded on it agrees with the definition, in answers and in what is refused",
    arguments: seeds)
  func recording(seed: UInt64) throws {
    for offset in 0..<6 as Range<UInt64> {
      let seed = seed * 100 + offset
      var history = try RandomHistory(seed: seed, steps: 30)
      let time = history.time()
      var state = history.ledger.state
      state.cut(at: time, keepsMarket: false)
      var branch = try RandomHistory(
        continuing: Ledger(state: state, events: history.ledger.events),
        naive: history.naive.cut(at: time), seed: seed &+ 1, steps: 25)
      #expect(branch.disagreements.isEmpty, "seed \(seed), cut at \(time)")
      for _ in 0..<4 {
        let asOf = branch.time()
        let expected = branch.naive.answer(asOf: asOf, knownAt: EventSequence(.max))
        let holdings = branch.ledger.state.resolve(asOf: asOf)
        #expect(
          NaiveBook.Answer(holdings) == expected, "seed \(seed), cut at \(time), \(asOf)")
      }
      // The same own events, folded apart and merged.
      var merged = state
      var own = BookState()
      for event in branch.ledger.events where event.sequence.map({ $0 > state.head }) ?? false {
        own.fold(event)
      }
      merged.merge(own)
      #expect(merged == branch.ledger.state, "seed \(seed)")
    }
  }
}
