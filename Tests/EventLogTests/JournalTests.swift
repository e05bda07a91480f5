import FaultInjection
import Records
import Testing

@testable import EventLog

@Suite struct Journals {
  private static let journal = "\(LogFixture.path)/log/journal"

  @Test("a journal cut at any byte keeps the whole frames before, and reports the rest")
  func everyCut() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append([LogFixture.record(1)])
    let one = try #require(storage.files[Self.journal])
    try log.append(LogFixture.records(2...4))
    let all = try #require(storage.files[Self.journal])
    for count in one..<all {
      let copy = storage.copy()
      copy.cut(Self.journal, to: count)
      let again = try LogFixture.open(copy)
      #expect(again.head == EventSequence(1), "cut at \(count)")
      #expect(again.recovery.map(\.finding) == (count == one ? [] : [.journalTailShort]))
      if let note = again.recovery.first {
        #expect(note.place.file == Self.journal && note.place.offset == UInt64(one))
        #expect(note.place.sequences?.lowerBound == EventSequence(2))
        #expect(note.bytes == UInt64(count - one))
      }
      try again.append(LogFixture.records(2...4))
      #expect(copy.bytes(of: Self.journal) == storage.bytes(of: Self.journal))
    }
  }

  @Test("a frame reads back, wherever it begins, and says how many of its sectors are zero")
  func frames() throws {
    for offset in [UInt64(128), 256, 512, 1_152] {
      var record = LogFixture.record(1)
      record.fields = [Field(FieldNumber(9), .bytes([UInt8](repeating: 0, count: 2_000)))]
      let records = [
        SequencedRecord(sequence: EventSequence(1), record: record),
        SequencedRecord(sequence: EventSequence(2), record: LogFixture.record(2)),
      ]
      let bytes = JournalFrame.encode(
        records, identity: LogFixture.identity, epoch: 3, ordinal: 5, previousChecksum: 77,
        offset: offset)
      #expect(bytes.count.isMultiple(of: JournalFrameHeader.alignment))
      let header = try JournalFrameHeader(decoding: Array(bytes[..<128]))
      #expect(header.totalLength == bytes.count)
      #expect(header.epoch == 3 && header.ordinal == 5 && header.previousChecksum == 77)
      #expect(header.zeroPieces >= 2)
      #expect(header.zeroPieces == JournalFrame.zeroPieces(in: bytes, at: offset))
      #expect(try JournalFrame.decode(Array(bytes[128...]), header) == records)
    }
  }

  @Test("every bit of a frame's header is under its checksum")
  func headerBits() throws {
    let records = [SequencedRecord(sequence: EventSequence(1), record: LogFixture.record(1))]
    let bytes = JournalFrame.encode(
      records, identity: LogFixture.identity, epoch: 0, ordinal: 0, previousChecksum: 0,
      offset: 128)
    for bit in 0..<(128 * 8) {
      var flipped = Array(bytes[..<128])
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: BlockError.self) { try JournalFrameHeader(decoding: flipped) }
    }
  }

  @Test("journal, segment and footer headers read back, and every bit counts")
  func fileHeaders() throws {
    let journal = JournalHeader(
      identity: LogFixture.identity, base: EventSequence(9), epoch: 4, previousTag: 11,
      nextOrdinal: 2, logFirst: EventSequence(3))
    let segment = SegmentHeader(
      identity: LogFixture.identity, first: EventSequence(9), firstOrdinal: 2, previousTag: 11)
    #expect(
      try JournalHeader(decoding: journal.encoded(), identity: LogFixture.identity) == journal)
    #expect(
      try SegmentHeader(decoding: segment.encoded(), identity: LogFixture.identity) == segment)
    for bit in 0..<(128 * 8) {
      var flipped = journal.encoded()
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: BlockError.self) {
        try JournalHeader(decoding: flipped, identity: LogFixture.identity)
      }
      guard bit < 64 * 8 else { continue }
      flipped = segment.encoded()
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: BlockError.self) {
        try SegmentHeader(decoding: flipped, identity: LogFixture.identity)
      }
    }
    let other = LogIdentity(book: "other", branch: "main")
    #expect(throws: BlockError.self) {
      try JournalHeader(decoding: journal.encoded(), identity: other)
    }
    #expect(throws: BlockError.self) {
      try SegmentHeader(decoding: segment.encoded(), identity: other)
    }
  }
}
