import EventLog
import ExactNumbers
import FaultInjection
import Records
import TestSupport
import Testing

@Suite struct LogCursors {
  /// 400 events in sealed and open segments and in the journal.
  private static func log() throws -> EventLog {
    let log = try LogFixture.create(FaultyStorage())
    try log.append(LogFixture.records(1...150))
    try log.seal()
    for number in 151...310 { try log.append([LogFixture.record(number)]) }
    try log.append(LogFixture.records(311...400))
    for number in 401...405 { try log.append([LogFixture.record(number)]) }
    return log
  }

  private static func filter(_ random: inout SeededGenerator) -> LogFilter {
    func some<Element>(_ elements: [Element]) -> Set<Element>? {
      switch Int.random(in: 0..<3, using: &random) {
      case 0: nil
      default: Set(elements.filter { _ in Bool.random(using: &random) })
      }
    }
    func range() -> ClosedRange<Instant>? {
      guard Bool.random(using: &random) else { return nil }
      let low = Int64.random(in: -20_000..<410_000, using: &random)
      let high = low + Int64.random(in: 0..<100_000, using: &random)
      return Instant(nanosecondsSinceEpoch: low)...Instant(nanosecondsSinceEpoch: high)
    }
    return LogFilter(
      kinds: some([LogFixture.trade, LogFixture.tick, LogFixture.person, LogFixture.bar]),
      portfolios: Bool.random(using: &random) ? some(["P1", "P2", "P9"]) : nil,
      symbols: Bool.random(using: &random) ? some(["AAPL", "MSFT", "NONE"]) : nil,
      effective: range(), recorded: range(),
      timelessKinds: some([LogFixture.person, LogFixture.bar]) ?? [])
  }

  /// The filter as its documentation reads, without looking at blocks.
  private static func admits(_ filter: LogFilter, _ record: Record) -> Bool {
    let traits = LogFixture.registry[record.kind]
    if let kinds = filter.kinds, !kinds.contains(record.kind) { return false }
    if let range = filter.effective, !range.contains(record.effective),
      !filter.timelessKinds.contains(record.kind)
    {
      return false
    }
    if let range = filter.recorded, !range.contains(record.recorded) { return false }
    if let symbols = filter.symbols {
      guard let symbol = record.symbol(traits), symbols.contains(symbol) else { return false }
    }
    if let portfolios = filter.portfolios {
      guard let portfolio = record.portfolio(traits), portfolios.contains(portfolio) else {
        return false
      }
    }
    return true
  }

  @Test("a cursor gives what the filter says, from and through any sequence", arguments: 0..<4)
  func naive(seed: UInt64) throws {
    let log = try Self.log()
    let all = try LogFixture.all(log)
    #expect(all.count == 405)
    var random = SeededGenerator(seed: seed)
    for round in 0..<100 {
      let filter = Self.filter(&random)
      let from = EventSequence(UInt64.random(in: 1...420, using: &random))
      let through =
        Bool.random(using: &random)
        ? nil : EventSequence(UInt64.random(in: 1...420, using: &random))
      var cursor = log.cursor(filter, from: from, through: through)
      let found = try LogFixture.all(&cursor)
      let expected = all.filter {
        $0.sequence >= from && $0.sequence <= (through ?? log.head)
          && Self.admits(filter, $0.record)
      }
      #expect(found == expected, "seed \(seed), round \(round): \(filter)")
    }
  }

  @Test("reading one kind reads no columns of the others, and passes by blocks without it")
  func skipping() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    // 20 blocks of ticks, and one person's record in the tenth of them.
    for block in 0..<20 {
      var records = (0..<8).map { index in
        var record = LogFixture.record(block * 8 + index + 1)
        record.kind = LogFixture.tick
        record.subject = nil
        record.fields = [Field(FieldNumber(1), .text("AAPL"))]
        return record
      }
      if block == 10 {
        records[3].kind = LogFixture.person
        records[3].fields = [Field(FieldNumber(4), .bytes([1]))]
        records[3].subject = "P1"
      }
      try log.append(records)
    }
    let again = try LogFixture.open(storage)
    // Headers are read once; from here on only columns are.
    var warm = again.cursor(LogFilter(kinds: [LogFixture.person]))
    _ = try LogFixture.all(&warm)
    func work(_ filter: LogFilter) throws -> (found: Int, statistics: LogStatistics) {
      let before = again.statistics
      var cursor = again.cursor(filter)
      let found = try LogFixture.all(&cursor).count
      var after = again.statistics
      after.blocksRead -= before.blocksRead
      after.blocksSkipped -= before.blocksSkipped
      after.groupsRead -= before.groupsRead
      after.bytesRead -= before.bytesRead
      return (found, after)
    }
    let person = try work(LogFilter(kinds: [LogFixture.person]))
    #expect(person.found == 1)
    #expect(person.statistics.blocksRead == 1 && person.statistics.blocksSkipped == 19)
    // The person's columns and the order of the rows.
    #expect(person.statistics.groupsRead == 2)
    let portfolio = try work(LogFilter(portfolios: ["P1"]))
    #expect(portfolio.found == 1 && portfolio.statistics.groupsRead == 2)
    let symbol = try work(LogFilter(symbols: ["MSFT"]))
    #expect(symbol.found == 0 && symbol.statistics.groupsRead == 0)
    let ticks = try work(LogFilter(kinds: [LogFixture.tick]))
    #expect(ticks.found == 159 && ticks.statistics.blocksSkipped == 0)
    #expect(person.statistics.bytesRead < ticks.statistics.bytesRead / 4)
  }

  @Test("a cursor goes on over what it saw while events are appended, packed and sealed")
  func stable() throws {
    let log = try LogFixture.create(FaultyStorage())
    for number in 1...30 { try log.append([LogFixture.record(number)]) }
    var cursor = log.cursor()
    var found: [SequencedRecord] = []
    for number in 31...90 {
      if let record = try cursor.next() { found.append(record) }
      try log.append([LogFixture.record(number)])
      if number % 20 == 0 { try log.seal() }
    }
    found += try LogFixture.all(&cursor)
    #expect(found.map(\.record) == LogFixture.records(1...30))
  }

  @Test("record(at:) finds every event, and none outside", arguments: [0, 1])
  func recordAt(sealed: Int) throws {
    let log = try Self.log()
    if sealed == 1 { try log.seal() }
    for number in 1...405 {
      #expect(try log.record(at: EventSequence(UInt64(number))) == LogFixture.record(number))
    }
    #expect(try log.record(at: .zero) == nil)
    #expect(try log.record(at: EventSequence(406)) == nil)
  }
}
