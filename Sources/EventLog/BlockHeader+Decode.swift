import ExactNumbers
import Records

extension BlockHeader {
  /// The length of the whole header, from its first ``fixedLength`` bytes.
  ///
  /// It is checked against the format's maximum only: the checksum can be checked when all of the
  /// header has been read.
  public static func headerLength(inFixed bytes: [UInt8]) throws(BlockError) -> Int {
    var reader = ByteReader(bytes)
    let magicRange = try reader.range(4, "block magic")
    guard bytes[magicRange].elementsEqual(magic) else {
      throw .malformed(field: "block magic", offset: 0, reason: "is not \"FBK1\"")
    }
    let length = try reader.count("header length", most: FormatLimits.headerBytesMax)
    guard length >= fixedLength else {
      throw .malformed(
        field: "header length", offset: 4, reason: "is \(length), less than \(fixedLength)")
    }
    return length
  }

  /// Reads a header from the start of some bytes; there may be more behind it.
  public static func decode(_ bytes: [UInt8]) throws(BlockError) -> BlockHeader {
    let length = try headerLength(inFixed: bytes)
    guard bytes.count >= length else {
      throw .truncated(field: "block header", offset: 0, have: bytes.count, need: length)
    }
    var reader = ByteReader(bytes, in: checksumOffset..<length)
    let checksum = try reader.u64("header checksum")
    let computed = Checksum.of(bytes[0..<length], zeroingEightAt: checksumOffset)
    guard checksum == computed else {
      throw .checksum(field: "block header", offset: 0, stored: checksum, computed: computed)
    }
    let identity = try reader.identity("identity")
    let ordinal = try reader.u64("block ordinal")
    let first = try reader.u64("first sequence")
    let count = try reader.count("record count", most: FormatLimits.blockRecordsMax)
    guard count > 0, first > 0, first <= UInt64(Int64.max) - UInt64(count) else {
      throw .malformed(
        field: "first sequence", offset: 40, reason: "is \(first) with \(count) records")
    }
    let flags = try reader.u32("flags")
    guard flags == 0 else {
      throw .malformed(field: "flags", offset: 52, reason: "are \(flags): none is known")
    }
    let previousTag = try reader.u64("previous tag")
    let payloadLength = try reader.count("payload length", most: FormatLimits.payloadBytesMax)
    let leafCount = try reader.count("leaf count", most: count)
    let leavesRoot = try reader.digest("leaves root")
    let recorded = try reader.instants("recorded range")
    let effective = try reader.instants("effective range")
    let uncompressedLength = try reader.u64("uncompressed length")
    guard uncompressedLength <= FormatLimits.uncompressedBytesMax else {
      throw .tooLarge(
        field: "uncompressed length", offset: 136, have: uncompressedLength,
        most: UInt64(FormatLimits.uncompressedBytesMax))
    }
    let kindCount = Int(try reader.u16("kind count"))
    let version = Int(try reader.u16("format version"))
    guard version <= FormatLimits.version else {
      throw .newerFormat(found: version, known: FormatLimits.version)
    }
    let portfolioBytes = try reader.count("portfolio filter bytes", most: length)
    let symbolBytes = try reader.count("symbol filter bytes", most: length)
    let directoryBytes = try reader.count("directory bytes", most: length)
    let parts =
      fixedLength + kindCount * BlockKind.byteCount + portfolioBytes + symbolBytes + directoryBytes
    guard parts == length else {
      throw .malformed(
        field: "header length", offset: 4, reason: "is \(length), but its parts have \(parts)")
    }
    let kinds = try reader.kinds(kindCount, records: count)
    let portfolios = try reader.filter(portfolioBytes, "portfolio filter")
    let symbols = try reader.filter(symbolBytes, "symbol filter")
    let groups = try reader.directory(kinds: kinds)
    let stored = groups.reduce(0) { $0 + $1.storedLength }
    guard stored == payloadLength else {
      throw .malformed(
        field: "payload length", offset: 64,
        reason: "is \(payloadLength), but the groups have \(stored) bytes")
    }
    let raw = groups.reduce(0) { $0 + $1.columns.reduce(0) { $0 + $1.rawLength } }
    guard raw == uncompressedLength else {
      throw .malformed(
        field: "uncompressed length", offset: 136,
        reason: "is \(uncompressedLength), but the columns have \(raw) bytes")
    }
    return BlockHeader(
      identity: identity, ordinal: ordinal, first: EventSequence(first), count: count,
      previousTag: previousTag, payloadLength: payloadLength, leafCount: leafCount,
      leavesRoot: leavesRoot, recorded: recorded, effective: effective,
      uncompressedLength: Int(uncompressedLength), kinds: kinds, portfolios: portfolios,
      symbols: symbols, groups: groups, headerLength: length, checksum: checksum,
      leafHash: BlockLeaves.blockLeaf(
        identity: identity, first: EventSequence(first), count: count, leavesRoot: leavesRoot))
  }
}

