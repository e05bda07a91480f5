import EventLog
import ExactNumbers
import FaultInjection
import Records
import Testing

@Suite struct LogAppending {
  @Test("an empty log has no head, no events and the empty tree's root")
  func emptyLog() throws {
    let log = try LogFixture.create(FaultyStorage())
    #expect(log.head == .zero)
    #expect(log.headRecorded == nil)
    #expect(try LogFixture.all(log).isEmpty)
    #expect(try log.logRoot() == MerkleTree.emptyRoot)
    #expect(try log.sequence(ofID: "nothing") == nil)
    #expect(try log.record(at: EventSequence(1)) == nil)
  }

  @Test(
    "what was appended is read back, before and after opening again",
    arguments: [1, 7, 8, 9, 16, 17, 40, 300])
  func readBack(count: Int) throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    for number in 1...count {
      let result = try log.append([LogFixture.record(number)])
      #expect(result.first.rawValue == UInt64(number) && result.last == result.first)
    }
    let expected = (1...count).map {
      SequencedRecord(sequence: EventSequence(UInt64($0)), record: LogFixture.record($0))
    }
    #expect(try LogFixture.all(log) == expected)
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(again.head.rawValue == UInt64(count))
    #expect(again.headRecorded == LogFixture.record(count).recorded)
    #expect(try LogFixture.all(again) == expected)
    #expect(log.maintenanceError == nil)
    let reader = try LogFixture.open(storage, mode: .readOnly)
    #expect(try LogFixture.all(reader) == expected)
    #expect(throws: LogError.readOnly(path: LogFixture.path)) {
      try reader.append([LogFixture.record(count + 1)])
    }
  }

  @Test("an append of several events has one range, and of none an empty one")
  func ranges() throws {
    let log = try LogFixture.create(FaultyStorage())
    let three = try log.append(LogFixture.records(1...3))
    #expect(three == AppendResult(first: EventSequence(1), last: EventSequence(3)))
    let none = try log.append([])
    #expect(none == AppendResult(first: EventSequence(4), last: EventSequence(3)))
    #expect(none.count == 0)
  }

  @Test("a closure that throws fails only its own append")
  func closureThrows() throws {
    struct Refused: Error {}
    let log = try LogFixture.create(FaultyStorage())
    try log.append([LogFixture.record(1)])
    #expect(throws: Refused.self) { try log.append { _ in throw Refused() } }
    try log.append { tail in
      #expect(tail.head == EventSequence(1))
      return [LogFixture.record(2)]
    }
    #expect(log.head == EventSequence(2))
  }

  @Test("events recorded backwards or too large are refused, and nothing is written")
  func refused() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append([LogFixture.record(10)])
    let before = storage.files
    #expect(throws: LogError.recordedBackwards(sequence: EventSequence(2))) {
      try log.append([LogFixture.record(9)])
    }
    var large = LogFixture.record(11)
    large.actor = String(repeating: "x", count: FormatLimits.valueBytesMax + 1)
    let refused = [large]
    #expect(throws: LogError.self) { try log.append(refused) }
    #expect(storage.files == before)
    #expect(log.head == EventSequence(1))
  }

  @Test(
    "a bulk append of any size reads back, behind events of the journal too",
    arguments: [(0, 1), (3, 8), (0, 9), (5, 100), (12, 1000)])
  func bulk(before: Int, count: Int) throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    for number in 0..<before { try log.append([LogFixture.record(number + 1)]) }
    let result = try log.appendBulk { writer in
      for number in (before + 1)...(before + count) {
        try writer.append(LogFixture.record(number))
      }
      #expect(writer.head.rawValue == UInt64(before + count))
    }
    #expect(result.count == count)
    let expected = (1...(before + count)).map { LogFixture.record($0) }
    #expect(try LogFixture.all(log).map(\.record) == expected)
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(try LogFixture.all(again).map(\.record) == expected)
    try log.append([LogFixture.record(before + count + 1)])
    #expect(log.head.rawValue == UInt64(before + count + 1))
  }

  @Test("a bulk append that throws leaves nothing behind", arguments: [3, 50, 500])
  func bulkGivenUp(count: Int) throws {
    struct Refused: Error {}
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    for number in 1...20 { try log.append([LogFixture.record(number)]) }
    #expect(throws: Refused.self) {
      try log.appendBulk { writer in
        for number in 21..<(21 + count) { try writer.append(LogFixture.record(number)) }
        throw Refused()
      }
    }
    #expect(log.head == EventSequence(20))
    try log.append(LogFixture.records(21...60))
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...60))
    #expect(try again.sequence(ofID: "id-50") == EventSequence(50))
  }

  @Test("sealing keeps every event and leaves segments that are not written to again")
  func sealing() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...50))
    try log.seal()
    try log.seal()
    let segment = "\(LogFixture.path)/log/00000000000000000001.seg"
    let sealed = storage.bytes(of: segment)
    for number in 51...120 { try log.append([LogFixture.record(number)]) }
    #expect(storage.bytes(of: segment) == sealed)
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...120))
    #expect(storage.files.keys.filter { $0.hasSuffix(".seg") }.count >= 2)
  }

  @Test("blocks that another writer began and did not finish are cut before new ones are written")
  func leftOver() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...8))
    let segment = "\(LogFixture.path)/log/00000000000000000001.seg"
    let bytes = try #require(storage.bytes(of: segment))
    storage.replace(segment, with: bytes + [UInt8](repeating: 0xAB, count: 9_000))
    for number in 9...20 { try log.append([LogFixture.record(number)]) }
    #expect(log.maintenanceError == nil)
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...20))
    #expect(try again.verify(deep: true).isSound)
  }

  @Test("a segment that another handle has sealed meanwhile takes no more blocks")
  func sealedMeanwhile() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    // The journal is empty after these, so that sealing leaves it as it is.
    for number in 1...8 { try log.append([LogFixture.record(number)]) }
    try LogFixture.open(storage).seal()
    let segment = "\(LogFixture.path)/log/00000000000000000001.seg"
    let sealed = storage.bytes(of: segment)
    for number in 9...40 { try log.append([LogFixture.record(number)]) }
    #expect(log.maintenanceError == nil)
    #expect(storage.bytes(of: segment) == sealed)
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...40))
    #expect(try LogFixture.all(log).map(\.record) == LogFixture.records(1...40))
    #expect(try again.verify(deep: true).isSound)
  }

  @Test("a log that begins behind a fork numbers its events from there")
  func laterFirst() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage, first: EventSequence(1_000))
    #expect(log.head == EventSequence(999))
    try log.append(LogFixture.records(1...30))
    let again = try LogFixture.open(storage)
    #expect(again.first == EventSequence(1_000))
    #expect(again.head == EventSequence(1_029))
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...30))
    #expect(try again.logRoot(at: EventSequence(999)) == MerkleTree.emptyRoot)
  }

  @Test("a log is made once, and is not found where there is none")
  func createOnce() throws {
    let storage = FaultyStorage()
    #expect(throws: LogError.notFound(path: LogFixture.path)) { try LogFixture.open(storage) }
    #expect(storage.files.isEmpty)
    _ = try LogFixture.create(storage)
    #expect(throws: LogError.exists(path: LogFixture.path)) { try LogFixture.create(storage) }
  }
}
