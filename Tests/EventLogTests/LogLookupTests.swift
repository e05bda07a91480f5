import EventLog
import FaultInjection
import Records
import Testing

@Suite struct LogLookups {
  private static func expectAllIDs(_ log: EventLog, _ count: Int, _ comment: Comment) throws {
    let ids = (1...count).map { LogFixture.record($0).idText() }
    for (index, id) in ids.enumerated() {
      #expect(try log.sequence(ofID: id)?.rawValue == UInt64(index + 1), comment)
    }
    let strangers = (0..<50).map { "stranger-\($0)" }
    let found = try log.sequences(ofIDs: (ids + strangers).shuffled())
    #expect(found.count == count, comment)
    #expect(found.allSatisfy { ids[Int($0.value.rawValue) - 1] == $0.key }, comment)
    for id in strangers { #expect(try log.sequence(ofID: id) == nil, comment) }
  }

  @Test("an id answers with its sequence in journal, blocks and sealed segments, for ever")
  func everywhere() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    for number in 1...60 { try log.append([LogFixture.record(number)]) }
    try Self.expectAllIDs(log, 60, "journal and blocks")
    try log.seal()
    try Self.expectAllIDs(log, 60, "sealed")
    try log.append(LogFixture.records(61...150))
    for number in 151...155 { try log.append([LogFixture.record(number)]) }
    try Self.expectAllIDs(log, 155, "bulk")
    try Self.expectAllIDs(try LogFixture.open(storage), 155, "opened again")
    try Self.expectAllIDs(try LogFixture.open(storage, mode: .readOnly), 155, "read-only")
    let tables = storage.files.keys.filter { $0.contains("/summaries/") }
    #expect(!tables.isEmpty)
    for table in tables { storage.delete(table) }
    try Self.expectAllIDs(log, 155, "tables deleted under an open log")
    let reader = try LogFixture.open(storage, mode: .readOnly)
    try Self.expectAllIDs(reader, 155, "tables deleted, read-only")
    #expect(storage.files.keys.allSatisfy { !$0.contains("/summaries/") })
    let writer = try LogFixture.open(storage)
    try writer.append { tail in
      let first = try tail.sequence(ofID: "id-1")
      #expect(first == EventSequence(1))
      return [LogFixture.record(156)]
    }
    #expect(storage.files.keys.contains { $0.contains("/summaries/") })
    try Self.expectAllIDs(writer, 156, "tables made again")
  }

  @Test("the first of two events with one id answers for it, wherever they are")
  func firstWins() throws {
    let log = try LogFixture.create(FaultyStorage())
    func append(_ number: Int) throws {
      var record = LogFixture.record(number)
      record.id = .given("twice")
      try log.append([record])
    }
    try append(1)
    try append(2)
    #expect(try log.sequence(ofID: "twice") == EventSequence(1))
    for number in 3...40 { try append(number) }
    #expect(try log.sequence(ofID: "twice") == EventSequence(1))
    try log.seal()
    #expect(try log.sequence(ofID: "twice") == EventSequence(1))
  }

  @Test("inside an append and a bulk append the ids of what comes before are known")
  func inside() throws {
    let log = try LogFixture.create(FaultyStorage())
    try log.append(LogFixture.records(1...5))
    try log.appendBulk { writer in
      for number in 6...100 {
        let id = LogFixture.record(number).idText()
        #expect(try writer.sequence(ofID: id) == nil)
        try writer.append(LogFixture.record(number))
        #expect(try writer.sequence(ofID: id)?.rawValue == UInt64(number))
      }
      for number in 1...100 {
        #expect(
          try writer.sequence(ofID: LogFixture.record(number).idText())?.rawValue == UInt64(number))
        #expect(
          try writer.record(at: EventSequence(UInt64(number))) == LogFixture.record(number))
      }
    }
    try log.append { tail in
      for number in 1...100 {
        let sequence = try tail.sequence(ofID: LogFixture.record(number).idText())
        #expect(sequence?.rawValue == UInt64(number))
      }
      return []
    }
  }

  @Test("a damaged table is as good as none: every bit of it", arguments: [1, 7])
  func damagedTable(step: Int) throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...40))
    guard let path = storage.files.keys.first(where: { $0.contains("/summaries/") }),
      let count = storage.files[path]
    else {
      Issue.record("there is a table")
      return
    }
    for offset in stride(from: step, to: count, by: 13) {
      let copy = storage.copy()
      copy.flipBit(offset % 8, ofByte: offset, in: path)
      let again = try LogFixture.open(copy)
      for number in stride(from: 1, through: 40, by: 3) {
        let id = LogFixture.record(number).idText()
        #expect(try again.sequence(ofID: id)?.rawValue == UInt64(number), "byte \(offset)")
      }
    }
  }
}
