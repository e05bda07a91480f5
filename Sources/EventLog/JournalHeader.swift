import Records

/// The first 128 bytes of the journal. All integers are little-endian.
///
///     0    8   "FBJRN1" and two zero bytes
///     8    4   u32 version: 1
///     12   4   u32 zero
///     16   16  identity of the log
///     32   8   u64 base: the sequence of the first event that is in no acknowledged block
///     40   8   u64 epoch: counts the journals of this log, from 0
///     48   8   u64 tag of the last block before the base; 0 when there is none
///     56   8   u64 ordinal of the next block: how many blocks there are before the base
///     64   8   u64 sequence of the log's first event, there or not
///     72   48  zero
///     120  8   u64 checksum of the 120 bytes before
///
/// This header is the commit record of the segments. To add blocks, they are written and synced;
/// then a journal with the new base is written as `journal.new`, synced, renamed to `journal`,
/// and the directory is synced. Blocks at or behind the base are not there for anyone.
struct JournalHeader: Hashable, Sendable {
  static let byteCount = 128
  static let magic = Array("FBJRN1\0\0".utf8)

  var identity: LogIdentity
  var base: EventSequence
  var epoch: UInt64
  var previousTag: UInt64
  var nextOrdinal: UInt64
  var logFirst: EventSequence

  func encoded() -> [UInt8] {
    var writer = FileHeader.begin(magic: Self.magic, identity, byteCount: Self.byteCount)
    writer.u64(base.rawValue)
    writer.u64(epoch)
    writer.u64(previousTag)
    writer.u64(nextOrdinal)
    writer.u64(logFirst.rawValue)
    writer.zeros(48)
    return FileHeader.finish(writer)
  }

  /// - Throws: ``BlockError`` for anything that ``encoded()`` would not have written.
  init(decoding bytes: [UInt8], identity expected: LogIdentity) throws(BlockError) {
    var reader = try FileHeader.open(
      bytes, byteCount: Self.byteCount, "journal header", "journal header checksum",
      magic: Self.magic, "FBJRN1",
      identity: expected)
    identity = expected
    base = EventSequence(try reader.u64("base"))
    epoch = try reader.u64("epoch")
    previousTag = try reader.u64("previous block tag")
    nextOrdinal = try reader.u64("next block ordinal")
    logFirst = EventSequence(try reader.u64("first sequence of the log"))
    guard logFirst > .zero, logFirst <= base, base.rawValue <= UInt64(Int64.max) else {
      throw .malformed(
        field: "first sequence of the log", offset: 64, reason: "is \(logFirst) with base \(base)")
    }
  }

  init(
    identity: LogIdentity, base: EventSequence, epoch: UInt64, previousTag: UInt64,
    nextOrdinal: UInt64, logFirst: EventSequence
  ) {
    self.identity = identity
    self.base = base
    self.epoch = epoch
    self.previousTag = previousTag
    self.nextOrdinal = nextOrdinal
    self.logFirst = logFirst
  }

  /// What the first frame names as the checksum of what is before it.
  var checksum: UInt64 { Checksum.of(encoded()[..<120]) }
}