extension ByteReader {
  fileprivate mutating func instants(
    _ field: StaticString
  ) throws(BlockError) -> ClosedRange<Instant> {
    let start = offset
    let least = Instant(nanosecondsSinceEpoch: try i64(field))
    let greatest = Instant(nanosecondsSinceEpoch: try i64(field))
    guard least <= greatest else {
      throw .malformed(field: "\(field)", offset: start, reason: "ends before it begins")
    }
    return least...greatest
  }

  fileprivate mutating func kinds(
    _ kindCount: Int, records: Int
  ) throws(BlockError) -> [BlockKind] {
    let start = offset
    var kinds: [BlockKind] = []
    var total = 0
    for _ in 0..<kindCount {
      let entry = offset
      let kind = try u16("kind")
      guard kind != ColumnGroup.rowOrder, kinds.last.map({ $0.kind.rawValue < kind }) ?? true
      else {
        throw .malformed(field: "kind", offset: entry, reason: "is \(kind): out of order")
      }
      let flags = try u16("kind flags")
      guard flags <= 1 else {
        throw .malformed(field: "kind flags", offset: entry + 2, reason: "are \(flags)")
      }
      let count = try count("kind record count", most: records)
      guard count > 0 else {
        throw .malformed(field: "kind record count", offset: entry + 4, reason: "is zero")
      }
      let portfolioField = try u16("portfolio field")
      let symbolField = try u16("symbol field")
      total += count
      kinds.append(
        BlockKind(
          kind: KindNumber(kind), isMarketData: flags == 1, count: count,
          portfolioField: portfolioField == BlockKind.noField ? nil : FieldNumber(portfolioField),
          symbolField: symbolField == BlockKind.noField ? nil : FieldNumber(symbolField)))
    }
    guard total == records else {
      throw .malformed(
        field: "kinds", offset: start, reason: "have \(total) records, the block has \(records)")
    }
    return kinds
  }

  fileprivate mutating func filter(
    _ count: Int, _ field: StaticString
  ) throws(BlockError) -> BloomFilter {
    let start = offset
    guard let filter = BloomFilter(bytes: try raw(count, field)) else {
      throw .malformed(
        field: "\(field)", offset: start, reason: "has \(count) bytes: not a power of two from 8")
    }
    return filter
  }

  fileprivate mutating func directory(kinds: [BlockKind]) throws(BlockError) -> [ColumnGroup] {
    var groups: [ColumnGroup] = []
    var groupOffset = 0
    for expected in kinds.map(\.kind.rawValue) + [ColumnGroup.rowOrder] {
      let start = offset
      let kind = try u16("group kind")
      guard kind == expected else {
        throw .malformed(
          field: "group kind", offset: start, reason: "is \(kind), expected \(expected)")
      }
      let columnCount = Int(try u16("column count"))
      let stored = try count("group stored length", most: FormatLimits.payloadBytesMax)
      let checksum = try u64("group checksum")
      let columns = try columns(columnCount, stored: stored)
      if kind == ColumnGroup.rowOrder, columns.map(\.key) != [UInt32(FieldType.integer.rawValue)] {
        throw .malformed(
          field: "row order", offset: start, reason: "is not one column 0 of integers")
      }
      groups.append(
        ColumnGroup(
          kind: kind, columns: columns, offset: groupOffset, storedLength: stored,
          checksum: checksum))
      groupOffset += stored
    }
    try finish("directory")
    return groups
  }

  private mutating func columns(
    _ columnCount: Int, stored: Int
  ) throws(BlockError) -> [ColumnEntry] {
    var columns: [ColumnEntry] = []
    columns.reserveCapacity(min(columnCount, remaining / ColumnEntry.byteCount))
    var total = 0
    for _ in 0..<columnCount {
      let start = offset
      let number = try u16("column number")
      let type = try fieldType("column type")
      let rawCodec = try u8("column codec")
      guard let codec = ColumnCodec(rawValue: rawCodec) else {
        throw .malformed(
          field: "column codec", offset: start + 3, reason: "is \(rawCodec): no such codec")
      }
      let entry = ColumnEntry(
        number: number, type: type, codec: codec,
        storedLength: try count("column stored length", most: FormatLimits.payloadBytesMax),
        rawLength: try count("column raw length", most: FormatLimits.uncompressedBytesMax))
      guard columns.last.map({ $0.key < entry.key }) ?? true else {
        throw .malformed(
          field: "column number", offset: start, reason: "is \(number): out of order")
      }
      guard codec == .lz4 || entry.storedLength == entry.rawLength else {
        throw .malformed(
          field: "column raw length", offset: start + 8,
          reason: "is \(entry.rawLength) of \(entry.storedLength) bytes that are not compressed")
      }
      // LZ4 cannot expand by more; a larger claim would only make the reader allocate.
      guard entry.rawLength <= entry.storedLength * LZ4.expansionMax else {
        throw .tooLarge(
          field: "column raw length", offset: start + 8, have: UInt64(entry.rawLength),
          most: UInt64(entry.storedLength * LZ4.expansionMax))
      }
      total += entry.storedLength
      columns.append(entry)
    }
    guard total == stored else {
      throw .malformed(
        field: "group stored length", offset: offset,
        reason: "is \(stored), but its columns have \(total)")
    }
    return columns
  }
}
