import Records

/// Where a block stands in its segment, and what the log tree has of it.
struct BlockPlace: Hashable, Sendable {
  var offset: UInt64
  var first: EventSequence
  var count: Int
  /// The block's leaf in the log tree.
  var leafHash: Digest

  var last: EventSequence { first.advanced(by: count - 1) }
  /// What the next block names as the block before it. It does not change with compression.
  var tag: UInt64 { leafHash.prefix }
}

/// The end of a sealed segment: its blocks, the state of the log tree, the filter of its ids. All
/// integers are little-endian.
///
///     filter   the ids' ``BloomFilter``
///     footer   "FBFOOT1" and a zero byte
///              u32 count of blocks, u32 zero
///              u64 offset of the filter, u32 its length, u32 zero, u64 its checksum
///              for each block: u64 offset, u64 first sequence, u32 count of events, u32 zero,
///                32 bytes leaf hash of the block in the log tree
///              the log tree's frontier before this segment: u32 n, n × 32 bytes, the perfect
///                subtree of most leaves first; and the same after it
///     trailer  u64 offset of the footer, u64 its length, u64 its checksum,
///              u64 last sequence, "FBSEALED"; these 40 bytes end the file
struct SegmentFooter: Hashable, Sendable {
  static let magic = Array("FBFOOT1\0".utf8)
  static let trailerMagic = Array("FBSEALED".utf8)
  static let trailerByteCount = 40
  static let blocksMax = 1 << 24

  var blocks: [BlockPlace]
  var filterOffset: UInt64
  var filterLength: Int
  var filterChecksum: UInt64
  var frontierBefore: MerkleFrontier
  var frontierAfter: MerkleFrontier

  /// Footer and trailer, to be written at `offset`.
  func encoded(at offset: UInt64) -> [UInt8] {
    guard let last = blocks.last?.last else {
      preconditionFailure("a sealed segment has blocks")
    }
    var writer = ByteWriter(capacity: 128 + blocks.count * 56)
    writer.raw(Self.magic)
    writer.u32(UInt32(blocks.count))
    writer.u32(0)
    writer.u64(filterOffset)
    writer.u32(UInt32(filterLength))
    writer.u32(0)
    writer.u64(filterChecksum)
    for block in blocks {
      writer.u64(block.offset)
      writer.u64(block.first.rawValue)
      writer.u32(UInt32(block.count))
      writer.u32(0)
      writer.raw(block.leafHash.bytes)
    }
    for frontier in [frontierBefore, frontierAfter] {
      writer.u32(UInt32(frontier.subtrees.count))
      for subtree in frontier.subtrees { writer.raw(subtree.bytes) }
    }
    let length = writer.bytes.count
    let checksum = Checksum.of(writer.bytes)
    writer.u64(offset)
    writer.u64(UInt64(length))
    writer.u64(checksum)
    writer.u64(last.rawValue)
    writer.raw(Self.trailerMagic)
    return writer.bytes
  }

  /// Where the footer begins, from the last 40 bytes of a file of `size` bytes.
  static func range(
    inTrailer bytes: [UInt8], size: UInt64
  ) throws(BlockError) -> (offset: UInt64, length: Int, checksum: UInt64, last: EventSequence) {
    var reader = ByteReader(bytes)
    let offset = try reader.u64("footer offset")
    let length = try reader.u64("footer length")
    let checksum = try reader.u64("footer checksum")
    let last = EventSequence(try reader.u64("last sequence"))
    let end = size - UInt64(trailerByteCount)
    guard offset >= UInt64(SegmentHeader.byteCount), offset <= end, length == end - offset,
      length <= UInt64(blocksMax) * 56
    else {
      throw .malformed(
        field: "footer offset", offset: 0,
        reason: "is \(offset) with length \(length) in a file of \(size) bytes")
    }
    return (offset, Int(length), checksum, last)
  }

