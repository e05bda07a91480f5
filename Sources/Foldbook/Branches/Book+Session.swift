public import Calculations
import EventLog
public import Events
import ExactNumbers
import Portfolio
import Records

extension Book {
  /// The modelling session of this what-if branch, with what was changed on it.
  ///
  /// - Parameter point: Null is the head. A session is told by its known-at alone.
  /// - Returns: Null on the first branch, and where nothing of the branch was known yet.
  public func session(at point: ReplayPoint? = nil) throws -> ModelSession? {
    guard isWhatIf else { return nil }
    let known = point?.knownAt ?? head
    let own = try ownEvents(knownAt: known)
    let changes = ModelChange.changes(
      of: own, base: try baseFacts(knownAt: known), idText: sessionIDText)
    return ModelSession(SessionID(branch), of: own, changes: changes, idText: sessionIDText)
  }

  /// Ends the session as finished. Nothing can be changed on the branch from then on, and nothing
  /// flows into it.
  ///
  /// - Throws: ``BookError/notAWhatIf(branch:)``; `RuleError` where it has ended.
  @discardableResult
  public func complete() throws -> AppendOutcome {
    try appendToSession { .modelCompleted(ModelCompleted(session: $0)) }
  }

  /// Ends the session as dropped.
  ///
  /// - Throws: As ``complete()``.
  @discardableResult
  public func cancel(reason: String? = nil) throws -> AppendOutcome {
    try appendToSession { .modelCancelled(ModelCancelled(session: $0, reason: reason)) }
  }

  /// Keeps the state of the session by a name, as of ``defaultAsOf()``.
  ///
  /// - Throws: As ``complete()``.
  @discardableResult
  public func saveSession(as name: String) throws -> AppendOutcome {
    let save = SaveID(newID())
    return try appendToSession(effective: defaultAsOf()) {
      .modelSaved(ModelSaved(session: $0, save: save, name: name))
    }
  }

  /// Gives the session another name or description.
  ///
  /// - Throws: As ``complete()``.
  @discardableResult
  public func renameSession(
    to name: String? = nil, description: Change<String>? = nil
  ) throws -> AppendOutcome {
    try appendToSession {
      .modelChanged(ModelChanged(session: $0, name: name, description: description))
    }
  }

  private func appendToSession(
    effective: Instant? = nil, _ payload: (SessionID) -> Payload
  ) throws -> AppendOutcome {
    guard isWhatIf else { throw BookError.notAWhatIf(branch: branch) }
    return try append([
      Event(
        id: .given(newID()), effective: effective ?? environment.now(), source: Self.modelSource,
        payload: payload(SessionID(branch)))
    ])
  }

  /// What the session changes at a point: every metric of C-22 before and after, by one code over the
  /// same day.
  ///
  /// Before is what the branch would be without its own events, prices that were given on it among
  /// them.
  ///
  /// - Parameter marginals: Also what each change does by itself: one more calculation a change.
  /// - Throws: ``BookError/notAWhatIf(branch:)``; `CalculationError`, also where the session's
  ///   portfolio is not open at the point; `LogError` where the log is damaged.
  public func impact(at point: ReplayPoint, marginals: Bool = false) throws -> Impact {
    guard isWhatIf else { throw BookError.notAWhatIf(branch: branch) }
    let own = try ownEvents(knownAt: point.knownAt)
    return try Impact(
      base: try baseState(at: point), events: own, date: point.asOf.date, asOf: point.asOf,
      portfolio: ModelSession(SessionID(branch), of: own)?.portfolio, marginals: marginals,
      idText: sessionIDText)
  }
}

// MARK: What it is made from

extension Book {
  /// The text of an event's id. What changes a session has no personal field, which alone could keep
  /// it from being worked out.
  func sessionIDText(_ event: Event) -> String {
    (try? idText(of: event)) ?? Event.givenID(event)
  }

  /// The branch's own events up to a number; of the first branch those of sessions.
  func ownEvents(knownAt sequence: EventSequence) throws -> [Event] {
    guard sequence > line.fork else { return [] }
    var cursor = ownEvents(
      isWhatIf ? .all : EventFilter(kinds: EventCatalog.sessionKinds), through: sequence)
    var events: [Event] = []
    while let event = try cursor.next() { events.append(event) }
    return events
  }

  /// What the branch would be at a point without its own events: what `Impact` stands on.
  func baseState(at point: ReplayPoint) throws -> BookState {
    var facts = try baseFacts(knownAt: point.knownAt)
    for event in try ownEvents(knownAt: point.knownAt) { facts.fold(event) }
    let fork = ReplayPoint(asOf: point.asOf, knownAt: min(point.knownAt, line.fork))
    var state = try calculationState(
      at: fork, beside: facts.pricedSymbols.union(facts.factorProxies))
    try foldFlow(
      EventCatalog.flowingKinds, behind: line.fork, through: point.knownAt, into: &state)
    return state
  }

  /// The same of facts alone, whatever they are as of.
  private func baseFacts(knownAt sequence: EventSequence) throws -> BookState {
    var facts =
      sequence < line.fork ? try self.facts(knownAt: sequence) : try inheritedFacts()
    try foldFlow(
      EventCatalog.factKinds.intersection(EventCatalog.flowingKinds), behind: line.fork,
      through: sequence, into: &facts)
    return facts
  }

  /// Folds what has flowed into a live branch behind a number and up to another.
  func foldFlow(
    _ kinds: Set<KindNumber>, behind start: EventSequence, through: EventSequence,
    into state: inout BookState
  ) throws {
    guard details.fork?.mode == .live, through > start else { return }
    var cursor = foldedEvents(EventFilter(kinds: kinds), from: start.next, through: through)
    while let event = try cursor.next() {
      if let sequence = event.sequence, sequence.flowed > 0 { state.fold(event) }
    }
  }
}

extension EventCatalog {
  /// What is said of modelling sessions.
  static let sessionKinds: Set<KindNumber> = [
    ModelForked.kind.number, ModelChanged.kind.number, ModelSaved.kind.number,
    ModelCompleted.kind.number, ModelCancelled.kind.number, ModelPromoted.kind.number,
  ]
}
