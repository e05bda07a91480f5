import EventLog
public import Events
import Portfolio
public import Records
import Synchronization

/// What became of events that were to be appended.
public struct AppendOutcome: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public var id: String
    public var sequence: EventSequence
    /// False when the event was in the log already, with the same content.
    public var isNew: Bool
  }

  /// One an event, in the order given. A bulk append keeps none and only counts.
  public var entries: [Entry] = []
  public var appended = 0
  public var unchanged = 0
  /// The sequences that were appended; null when there were none.
  public var sequences: ClosedRange<EventSequence>?
  public var head: EventSequence

  /// - Parameter head: Of the branch's own log.
  init(_ intake: Intake, head: EventSequence, in line: BranchLog) {
    entries = intake.entries
    appended = intake.appended
    unchanged = intake.unchanged
    self.head = head > line.fork.own ? line.number(ofOwn: head) : line.fork
    if appended > 0 { sequences = line.number(ofOwn: head.advanced(by: 1 - appended))...self.head }
  }
}

/// Where recorded times come from.
public enum RecordedTimes: Hashable, Sendable {
  /// The clock's, at the moment of the append.
  case now
  /// Those that the events carry. They may not go backwards.
  case kept
}

extension Book {
  /// Appends events, all or none, and returns once they are on disk.
  ///
  /// Each event is judged by the rules of the ledger against everything before it, and completed
  /// where the catalogue says so. An event whose id is in the log already is not appended again:
  /// its first sequence is answered. Concurrent callers share one sync.
  ///
  /// - Parameter head: Refuses when the head is another.
  /// - Throws: `RuleError` when an event may not happen; ``BookError/idConflict(id:sequence:)``
  ///   when an id is taken by other content; ``BookError/headMoved(expected:found:)``; `LogError`
  ///   when the disk fails. Nothing is appended then.
  @discardableResult
  public func append(
    _ events: [Event], expecting head: EventSequence? = nil, recordedTimes: RecordedTimes = .now
  ) throws -> AppendOutcome {
    try refuseOnDamagedAncestry()
    let outcome = Handover<AppendOutcome>()
    try log.append { tail in
      try self.refuseIfReplaced()
      try Intake.check(tail.head, is: head?.own)
      return try self.headState.withLock { state in
        try state.judging(events.count) { state in
          let (records, intake) = try self.take(events, recordedTimes, tail, &state)
          outcome.set(
            AppendOutcome(intake, head: tail.head.advanced(by: records.count), in: self.line))
          return records
        }
      }
    }
    guard let outcome = outcome.value else {
      preconditionFailure("an append that does not throw has run")
    }
    pinLine(after: outcome, of: events)
    try destroyKeys(forgottenBy: events)
    return outcome
  }

  /// Nothing flows into a branch behind the end of its session.
  private func pinLine(after outcome: AppendOutcome, of events: [Event]) {
    guard isWhatIf else { return }
    for (event, entry) in zip(events, outcome.entries) where entry.isNew {
      if EventCatalog.sessionEndKinds.contains(event.kind) { pinLine(at: entry.sequence.own) }
    }
  }

  /// What is built on what is not there cannot be judged.
  func refuseOnDamagedAncestry() throws {
    if let inheritedDamage { throw LogError.damaged(inheritedDamage) }
  }

  private func take(
    _ events: [Event], _ recordedTimes: RecordedTimes, _ tail: LogTail, _ state: inout HeadState
  ) throws -> ([Record], Intake) {
    try state.catchUp(with: self, tail)
    var intake = try Intake(
      book: self, head: tail.head, headRecorded: tail.headRecorded, recordedTimes: recordedTimes)
    let records = try intake.take(events, behind: tail.head, into: &state.facts) { id in
      try tail.sequence(ofID: id)
    } stored: { sequence in
      try tail.record(at: sequence)
    }.map(\.record)
    if let last = records.last {
      state.advance(to: tail.head.advanced(by: records.count), lastID: last.idText())
    }
    try intake.storeKeys()
    return (records, intake)
  }

  /// What ``append(_:expecting:recordedTimes:)`` would append: judged and completed, and not
  /// written. Events that are in the log already are left out.
  public func preview(
    _ events: [Event], recordedTimes: RecordedTimes = .now
  ) throws -> [Event] {
    try refresh()
    var facts = try currentFacts()
    let head = log.head
    var intake = try Intake(
      book: self, head: head, headRecorded: log.headRecorded, recordedTimes: recordedTimes)
    return try intake.take(events, behind: head, into: &facts) { id in
      try log.sequence(ofID: id)
    } stored: { sequence in
      try log.record(at: sequence)
    }.map(\.event)
  }

  /// The facts at the head, without prices.
  func currentFacts() throws -> BookState {
    try headState.withLock { state in
      try state.catchUp(with: self, log)
      return state.facts
    }
  }
}

/// Carries a value out of a closure that may run on another thread.
private final class Handover<Value: Sendable>: Sendable {
  private let kept = Mutex<Value?>(nil)
  var value: Value? { kept.withLock { $0 } }
  func set(_ value: Value) { kept.withLock { $0 = value } }
}
