import Records

/// Looks through a log's directory and makes a view of it, by the decision table of
/// ``RecoveryFinding``.
///
/// With the lock, nothing is in flight: what looks like it was left by a writer that died, and is
/// cut off if the scan may write. Without it, what is in flight is left alone and not mentioned.
struct LogScan {
  enum Authority {
    /// Another process may be writing at this moment.
    case none
    /// The lock is held, but nothing may be changed.
    case locked
    /// The lock is held, and the decisions are carried out.
    case repairing
  }

  let context: LogContext
  let authority: Authority
  /// Sealed segments that were read before, by first sequence.
  let known: [EventSequence: Segment]
  private(set) var view = LogView()
  /// Where the journal says that acknowledged blocks end.
  private var base: EventSequence?

  init(_ context: LogContext, _ authority: Authority, known: LogView? = nil) {
    self.context = context
    self.authority = authority
    var sealed: [EventSequence: Segment] = [:]
    for segment in known?.segments ?? [] where segment.isSealed { sealed[segment.first] = segment }
    self.known = sealed
  }

  /// - Throws: ``LogError/notFound(path:)``, ``LogError/storage(_:)`` or
  ///   ``LogError/newerFormat(path:found:known:)``. Damage is in the view's notes.
  static func run(
    _ context: LogContext, _ authority: Authority, known: LogView? = nil,
    watermark: EventSequence = .zero
  ) throws(LogError) -> LogView {
    try asLogError { () throws in
      var scan = LogScan(context, authority, known: known)
      try scan.run(watermark)
      return scan.view
    }
  }

  private mutating func run(_ watermark: EventSequence) throws {
    // The journal first: whatever its base promises is in the segments by now, and stays there.
    let journal = try openJournal()
    let names = try listLog()
    let files = names.compactMap { SegmentName.sequence($0) }
    guard journal != nil || view.notes.contains(where: \.isDamage) || !files.isEmpty else {
      throw LogError.notFound(path: context.path)
    }
    if journal == nil, !view.notes.contains(where: \.isDamage) {
      damage(.journalMissing, context.journalPath, 0, nil, "the journal is missing")
    }
    try clearLeftOvers(names)
    base = journal?.base
    view.first = journal?.header.logFirst ?? files.first ?? EventSequence(1)
    var chain = Chain(next: view.first)
    let base = base
    for (index, first) in files.enumerated() {
      if let base, first >= base {
        try setAside(first)
        continue
      }
      let following = index + 1 < files.count ? files[index + 1] : nil
      let limit = following.map { min($0, base ?? $0) } ?? base
      try scanSegment(first, limit: limit, &chain)
    }
    if var journal {
      closeGap(&chain, journal)
      if let tail = try journal.readOn(context) { try settle(tail, &journal) }
      // What another process wrote may not have been synced yet; what is answered with must be.
      if journal.count > 0 { try context.sync(journal.file) }
      view.journal = journal
    }
    do throws(LogError) {
      try view.findBaseRecorded(context)
    } catch {
      guard let place = error.damage else { throw error }
      view.notes.append(RecoveryNote(.blockBad, place))
    }
    let head = view.head
    if view.journal == nil {
      // How many events it had is not known; the first of them is.
      for index in view.notes.indices where view.notes[index].isJournal {
        view.notes[index].place.sequences = head.next...head.next
      }
    }
    if head < watermark {
      damage(
        .headBelowWatermark, context.journalPath, view.journal?.end ?? 0, head.next...watermark,
        "the log ends with event #\(head), but event #\(watermark) was there before")
    }
  }

  /// What the next block has to be.
  private struct Chain {
    var next: EventSequence
    var ordinal: UInt64 = 0
    var tag: UInt64 = 0
    /// After damage, ordinals and tags are taken from what comes next.
    var isBroken = false
  }

  // MARK: Journal

