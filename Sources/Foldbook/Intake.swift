import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

/// Takes events in one after another: finds those that are there already, judges and completes the
/// others, and makes records of them.
struct Intake {
  let book: Book
  let recordedTimes: RecordedTimes
  /// Whether each event's id and sequence are kept. A bulk append keeps none, and its writer
  /// knows the ids it has taken.
  private let keepsEntries: Bool
  private(set) var entries: [AppendOutcome.Entry] = []
  private(set) var appended = 0
  private(set) var unchanged = 0
  /// The recorded time of the event taken last.
  private var recorded: Instant
  private let now: Instant
  private let line: BranchLog
  /// Of the branch's own log.
  private var sequence: EventSequence
  /// The numbers of this intake's records, which are not in the log yet, by the id's text.
  private var pending: [String: EventSequence] = [:]
  /// Persons that are registered by this intake.
  private var registered: [UserID] = []
  /// Persons whose forgetting is in the log, or will be with this intake.
  private(set) var forgotten: [UserID] = []
  private let drawnKeys: DrawnKeys

  init(
    book: Book, head: EventSequence, headRecorded: Instant?, recordedTimes: RecordedTimes,
    keepsEntries: Bool = true
  ) throws {
    self.book = book
    self.recordedTimes = recordedTimes
    self.keepsEntries = keepsEntries
    line = book.line
    sequence = head
    recorded = try max(headRecorded ?? .distantPast, book.forkRecorded ?? .distantPast)
    now = book.environment.now()
    drawnKeys = DrawnKeys(book.keys)
  }

  static func check(_ head: EventSequence, is expected: EventSequence?) throws {
    if let expected, expected != head {
      throw BookError.headMoved(expected: expected, found: head)
    }
  }

  /// Takes several events in, and gives what is to be appended behind the head.
  ///
  /// - Parameter stored: The record at a sequence of the log.
  mutating func take(
    _ events: [Event], behind head: EventSequence, into state: inout BookState,
    logged: (_ id: String) throws -> EventSequence?,
    stored: (EventSequence) throws -> Record?
  ) throws -> [(record: Record, event: Event)] {
    var new: [(record: Record, event: Event)] = []
    for event in events {
      let taken = try take(event, into: &state, logged: logged) { sequence in
        sequence > head
          ? new[Int(sequence.rawValue - head.rawValue) - 1].record : try stored(sequence)
      }
      if let taken { new.append(taken) }
    }
    return new
  }

  /// The record to append and the event it keeps, completed; null when it is in the log already.
  ///
  /// - Parameters:
  ///   - logged: The sequence of the own event with an id in the log before this intake.
  ///   - stored: The record at a sequence, of the own log or of this intake.
  mutating func take(
    _ event: Event, into state: inout BookState,
    logged: (_ id: String) throws -> EventSequence?,
    stored: (EventSequence) throws -> Record?
  ) throws -> (record: Record, event: Event)? {
    // A minted id covers the sealed fields.
    if case .minted = event.id { try drawKey(for: event) }
    let id = try book.idText(of: event)
    if let first = try number(of: id, logged) {
      let isOwn = first.flowed == 0 && first > line.fork
      guard let record = try isOwn ? stored(first.own) : line.record(at: first),
        try book.event(SequencedRecord(sequence: first, record: record)).hasSameContent(as: event)
      else { throw BookError.idConflict(id: id, sequence: first) }
      if case .userForgotten(let payload) = event.payload { forgotten.append(payload.user) }
      note(id, first, isNew: false)
      return nil
    }
    var event = event
    event.recorded = try recordedTime(of: event)
    event.sequence = line.number(ofOwn: sequence.next)
    // What is named after its event needs the id as text.
    if case .minted = event.id, event.payload.takesItsEventsID { event.id = .given(id) }
    let judged = try judge(event, &state)
    var record = try book.record(judged)
    // What the ledger completed may be content of its own; the id stays the sender's.
    if case .minted = record.id, judged != event, record.idText() != id { record.id = .given(id) }
    sequence = sequence.next
    recorded = record.recorded
    let number = line.number(ofOwn: sequence)
    if keepsEntries { pending[id] = number }
    note(id, number, isNew: true)
    return (record, judged)
  }

  /// Where the branch shows an event with an id, or will with this intake.
  private func number(
    of id: String, _ logged: (String) throws -> EventSequence?
  ) throws -> EventSequence? {
    if let number = pending[id] { return number }
    let own = try logged(id).map { line.number(ofOwn: $0) }
    guard let inherited = try line.inheritedNumber(ofID: id) else { return own }
    // What it stands on came first; what flows in may have come after an own event of its id.
    return own.map { min($0, inherited) } ?? inherited
  }

  /// Writes the keys of the persons that are new. To be called when everything is taken and the
  /// records are about to be written, and not for what is only tried.
  func storeKeys() throws(LogError) { try book.keys.store(for: registered) }

  /// Whether it can be sealed is known before it is folded: what is refused must not stay.
  private mutating func judge(_ event: Event, _ state: inout BookState) throws -> Event {
    switch event.payload {
    case .userRegistered(let payload):
      try drawKey(for: event)
      let judged = try Rules.append(event, to: &state)
      registered.append(payload.user)
      return judged
    case .userChanged:
      let judged = try Rules.judge(event, against: state)
      _ = try book.record(judged)
      return try Rules.append(event, to: &state)
    case .userForgotten(let payload):
      let judged = try Rules.append(event, to: &state)
      forgotten.append(payload.user)
      return judged
    default: return try Rules.append(event, to: &state)
    }
  }

  private func drawKey(for event: Event) throws {
    if case .userRegistered(let payload) = event.payload {
      try book.keys.draw(for: payload.user)
    }
  }

  private mutating func note(_ id: String, _ sequence: EventSequence, isNew: Bool) {
    if isNew { appended += 1 } else { unchanged += 1 }
    if keepsEntries {
      entries.append(AppendOutcome.Entry(id: id, sequence: sequence, isNew: isNew))
    }
  }

  private func recordedTime(of event: Event) throws -> Instant {
    switch recordedTimes {
    case .now: return max(now, recorded)
    case .kept:
      guard let kept = event.recorded else {
        throw BookError.recordedTimeMissing(id: try book.idText(of: event))
      }
      guard kept >= recorded else {
        throw BookError.recordedTimeBackwards(
          id: try book.idText(of: event), recorded: "\(kept)", headRecorded: "\(recorded)")
      }
      return kept
    }
  }
}

/// Keeps drawn keys for as long as an intake lives.
private final class DrawnKeys: Sendable {
  private let keys: PersonalKeys

  init(_ keys: PersonalKeys) {
    self.keys = keys
    keys.beginIntake()
  }

  deinit { keys.endIntake() }
}
