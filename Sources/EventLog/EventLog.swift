public import ExactNumbers
public import Records
import Synchronization

/// The ordered events of one branch, on disk.
///
/// Any number of threads may use one log; any number of processes may open the same directory.
/// Readers see the log as it was when they last looked (``refresh()``), and never wait. Appends
/// run one at a time, under a lock that all processes share, and share their syncs.
///
/// An event's life: an append puts it into a frame of the journal and syncs it (then it is
/// acknowledged); with some thousand others it is packed into a block of a segment; when the
/// segment is full it is sealed, that is compressed once more for good.
public final class EventLog: Sendable {
  public enum Mode: Hashable, Sendable {
    case readWrite
    case readOnly
  }

  let context: LogContext
  public let mode: Mode
  let watermark: EventSequence
  private let state: Mutex<State>
  let gate = CommitGate<AppendRequest>()
  let lock: (any StorageLock)?

  private struct State {
    var view: LogView
    /// The sync that failed; after it nothing is acknowledged any more.
    var latch: StorageError?
    /// Why packing or sealing after an append did not work. The append did.
    var maintenanceError: LogError?
  }

  private init(
    _ context: LogContext, _ mode: Mode, _ view: LogView, lock: (any StorageLock)?,
    watermark: EventSequence
  ) {
    self.context = context
    self.mode = mode
    self.lock = lock
    self.watermark = watermark
    state = Mutex(State(view: view))
  }

  // MARK: Create and open

  /// Makes an empty log under `path`, in the directory `log`.
  ///
  /// - Parameter first: The number of the log's first event: for a branch, the one after its fork.
  /// - Throws: ``LogError/exists(path:)`` where there is one, ``LogError/storage(_:)``.
  public static func create(
    at path: String, identity: LogIdentity, registry: KindRegistry,
    first: EventSequence = EventSequence(1), storage: any Storage = DiskStorage(),
    options: LogOptions = LogOptions()
  ) throws(LogError) -> EventLog {
    precondition(first > .zero, "sequences begin with 1")
    let context = LogContext(
      path: path, identity: identity, registry: registry, storage: storage, options: options)
    return try asLogError { () throws in
      try storage.makeDirectory(context.logDirectory)
      let names = try storage.list(context.logDirectory)
      guard !names.contains("journal"), !names.contains(where: { $0.hasSuffix(".seg") }) else {
        throw LogError.exists(path: path)
      }
      let lock = try storage.lock(context.lockPath)
      let header = JournalHeader(
        identity: identity, base: first, epoch: 0, previousTag: 0, nextOrdinal: 0,
        logFirst: first)
      var view = LogView()
      view.first = first
      var isRenamed = false
      view.journal = try BlockSink.beginJournal(header, context, &isRenamed)
      // The directory above, so that the log's own name survives a loss of power.
      try storage.syncDirectory(path)
      return EventLog(context, .readWrite, view, lock: lock, watermark: .zero)
    }
  }

  /// Opens the log under `path`.
  ///
  /// What an interrupted write left behind is cut off, if this is a writer and no other process is
  /// at work; what was cut, and all damage, is in ``recovery``. A damaged log opens too: what is
  /// intact can be read, and nothing can be appended.
  ///
  /// - Parameters:
  ///   - watermark: The highest sequence that anyone is known to have seen; a log that ends before
  ///     it is damaged.
  ///   - holdsFiles: Whether a reader keeps its journal and its lock open. One of a long chain of
  ///     logs does not.
  /// - Throws: ``LogError/notFound(path:)``, ``LogError/newerFormat(path:found:known:)``,
  ///   ``LogError/storage(_:)``.
  public static func open(
    at path: String, identity: LogIdentity, registry: KindRegistry,
    storage: any Storage = DiskStorage(), mode: Mode = .readWrite,
    watermark: EventSequence = .zero, holdsFiles: Bool = true, options: LogOptions = LogOptions()
  ) throws(LogError) -> EventLog {
    precondition(holdsFiles || mode == .readOnly, "a writer holds its lock")
    let context = LogContext(
      path: path, identity: identity, registry: registry, storage: storage, options: options)
    let lock = try asLogError { () throws -> (any StorageLock)? in
      // Before anything is made: asking for a log must not leave a trace where there is none.
      guard try storage.exists(context.logDirectory) else {
        throw LogError.notFound(path: path)
      }
      // Who only reads needs no lock: on a disk that is read-only there may be none to be had.
      return mode == .readWrite
        ? try storage.lock(context.lockPath) : try? storage.lock(context.lockPath)
    }
    var view = try scan(context, mode, lock, watermark: watermark)
    guard !holdsFiles else {
      return EventLog(context, mode, view, lock: lock, watermark: watermark)
    }
    view.journal?.file = DetachedFile(path: context.journalPath, storage: storage)
    return EventLog(context, mode, view, lock: nil, watermark: watermark)
  }

