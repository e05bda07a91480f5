import FaultInjection
import Records
import Testing

@testable import EventLog

/// One row of the decision table each: what was done to a sound log, and what opening makes of it.
@Suite struct Recovery {
  private static let journal = "\(LogFixture.path)/log/journal"
  private static let log = "\(LogFixture.path)/log"

  private static func segment(_ first: Int) -> String {
    "\(log)/\(SegmentName.text(EventSequence(UInt64(first)))).seg"
  }

  /// Segments 1…20 (sealed) and 21…36 (open), and 37…41 in the journal, a frame each.
  private static func sample() throws -> FaultyStorage {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...20))
    try log.seal()
    for number in 21...41 { try log.append([LogFixture.record(number)]) }
    return storage.copy()
  }

  /// The offsets of the frames in a journal, and its end.
  private static func frames(_ storage: FaultyStorage) throws -> [Int] {
    let bytes = try #require(storage.bytes(of: journal))
    var offsets = [JournalHeader.byteCount]
    while let last = offsets.last, last < bytes.count {
      let header = try JournalFrameHeader(decoding: Array(bytes[last..<(last + 128)]))
      offsets.append(last + header.totalLength)
    }
    return offsets
  }

  private static func change(
    _ storage: FaultyStorage, _ path: String, _ body: (inout [UInt8]) throws -> Void
  ) throws {
    var bytes = try #require(storage.bytes(of: path))
    try body(&bytes)
    storage.replace(path, with: bytes)
  }

  /// Opens for reading first, which changes nothing, then for writing.
  private static func expect(
    _ storage: FaultyStorage, _ findings: [RecoveryFinding], head: Int,
    watermark: EventSequence = .zero, isAllReadable: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let files = storage.files
    let reader = try LogFixture.open(storage, mode: .readOnly, watermark: watermark)
    #expect(reader.recovery.map(\.finding) == findings, sourceLocation: sourceLocation)
    #expect(reader.head.rawValue == UInt64(head), sourceLocation: sourceLocation)
    #expect(storage.files == files, sourceLocation: sourceLocation)
    let isDamaged = findings.contains { $0.action == .refuse }

    let log = try LogFixture.open(storage, watermark: watermark)
    #expect(log.recovery.map(\.finding) == findings, sourceLocation: sourceLocation)
    #expect(log.head.rawValue == UInt64(head), sourceLocation: sourceLocation)
    for note in log.recovery {
      #expect(note.place.file.hasPrefix(Self.log), sourceLocation: sourceLocation)
      #expect(
        note.isDone == (!isDamaged && note.finding.action != .refuse),
        sourceLocation: sourceLocation)
    }
    if isDamaged {
      #expect(storage.files == files, "damage is not touched", sourceLocation: sourceLocation)
      let error = #expect(throws: LogError.self, sourceLocation: sourceLocation) {
        try log.append([LogFixture.record(1_000)])
      }
      #expect(error?.damage != nil, sourceLocation: sourceLocation)
      if isAllReadable {
        let found = try LogFixture.all(log).map(\.record)
        #expect(found == LogFixture.records(1...head), sourceLocation: sourceLocation)
      } else {
        // Whoever reads all of it gets the damage, not a shorter log.
        #expect(throws: LogError.self, sourceLocation: sourceLocation) { try LogFixture.all(log) }
      }
      #expect(try !log.verify(deep: false).isSound, sourceLocation: sourceLocation)
    } else {
      for note in log.recovery where note.finding.action == .cut {
        let kept = try #require(note.keptIn, sourceLocation: sourceLocation)
        #expect(UInt64(storage.files[kept] ?? 0) == note.bytes, sourceLocation: sourceLocation)
      }
      let found = try LogFixture.all(log).map(\.record)
      #expect(found == LogFixture.records(1...head), sourceLocation: sourceLocation)
      try log.append([LogFixture.record(head + 1)])
      try log.seal()
      let again = try LogFixture.open(storage)
      #expect(again.recovery.isEmpty, sourceLocation: sourceLocation)
      #expect(try again.verify(deep: true).isSound, sourceLocation: sourceLocation)
      #expect(
        try LogFixture.all(again).map(\.record) == LogFixture.records(1...(head + 1)),
        sourceLocation: sourceLocation)
    }
  }

  @Test("nothing is the matter: nothing is found")
  func clean() throws { try Self.expect(try Self.sample(), [], head: 41) }

  @Test("the journal ends inside its last frame: cut off and kept", arguments: [1, 127, 128, 140])
  func journalTailShort(kept: Int) throws {
    let storage = try Self.sample()
    let frames = try Self.frames(storage)
    storage.cut(Self.journal, to: frames[4] + kept)
    try Self.expect(storage, [.journalTailShort], head: 40)
  }

  @Test("the last frame lacks a sector that was written with it: cut off and kept")
  func journalTailSectorLost() throws {
    for sector in 0..<3 {
      let storage = try Self.sample()
      let log = try LogFixture.open(storage)
      // A frame of several sectors.
      var large = LogFixture.record(42)
      large.actor = String(repeating: "a", count: 1_200)
      try log.append([large])
      let frames = try Self.frames(storage)
      let start = frames[frames.count - 2]
      let piece = (start / 512 + sector) * 512
      try Self.change(storage, Self.journal) { bytes in
        for index in max(start, piece)..<min(piece + 512, bytes.count) { bytes[index] = 0 }
      }
      try Self.expect(storage, [.journalTailSectorLost], head: 41)
    }
  }

  @Test("the last frame was written to its end and is bad: damage")
  func journalTailBad() throws {
    for delta in [5, 60, 127, 130, 200] {
      let storage = try Self.sample()
      let frames = try Self.frames(storage)
      storage.flipBit(3, ofByte: frames[4] + delta, in: Self.journal)
      try Self.expect(storage, [.journalTailBad], head: 40)
    }
  }

  @Test("a bad frame has a valid one behind it: damage")
  func journalFrameBad() throws {
    for delta in [5, 60, 130, 200] {
      let storage = try Self.sample()
      let frames = try Self.frames(storage)
      storage.flipBit(0, ofByte: frames[2] + delta, in: Self.journal)
      try Self.expect(storage, [.journalFrameBad], head: 38)
    }
  }

  @Test("a lost sector does not excuse a frame with a valid one behind it")
  func journalFrameBadZero() throws {
    let storage = try Self.sample()
    let frames = try Self.frames(storage)
    try Self.change(storage, Self.journal) { bytes in
      for index in frames[1]..<frames[2] { bytes[index] = 0 }
    }
    try Self.expect(storage, [.journalFrameBad], head: 37)
  }

  @Test("a frame that is valid in itself stands in the wrong place: damage")
  func journalFrameMisplaced() throws {
    // A frame twice, one left out, one of another epoch, one of another log.
    for kind in 0..<4 {
      let storage = try Self.sample()
      let frames = try Self.frames(storage)
      var head = 41
      try Self.change(storage, Self.journal) { bytes in
        switch kind {
        case 0: bytes += bytes[frames[4]..<frames[5]]
        case 1:
          bytes.removeSubrange(frames[2]..<frames[3])
          head = 38
        default:
          let old = try JournalFrameHeader(decoding: Array(bytes[frames[4]..<(frames[4] + 128)]))
          var frame = old
          if kind == 2 {
            frame.epoch += 1
          } else {
            frame.identity = LogIdentity(book: "other", branch: "main")
          }
          bytes.replaceSubrange(frames[4]..<(frames[4] + 128), with: frame.encoded())
          head = 40
        }
      }
      try Self.expect(storage, [.journalFrameMisplaced], head: head)
    }
  }

  @Test("segments without a journal: damage")
  func journalMissing() throws {
    let storage = try Self.sample()
    storage.delete(Self.journal)
    try Self.expect(storage, [.journalMissing], head: 36)
  }

  @Test("neither segments nor a journal: there is no log")
  func nothing() throws {
    let storage = FaultyStorage()
    try storage.makeDirectory(Self.log)
    #expect(throws: LogError.notFound(path: LogFixture.path)) { try LogFixture.open(storage) }
    _ = try LogFixture.create(storage)
  }

  @Test("the journal's file header is bad, or another log's: damage", arguments: [0, 20, 33, 126])
  func journalHeaderBad(offset: Int) throws {
    let storage = try Self.sample()
    storage.flipBit(1, ofByte: offset, in: Self.journal)
    try Self.expect(storage, [.journalHeaderBad], head: 36)
  }

  @Test("a journal of a newer format is left alone")
  func newerFormat() throws {
    let storage = try Self.sample()
    try Self.change(storage, Self.journal) { bytes in
      bytes[8] = 2
      withUnsafeBytes(of: Checksum.of(bytes[..<120]).littleEndian) {
        bytes.replaceSubrange(120..<128, with: $0)
      }
    }
    #expect(throws: LogError.newerFormat(path: Self.journal, found: 2, known: 1)) {
      try LogFixture.open(storage)
    }
  }

  @Test("a journal that was not yet renamed: removed")
  func journalNewLeftOver() throws {
    let storage = try Self.sample()
    storage.replace("\(Self.log)/journal.new", with: [1, 2, 3])
    try Self.expect(storage, [.journalNewLeftOver], head: 41)
    #expect(storage.files["\(Self.log)/journal.new"] == nil)
  }

  @Test("bytes behind the last acknowledged block, even a whole block: cut off and kept")
  func segmentTailInFlight() throws {
    for count in [1, 100, 3_000] {
      let storage = try Self.sample()
      try Self.change(storage, Self.segment(21)) { bytes in
        bytes += [UInt8](repeating: 7, count: count)
      }
      try Self.expect(storage, [.segmentTailInFlight], head: 41)
    }
    // The pack that died between its block and its journal.
    let before = try Self.sample()
    let packed = before.copy()
    try LogFixture.open(packed).append(LogFixture.records(42...44))
    try LogFixture.open(packed).append([LogFixture.record(45)])
    let bytes = try #require(packed.bytes(of: Self.segment(21)))
    #expect(bytes.count > before.files[Self.segment(21)] ?? 0)
    before.replace(Self.segment(21), with: bytes)
    try Self.expect(before, [.segmentTailInFlight], head: 41)
  }

  @Test("a segment that begins at or behind the journal: set aside")
  func segmentInFlight() throws {
    let storage = try Self.sample()
    storage.replace(Self.segment(37), with: [UInt8](repeating: 3, count: 700))
    try Self.expect(storage, [.segmentInFlight], head: 41)
    #expect(storage.files.values.contains(700))
  }

  @Test("a sealed segment that was not yet renamed: removed")
  func segmentTemporaryLeftOver() throws {
    let storage = try Self.sample()
    storage.replace(Self.segment(21) + ".tmp", with: [1, 2, 3])
    try Self.expect(storage, [.segmentTemporaryLeftOver], head: 41)
    #expect(storage.files[Self.segment(21) + ".tmp"] == nil)
  }

  @Test("a segment's file header is bad, or another segment's: damage", arguments: [0, 20, 33, 60])
  func segmentHeaderBad(offset: Int) throws {
    for first in [1, 21] {
      let storage = try Self.sample()
      storage.flipBit(1, ofByte: offset, in: Self.segment(first))
      try Self.expect(storage, [.segmentHeaderBad], head: 41)
      let reader = try LogFixture.open(storage, mode: .readOnly)
      // What is intact on either side can be read, and nothing across.
      let intact = first == 1 ? 21 : 1
      #expect(
        try reader.record(at: EventSequence(UInt64(intact))) == LogFixture.record(intact))
      #expect(throws: LogError.self) { try reader.record(at: EventSequence(UInt64(first))) }
      #expect(throws: LogError.self) { try reader.logRoot() }
      #expect(throws: LogError.self) { try reader.sequence(ofID: "not there") }
    }
  }

  @Test("a segment is missing: damage", arguments: [1, 21])
  func segmentMissing(first: Int) throws {
    let storage = try Self.sample()
    storage.delete(Self.segment(first))
    let reader = try LogFixture.open(storage, mode: .readOnly)
    #expect(reader.recovery.contains { $0.finding == .segmentMissing })
    try Self.expect(storage, reader.recovery.map(\.finding), head: 41)
  }

  @Test("a segment has lost its end: damage", arguments: [1, 200, 700])
  func segmentShort(bytes: Int) throws {
    for first in [1, 21] {
      let storage = try Self.sample()
      let count = try #require(storage.files[Self.segment(first)])
      storage.cut(Self.segment(first), to: count - bytes)
      let reader = try LogFixture.open(storage, mode: .readOnly)
      #expect(reader.damage?.file == Self.segment(first))
      // Of a sealed segment it is the footer that is cut first.
      try Self.expect(
        storage, reader.recovery.map(\.finding), head: 41,
        isAllReadable: first == 1 && bytes < 250)
    }
  }

  @Test("two segments have the same events: damage")
  func segmentsOverlap() throws {
    let storage = try Self.sample()
    let bytes = try #require(storage.bytes(of: Self.segment(1)))
    storage.replace(Self.segment(5), with: bytes)
    let reader = try LogFixture.open(storage, mode: .readOnly)
    #expect(reader.recovery.contains { $0.finding == .segmentsOverlap })
    #expect(reader.damage != nil)
  }

  @Test("the footer of a sealed segment is bad: damage")
  func footerBad() throws {
    let storage = try Self.sample()
    let count = try #require(storage.files[Self.segment(1)])
    storage.flipBit(4, ofByte: count - 60, in: Self.segment(1))
    try Self.expect(storage, [.footerBad], head: 41, isAllReadable: true)
  }

  @Test("a sealed segment does not pass for an open one, even when it is the last")
  func trailerBad() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...20))
    try log.seal()
    let count = try #require(storage.files[Self.segment(1)])
    for byte in [count - 1, count - 8] {
      let copy = storage.copy()
      copy.flipBit(1, ofByte: byte, in: Self.segment(1))
      try Self.expect(copy, [.footerBad], head: 20, isAllReadable: true)
    }
    storage.cut(Self.segment(1), to: count - 3)
    try Self.expect(storage, [.footerBad], head: 20, isAllReadable: true)
  }

  @Test("the segments go on where the journal says they end already: damage")
  func journalOfBefore() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    let old = try #require(storage.bytes(of: Self.journal))
    try log.append(LogFixture.records(1...20))
    try log.seal()
    // All that segment was not acknowledged, if this journal were the true one.
    storage.replace(Self.journal, with: old)
    let reader = try LogFixture.open(storage, mode: .readOnly, watermark: EventSequence(20))
    #expect(reader.recovery.map(\.finding) == [.segmentInFlight, .headBelowWatermark])
    #expect(reader.damage != nil)
  }

  @Test("an acknowledged block of an open segment is bad: damage")
  func blockBad() throws {
    let storage = try Self.sample()
    storage.flipBit(4, ofByte: 64 + 50, in: Self.segment(21))
    try Self.expect(storage, [.blockBad], head: 41)
  }

  @Test("the log ends before what others have seen: damage")
  func headBelowWatermark() throws {
    try Self.expect(
      try Self.sample(), [.headBelowWatermark], head: 41, watermark: EventSequence(42))
    let storage = try Self.sample()
    #expect(try LogFixture.open(storage, watermark: EventSequence(41)).recovery.isEmpty)
    // Also where the missing end would pass for a write in flight: nothing is cut then.
    let frames = try Self.frames(storage)
    storage.cut(Self.journal, to: frames[4] + 10)
    let files = storage.files
    let log = try LogFixture.open(storage, watermark: EventSequence(41))
    #expect(log.recovery.map(\.finding) == [.journalTailShort, .headBelowWatermark])
    #expect(storage.files == files)
  }

  @Test("a reader that cannot have the lock takes the last frame as in flight, and says nothing")
  func inFlight() throws {
    let storage = try Self.sample()
    let frames = try Self.frames(storage)
    storage.cut(Self.journal, to: frames[4] + 130)
    let lock = try storage.lock("\(Self.log)/lock")
    #expect(try lock.tryLock())
    for mode in [EventLog.Mode.readOnly, .readWrite] {
      let reader = try LogFixture.open(storage, mode: mode)
      #expect(reader.recovery.isEmpty && reader.head == EventSequence(40))
      #expect(try LogFixture.all(reader).count == 40)
    }
    let writer = try LogFixture.open(storage)
    lock.unlock()
    // The first append finds it, with the lock.
    try writer.append([LogFixture.record(41)])
    #expect(writer.head == EventSequence(41))
    #expect(writer.recovery.map(\.finding) == [.journalTailShort])
    #expect(try LogFixture.open(storage).recovery.isEmpty)
  }

  @Test("every finding has a row above")
  func table() {
    let actions = Dictionary(grouping: RecoveryFinding.allCases, by: \.action)
    #expect(actions[.cut]?.count == 4 && actions[.remove]?.count == 2)
    #expect(actions[.refuse]?.count == 11)
  }
}
