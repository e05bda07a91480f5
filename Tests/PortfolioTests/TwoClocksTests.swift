import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

/// Random histories against the naive model, at random points on both clocks.
@Suite("The two clocks")
struct TwoClocksTests {
  static let seeds: [UInt64] = (0..<20).map { 7_000 + $0 }

  @Test("1,000 random histories agree with the definition", arguments: seeds)
  func agreement(seed: UInt64) throws {
    for offset in 0..<50 as Range<UInt64> {
      let seed = seed * 1_000 + offset
      var history = try RandomHistory(seed: seed, steps: 30)
      #expect(history.disagreements.isEmpty, "seed \(seed)")
      for _ in 0..<3 {
        let (asOf, knownAt) = (history.time(), history.sequence())
        let state = history.ledger.state(knownAt: knownAt)
        let holdings = state.resolve(asOf: asOf)
        let expected = history.naive.answer(asOf: asOf, knownAt: knownAt)
        #expect(NaiveBook.Answer(holdings) == expected, "seed \(seed), \(asOf), #\(knownAt)")
        // Asking for one thing answers as asking for everything does.
        for id in RandomHistory.positions {
          let position = try state.position(id, asOf: asOf)
          #expect(position == holdings.positions[id] ?? holdings.voidedPositions[id])
        }
        #expect(try state.cash(of: "p", asOf: asOf).balance == holdings.cash["p"]?.balance ?? .zero)
      }
    }
  }

  @Test(
    "merging is associative, and any split of the log folds to the same state", arguments: seeds)
  func merging(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed, steps: 40)
    let events = history.ledger.events
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5 {
      let inner = (0..<3).map { _ in Int.random(in: 0...events.count, using: &random) }
      let bounds = ([0, events.count] + inner).sorted()
      let parts = zip(bounds, bounds.dropFirst()).map { start, end in
        var part = BookState()
        for event in events[start..<end] { part.fold(event) }
        return part
      }
      var left = BookState()
      for part in parts { left.merge(part) }
      var right = BookState()
      for part in parts.reversed() {
        var merged = part
        merged.merge(right)
        right = merged
      }
      #expect(left == history.ledger.state, "seed \(seed), cuts \(bounds)")
      #expect(right == history.ledger.state, "seed \(seed), cuts \(bounds)")
    }
  }
}
