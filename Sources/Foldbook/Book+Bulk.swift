import EventLog
public import Events
import Portfolio
public import Records
import Synchronization

extension Book {
  /// Appends any number of events as they come: all of them, durable when this returns, or none.
  ///
  /// Memory stays bounded; judged and completed as by ``append(_:expecting:recordedTimes:)``.
  /// Other writers wait meanwhile, readers do not.
  ///
  /// - Parameters:
  ///   - head: Refuses when the head is another.
  ///   - isDryRun: Everything is judged, nothing is written.
  ///   - next: The next event, or null after the last. If it throws, nothing is appended.
  ///   - refused: Decides about an event that is refused: true leaves it out and goes on.
  ///   - accepted: Shown each event that is new, completed. If it throws, nothing is appended.
  @discardableResult
  public func appendBulk(
    expecting head: EventSequence? = nil, recordedTimes: RecordedTimes = .now,
    isDryRun: Bool = false, next: () throws -> Event?,
    refused: (Event, any Error) throws -> Bool = { _, _ in false },
    accepted: (Event) throws -> Void = { _ in }
  ) throws -> AppendOutcome {
    try refuseOnDamagedAncestry()
    var outcome: AppendOutcome?
    var forgotten: [UserID] = []
    do {
      try log.appendBulk { writer in
        try refuseIfReplaced()
        try Intake.check(writer.head, is: head?.own)
        var state = try caughtUp(with: writer)
        var intake = try Intake(
          book: self, head: writer.head, headRecorded: writer.headRecorded,
          recordedTimes: recordedTimes, keepsEntries: false)
        while let event = try next() {
          let taken: (record: Record, event: Event)?
          do {
            taken = try intake.take(event, into: &state.facts) { id in
              try writer.sequence(ofID: id)
            } stored: { sequence in
              try writer.record(at: sequence)
            }
          } catch  where Self.isAboutTheEvent(error) {
            guard try refused(event, error) else { throw error }
            continue
          }
          guard let taken else { continue }
          try writer.append(taken.record)
          try accepted(taken.event)
        }
        outcome = AppendOutcome(intake, head: writer.head, in: line)
        if isDryRun { throw DryRun() }
        try intake.storeKeys()
        forgotten = intake.forgotten
        let last = try writer.record(at: writer.head)?.idText()
        state.advance(to: writer.head, lastID: last)
        headState.withLock { $0 = state }
      }
    } catch is DryRun {
    } catch {
      headState.withLock { $0 = HeadState() }
      throw error
    }
    try destroyKeys(of: forgotten)
    try repinLine()
    guard let outcome else { preconditionFailure("a bulk append that does not throw has run") }
    return outcome
  }

  /// The facts the append is judged against, taken out of the book while it lasts: what is folded
  /// and then not written must not stay.
  private func caughtUp(with writer: BulkWriter) throws -> HeadState {
    try headState.withLock { kept in
      var state = kept
      kept = HeadState()
      try state.catchUp(with: self, writer)
      return state
    }
  }

  static func isAboutTheEvent(_ error: any Error) -> Bool {
    error is RuleError || error is BookError
  }
}

/// Ends a bulk append that was only tried.
private struct DryRun: Error {}
