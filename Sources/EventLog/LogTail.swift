public import ExactNumbers
public import Records

/// The end of the log, as an append sees it while it holds the lock: with all that any process has
/// appended, and with what was appended before it in the same commit.
public struct LogTail {
  let context: LogContext
  let view: LogView
  /// What the commit has so far. Acknowledged, or dropped, all together with what comes.
  var pending: [SequencedRecord]
  var pendingIDs: [String: EventSequence]

  init(
    _ context: LogContext, _ view: LogView, pending: [SequencedRecord] = [],
    pendingIDs: [String: EventSequence] = [:]
  ) {
    self.context = context
    self.view = view
    self.pending = pending
    self.pendingIDs = pendingIDs
  }

  public var head: EventSequence { pending.last?.sequence ?? view.head }

  /// When the head was recorded; null for an empty log. What is appended must not be earlier.
  public var headRecorded: Instant? { pending.last?.record.recorded ?? view.headRecorded }

  /// The sequence of the first event with this id; null when there is none.
  public func sequence(ofID id: String) throws(LogError) -> EventSequence? {
    if let sequence = try view.sequence(ofID: id, context, mayWrite: true) { return sequence }
    return pendingIDs[id]
  }

  /// The event at a sequence; null when there is none.
  public func record(at sequence: EventSequence) throws(LogError) -> Record? {
    if let first = pending.first?.sequence, sequence >= first {
      let index = Int(sequence.rawValue - first.rawValue)
      return index < pending.count ? pending[index].record : nil
    }
    return try view.record(at: sequence, context)
  }

  /// The events from a sequence up to ``head``: for catching up with what others appended.
  public func cursor(_ filter: LogFilter = .all, from: EventSequence) -> LogCursor {
    LogCursor(context, view, filter, from: from, through: nil, pending: pending)
  }
}

/// Where an append's events are.
public struct AppendResult: Hashable, Sendable {
  /// The first of them; where there are none, the one that comes next.
  public var first: EventSequence
  /// The last of them; where there are none, the one before `first`.
  public var last: EventSequence
  public var count: Int { Int(last.rawValue + 1 - first.rawValue) }

  public init(first: EventSequence, last: EventSequence) {
    self.first = first
    self.last = last
  }
}
