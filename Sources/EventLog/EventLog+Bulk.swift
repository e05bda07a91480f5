public import ExactNumbers
public import Records

extension EventLog {
  /// Appends any number of events in one go: all of them, durable when this returns, or nothing.
  ///
  /// Memory stays bounded: events are packed into blocks as they come, which count for nobody
  /// until the last is on disk. Other writers wait meanwhile, readers do not.
  ///
  /// - Throws: What the closure throws, and what ``append(_:)`` throws.
  @discardableResult
  public func appendBulk(_ body: (inout BulkWriter) throws -> Void) throws -> AppendResult {
    gate.enter()
    defer { gate.leave() }
    return try withLock { () throws in
      var writer = BulkWriter(self, try viewForWriting())
      do {
        try body(&writer)
        let result = try writer.finish()
        context.counters.count { $0.appends += 1 }
        maintain()
        return result
      } catch {
        writer.abandon()
        throw error
      }
    }
  }
}

/// Takes the events of one bulk append.
public struct BulkWriter {
  private let log: EventLog
  private let view: LogView
  private let base: EventSequence
  /// Events that are in no block yet, the journal's own before them once blocks are written.
  private var pending: [SequencedRecord] = []
  private var pendingIDs: [String: EventSequence] = [:]
  private var pendingHashes: [UInt64] = []
  private var cut: BlockCut
  private var rowBytes = 0
  private var sink: BlockSink?
  private var isCommitOpen = false
  public private(set) var head: EventSequence
  public private(set) var headRecorded: Instant?

  init(_ log: EventLog, _ view: LogView) {
    self.log = log
    self.view = view
    base = view.head
    head = view.head
    headRecorded = view.headRecorded
    cut = BlockCut(log.context.options)
  }

  private var context: LogContext { log.context }

  /// Takes one event behind ``head``.
  ///
  /// - Throws: ``LogError/recordRefused(_:)``, ``LogError/recordedBackwards(sequence:)``,
  ///   ``LogError/storage(_:)``. The bulk append must be given up then.
  @discardableResult
  public mutating func append(_ record: Record) throws(LogError) -> EventSequence {
    headRecorded = try EventLog.check([record], after: headRecorded, at: head.next)
    head = head.next
    try take(SequencedRecord(sequence: head, record: record), id: record.idText())
    if sink == nil,
      pending.count > context.options.eventsPerBlock
        || rowBytes > LogOptions.frameRowBytesMax
    {
      try beginBlocks()
    }
    return head
  }

  /// The sequence of the first event with this id, in the log or in this append.
  public func sequence(ofID id: String) throws(LogError) -> EventSequence? {
    if let known = try view.sequence(ofID: id, context, mayWrite: true) { return known }
    let hash = Checksum.ofID(id)
    for segment in sink?.added ?? [] {
      if let known = try segment.sequence(ofID: id, hash, context, mayWrite: true) { return known }
    }
    return pendingIDs[id]
  }

  /// The event at a sequence, in the log or in this append; null when there is none.
  public func record(at sequence: EventSequence) throws(LogError) -> Record? {
    if let first = pending.first?.sequence, sequence >= first {
      let index = Int(sequence.rawValue - first.rawValue)
      return index < pending.count ? pending[index].record : nil
    }
    for segment in sink?.added ?? [] where sequence >= segment.first && sequence <= segment.last {
      let records = try segment.blockRecords(segment.blockIndex(of: sequence), context)
      guard let first = records.first?.sequence else { return nil }
      return records[Int(sequence.rawValue - first.rawValue)].record
    }
    return try view.record(at: sequence, context)
  }

  /// The events that were in the log before this append, from a sequence on.
  public func cursor(_ filter: LogFilter = .all, from: EventSequence) -> LogCursor {
    LogCursor(context, view, filter, from: from, through: nil)
  }

  private mutating func take(_ record: SequencedRecord, id: String) throws(LogError) {
    let bytes = RowForm.byteCount(of: record.record)
    if sink != nil, cut.take(rowBytes: bytes) { try writeBlock() }
    if pendingIDs[id] == nil { pendingIDs[id] = record.sequence }
    pending.append(record)
    pendingHashes.append(Checksum.ofID(id))
    rowBytes += bytes
  }

  /// From here on events go into blocks; the first ones are those of the journal.
  private mutating func beginBlocks() throws(LogError) {
    sink = try BlockSink(context, view)
    let new = pending
    (pending, pendingIDs, pendingHashes, rowBytes) = ([], [:], [], 0)
    if let journal = view.journal {
      let rows = journal.rows.records(from: journal.base, limit: .max, count: journal.count)
      for row in rows { try take(row, id: row.record.idText()) }
    }
    for record in new { try take(record, id: record.record.idText()) }
  }

  private mutating func writeBlock() throws(LogError) {
    let (records, hashes) = (pending, pendingHashes)
    (pending, pendingIDs, pendingHashes, rowBytes) = ([], [:], [], 0)
    do throws(StorageError) {
      try sink?.append(records, ids: hashes)
    } catch {
      throw .storage(error)
    }
    try sink?.completeTables()
  }

  /// Makes all of it count.
  mutating func finish() throws(LogError) -> AppendResult {
    let result = AppendResult(first: base.next, last: head)
    if sink == nil {
      guard !pending.isEmpty else { return result }
      _ = try log.writeFrame(pending, ids: pending.map { $0.record.idText() }, view)
      return result
    }
    if !pending.isEmpty { try writeBlock() }
    try log.commit(sink, &isCommitOpen)
    return result
  }

  /// Gives it up, unless it may already count.
  func abandon() {
    if !isCommitOpen { sink?.abandon() }
  }
}