  private mutating func openJournal() throws -> Journal? {
    let file: any StorageFile
    do throws(StorageError) {
      file = try context.storage.open(
        context.journalPath, authority == .repairing ? .readWrite : .read)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
    let bytes = try context.read(file, at: 0, count: JournalHeader.byteCount)
    do throws(BlockError) {
      let header = try JournalHeader(decoding: bytes, identity: context.identity)
      return Journal(file, header, path: context.journalPath)
    } catch {
      if case .newerFormat(let found, let known) = error {
        throw LogError.newerFormat(path: context.journalPath, found: found, known: known)
      }
      damage(
        .journalHeaderBad, context.journalPath, UInt64(max(0, error.offset)), nil, "\(error)")
      return nil
    }
  }

  private mutating func settle(_ tail: Journal.Tail, _ journal: inout Journal) throws {
    guard tail.finding.action == .cut else {
      // Without the lock the last frame may be half written at this very moment.
      if tail.finding == .journalTailBad, authority == .none { return }
      view.notes.append(RecoveryNote(tail.finding, tail.place, bytes: tail.bytes))
      return
    }
    switch authority {
    case .none: return
    case .locked:
      view.notes.append(RecoveryNote(tail.finding, tail.place, bytes: tail.bytes))
    case .repairing:
      let kept = try cut(
        journal.file, at: journal.end, bytes: tail.bytes,
        name: "cut-\(journal.header.epoch)-\(journal.end)")
      view.notes.append(
        RecoveryNote(tail.finding, tail.place, bytes: tail.bytes, keptIn: kept, isDone: true))
    }
  }

  /// Segments must end where the journal begins.
  private mutating func closeGap(_ chain: inout Chain, _ journal: Journal) {
    let base = journal.base
    if chain.next < base {
      hole(
        .segmentMissing, chain.next...EventSequence(base.rawValue - 1), context.logDirectory, 0,
        "the segments end with event #\(chain.next.rawValue - 1), the journal begins with #\(base)")
    } else if chain.next > base {
      damage(
        .segmentsOverlap, context.journalPath, 32, base...EventSequence(chain.next.rawValue - 1),
        "the segments end with event #\(chain.next.rawValue - 1), the journal begins with #\(base)")
    } else if !chain.isBroken,
      chain.ordinal != journal.header.nextOrdinal || chain.tag != journal.header.previousTag
    {
      damage(
        .journalFrameMisplaced, context.journalPath, 48, base...base,
        "the journal does not follow the last block of the segments")
    }
  }

  // MARK: Segments

  private mutating func scanSegment(
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
  private mutating func readSegment(
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
      if let footer = try SegmentFile.readFooter(file, header, size: size, context) {
        return Segment(
          file: file, header: header, blocks: footer.blocks, footer: footer,
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
  private mutating func walkBlocks(
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

  private func nextBlock(
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
  private mutating func settleTail(_ segment: Segment, _ size: UInt64) throws {
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
  private func footerOffset(_ segment: Segment, _ size: UInt64) throws -> UInt64? {
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

  // MARK: Decisions

  private mutating func damage(
    _ finding: RecoveryFinding, _ file: String, _ offset: UInt64,
    _ range: ClosedRange<EventSequence>?, _ reason: String
  ) {
    view.notes.append(
      RecoveryNote(
        finding, LogDamage(file: file, offset: offset, sequences: range, reason: reason)))
  }

  private mutating func hole(
    _ finding: RecoveryFinding, _ range: ClosedRange<EventSequence>, _ file: String,
    _ offset: UInt64, _ reason: String
  ) {
    let place = LogDamage(file: file, offset: offset, sequences: range, reason: reason)
    view.notes.append(RecoveryNote(finding, place))
    view.pieces.append(.hole(range, place))
  }

  private func listLog() throws -> [String] {
    do throws(StorageError) {
      return try context.storage.list(context.logDirectory)
    } catch {
      if error.isNotFound { throw LogError.notFound(path: context.path) }
      throw error
    }
  }

  private mutating func clearLeftOvers(_ names: [String]) throws {
    guard authority != .none else { return }
    for name in names {
      let finding: RecoveryFinding
      if name == "journal.new" {
        finding = .journalNewLeftOver
      } else if SegmentName.sequence(name, suffix: ".seg.tmp") != nil {
        finding = .segmentTemporaryLeftOver
      } else {
        continue
      }
      let path = "\(context.logDirectory)/\(name)"
      if authority == .repairing { try context.storage.remove(path) }
      view.notes.append(
        RecoveryNote(
          finding,
          LogDamage(
            file: path, offset: 0, sequences: nil,
            reason: "it was being written when its writer ended"),
          isDone: authority == .repairing))
    }
  }

  /// A segment without any acknowledged block.
  private mutating func setAside(_ first: EventSequence) throws {
    guard authority != .none else { return }
    let path = context.segmentPath(first)
    var note = RecoveryNote(
      .segmentInFlight,
      LogDamage(
        file: path, offset: 0, sequences: nil,
        reason: "none of its events were acknowledged as part of a segment"))
    let file = try context.storage.open(path, .read)
    note.bytes = try file.size()
    if authority == .repairing {
      let kept = try unusedName("cut-\(SegmentName.text(first))-0")
      try context.storage.rename(path, to: kept)
      note.keptIn = kept
      note.isDone = true
    }
    view.notes.append(note)
  }

  /// Cuts a file, and keeps what is cut off. Null where there is no room to keep it.
  private func cut(
    _ file: any StorageFile, at offset: UInt64, bytes: UInt64, name: String
  ) throws -> String? {
    var kept: String? = try unusedName(name)
    if let path = kept {
      do throws(StorageError) {
        let copy = try context.storage.open(path, .create)
        var done: UInt64 = 0
        while done < bytes {
          let piece = try context.read(
            file, at: offset + done, count: Int(min(bytes - done, 1 << 20)))
          if piece.isEmpty { break }
          try copy.write(piece, at: done)
          done += UInt64(piece.count)
        }
        try context.sync(copy)
      } catch {
        guard error.isDiskFull else { throw error }
        // A full disk is a likely reason for the write that was cut short: go on without the copy.
        try? context.storage.remove(path)
        kept = nil
      }
    }
    try file.truncate(to: offset)
    try context.sync(file)
    return kept
  }

  private func unusedName(_ name: String) throws -> String {
    var path = "\(context.logDirectory)/\(name)"
    var attempt = 1
    while try context.storage.exists(path) {
      path = "\(context.logDirectory)/\(name)-\(attempt)"
      attempt += 1
    }
    return path
  }
}

extension RecoveryNote {
  fileprivate var isJournal: Bool { finding == .journalMissing || finding == .journalHeaderBad }
}

/// Reading what stands at the end of a segment file.
enum SegmentFile {
  /// The footer, or null where the file does not end in one.
  static func readFooter(
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
