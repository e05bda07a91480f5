import EventLog
import ExactNumbers
import FaultInjection
import Records
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A log in memory with small blocks and segments, and records to put into it.
enum LogFixture {
  /// With `FOLDBOOK_EXHAUSTIVE` set, tests that sample try everything: minutes instead of seconds.
  static let isExhaustive = getenv("FOLDBOOK_EXHAUSTIVE") != nil

  static let path = "book/branches/main"
  static let identity = LogIdentity(book: "fixture", branch: "main")
  static let options = LogOptions(eventsPerBlock: 8, segmentBytesMax: 4096)

  static let trade = KindNumber(1)
  static let tick = KindNumber(2)
  static let person = KindNumber(3)
  static let bar = KindNumber(4)

  static let registry = KindRegistry([
    KindTraits(
      number: trade, name: "trade", portfolioField: FieldNumber(1), symbolField: FieldNumber(2)),
    KindTraits(number: tick, name: "tick", isMarketData: true, symbolField: FieldNumber(1)),
    KindTraits(number: person, name: "person"),
    KindTraits(number: bar, name: "bar", isMarketData: true, symbolField: FieldNumber(1)),
  ])

  static func create(
    _ storage: any Storage, at path: String = path, options: LogOptions = options,
    first: EventSequence = EventSequence(1)
  ) throws -> EventLog {
    try EventLog.create(
      at: path, identity: identity, registry: registry, first: first, storage: storage,
      options: options)
  }

  static func open(
    _ storage: any Storage, at path: String = path, mode: EventLog.Mode = .readWrite,
    watermark: EventSequence = .zero, options: LogOptions = options
  ) throws -> EventLog {
    try EventLog.open(
      at: path, identity: identity, registry: registry, storage: storage, mode: mode,
      watermark: watermark, options: options)
  }

  /// The same record for the same number: the numbers are the test's, not the log's.
  static func record(_ number: Int) -> Record {
    var random = SeededGenerator(seed: UInt64(number) &* 31 &+ 7)
    let recorded = Instant(nanosecondsSinceEpoch: Int64(number) * 1_000)
    let effective = Instant(
      nanosecondsSinceEpoch: Int64(number) * 1_000 - Int64.random(in: 0..<20_000, using: &random))
    let symbol = ["AAPL", "MSFT", "IBM", "GOOG"].randomElement(using: &random) ?? "AAPL"
    let portfolio = ["P1", "P2", "P3"].randomElement(using: &random) ?? "P1"
    let id: RecordID =
      number % 3 == 0 ? .minted(occurrence: UInt32(number)) : .given("id-\(number)")
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      return Record(
        kind: tick, id: id, effective: effective, recorded: recorded, source: "/feed",
        fields: [
          Field(FieldNumber(1), .text(symbol)),
          Field(FieldNumber(2), .decimal(price(&random))),
        ])
    case 5..<8:
      return Record(
        kind: trade, id: id, effective: effective, recorded: recorded, source: "/desk",
        subject: number % 2 == 0 ? portfolio : nil, actor: "clerk", correlation: "c\(number / 10)",
        fields: [
          Field(FieldNumber(1), .text(portfolio)), Field(FieldNumber(2), .text(symbol)),
          Field(FieldNumber(3), .integer(Int64(number))),
          Field(FieldNumber(5), .boolean(number % 2 == 0)),
        ])
    case 8:
      return Record(
        kind: person, id: id, effective: effective, recorded: recorded, source: "/desk",
        subject: portfolio,
        fields: [Field(FieldNumber(4), .bytes([UInt8(truncatingIfNeeded: number), 0, 255]))])
    default:
      return Record(
        kind: bar, id: id, effective: effective, recorded: recorded, source: "/feed",
        fields: [
          Field(FieldNumber(1), .text(symbol)), Field(FieldNumber(2), .decimal(price(&random))),
        ])
    }
  }

  private static func price(_ random: inout SeededGenerator) -> ExactDecimal {
    let cents = Int64.random(in: 100..<100_000, using: &random)
    guard let price = try? ExactDecimal(coefficient: cents, places: 2) else {
      preconditionFailure("a price of some cents is a decimal")
    }
    return price
  }

  static func records(_ numbers: some Sequence<Int>) -> [Record] { numbers.map { record($0) } }

  /// All events that a log gives, from its first.
  static func all(_ log: EventLog) throws -> [SequencedRecord] {
    var cursor = log.cursor()
    return try all(&cursor)
  }

  static func all(_ cursor: inout LogCursor) throws -> [SequencedRecord] {
    var result: [SequencedRecord] = []
    while let record = try cursor.next() { result.append(record) }
    return result
  }
}