  /// - Throws: ``BlockError`` where the footer does not hold, in itself or for this segment.
  init(
    decoding bytes: [UInt8], at footerOffset: UInt64, checksum stored: UInt64,
    last: EventSequence, of header: SegmentHeader
  ) throws(BlockError) {
    let computed = Checksum.of(bytes)
    guard stored == computed else {
      throw .checksum(field: "footer", offset: 0, stored: stored, computed: computed)
    }
    var reader = ByteReader(bytes)
    guard try reader.raw(8, "footer magic") == Self.magic else {
      throw .mismatch(field: "footer magic", offset: 0, expected: "FBFOOT1", found: "other bytes")
    }
    let count = try reader.count("block count", most: bytes.count / 56)
    _ = try reader.u32("reserved")
    filterOffset = try reader.u64("filter offset")
    filterLength = Int(try reader.u32("filter length"))
    _ = try reader.u32("reserved")
    filterChecksum = try reader.u64("filter checksum")
    guard filterOffset <= footerOffset, UInt64(filterLength) == footerOffset - filterOffset else {
      throw .malformed(field: "filter offset", offset: 16, reason: "is \(filterOffset)")
    }
    blocks = []
    blocks.reserveCapacity(count)
    var expected = header.first
    var least = UInt64(SegmentHeader.byteCount)
    for _ in 0..<count {
      let at = reader.offset
      let offset = try reader.u64("block offset")
      let first = EventSequence(try reader.u64("first sequence"))
      let events = try reader.count("count of events", most: FormatLimits.blockRecordsMax)
      _ = try reader.u32("reserved")
      let leafHash = try reader.digest("leaf hash")
      guard offset >= least, offset < filterOffset, first == expected, events > 0 else {
        throw .malformed(
          field: "block entry", offset: at,
          reason: "has offset \(offset), first event #\(first), \(events) events")
      }
      least = offset + UInt64(BlockHeader.fixedLength)
      expected = first.advanced(by: events)
      blocks.append(BlockPlace(offset: offset, first: first, count: events, leafHash: leafHash))
    }
    guard let end = blocks.last?.last, end == last else {
      throw .mismatch(
        field: "last sequence", offset: 0, expected: "\(blocks.last?.last ?? .zero)",
        found: "\(last)")
    }
    frontierBefore = try Self.frontier(&reader, count: header.firstOrdinal)
    frontierAfter = try Self.frontier(&reader, count: header.firstOrdinal + UInt64(count))
    try reader.finish("footer")
  }

  init(
    blocks: [BlockPlace], filterOffset: UInt64, filter: BloomFilter,
    frontierBefore: MerkleFrontier, frontierAfter: MerkleFrontier
  ) {
    self.blocks = blocks
    self.filterOffset = filterOffset
    filterLength = filter.bytes.count
    filterChecksum = Checksum.of(filter.bytes)
    self.frontierBefore = frontierBefore
    self.frontierAfter = frontierAfter
  }

  private static func frontier(
    _ reader: inout ByteReader, count: UInt64
  ) throws(BlockError) -> MerkleFrontier {
    let at = reader.offset
    var subtrees: [Digest] = []
    for _ in 0..<(try reader.count("frontier", most: 64)) {
      subtrees.append(try reader.digest("subtree"))
    }
    guard let frontier = MerkleFrontier(count: count, subtrees: subtrees) else {
      throw .malformed(
        field: "frontier", offset: at, reason: "has \(subtrees.count) subtrees for \(count) blocks")
    }
    return frontier
  }
}

extension SegmentFooter {
  /// The footer, or null where the file does not end in one.
  static func read(
    _ file: any StorageFile, _ header: SegmentHeader, size: UInt64, _ context: LogContext
  ) throws(BlockReadError) -> SegmentFooter? {
    do {
      let trailerLength = SegmentFooter.trailerByteCount
      guard size >= UInt64(SegmentHeader.byteCount + trailerLength) else { return nil }
      let trailer = try context.read(
        file, at: size - UInt64(trailerLength), count: trailerLength)
      guard trailer.suffix(8) == SegmentFooter.trailerMagic[...] else { return nil }
      let place = try SegmentFooter.range(inTrailer: trailer, size: size)
      let bytes = try context.read(file, at: place.offset, count: place.length)
      return try SegmentFooter(
        decoding: bytes, at: place.offset, checksum: place.checksum, last: place.last, of: header)
    } catch let error as StorageError {
      throw .storage(error)
    } catch let error as BlockError {
      throw .block(error)
    } catch {
      preconditionFailure("a footer is read or refused, not \(error)")
    }
  }
}
