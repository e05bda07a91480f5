import Records

/// The first 64 bytes of a segment. All integers are little-endian.
///
///     0    8   "FBSEG1" and two zero bytes
///     8    4   u32 version: 1
///     12   4   u32 zero
///     16   16  identity of the log
///     32   8   u64 first sequence: also the file's name
///     40   8   u64 ordinal of the first block
///     48   8   u64 tag of the block before the first; 0 when there is none
///     56   8   u64 checksum of the 56 bytes before
///
/// Blocks follow, back to back. While a segment takes blocks, its last acknowledged block is the
/// one before the journal's base, and bytes behind it count for nothing. A sealed segment goes on
/// with the filter of its ids, a footer and a trailer (``SegmentFooter``).
struct SegmentHeader: Hashable, Sendable {
  static let byteCount = 64
  static let magic = Array("FBSEG1\0\0".utf8)

  var identity: LogIdentity
  var first: EventSequence
  var firstOrdinal: UInt64
  var previousTag: UInt64

  func encoded() -> [UInt8] {
    var writer = FileHeader.begin(magic: Self.magic, identity, byteCount: Self.byteCount)
    writer.u64(first.rawValue)
    writer.u64(firstOrdinal)
    writer.u64(previousTag)
    return FileHeader.finish(writer)
  }

  /// - Throws: ``BlockError`` for anything that ``encoded()`` would not have written.
  init(decoding bytes: [UInt8], identity expected: LogIdentity) throws(BlockError) {
    var reader = try FileHeader.open(
      bytes, byteCount: Self.byteCount, "segment header", "segment header checksum",
      magic: Self.magic, "FBSEG1",
      identity: expected)
    identity = expected
    first = EventSequence(try reader.u64("first sequence"))
    firstOrdinal = try reader.u64("first block ordinal")
    previousTag = try reader.u64("previous block tag")
  }

  init(identity: LogIdentity, first: EventSequence, firstOrdinal: UInt64, previousTag: UInt64) {
    self.identity = identity
    self.first = first
    self.firstOrdinal = firstOrdinal
    self.previousTag = previousTag
  }
}
