public import Records

/// Reads a block's records, and of its payload only what that takes.
///
/// A kind's columns are a group of their own: reading one kind neither reads nor decompresses the
/// bytes of another. What has been touched is counted in ``counters``.
public final class BlockReader {
  /// Reads `count` bytes of the payload, from `offset` in it.
  public typealias ReadPayload = (_ offset: Int, _ count: Int) throws -> [UInt8]

  public let header: BlockHeader
  public private(set) var counters = BlockReadCounters()

  private let readPayload: ReadPayload
  private var order: [Int]?

  /// A reader of a block whose header has been decoded.
  ///
  /// Every method may throw what `readPayload` throws, besides ``BlockError``.
  public init(header: BlockHeader, readPayload: @escaping ReadPayload) {
    self.header = header
    self.readPayload = readPayload
  }

  /// A reader of a whole block in memory; there may be more behind it.
  public convenience init(block: [UInt8]) throws(BlockError) {
    let header = try BlockHeader.decode(block)
    guard block.count >= header.blockLength else {
      throw .truncated(
        field: "block payload", offset: header.headerLength,
        have: block.count - header.headerLength, need: header.payloadLength)
    }
    self.init(header: header) { offset, count in
      let start = header.headerLength + offset
      return Array(block[start..<(start + count)])
    }
  }

  // MARK: - Records

  /// The records of the given kinds, or all, in sequence order.
  public func records(kinds: Set<KindNumber>? = nil) throws -> [SequencedRecord] {
    let wanted = header.kinds.map { kinds?.contains($0.kind) ?? true }
    guard wanted.contains(true) else { return [] }
    var assemblers: [RecordAssembler?] = []
    for (kind, isWanted) in zip(header.kinds, wanted) {
      assemblers.append(isWanted ? try assembler(of: kind.kind) : nil)
    }
    var result: [SequencedRecord] = []
    result.reserveCapacity(zip(header.kinds, wanted).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) })
    for place in try rowOrder() {
      if let record = assemblers[place]?.next() { result.append(record) }
    }
    return result
  }

  /// The record at a sequence; null when it is not in this block.
  public func record(at sequence: EventSequence) throws -> SequencedRecord? {
    guard sequence >= header.first, sequence <= header.last else { return nil }
    let place = try rowOrder()[Int(sequence.rawValue - header.first.rawValue)]
    return try records(kinds: [header.kinds[place].kind]).first { $0.sequence == sequence }
  }

  /// All columns of a kind; null when the block has no record of it.
  public func columns(of kind: KindNumber) throws -> KindColumns? {
    guard let place = header.kinds.firstIndex(where: { $0.kind == kind }) else { return nil }
    var decoder = try decoder(at: place)
    let columns = try decoder.columns()
    count(decoder, columns: columns.count)
    return KindColumns(kind: kind, sequences: try sequences(at: place), columns: columns)
  }

  private func assembler(of kind: KindNumber) throws -> RecordAssembler? {
    guard let columns = try columns(of: kind) else { return nil }
    return try RecordAssembler(columns)
  }

  // MARK: - Ids

  /// The hash of every record's id, in sequence order.
  ///
  /// Where a kind's ids are all given, only its id column is decoded; minted ids are worked out
  /// from whole records.
  public func idHashes() throws -> [UInt64] {
    var byPlace: [[UInt64]] = []
    for place in header.kinds.indices { byPlace.append(try idHashes(at: place)) }
    var next = [Int](repeating: 0, count: byPlace.count)
    var result: [UInt64] = []
    result.reserveCapacity(header.count)
    for place in try rowOrder() {
      result.append(byPlace[place][next[place]])
      next[place] += 1
    }
    return result
  }

  private func idHashes(at place: Int) throws -> [UInt64] {
    let kind = header.kinds[place].kind
    let entries = header.groups[place].columns
    if entries.contains(where: { $0.number == ColumnNumber.occurrence }) {
      guard var assembler = try assembler(of: kind) else { return [] }
      var hasher = IDHasher()
      return (0..<header.kinds[place].count).map { _ in hasher.hash(assembler.next().record) }
    }
    var decoder = try decoder(at: place)
    let column = try decoder.column(ColumnNumber.givenID, .text)
    count(decoder, columns: 1)
    guard let column, column.presence.isEmpty, case .texts(let texts) = column.values else {
      throw BlockError.malformed(
        field: "kind \(kind.rawValue), id", offset: header.groups[place].offset,
        reason: "is missing in some records")
    }
    return texts.indices.map { Checksum.ofID(texts.dictionary[$0]) }
  }

  // MARK: - Leaves

  /// The leaf hashes, worked out from the records: what the header's leaves root must be over.
  public func leaves() throws -> [Digest] {
    var leaves: [Digest] = []
    let single = Set(header.kinds.filter { !$0.isMarketData }.map(\.kind))
    var rows = RowLeaves()
    for record in try records(kinds: single) { leaves.append(rows.leaf(record)) }
    for kind in header.kinds where kind.isMarketData {
      guard let columns = try columns(of: kind.kind) else { continue }
      leaves.append(CanonicalColumns.leafHash(columns))
    }
    return leaves
  }

  // MARK: - Groups

  /// For each record the index of its kind in the header.
  func rowOrder() throws -> [Int] {
    if let order { return order }
    var decoder = try decoder(at: header.kinds.count)
    let order = try decoder.rowOrder(kinds: header.kinds)
    count(decoder, columns: 1)
    self.order = order
    return order
  }

  private func sequences(at place: Int) throws -> [UInt64] {
    let first = header.first.rawValue
    if header.kinds.count == 1 { return Array(first..<(first + UInt64(header.count))) }
    var sequences: [UInt64] = []
    sequences.reserveCapacity(header.kinds[place].count)
    for (row, kind) in try rowOrder().enumerated() where kind == place {
      sequences.append(first + UInt64(row))
    }
    return sequences
  }

  private func decoder(at place: Int) throws -> GroupDecoder {
    let group = header.groups[place]
    let bytes = try readPayload(group.offset, group.storedLength)
    counters.bytesRead += bytes.count
    counters.groupsRead += 1
    let isOrder = place == header.kinds.count
    return try GroupDecoder(
      group, bytes: bytes, rows: isOrder ? header.count : header.kinds[place].count,
      symbolField: isOrder ? nil : header.kinds[place].symbolField)
  }

  private func count(_ decoder: GroupDecoder, columns: Int) {
    counters.columnsDecoded += columns
    counters.columnsDecompressed += decoder.decompressedCount
  }
}

/// What reading a block took.
public struct BlockReadCounters: Hashable, Sendable {
  /// Of the payload.
  public var bytesRead = 0
  /// Groups of columns: one a kind, and the row order.
  public var groupsRead = 0
  public var columnsDecoded = 0
  public var columnsDecompressed = 0

  public init() {}

  public static func += (left: inout Self, right: Self) {
    left.bytesRead += right.bytesRead
    left.groupsRead += right.groupsRead
    left.columnsDecoded += right.columnsDecoded
    left.columnsDecompressed += right.columnsDecompressed
  }
}
