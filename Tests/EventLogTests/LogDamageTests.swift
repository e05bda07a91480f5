import EventLog
import FaultInjection
import Records
import TestSupport
import Testing

@Suite struct LogDamages {
  private static func sample() throws -> FaultyStorage {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...24))
    try log.seal()
    for number in 25...45 { try log.append([LogFixture.record(number)]) }
    return storage.copy()
  }

  /// Whatever was done to the files: each answer is right, or an error that says where.
  private static func expectHonest(
    _ storage: FaultyStorage, _ path: String, _ all: [SequencedRecord], _ root: Digest,
    _ comment: Comment
  ) throws {
    let log = try LogFixture.open(storage, mode: .readOnly)
    let report = try log.verify(deep: true)
    for finding in report.findings { #expect(!finding.reason.isEmpty, comment) }
    if report.isSound {
      #expect(try LogFixture.all(log) == all, comment)
      #expect(try log.logRoot() == root, comment)
    } else {
      #expect(report.findings.contains { $0.file == path }, comment)
      #expect(
        report.findings.contains { $0.sequences != nil } || path.hasSuffix("journal"), comment)
    }
    var cursor = log.cursor()
    var found: [SequencedRecord] = []
    do {
      while let record = try cursor.next() { found.append(record) }
      #expect(found == all, comment)
    } catch {
      #expect(error.damage?.file == path, comment)
      #expect(found == Array(all.prefix(found.count)), comment)
    }
    for number in [1, 9, 24, 25, 33, 44] {
      do {
        let record = try log.record(at: EventSequence(UInt64(number)))
        #expect(record == nil || record == all[number - 1].record, comment)
        let sequence = try log.sequence(ofID: all[number - 1].record.idText())
        #expect(sequence?.rawValue == UInt64(number) || log.damage != nil, comment)
      } catch {
        #expect(error.damage?.file == path, comment)
      }
    }
  }

  @Test("a bit flipped anywhere is reported with its file, or changes nothing")
  func flips() throws {
    let storage = try Self.sample()
    let all = try LogFixture.all(try LogFixture.open(storage))
    let root = try LogFixture.open(storage).logRoot()
    var random = SeededGenerator(seed: 5)
    for (path, count) in storage.files.sorted(by: { $0.key < $1.key }) {
      let step = LogFixture.isExhaustive ? 1 : 29
      for offset in stride(from: Int.random(in: 0..<step, using: &random), to: count, by: step) {
        let bit = Int.random(in: 0..<8, using: &random)
        let copy = storage.copy()
        copy.flipBit(bit, ofByte: offset, in: path)
        try Self.expectHonest(copy, path, all, root, "\(path), byte \(offset), bit \(bit)")
      }
    }
  }

  @Test("a segment cut anywhere is reported with its file, or changes nothing")
  func cuts() throws {
    let storage = try Self.sample()
    let all = try LogFixture.all(try LogFixture.open(storage))
    let root = try LogFixture.open(storage).logRoot()
    var random = SeededGenerator(seed: 6)
    for (path, count) in storage.files where path.hasSuffix(".seg") {
      let step = LogFixture.isExhaustive ? 1 : 41
      for offset in stride(from: Int.random(in: 0..<step, using: &random), to: count, by: step) {
        let copy = storage.copy()
        copy.cut(path, to: offset)
        try Self.expectHonest(copy, path, all, root, "\(path), cut at \(offset)")
      }
    }
  }

  @Test("verification goes on behind the first damage, in segments and in the journal")
  func severalFindings() throws {
    let storage = try Self.sample()
    let log = "\(LogFixture.path)/log"
    let sealed = "\(log)/00000000000000000001.seg"
    let open = "\(log)/00000000000000000025.seg"
    storage.flipBit(0, ofByte: 64 + 200, in: sealed)
    storage.flipBit(0, ofByte: 64 + 30, in: open)
    storage.flipBit(0, ofByte: 128 + 140, in: "\(log)/journal")
    let damaged = try LogFixture.open(storage)
    let report = try damaged.verify(deep: true)
    #expect(Set(report.findings.map(\.file)) == [sealed, open, "\(log)/journal"])
    #expect(report.logRoot == nil)
    // The second block of the open segment and the second of the sealed are sound.
    #expect(report.events >= 16)
  }

  @Test("damage that comes while a log is open is found by verifying, whatever was read before")
  func laterDamage() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...24))
    _ = try LogFixture.all(log)
    #expect(try log.verify(deep: false).isSound)
    let segment = "\(LogFixture.path)/log/00000000000000000001.seg"
    storage.flipBit(5, ofByte: 64 + 100, in: segment)
    #expect(try log.verify(deep: false).findings.first?.file == segment)
  }
}