  /// A reader of what this handle has seen, which holds no file open and has not looked at the log
  /// again.
  func detached() -> EventLog {
    var view = self.view
    view.journal = view.journal?.detached(
      DetachedFile(path: context.journalPath, storage: context.storage))
    return EventLog(context, .readOnly, view, lock: nil, watermark: .zero)
  }

  /// Looks at all of the log: with the lock if it can be had at once, else without.
  static func scan(
    _ context: LogContext, _ mode: Mode, _ lock: (any StorageLock)?, known: LogView? = nil,
    watermark: EventSequence
  ) throws(LogError) -> LogView {
    guard let lock, try asLogError({ () throws in try lock.tryLock() }) else {
      return try LogScan.run(context, .none, known: known, watermark: watermark)
    }
    defer { lock.unlock() }
    return mode == .readWrite
      ? try settled(context, known: known, watermark: watermark)
      : try LogScan.run(context, .locked, known: known, watermark: watermark)
  }

  /// Looks at all of the log and cuts off what was in flight; nothing is changed where anything is
  /// damaged. The caller holds the lock.
  static func settled(
    _ context: LogContext, known: LogView?, watermark: EventSequence
  ) throws(LogError) -> LogView {
    let view = try LogScan.run(context, .locked, known: known, watermark: watermark)
    guard view.firstDamage == nil, !view.notes.isEmpty else { return view }
    return try LogScan.run(context, .repairing, known: known, watermark: watermark)
  }

  // MARK: What it is like

  var view: LogView { state.withLock { $0.view } }

  /// The number of the first event, there or not.
  public var first: EventSequence { view.first }

  /// The last event that this handle has seen; the one before ``first`` for an empty log.
  public var head: EventSequence { view.head }

  /// When the head was recorded; null for an empty log.
  public var headRecorded: Instant? { view.headRecorded }

  /// What opening found: unfinished writes that were cut off, and damage.
  public var recovery: [RecoveryNote] { view.notes }

  /// The first damage found when the log was opened or read again; null for a sound log.
  public var damage: LogDamage? { view.firstDamage }

  /// Why packing or sealing after the last append did not work. The append itself did, and
  /// packing is tried again after the next one.
  public var maintenanceError: LogError? { state.withLock { $0.maintenanceError } }

  public var statistics: LogStatistics { context.counters.current }
  public var path: String { context.path }
  public var identity: LogIdentity { context.identity }

  // MARK: Reading

  /// Looks for what other processes have appended. Never waits for them: where an append of this
  /// process is under way, that one looks itself.
  ///
  /// - Throws: ``LogError/storage(_:)``, and ``LogError/latched(_:)`` after a failed sync; what was
  ///   seen before can be read on.
  public func refresh() throws(LogError) {
    guard gate.tryEnter() else { return }
    defer { gate.leave() }
    if let latch { throw .latched(latch) }
    let view = view
    try latchingSyncs { () throws(LogError) in
      if let (grown, isTailClean) = try readOn(view, .read) {
        publish(grown)
        if isTailClean { return }
      }
      publish(try Self.scan(context, mode, lock, known: view, watermark: watermark))
    }
  }

