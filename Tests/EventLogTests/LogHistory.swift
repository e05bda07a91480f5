import EventLog
import FaultInjection
import Records

/// A scripted life of a log: appends, packing, a bulk append, sealing, opening again. Steps may
/// fail; the script goes on as far as it can, and knows what was acknowledged.
///
/// The event with sequence n is always `LogFixture.record(n)`, so that what is there is right if
/// it is the beginning of that series.
struct LogHistory {
  static let options = LogOptions(eventsPerBlock: 4, segmentBytesMax: 2600)

  /// How many events there are when nothing fails.
  static let eventCount: UInt64 = 29

  let storage: any Storage
  private(set) var isCreated = false
  private(set) var acknowledged: UInt64 = 0
  /// Where the log may end: after an append that was tried, never inside one.
  private(set) var possibleHeads: Set<UInt64> = [0]
  private(set) var log: EventLog?
  /// Damage reported along the way: there must be none.
  private(set) var damage: [LogDamage] = []

  init(_ storage: any Storage) { self.storage = storage }

  mutating func run() {
    log = try? LogFixture.create(storage, options: Self.options)
    guard log != nil else { return }
    isCreated = true
    for _ in 0..<5 { append(1) }
    append(3)
    seal()
    append(2)
    reopen()
    append(1)
    bulk(9)
    append(1)
    append(6)
    seal()
    append(2)
  }

  private mutating func append(_ count: Int) {
    attempt(count) { try $0.append { tail in Self.next(count, after: tail.head) } }
  }

  private mutating func bulk(_ count: Int) {
    attempt(count) { log in
      try log.appendBulk { writer in
        for record in Self.next(count, after: writer.head) { try writer.append(record) }
      }
    }
  }

  private mutating func attempt(_ count: Int, _ body: (EventLog) throws -> AppendResult) {
    guard let log else { return }
    possibleHeads.insert(acknowledged + UInt64(count))
    do {
      let result = try body(log)
      acknowledged = max(acknowledged, result.last.rawValue)
    } catch {
      note(error)
      // What was tried may be there all the same, and is built upon then.
      possibleHeads.insert(log.head.rawValue + UInt64(count))
    }
    possibleHeads.insert(log.head.rawValue)
  }

  private mutating func seal() {
    do { try log?.seal() } catch { note(error) }
  }

  private mutating func reopen() {
    if let again = try? LogFixture.open(storage, options: Self.options) {
      damage += again.recovery.filter(\.isDamage).map(\.place)
      log = again
    }
  }

  private mutating func note(_ error: any Error) {
    if let damaged = (error as? LogError)?.damage { damage.append(damaged) }
  }

  private static func next(_ count: Int, after head: EventSequence) -> [Record] {
    (1...count).map { LogFixture.record(Int(head.rawValue) + $0) }
  }
}
