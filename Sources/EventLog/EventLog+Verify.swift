public import Records

/// What verifying a log found.
public struct VerifyReport: Hashable, Sendable {
  /// All damage, in the order of the log. Empty for a sound log.
  public var findings: [LogDamage] = []
  /// Unfinished writes and other notes that are no damage.
  public var notes: [RecoveryNote] = []
  public var segments = 0
  public var blocks = 0
  /// Commits in the journal.
  public var frames = 0
  /// Events that were read and found sound.
  public var events: UInt64 = 0
  public var head: EventSequence = .zero
  /// The log's root at ``head``; null where damage keeps it from being worked out.
  public var logRoot: Digest?

  public var isSound: Bool { findings.isEmpty }

  public init() {}
}

extension EventLog {
  /// Checks everything on disk anew, to the end, whatever it finds.
  ///
  /// Every stored byte is under a checksum, and all of these are checked. Deep verification also
  /// reads every event, and recomputes leaves, roots, zone maps and filters from the events.
  ///
  /// - Parameter progress: Called now and then with the number of events done so far.
  /// - Throws: ``LogError/storage(_:)`` only; damage is in the report.
  public func verify(
    deep: Bool, progress: (_ eventsDone: UInt64) -> Void = { _ in }
  ) throws(LogError) -> VerifyReport {
    // Nothing that was read before is believed: a context of its own, without anything cached.
    let fresh = LogContext(
      path: context.path, identity: context.identity, registry: context.registry,
      storage: context.storage, options: context.options)
    let view = try Self.scan(fresh, .readOnly, lock, watermark: max(watermark, head))
    var verification = Verification(fresh, view, deep: deep)
    try asLogError { () throws in try verification.run(progress) }
    return verification.report
  }
}

/// One run of ``EventLog/verify(deep:progress:)``.
private struct Verification {
  private let context: LogContext
  private let view: LogView
  private let deep: Bool
  private(set) var report = VerifyReport()
  private var frontier = MerkleFrontier()

  init(_ context: LogContext, _ view: LogView, deep: Bool) {
    self.context = context
    self.view = view
    self.deep = deep
  }

  mutating func run(_ progress: (UInt64) -> Void) throws {
    report.head = view.head
    report.notes = view.notes.filter { !$0.isDamage }
    for name in try context.storage.list(context.logDirectory) {
      guard let first = SegmentName.sequence(name) else { continue }
      if let base = view.journal?.base, first >= base { continue }
      try verifySegment(first, progress)
      report.segments += 1
    }
    for note in view.notes where note.isDamage { add(note.place) }
    if let journal = view.journal {
      report.frames = Int(journal.nextOrdinal)
      report.events += UInt64(journal.count)
      try verifyFrames(behind: journal)
      progress(report.events)
    }
    if report.isSound {
      report.logRoot = rootWithJournal()
    }
  }

  /// Adds a finding, unless the same place is known to be bad.
  private mutating func add(_ damage: LogDamage) {
    if !report.findings.contains(where: { $0.file == damage.file && $0.offset == damage.offset }) {
      report.findings.append(damage)
    }
  }

  // MARK: Segments