  /// The view with what was added to its journal since; null where that is not all.
  func readOn(_ view: LogView, _ mode: OpenMode) throws(LogError) -> (LogView, isTailClean: Bool)? {
    guard var journal = view.journal, view.firstDamage == nil else { return nil }
    return try asLogError { () throws -> (LogView, Bool)? in
      let file = try context.storage.open(context.journalPath, mode)
      let bytes = try context.read(file, at: 0, count: JournalHeader.byteCount)
      guard let header = try? JournalHeader(decoding: bytes, identity: identity),
        header == journal.header
      else { return nil }
      // Shorter than it was: its writer took back a frame that could not be synced.
      guard try file.size() >= journal.end else { return nil }
      journal.file = file
      let before = journal.count
      let tail = try journal.readOn(context)
      // What another process wrote may not have been synced yet; what is answered with must be.
      if journal.count > before { try context.sync(file) }
      var grown = view
      grown.journal = journal
      return (grown, tail == nil)
    }
  }

  /// A cursor over the events from one sequence through another, as the log is now.
  ///
  /// - Parameter through: Null for the head.
  public func cursor(
    _ filter: LogFilter = .all, from: EventSequence = EventSequence(1),
    through: EventSequence? = nil
  ) -> LogCursor {
    LogCursor(context, view, filter, from: from, through: through)
  }

  /// The event at a sequence; null where there is none.
  public func record(at sequence: EventSequence) throws(LogError) -> Record? {
    try view.record(at: sequence, context)
  }

  /// The sequence of the first event with this id; null when there is none.
  public func sequence(ofID id: String) throws(LogError) -> EventSequence? {
    try view.sequence(ofID: id, context, mayWrite: false)
  }

  /// The first sequences of many ids; those that are not there are left out.
  public func sequences(ofIDs ids: [String]) throws(LogError) -> [String: EventSequence] {
    try view.sequences(ofIDs: ids, context, mayWrite: false)
  }

  // MARK: For those who hold the gate

  func publish(_ view: LogView) { state.withLock { $0.view = view } }

  var latch: StorageError? { state.withLock { $0.latch } }

  /// After a failed sync it is unknown what is on disk, and asking again would not tell.
  func latch(_ error: StorageError) {
    state.withLock { if $0.latch == nil { $0.latch = error } }
  }

  /// Runs something, and latches if a sync fails in it.
  private func latchingSyncs<Result>(
    _ body: () throws(LogError) -> Result
  ) throws(LogError) -> Result {
    do throws(LogError) {
      return try body()
    } catch {
      if case .storage(let cause) = error, cause.isSync { latch(cause) }
      throw error
    }
  }

  func noteMaintenance(_ error: LogError?) { state.withLock { $0.maintenanceError = error } }

  /// The log as it is on disk now, fit to be written to. The caller holds gate and lock.
  ///
  /// - Throws: ``LogError/damaged(_:)``, ``LogError/latched(_:)``, ``LogError/storage(_:)``.
  func viewForWriting() throws(LogError) -> LogView {
    if let latch { throw .latched(latch) }
    var view = view
    view = try latchingSyncs { () throws(LogError) in
      // Damage that was seen without the lock is looked at once more with it: see `readOn`.
      if let (grown, isTailClean) = try readOn(view, .readWrite), isTailClean { return grown }
      let settled = try Self.settled(context, known: view, watermark: watermark)
      if let damage = settled.firstDamage {
        publish(settled)
        throw .damaged(damage)
      }
      // Once more, for a journal that is open for writing.
      guard let (writable, isTailClean) = try readOn(settled, .readWrite), isTailClean else {
        throw .storage(.inputOutput(call: "read", path: context.journalPath))
      }
      return writable
    }
    publish(view)
    return view
  }
}
