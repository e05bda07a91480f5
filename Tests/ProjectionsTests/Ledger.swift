import Events
import ExactNumbers
import Portfolio
import Projections
import Records

/// A log in memory: events as the ledger would take them in, and what to project of them.
struct Ledger {
  private(set) var events: [Event] = []
  /// Of every event, folded without a limit.
  private(set) var facts = BookState()
  /// When the next event will be recorded.
  var now: Instant
  /// Where the what-if branch that this is the log of was forked; null for a first branch.
  private(set) var fork: LedgerFork?

  init(from start: String = "2025-01-01T00:00:00Z") {
    now = at(start)
  }

  var head: EventSequence { EventSequence(UInt64(events.count)) }

  /// Appends an event after the rules have judged it.
  @discardableResult
  mutating func append(
    _ payload: Payload, _ effective: Instant, source: String = "/tests", correlation: String? = nil
  ) throws -> Event {
    let sequence = head.next
    var event = Event(
      id: .given("e\(sequence)"), effective: effective, source: source, correlation: correlation,
      payload: payload)
    try event.validate()
    event.sequence = sequence
    event.recorded = now
    let judged = try Rules.append(event, to: &facts)
    events.append(judged)
    return judged
  }

  /// The same, effective at a time in text.
  @discardableResult
  mutating func append(_ payload: Payload, _ effective: String) throws -> Event {
    try append(payload, at(effective))
  }

  /// Goes on as a what-if branch that is forked here.
  ///
  /// - Parameter cut: What is effective later is hidden in the branch.
  mutating func fork(
    _ session: SessionID, portfolio: PortfolioID? = nil, cut: Instant? = nil,
    keepsMarket: Bool = false
  ) throws {
    let fork = LedgerFork(session: session, sequence: head, cut: cut, keepsMarket: keepsMarket)
    self.fork = fork
    facts = fork.state(of: events[...], asOf: .distantFuture)
    try append(
      .modelForked(
        ModelForked(
          session: session, name: "Session \(session)", baseSequence: Int64(head.rawValue),
          baseSnapshotDate: (cut ?? now).date, mode: keepsMarket ? .live : .frozen,
          portfolio: portfolio)), now)
  }

  /// The facts that were known at a sequence.
  func facts(at sequence: EventSequence) -> BookState {
    guard sequence < head else { return facts }
    var state = BookState()
    for event in events.prefix(Int(sequence.rawValue)) { state.fold(event) }
    return state
  }

  /// What to project up to a head, as of its recorded time or as of another time.
  func change(
    to head: EventSequence? = nil, asOf: Instant? = nil, branch: String = "main",
    session: SessionID? = nil
  ) -> ProjectionChange {
    let head = head ?? self.head
    let known = events.prefix(Int(head.rawValue))
    let cut = asOf ?? known.last?.place.recorded ?? Instant(nanosecondsSinceEpoch: 0)
    var state = BookState(asOf: cut)
    for event in known { state.fold(event) }
    state.session = session
    if let fork { return change(fork, to: head, known, cut) }
    return ProjectionChange(
      branch: branch, head: head, logRoot: "root-\(head)", cut: cut, state: state,
      events: { after, body in
        for event in known.dropFirst(Int(after.rawValue)) { try body(event) }
      },
      event: { sequence in known[Int(sequence.rawValue) - 1] })
  }
}

extension Event {
  fileprivate var place: (sequence: EventSequence, recorded: Instant) {
    guard let sequence, let recorded else { preconditionFailure("the ledger set both") }
    return (sequence, recorded)
  }
}

/// An instant, or the end of a day.
func at(_ text: String) -> Instant {
  guard let instant = Instant(text) ?? CivilDate(text)?.end else {
    preconditionFailure("'\(text)' is no time")
  }
  return instant
}

func date(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { preconditionFailure("'\(text)' is no date") }
  return date
}

func decimal(_ text: String) -> ExactDecimal {
  guard let decimal = try? ExactDecimal(text) else { preconditionFailure("'\(text)' is no number") }
  return decimal
}
