import ExactNumbers
import Records

/// Adds blocks behind the acknowledged ones of a log, and makes them count all at once.
///
/// Blocks are written to the last segment, or to new ones. They are there for nobody until
/// ``commit()`` has replaced the journal by one with a later base.
struct BlockSink {
  private let context: LogContext
  private let view: LogView
  /// The segments that blocks were added to, as they are with them; the last takes the next block.
  private var touched: [Segment] = []
  /// The open segment before anything was added: what to go back to.
  private var original: Segment?
  private var newPaths: [String] = []
  private var nextOrdinal: UInt64
  private var tag: UInt64
  private(set) var next: EventSequence
  private var recorded: Instant?
  private var fresh: [EventSequence: [Int: [UInt64]]] = [:]

  /// - Parameter view: As it is on disk; the caller holds the lock.
  init(_ context: LogContext, _ view: LogView) throws(LogError) {
    self.context = context
    self.view = view
    guard let header = view.journal?.header else {
      preconditionFailure("a log without a journal takes no blocks")
    }
    (nextOrdinal, tag, next) = (header.nextOrdinal, header.previousTag, header.base)
    if let last = view.segments.last, !last.isSealed {
      original = try Self.reopened(last, context)
    }
  }

  /// The last segment as it stands on disk now: another process may have sealed it, or died while
  /// adding blocks to it.
  private static func reopened(
    _ segment: Segment, _ context: LogContext
  ) throws(LogError) -> Segment? {
    try asLogError { () throws in
      let file = try context.storage.open(segment.path, .readWrite)
      let size = try file.size()
      do throws(BlockReadError) {
        // A footer says that it is sealed; one that cannot be read is no reason to cut it off.
        if let footer = try SegmentFooter.read(file, segment.header, size: size, context),
          footer.blocks.last?.last == segment.last
        {
          return nil
        }
      } catch {
        switch error {
        case .storage(let cause): throw cause
        case .block(let cause):
          throw LogError.damaged(
            LogDamage(cause, in: segment.path, at: segment.end, segment.sequences))
        }
      }
      guard size >= segment.end else {
        throw LogError.damaged(
          LogDamage(
            file: segment.path, offset: size, sequences: segment.sequences,
            reason: "the segment has become shorter"))
      }
      if size > segment.end { try file.truncate(to: segment.end) }
      return Segment(
        file: file, header: segment.header, blocks: segment.blocks, footer: nil, end: segment.end)
    }
  }

  var hasBlocks: Bool { !touched.isEmpty }

  /// The segments with the blocks that were added, for looking up ids.
  var added: [Segment] { touched }

  /// Writes one block, unsynced.
  mutating func append(_ records: [SequencedRecord], ids: [UInt64]) throws(StorageError) {
    precondition(records.first?.sequence == next, "blocks follow each other without a gap")
    let segment = try openSegment()
    let bytes = BlockEncoder.encode(
      records.map(\.record), first: next, ordinal: nextOrdinal, previousTag: tag,
      identity: context.identity, registry: context.registry)
    guard let header = try? BlockHeader.decode(bytes) else {
      preconditionFailure("a block that was just made has a header that holds")
    }
    try segment.file.write(bytes, at: segment.end)
    context.counters.count { $0.blocksWritten += 1 }
    let place = BlockPlace(
      offset: segment.end, first: next, count: records.count, leafHash: header.leafHash)
    context.blocks.keep(header, place, isSealed: false)
    let grown = Segment(
      file: segment.file, header: segment.header, blocks: segment.blocks + [place], footer: nil,
      end: segment.end + UInt64(bytes.count))
    if touched.last?.first == grown.first { touched.removeLast() }
    touched.append(grown)
    fresh[grown.first, default: [:]][grown.blocks.count - 1] = ids
    nextOrdinal += 1
    tag = place.tag
    next = next.advanced(by: records.count)
    recorded = records.last?.record.recorded
  }

  /// The segment that takes the next block: a new one where there is none, or the last is full.
  private mutating func openSegment() throws(StorageError) -> Segment {
    if let last = touched.last ?? original, !last.isFull(context.options) { return last }
    let path = context.segmentPath(next)
    let file = try context.storage.open(path, .create)
    newPaths.append(path)
    let header = SegmentHeader(
      identity: context.identity, first: next, firstOrdinal: nextOrdinal, previousTag: tag)
    try file.write(header.encoded(), at: 0)
    return Segment(
      file: file, header: header, blocks: [], footer: nil, end: UInt64(SegmentHeader.byteCount))
  }

  /// Makes the ids of the blocks so far findable.
  mutating func completeTables() throws(LogError) {
    for segment in touched {
      try context.tables.table(segment, context).complete(
        segment, fresh: fresh[segment.first] ?? [:], mayWrite: true)
    }
    fresh = [:]
  }

  /// Makes the blocks count, and begins a new journal behind them.
  ///
  /// - Parameter isRenamed: Becomes true when the blocks may count, also if this throws.
  func commit(_ isRenamed: inout Bool) throws(StorageError) -> LogView {
    guard let journal = view.journal else { preconditionFailure("the log has a journal") }
    for segment in touched { try context.sync(segment.file) }
    if !newPaths.isEmpty { try context.syncDirectory() }
    let header = JournalHeader(
      identity: context.identity, base: next, epoch: journal.header.epoch + 1, previousTag: tag,
      nextOrdinal: nextOrdinal, logFirst: view.first)
    var result = view
    result.journal = try Self.beginJournal(header, context, &isRenamed)
    result.baseRecorded = recorded ?? view.baseRecorded
    for segment in touched {
      if case .segment(let last)? = result.pieces.last, last.first == segment.first {
        result.pieces.removeLast()
      }
      result.pieces.append(.segment(segment))
    }
    return result
  }

  /// Puts a journal without frames in the place of the one there is.
  static func beginJournal(
    _ header: JournalHeader, _ context: LogContext, _ isRenamed: inout Bool
  ) throws(StorageError) -> Journal {
    let file = try context.storage.open(context.newJournalPath, .create)
    try file.write(header.encoded(), at: 0)
    try context.sync(file)
    // Set before: a rename that reports a failure may have happened all the same.
    isRenamed = true
    try context.storage.rename(context.newJournalPath, to: context.journalPath)
    try context.syncDirectory()
    return Journal(file, header, path: context.journalPath)
  }

  /// Takes the blocks away again. What cannot be taken away counts for nothing, and is cut by the
  /// next who writes blocks.
  func abandon() {
    if let original, touched.first?.first == original.first {
      try? original.file.truncate(to: original.end)
    }
    for path in newPaths { try? context.storage.remove(path) }
    for segment in touched { context.tables.forget(segment.first) }
  }
}
