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
  var view = LogView()
  /// Where the journal says that acknowledged blocks end.
  var base: EventSequence?

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
      // Without the lock a writer may pack and seal while this looks: what it then finds out of
      // place is damage only if the journal is still the one it began with.
      var attempts = 1
      while authority == .none, scan.view.firstDamage != nil, attempts < attemptsMax,
        journalHeader(context) != scan.view.journal?.header
      {
        scan = LogScan(context, authority, known: known)
        try scan.run(watermark)
        attempts += 1
      }
      return scan.view
    }
  }

  private static let attemptsMax = 16

  /// The header of the journal there is now; null where there is none that can be read.
  private static func journalHeader(_ context: LogContext) -> JournalHeader? {
    guard let file = try? context.storage.open(context.journalPath, .read),
      let bytes = try? context.read(file, at: 0, count: JournalHeader.byteCount)
    else { return nil }
    return try? JournalHeader(decoding: bytes, identity: context.identity)
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
  struct Chain {
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
}

extension RecoveryNote {
  fileprivate var isJournal: Bool { finding == .journalMissing || finding == .journalHeaderBad }
}
