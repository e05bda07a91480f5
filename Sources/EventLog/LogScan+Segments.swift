import Records

extension LogScan {

  mutating func scanSegment(
    _ first: EventSequence, limit: EventSequence?, _ chain: inout Chain
  ) throws {
    let path = context.segmentPath(first)
    if first > chain.next {
      hole(
        .segmentMissing, chain.next...EventSequence(first.rawValue - 1), path, 0,
        "no segment has the events before it")
      chain.isBroken = true
    } else if first < chain.next {
      damage(
        .segmentsOverlap, path, 0, first...EventSequence(chain.next.rawValue - 1),
        "another segment has these events, too")
      return
    }
    let segment: Segment
    if let known = known[first] {
      segment = known
    } else {
      guard let read = try readSegment(first, path, limit, chain) else {
        // All of it is a hole, up to what comes next.
        chain.next = limit ?? first
        chain.isBroken = true
        return
      }
      segment = read
    }
    if !chain.isBroken,
      segment.header.firstOrdinal != chain.ordinal || segment.header.previousTag != chain.tag
    {
      damage(
        .segmentMissing, path, 40, segment.sequences, "it does not follow the segment before it")
    }
    chain = Chain(next: segment.last.next, ordinal: segment.nextOrdinal, tag: segment.lastTag)
    if !segment.blocks.isEmpty { view.pieces.append(.segment(segment)) }
    if let limit, chain.next < limit {
      let range = chain.next...EventSequence(limit.rawValue - 1)
      if let note = view.notes.last, note.isDamage, note.place.file == path {
        view.pieces.append(.hole(range, note.place))
      } else {
        hole(.segmentMissing, range, path, segment.end, "the segment ends before it should")
      }
      chain.next = limit
      chain.isBroken = true
    }
  }

  /// Null, with a note and a hole, where not even the header or the footer holds.
  mutating func readSegment(
    _ first: EventSequence, _ path: String, _ limit: EventSequence?, _ chain: Chain
  ) throws -> Segment? {
    let range = limit.map { first...EventSequence(max($0.rawValue - 1, first.rawValue)) }
    let file = try context.storage.open(path, authority == .repairing ? .readWrite : .read)
    let bytes = try context.read(file, at: 0, count: SegmentHeader.byteCount)
    let header: SegmentHeader
    do throws(BlockError) {
      header = try SegmentHeader(decoding: bytes, identity: context.identity)
      guard header.first == first else {
        throw .mismatch(
          field: "first sequence", offset: 32, expected: "\(first)", found: "\(header.first)")
      }
    } catch {
      if case .newerFormat(let found, let known) = error {
        throw LogError.newerFormat(path: path, found: found, known: known)
      }
      hole(
        .segmentHeaderBad, range ?? first...first, path, UInt64(max(0, error.offset)), "\(error)")
      return nil
    }
    let size = try file.size()
    do throws(BlockReadError) {
      if let footer = try SegmentFooter.read(file, header, size: size, context) {
        return Segment(
          file: SealedFile(path, context), header: header, blocks: footer.blocks, footer: footer,
          end: footer.filterOffset)
      }
    } catch {
      guard case .block(let reason) = error else {
        if case .storage(let error) = error { throw error }
        return nil
      }
      damage(
        .footerBad, path, size - UInt64(SegmentFooter.trailerByteCount), range ?? first...first,
        "\(reason)")
      // The blocks prove themselves, one by one.
      return try walkBlocks(file, header, size: size, limit: limit)
    }
    return try walkBlocks(file, header, size: size, limit: limit)
  }

