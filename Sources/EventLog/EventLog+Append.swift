import ExactNumbers
public import Records

extension EventLog {
  /// Appends what the closure returns: all of it, durable when this returns, or nothing.
  ///
  /// The closures of callers that wait at the same time run one after another, on the thread of
  /// one of them, while no other process can append; then one frame is written and synced for all.
  /// Each sees through its ``LogTail`` what stands before it. A closure that throws fails only its
  /// own caller. A closure must not append to the same log.
  ///
  /// A closure may have seen events of others in its commit that then were not written, because
  /// the disk failed; then all of that commit's callers get the error.
  ///
  /// - Returns: Where the events are; an empty range if the closure returned none.
  /// - Throws: What the closure throws; ``LogError/damaged(_:)``, ``LogError/locked(path:waitedMilliseconds:)``,
  ///   ``LogError/latched(_:)``, ``LogError/readOnly(path:)``, ``LogError/recordRefused(_:)``,
  ///   ``LogError/recordedBackwards(sequence:)``, or ``LogError/storage(_:)``.
  @discardableResult
  public func append(
    _ prepare: @escaping @Sendable (inout LogTail) throws -> [Record]
  ) throws -> AppendResult {
    let request = AppendRequest(prepare)
    if gate.lead(request, isServed: \.isServed) {
      // Its own request may stand behind more of others than one commit takes.
      repeat { serveWaiting() } while !request.isServed
      gate.leave()
    }
    return try request.get()
  }

  /// Appends records that need no look at the log first.
  @discardableResult
  public func append(_ records: [Record]) throws -> AppendResult {
    try append { _ in records }
  }

  /// Serves all appends that wait, the caller's own among them.
  private func serveWaiting() {
    do {
      try withLock { () throws in
        var group = CommitGroup(self, try viewForWriting())
        // Taken now, not before: whoever came while the lock was waited for comes along.
        group.serve(gate.take(upTo: 4096))
        maintain()
      }
    } catch {
      for request in gate.take(upTo: .max) { request.finish(.failure(error)) }
    }
  }

  /// Runs something while no other process writes.
  func withLock<Result>(_ body: () throws -> Result) throws -> Result {
    guard mode == .readWrite, let lock else { throw LogError.readOnly(path: path) }
    let milliseconds = context.options.lockWaitMilliseconds
    guard try asLogError({ () throws in try lock.wait(milliseconds: milliseconds) }) else {
      throw LogError.locked(path: context.lockPath, waitedMilliseconds: milliseconds)
    }
    defer { lock.unlock() }
    return try body()
  }

  /// Writes a frame behind the journal and syncs it.
  ///
  /// - Throws: ``LogError/storage(_:)``; then the frame is not there, or the log is latched.
  func writeFrame(
    _ records: [SequencedRecord], ids: [String], _ view: LogView
  ) throws(LogError) -> LogView {
    if let latch { throw .latched(latch) }
    guard var journal = view.journal else { preconditionFailure("a sound log has a journal") }
    let bytes = JournalFrame.encode(
      records, identity: identity, epoch: journal.header.epoch, ordinal: journal.nextOrdinal,
      previousChecksum: journal.previousChecksum, offset: journal.end)
    do throws(StorageError) {
      try journal.file.write(bytes, at: journal.end)
    } catch {
      do throws(StorageError) {
        try journal.file.truncate(to: journal.end)
        // So that a later frame in the same place is not mixed with this one by a loss of power.
        try context.sync(journal.file)
      } catch let second {
        latch(second)
      }
      throw .storage(error)
    }
    do throws(StorageError) {
      try context.sync(journal.file)
    } catch {
      latch(error)
      // Not acknowledged, so no other process should find it and build on it.
      try? journal.file.truncate(to: journal.end)
      throw .storage(error)
    }
    context.counters.count { $0.framesWritten += 1 }
    journal.extend(
      records, ids: ids, frameBytes: bytes.count,
      checksum: JournalFrameHeader.checksum(in: Array(bytes[..<JournalFrameHeader.byteCount])))
    var grown = view
    grown.journal = journal
    publish(grown)
    return grown
  }