  private mutating func verifySegment(
    _ first: EventSequence, _ progress: (UInt64) -> Void
  ) throws {
    let path = context.segmentPath(first)
    let file = try context.storage.open(path, .read)
    let size = try file.size()
    let bytes = try context.read(file, at: 0, count: SegmentHeader.byteCount)
    guard let header = try? SegmentHeader(decoding: bytes, identity: context.identity) else {
      // The scan has said what is wrong with it; its blocks can be found all the same.
      try walk(
        file, size,
        SegmentHeader(
          identity: context.identity, first: first, firstOrdinal: 0, previousTag: 0), nil, progress)
      return
    }
    var footer: SegmentFooter?
    do throws(BlockReadError) {
      footer = try SegmentFile.readFooter(file, header, size: size, context)
    } catch {
      if case .storage(let cause) = error { throw cause }
    }
    guard let footer else {
      try walk(file, size, header, view.journal?.base, progress)
      return
    }
    let before = frontier
    for (index, place) in footer.blocks.enumerated() {
      let end =
        index + 1 < footer.blocks.count ? footer.blocks[index + 1].offset : footer.filterOffset
      let expected = BlockExpectation(
        identity: context.identity, ordinal: header.firstOrdinal + UInt64(index),
        first: place.first,
        previousTag: index == 0 ? header.previousTag : footer.blocks[index - 1].tag)
      if let block = try verifyBlock(
        file, at: place.offset, room: end - place.offset, place.first...place.last, expected)
      {
        if UInt64(block.blockLength) != end - place.offset {
          add(damage(file, place.offset + UInt64(block.blockLength), place, "bytes of no block"))
        }
        if block.leafHash != place.leafHash || block.count != place.count {
          add(damage(file, place.offset, place, "the block is not the one in the footer"))
        }
      }
      frontier.append(place.leafHash)
      progress(report.events)
    }
    let range = header.first...(footer.blocks.last?.last ?? header.first)
    if frontier != footer.frontierAfter || before != footer.frontierBefore {
      add(
        LogDamage(
          file: path, offset: footer.filterOffset + UInt64(footer.filterLength), sequences: range,
          reason: "the tree in the footer is not the one of the blocks"))
      frontier = footer.frontierAfter
    }
    try verifyFilter(file, header, footer, range)
  }

  private func damage(
    _ file: any StorageFile, _ offset: UInt64, _ place: BlockPlace, _ reason: String
  ) -> LogDamage {
    LogDamage(
      file: file.path, offset: offset, sequences: place.first...place.last, reason: reason)
  }

  private mutating func verifyFilter(
    _ file: any StorageFile, _ header: SegmentHeader, _ footer: SegmentFooter,
    _ range: ClosedRange<EventSequence>
  ) throws {
    let segment = Segment(
      file: file, header: header, blocks: footer.blocks, footer: footer, end: footer.filterOffset)
    do throws(LogError) {
      guard let filter = try segment.idFilter(context), deep else { return }
      for index in segment.blocks.indices {
        let reader = try segment.blockReader(index, context)
        let hashes = try segment.damageReported(index) { () throws in try reader.idHashes() }
        if !hashes.allSatisfy(filter.mayContain) {
          add(
            LogDamage(
              file: file.path, offset: footer.filterOffset, sequences: range,
              reason: "the id filter lacks ids of the segment"))
          return
        }
      }
    } catch {
      guard let damage = error.damage else { throw error }
      // A bad block has been reported as such.
      if damage.offset >= footer.filterOffset { add(damage) }
    }
  }

  /// Goes from block to block where there is no footer to say where they are, and behind damage
  /// looks for the next header that holds.
  private mutating func walk(
    _ file: any StorageFile, _ size: UInt64, _ header: SegmentHeader, _ base: EventSequence?,
    _ progress: (UInt64) -> Void
  ) throws {
    var offset = UInt64(SegmentHeader.byteCount)
    var expected: BlockExpectation? = BlockExpectation(
      identity: context.identity, ordinal: header.firstOrdinal, first: header.first,
      previousTag: header.previousTag)
    var next = header.first
    while offset < size, base.map({ next < $0 }) ?? true {
      let range = next...next
      if let block = try verifyBlock(file, at: offset, room: size - offset, range, expected) {
        offset += UInt64(block.blockLength)
        next = block.last.next
        expected = BlockExpectation(
          identity: context.identity, ordinal: block.ordinal + 1, first: next,
          previousTag: block.tag)
        frontier.append(block.leafHash)
        progress(report.events)
      } else {
        guard let found = try findBlock(file, after: offset, size) else { return }
        offset = found
        expected = nil
      }
    }
  }