  /// Finds the blocks of a segment without a footer, one by one.
  mutating func walkBlocks(
    _ file: any StorageFile, _ header: SegmentHeader, size: UInt64, limit: EventSequence?
  ) throws -> Segment {
    var blocks: [BlockPlace] = []
    var offset = UInt64(SegmentHeader.byteCount)
    var next = header.first
    let end = limit ?? EventSequence(.max)
    while next < end, offset < size {
      let expected = BlockExpectation(
        identity: context.identity, ordinal: header.firstOrdinal + UInt64(blocks.count),
        first: next, previousTag: blocks.last?.tag ?? header.previousTag)
      let block: BlockHeader
      switch nextBlock(file, at: offset, room: size - offset, expected) {
      case .success(let header): block = header
      case .failure(.storage(let error)): throw error
      case .failure(.block(let error)):
        let last = limit.map { EventSequence($0.rawValue - 1) } ?? next
        let place = LogDamage(error, in: file.path, at: offset, next...max(next, last))
        view.notes.append(RecoveryNote(.blockBad, place))
        return Segment(file: file, header: header, blocks: blocks, footer: nil, end: offset)
      }
      let place = BlockPlace(
        offset: offset, first: block.first, count: block.count, leafHash: block.leafHash)
      context.blocks.keep(block, place, isSealed: false)
      blocks.append(place)
      offset += UInt64(block.blockLength)
      next = block.last.next
    }
    let segment = Segment(file: file, header: header, blocks: blocks, footer: nil, end: offset)
    if next == limit, offset < size { try settleTail(segment, size) }
    return segment
  }

  func nextBlock(
    _ file: any StorageFile, at offset: UInt64, room: UInt64, _ expected: BlockExpectation
  ) -> Result<BlockHeader, BlockReadError> {
    Result { () throws(BlockReadError) in
      let block = try readBlockHeader(file, at: offset, room: room, context)
      if let objection = expected.objection(to: block) {
        throw .block(.malformed(field: "block", offset: 0, reason: "is not in place: \(objection)"))
      }
      return block
    }
  }

  /// Bytes behind the last acknowledged block of a segment that is not sealed.
  mutating func settleTail(_ segment: Segment, _ size: UInt64) throws {
    if view.notes.contains(where: { $0.isDamage && $0.place.file == segment.path }) { return }
    let range = segment.sequences
    if let base, segment.last.next < base {
      // Blocks are only ever written behind the last one.
      damage(
        .footerBad, segment.path, segment.end, range,
        "bytes follow the last block, though another segment goes on behind it")
      return
    }
    if let footer = try footerOffset(segment, size) {
      damage(
        .footerBad, segment.path, footer, range,
        "a footer follows the last block, but the file does not end as a sealed one does")
      return
    }
    guard authority != .none else { return }
    let bytes = size - segment.end
    var note = RecoveryNote(
      .segmentTailInFlight,
      LogDamage(
        file: segment.path, offset: segment.end, sequences: nil,
        reason: "bytes behind the last acknowledged block, event #\(segment.last)"),
      bytes: bytes)
    if authority == .repairing {
      note.keptIn = try cut(
        segment.file, at: segment.end, bytes: bytes,
        name: "cut-\(SegmentName.text(segment.first))-\(segment.end)")
      note.isDone = true
    }
    view.notes.append(note)
  }

  /// Where a footer of this segment's own blocks begins behind them, if one does.
  func footerOffset(_ segment: Segment, _ size: UInt64) throws -> UInt64? {
    guard let block = segment.blocks.first else { return nil }
    var expected = ByteWriter(capacity: 56)
    expected.raw(SegmentFooter.magic)
    expected.u32(UInt32(segment.blocks.count))
    let entry = 40
    var start = segment.end
    while start < size {
      let chunk = try context.read(segment.file, at: start, count: Int(min(size - start, 1 << 20)))
      guard chunk.count >= entry + 16 else { return nil }
      for index in 0...(chunk.count - entry - 16) where chunk[index] == expected.bytes[0] {
        guard chunk[index..<(index + expected.bytes.count)].elementsEqual(expected.bytes) else {
          continue
        }
        var reader = ByteReader(chunk, in: (index + entry)..<(index + entry + 16))
        if try reader.u64("block offset") == block.offset,
          try reader.u64("first sequence") == block.first.rawValue
        {
          return start + UInt64(index)
        }
      }
      start += UInt64(chunk.count - entry - 15)
    }
    return nil
  }
}