  /// Checks that records can follow an event recorded then.
  static func check(
    _ records: [Record], after recorded: Instant?, at sequence: EventSequence
  ) throws(LogError) -> Instant? {
    var latest = recorded
    for (index, record) in records.enumerated() {
      do throws(BlockError) {
        try RowForm.check(record)
      } catch {
        throw .recordRefused(error)
      }
      if let before = latest, record.recorded < before {
        throw .recordedBackwards(sequence: sequence.advanced(by: index))
      }
      latest = record.recorded
    }
    return latest
  }
}

/// Appends that are served together, and share one frame as far as it goes.
private struct CommitGroup {
  private let log: EventLog
  private var view: LogView
  private var tail: LogTail
  private var rowBytes = 0
  /// Those whose events are in the tail, not yet written.
  private var waiting: [(request: AppendRequest, result: AppendResult)] = []

  init(_ log: EventLog, _ view: LogView) {
    self.log = log
    self.view = view
    tail = LogTail(log.context, view)
  }

  mutating func serve(_ requests: [AppendRequest]) {
    var failure: LogError?
    for request in requests {
      if let failure {
        request.finish(.failure(failure))
        continue
      }
      do {
        let records = try request.prepare(&tail)
        _ = try EventLog.check(records, after: tail.headRecorded, at: tail.head.next)
        let bytes = records.reduce(0) { $0 + RowForm.byteCount(of: $1) }
        if isBulk(records.count, bytes) {
          failure = writeOut()
          if let failure { throw failure }
          try writeBulk(records, request)
        } else {
          if rowBytes + bytes > LogOptions.frameRowBytesMax { failure = writeOut() }
          if let failure { throw failure }
          add(records, bytes, request)
        }
      } catch {
        request.finish(.failure(error))
        // Once a sync has failed nothing more is acknowledged, of whoever is waiting.
        if failure == nil, let latch = log.latch { failure = .latched(latch) }
      }
    }
    if let failure {
      for (request, _) in waiting { request.finish(.failure(failure)) }
    } else {
      _ = writeOut()
    }
    log.gate.announce()
  }

  private func isBulk(_ count: Int, _ bytes: Int) -> Bool {
    count > log.context.options.eventsPerBlock || bytes > LogOptions.frameRowBytesMax
  }

  private mutating func add(_ records: [Record], _ bytes: Int, _ request: AppendRequest) {
    let before = tail.head
    for record in records {
      let sequenced = SequencedRecord(sequence: tail.head.next, record: record)
      let id = record.idText()
      if tail.pendingIDs[id] == nil { tail.pendingIDs[id] = sequenced.sequence }
      tail.pending.append(sequenced)
    }
    rowBytes += bytes
    waiting.append((request, AppendResult(first: before.next, last: tail.head)))
  }

  /// Writes what is pending as one frame; the error, if that fails.
  private mutating func writeOut() -> LogError? {
    defer { waiting = [] }
    var failure: LogError?
    if !tail.pending.isEmpty {
      let ids = tail.pending.map { $0.record.idText() }
      do throws(LogError) {
        view = try log.writeFrame(tail.pending, ids: ids, view)
      } catch {
        failure = error
      }
    }
    for (request, result) in waiting {
      if let failure {
        request.finish(.failure(failure))
      } else {
        log.context.counters.count { $0.appends += 1 }
        request.finish(.success(result))
      }
    }
    tail = LogTail(log.context, view)
    rowBytes = 0
    return failure
  }

  /// Too many events for a frame: they go into blocks at once.
  private mutating func writeBulk(_ records: [Record], _ request: AppendRequest) throws(LogError) {
    var writer = BulkWriter(log, view)
    do throws(LogError) {
      for record in records { try writer.append(record) }
      let result = try writer.finish()
      view = log.view
      tail = LogTail(log.context, view)
      log.context.counters.count { $0.appends += 1 }
      request.finish(.success(result))
    } catch {
      writer.abandon()
      throw error
    }
  }
}