  /// Where the next block header that holds begins.
  private func findBlock(
    _ file: any StorageFile, after offset: UInt64, _ size: UInt64
  ) throws -> UInt64? {
    var start = offset + 1
    while start + UInt64(BlockHeader.fixedLength) <= size {
      let chunk = try context.read(file, at: start, count: Int(min(size - start, 1 << 20)))
      guard chunk.count > BlockHeader.magic.count else { return nil }
      for index in 0...(chunk.count - BlockHeader.magic.count)
      where chunk[index] == BlockHeader.magic[0]
        && chunk[index..<(index + 4)].elementsEqual(BlockHeader.magic)
      {
        let place = start + UInt64(index)
        do throws(BlockReadError) {
          _ = try readBlockHeader(file, at: place, room: size - place, context)
          return place
        } catch {
          if case .storage(let cause) = error { throw cause }
        }
      }
      start += UInt64(chunk.count - BlockHeader.magic.count + 1)
    }
    return nil
  }

  /// The header of a block, if that holds; what of the block does not hold is a finding.
  private mutating func verifyBlock(
    _ file: any StorageFile, at offset: UInt64, room: UInt64, _ range: ClosedRange<EventSequence>,
    _ expected: BlockExpectation?
  ) throws -> BlockHeader? {
    let header: BlockHeader
    do throws(BlockReadError) {
      header = try readBlockHeader(file, at: offset, room: room, context)
    } catch {
      guard let damage = error.logError(file.path, at: offset, range).damage else {
        throw error.logError(file.path, at: offset, range)
      }
      add(damage)
      return nil
    }
    report.blocks += 1
    let range = header.first...header.last
    if let objection = expected?.objection(to: header) {
      add(LogDamage(file: file.path, offset: offset, sequences: range, reason: objection))
    }
    let payload = offset + UInt64(header.headerLength)
    var isIntact = true
    for group in header.groups {
      let bytes = try context.read(
        file, at: payload + UInt64(group.offset), count: group.storedLength)
      if Checksum.of(bytes) != group.checksum {
        isIntact = false
        add(
          LogDamage(
            file: file.path, offset: payload + UInt64(group.offset), sequences: range,
            reason: "the checksum of the columns of kind \(group.kind) does not hold"))
      }
    }
    guard isIntact else { return header }
    if deep {
      let reader = BlockReader(header: header) { [context] start, count in
        try context.read(file, at: payload + UInt64(start), count: count)
      }
      for error in try reader.verify() {
        add(LogDamage(error, in: file.path, at: offset, range))
      }
    }
    report.events += UInt64(header.count)
    return header
  }

  // MARK: Journal

  /// Checks the frames behind the first bad one, each by itself.
  private mutating func verifyFrames(behind journal: Journal) throws {
    guard view.notes.contains(where: { $0.isDamage && $0.place.file == journal.path }) else {
      return
    }
    let size = try journal.file.size()
    let step = UInt64(JournalFrameHeader.alignment)
    var offset = journal.end + step
    while offset + step <= size {
      let bytes = try context.read(journal.file, at: offset, count: Int(step))
      guard let frame = try? JournalFrameHeader(decoding: bytes) else {
        offset += step
        continue
      }
      let body = try context.read(
        journal.file, at: offset + step, count: frame.totalLength - JournalFrameHeader.byteCount)
      do throws(BlockError) {
        _ = try JournalFrame.decode(body, frame)
      } catch {
        add(LogDamage(error, in: journal.path, at: offset, frame.first...frame.last))
      }
      offset += UInt64(frame.totalLength)
    }
  }

  private func rootWithJournal() -> Digest {
    var frontier = frontier
    guard let journal = view.journal else { return frontier.root }
    let rows = journal.rows.records(from: journal.base, limit: .max, count: journal.count)
    for leaf in BlockCut.leaves(rows, context) { frontier.append(leaf) }
    return frontier.root
  }
}
