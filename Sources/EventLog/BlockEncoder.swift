import ExactNumbers
public import Records

/// Packs records into a block.
public enum BlockEncoder {
  /// The bytes of a block: header and payload.
  ///
  /// - Parameters:
  ///   - first: The sequence of the first record; the others follow without a gap.
  ///   - ordinal: The block's number in the log, from 0.
  ///   - previousTag: The tag of the block before; 0 for the first.
  ///   - registry: Says which kinds are market data, and which fields name portfolio and symbol.
  /// - Precondition: 1 … ``FormatLimits/blockRecordsMax`` records, each of which passes
  ///   ``RowForm/check(_:)``, together within ``FormatLimits/payloadBytesMax`` as rows.
  public static func encode(
    _ records: [Record], first: EventSequence, ordinal: UInt64, previousTag: UInt64,
    identity: LogIdentity, registry: KindRegistry,
    level: CompressionLevel = .fast
  ) -> [UInt8] {
    precondition(
      (1...FormatLimits.blockRecordsMax).contains(records.count) && first > .zero,
      "a block has records, and not too many")
    let (groups, order) = KindColumnsBuilder.group(records, first: first)
    let encoder = GroupEncoder(level: level)
    var stored = groups.map { encoder.encode($0, symbolField: registry[$0.kind]?.symbolField) }
    stored.append(encoder.encode(rowOrder: order))

    var leaves: [Digest] = []
    var rows = RowLeaves()
    let isMarketData = groups.map { registry[$0.kind]?.isMarketData ?? false }
    for (index, place) in order.enumerated() where !isMarketData[Int(place)] {
      leaves.append(rows.leaf(records[index], sequence: first.advanced(by: index)))
    }
    for (group, isMarketData) in zip(groups, isMarketData) where isMarketData {
      leaves.append(CanonicalColumns.leafHash(group))
    }
    let zones = BlockZones(groups, registry: registry)
    let leavesRoot = MerkleTree.root(of: leaves)
    var header = BlockHeader(
      identity: identity, ordinal: ordinal, first: first, count: records.count,
      previousTag: previousTag, payloadLength: 0, leafCount: leaves.count, leavesRoot: leavesRoot,
      recorded: zones.recorded, effective: zones.effective, uncompressedLength: 0,
      kinds: zones.kinds, portfolios: zones.portfolios, symbols: zones.symbols,
      groups: stored.map(\.0), headerLength: 0, checksum: 0,
      leafHash: BlockLeaves.blockLeaf(
        identity: identity, first: first, count: records.count, leavesRoot: leavesRoot))
    var bytes = header.encode()
    bytes.reserveCapacity(header.blockLength)
    for (_, group) in stored { bytes.append(contentsOf: group) }
    return bytes
  }

  /// The same block packed anew: what sealing a segment does. Records, leaves and tag stay.
  ///
  /// - Parameter block: A whole block.
  /// - Throws: ``BlockError`` when the block is not intact.
  public static func repack(
    _ block: [UInt8], level: CompressionLevel
  ) throws(BlockError) -> [UInt8] {
    var header = try BlockHeader.decode(block)
    guard block.count >= header.blockLength else {
      throw .truncated(
        field: "block payload", offset: header.headerLength,
        have: block.count - header.headerLength, need: header.payloadLength)
    }
    let encoder = GroupEncoder(level: level)
    var stored: [(ColumnGroup, [UInt8])] = []
    for (place, group) in header.groups.enumerated() {
      let start = header.headerLength + group.offset
      let bytes = Array(block[start..<(start + group.storedLength)])
      guard place < header.kinds.count else {
        var decoder = try GroupDecoder(group, bytes: bytes, rows: header.count, symbolField: nil)
        let order = try decoder.rowOrder(kinds: header.kinds)
        stored.append(encoder.encode(rowOrder: order.map(Int64.init)))
        continue
      }
      let kind = header.kinds[place]
      var decoder = try GroupDecoder(
        group, bytes: bytes, rows: kind.count, symbolField: kind.symbolField)
      // The sequences are not stored, so any will do.
      let columns = KindColumns(kind: kind.kind, sequences: [], columns: try decoder.columns())
      stored.append(encoder.encode(columns, symbolField: kind.symbolField))
    }
    header.groups = stored.map(\.0)
    var bytes = header.encode()
    bytes.reserveCapacity(header.blockLength)
    for (_, group) in stored { bytes.append(contentsOf: group) }
    return bytes
  }
}

/// What a block's header says of its records, so that a cursor can pass by.
struct BlockZones: Equatable {
  let recorded: ClosedRange<Instant>
  let effective: ClosedRange<Instant>
  let kinds: [BlockKind]
  let portfolios: BloomFilter
  let symbols: BloomFilter

  /// - Precondition: There is at least one record.
  init(_ groups: [KindColumns], registry: KindRegistry) {
    self.init(
      groups,
      kinds: groups.map {
        let traits = registry[$0.kind]
        return BlockKind(
          kind: $0.kind, isMarketData: traits?.isMarketData ?? false, count: $0.count,
          portfolioField: traits?.portfolioField, symbolField: traits?.symbolField)
      })
  }

  /// The zones by the traits that a header names, so that they can be compared with it.
  init(_ groups: [KindColumns], kinds: [BlockKind]) {
    var recorded = InstantRange()
    var effective = InstantRange()
    var portfolios: Set<TextKey> = []
    var symbols: Set<TextKey> = []
    for (group, kind) in zip(groups, kinds) {
      recorded.take(group.column(ColumnNumber.recorded, .instant))
      effective.take(group.column(ColumnNumber.effective, .instant))
      let named = kind.portfolioField.flatMap { group.column($0, .text) }
      named?.collectTexts(into: &portfolios)
      // A subject says the portfolio of those records whose payload does not.
      group.column(ColumnNumber.subject, .text)?.collectTexts(into: &portfolios, unlessIn: named)
      kind.symbolField.flatMap { group.column($0, .text) }?.collectTexts(into: &symbols)
    }
    self.recorded = recorded.closed
    self.effective = effective.closed
    self.kinds = kinds
    self.portfolios = BloomFilter(hashes: portfolios.map { Checksum.ofID($0.text) })
    self.symbols = BloomFilter(hashes: symbols.map { Checksum.ofID($0.text) })
  }

  private struct InstantRange {
    var least = Int64.max
    var greatest = Int64.min

    mutating func take(_ column: Column?) {
      guard case .integers(let values)? = column?.values else { return }
      for value in values {
        least = min(least, value)
        greatest = max(greatest, value)
      }
    }

    var closed: ClosedRange<Instant> {
      precondition(least <= greatest, "every record has its two times")
      return Instant(nanosecondsSinceEpoch: least)...Instant(nanosecondsSinceEpoch: greatest)
    }
  }
}

extension Column {
  /// Adds the column's texts, but not those of records that have a value in another column.
  fileprivate func collectTexts(into set: inout Set<TextKey>, unlessIn other: Column? = nil) {
    guard case .texts(let texts) = values else { return }
    guard let other else {
      for text in texts.dictionary { set.insert(TextKey(text: text)) }
      return
    }
    // The other column has them all: nothing is left to add.
    if other.presence.isEmpty { return }
    var isUsed = [Bool](repeating: false, count: texts.dictionary.count)
    var next = 0
    for (row, isInOther) in other.presence.enumerated() where presence.isEmpty || presence[row] {
      if !isInOther { isUsed[texts.indices[next]] = true }
      next += 1
    }
    for (index, text) in texts.dictionary.enumerated() where isUsed[index] {
      set.insert(TextKey(text: text))
    }
  }
}
