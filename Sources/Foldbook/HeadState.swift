import EventLog
import Events
import Portfolio
import Records

/// What the writer knows: the facts of every event up to the one it read last.
///
/// Prices are left out: no rule asks for them.
struct HeadState: Sendable {
  var facts = BookState()
  /// The last own sequence that has been read, folded or not; zero where nothing has been read.
  private(set) var sequence = EventSequence.zero
  /// The id of the event at ``sequence``; null before the branch's first.
  private var lastID: String?
  /// On a live branch, up to where what flows in has been read.
  private var flowed = EventSequence.zero
  /// The last event of the source that had flowed in by then; null where nothing flows.
  private var flowedThrough: EventSequence?

  /// Folds what was appended since, by whatever process.
  ///
  /// What was folded for an append that then failed is dropped: the log has ended before it, or
  /// has another event in its place.
  mutating func catchUp(with book: Book, _ end: some LogEnd) throws {
    // Taken once: others may append meanwhile.
    let head = end.head
    if sequence > head { self = HeadState() }
    if lastID != nil, try end.record(at: sequence)?.idText() != lastID { self = HeadState() }
    let line = book.line
    try line.refresh()
    if try hasLateFlow(in: line) { self = HeadState() }
    if sequence == .zero {
      facts = try book.inheritedFacts()
      sequence = line.fork.own
      flowed = line.fork
      flowedThrough = try line.flowedSequence(through: line.fork)
    }
    try foldFlow(of: book, line)
    guard head > sequence else { return }
    var cursor = end.cursor(LogFilter(kinds: EventCatalog.factKinds), from: sequence.next)
    while let next = try cursor.next(), next.sequence <= head {
      facts.fold(
        try book.event(
          SequencedRecord(sequence: line.number(ofOwn: next.sequence), record: next.record)))
    }
    advance(to: head, lastID: try end.record(at: head)?.idText())
  }

  /// Whether something has come from the parent of a live branch that was recorded before what has
  /// been read, as a long import may leave it.
  private func hasLateFlow(in line: BranchLog) throws -> Bool {
    guard let flowedThrough, sequence > .zero else { return false }
    return try line.flowedSequence(through: flowed) != flowedThrough
  }

  /// Folds the splits and dividends that have come from the parent of a live branch.
  private mutating func foldFlow(of book: Book, _ line: BranchLog) throws {
    guard book.details.fork?.mode == .live else { return }
    let head = try line.head
    guard head > flowed else { return }
    // Own events are folded as they are appended.
    try book.foldFlow(
      EventCatalog.factKinds.intersection(EventCatalog.flowingKinds), behind: flowed,
      through: head, into: &facts)
    flowed = head
    flowedThrough = try line.flowedSequence(through: head)
  }

  /// Takes note that everything up to an event is folded.
  mutating func advance(to head: EventSequence, lastID: String?) {
    sequence = head
    self.lastID = lastID
  }
}

/// The end of a log, as far as ``HeadState`` reads it.
protocol LogEnd {
  var head: EventSequence { get }
  func record(at sequence: EventSequence) throws -> Record?
  func cursor(_ filter: LogFilter, from: EventSequence) -> LogCursor
}

extension LogTail: LogEnd {}
extension BulkWriter: LogEnd {}
extension EventLog: LogEnd {
  func cursor(_ filter: LogFilter, from: EventSequence) -> LogCursor {
    cursor(filter, from: from, through: nil)
  }
}

extension HeadState {
  /// Runs something that folds events which may then be refused.
  ///
  /// One event is judged before it is folded, so a refusal leaves the facts as they are. Of
  /// several, those before the refused one are in the facts and will not be in the log: the facts
  /// are dropped, and read again when they are needed.
  mutating func judging<Result>(
    _ count: Int, _ body: (inout HeadState) throws -> Result
  ) throws -> Result {
    do {
      return try body(&self)
    } catch {
      if count > 1 { self = HeadState() }
      throw error
    }
  }
}
