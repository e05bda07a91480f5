import Records

/// One run of ``EventLog/verify(deep:progress:)``.
struct LogVerification {
  let context: LogContext
  let view: LogView
  let deep: Bool
  var report = VerifyReport()
  var frontier = MerkleFrontier()

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
  mutating func add(_ damage: LogDamage) {
    if !report.findings.contains(where: { $0.file == damage.file && $0.offset == damage.offset }) {
      report.findings.append(damage)
    }
  }

  // MARK: Segments

  mutating func verifySegment(
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
      footer = try SegmentFooter.read(file, header, size: size, context)
    } catch {
      if case .storage(let cause) = error { throw cause }
    }
    guard let footer else {
      try walk(file, size, header, view.journal?.base, progress)
      return
    }
    let before = frontier
    // Sealed since this run began, it may hold blocks that then were in the journal.
    let blocks = footer.blocks.prefix { block in
      view.journal.map { block.first < $0.base } ?? true
    }
    for (index, place) in blocks.enumerated() {
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
    if blocks.count == footer.blocks.count && frontier != footer.frontierAfter
      || before != footer.frontierBefore
    {
      add(
        LogDamage(
          file: path, offset: footer.filterOffset + UInt64(footer.filterLength), sequences: range,
          reason: "the tree in the footer is not the one of the blocks"))
      frontier = footer.frontierAfter
    }
    try verifyFilter(file, header, footer, range)
  }

  func damage(
    _ file: any StorageFile, _ offset: UInt64, _ place: BlockPlace, _ reason: String
  ) -> LogDamage {
    LogDamage(
      file: file.path, offset: offset, sequences: place.first...place.last, reason: reason)
  }

  mutating func verifyFilter(
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
}

extension LogVerification {
  // MARK: Journal

  /// Checks the frames behind the first bad one, each by itself.
  mutating func verifyFrames(behind journal: Journal) throws {
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

  func rootWithJournal() -> Digest {
    var frontier = frontier
    guard let journal = view.journal else { return frontier.root }
    let rows = journal.rows.records(from: journal.base, limit: .max, count: journal.count)
    for leaf in BlockCut.leaves(rows, context) { frontier.append(leaf) }
    return frontier.root
  }
}
