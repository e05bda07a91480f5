import Events
import ExactNumbers
import Foundation
import Projections
import Records
import TestSupport
import Testing

@Suite("Catching up") struct CatchingUp {
  @Test("in any steps gives the bytes of a rebuild", arguments: Seeds.range)
  func incrementalEqualsRebuild(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var history = RandomHistory(seed: seed)
    try history.run(events: 220)
    let ledger = history.ledger
    var random = SeededGenerator(seed: seed &* 31)
    let store = folder.store()
    _ = try store.rebuild(
      ledger.change(to: EventSequence(UInt64.random(in: 0...9, using: &random))))
    var head: UInt64 = 10
    while head < ledger.head.rawValue {
      head = min(head + UInt64.random(in: 1...12, using: &random), ledger.head.rawValue)
      let change = ledger.change(to: EventSequence(head))
      _ = try store.catchUp(change)
      // Comparing costs more than catching up: not every step is.
      guard head == ledger.head.rawValue || Int.random(in: 0..<6, using: &random) == 0 else {
        continue
      }
      let fresh = folder.store("fresh.sqlite")
      _ = try fresh.rebuild(change)
      let difference = try difference(store.dumped(), fresh.dumped())
      #expect(difference == nil, "seed \(seed), head \(head)")
      if difference != nil { return }
    }
  }
}

extension CatchingUp {
  @Test("is tried on histories that fill every table")
  func histories() throws {
    var filled: Set<String> = []
    for seed in Seeds.range {
      let folder = try TemporaryFolder()
      var history = RandomHistory(seed: seed)
      try history.run(events: 220)
      let store = folder.store()
      _ = try store.rebuild(history.ledger.change(to: EventSequence(200)))
      let tables = try store.rows("SELECT name FROM sqlite_schema WHERE type = 'table'").joined()
      for table in tables where try store.rows("SELECT 1 FROM \(table) LIMIT 1") != [] {
        filled.insert(table)
      }
      let missing = Set(tables).subtracting(filled)
      if missing.isEmpty { return }
    }
    Issue.record("some tables stayed empty; filled: \(filled.sorted())")
  }
}

enum Seeds {
  /// Another seed, or more of them, by `FOLDBOOK_SEED=7` or `FOLDBOOK_SEED=100-200`.
  static var range: ClosedRange<UInt64> {
    let text = ProcessInfo.processInfo.environment["FOLDBOOK_SEED"] ?? "1-4"
    let bounds = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = bounds.first, let last = bounds.last, first <= last else { return 1...4 }
    return first...last
  }
}
