public import ExactNumbers
public import Records

/// What stands before a block's columns, outside the compressed part: enough to know whether to
/// read on, and where.
///
/// All integers are little-endian. First 160 fixed bytes:
///
///       0  "FBK1"                          72  leaves root (32)
///       4  u32 header length              104  i64 recorded, least
///       8  u64 header checksum            112  i64 recorded, greatest
///      16  identity (16)                  120  i64 effective, least
///      32  u64 ordinal in the log, from 0 128  i64 effective, greatest
///      40  u64 first sequence             136  u64 uncompressed length
///      48  u32 count of records           144  u16 count of kinds
///      52  u32 flags                      146  u16 format version
///      56  u64 previous block's tag       148  u32 portfolio filter bytes
///      64  u32 payload length             152  u32 symbol filter bytes
///      68  u32 count of leaves            156  u32 directory bytes
///
/// The header checksum is over the whole header, with its own eight bytes as zero. The flags are
/// zero. A block's *tag* is the first eight bytes of its leaf hash in the log's tree as a u64: it
/// says what the block holds, not how it is packed; the first block of a log has 0 before it. Then:
///
///     kinds      in ascending order, each u16 kind · u16 flags (bit 0: market data)
///                · u32 records · u16 portfolio field · u16 symbol field (0xFFFF: none)
///     portfolio filter, symbol filter    (BloomFilter)
///     directory  a group a kind, in the same order, and last the row order as group 0xFFFF, each
///                u16 kind · u16 columns · u32 stored length · u64 checksum of the stored bytes
///                · columns in ascending order of number and type, each u16 number · u8 type
///                · u8 codec (0 raw, 1 LZ4) · u32 stored length · u32 raw length
///
/// The payload follows: the groups, and in them the columns, in the order of the directory.
public struct BlockHeader: Hashable, Sendable {
  public var identity: LogIdentity
  /// The block's number in the log, from 0.
  public var ordinal: UInt64
  public var first: EventSequence
  public var count: Int
  /// The tag of the block before; 0 for the first of a log.
  public var previousTag: UInt64
  public var payloadLength: Int
  public var leafCount: Int
  /// RFC 6962 root over the block's leaves.
  public var leavesRoot: Digest
  public var recorded: ClosedRange<Instant>
  public var effective: ClosedRange<Instant>
  /// Of all columns together, before compression.
  public var uncompressedLength: Int
  /// The kinds present, in ascending order.
  public var kinds: [BlockKind]
  public var portfolios: BloomFilter
  public var symbols: BloomFilter
  /// One a kind, in the order of `kinds`, then the row order.
  public var groups: [ColumnGroup]
  /// With zone maps and directory.
  public var headerLength: Int
  public var checksum: UInt64
  /// The block's leaf in the tree of the log.
  public var leafHash: Digest

  /// How many bytes must be read to learn ``headerLength(inFixed:)``.
  public static let fixedLength = 160
  public static let magic: [UInt8] = Array("FBK1".utf8)
  static let checksumOffset = 8
  static let versionOffset = 146

  public var last: EventSequence { first.advanced(by: count - 1) }
  /// What the next block names as its previous tag. Packing the block anew does not change it.
  public var tag: UInt64 { leafHash.prefix }
  /// Header and payload.
  public var blockLength: Int { headerLength + payloadLength }

  /// The entry of a kind, or null when the block has no record of it.
  public func kind(_ kind: KindNumber) -> BlockKind? { kinds.first { $0.kind == kind } }
}

/// A kind's line in a block's header: what is needed to hash and to find its records without the
/// catalogue.
public struct BlockKind: Hashable, Sendable {
  public var kind: KindNumber
  public var isMarketData: Bool
  public var count: Int
  public var portfolioField: FieldNumber?
  public var symbolField: FieldNumber?

  static let byteCount = 12
  static let noField: UInt16 = 0xFFFF
}

/// The columns of one kind, or the row order, as the directory lists them.
public struct ColumnGroup: Hashable, Sendable {
  /// ``rowOrder`` for the group that is not a kind's.
  public var kind: UInt16
  public var columns: [ColumnEntry]
  /// Where the group begins in the payload.
  public var offset: Int
  public var storedLength: Int
  public var checksum: UInt64

  public static let rowOrder: UInt16 = 0xFFFF
  static let fixedLength = 16
}

public struct ColumnEntry: Hashable, Sendable {
  public var number: UInt16
  public var type: FieldType
  public var codec: ColumnCodec
  public var storedLength: Int
  public var rawLength: Int

  static let byteCount = 12
  /// Columns stand in ascending order of this.
  var key: UInt32 { UInt32(number) << 8 | UInt32(type.rawValue) }
}

public enum ColumnCodec: UInt8, Hashable, Sendable {
  case raw = 0
  case lz4 = 1
}
