import EventLog
import Events
import ExactNumbers
import Portfolio
public import Records
import Synchronization

extension Book {
  /// Appends what was done on a what-if branch to its parent, and completes the session.
  ///
  /// Events of positions, cash, tags and strategy groups are judged at the parent's head and
  /// appended there as one append, ids and effective times kept, each with the promotion as its
  /// cause, or none is. What the branch has voided itself is left out with its void. Prices,
  /// scenarios, parameters, instruments and portfolios stay on the branch.
  /// The `model.promoted` ends the append, and is then appended to the branch too. Where that was
  /// broken off, promoting again does the rest and appends nothing to the parent a second time.
  ///
  /// - Parameters:
  ///   - head: Refuses when something is to be appended and the parent's head is another.
  ///   - actor: Who does it.
  ///   - isDryRun: Everything is judged, nothing is written.
  /// - Throws: ``BookError/promoteRefused(branch:into:id:reason:)`` where the parent does not allow
  ///   an event, where there is nothing to promote, and for a session that was cancelled or promoted;
  ///   ``BookError/headMoved(expected:found:)``, ``BookError/notAWhatIf(branch:)``; `LogError` where
  ///   a branch is damaged or the disk fails.
  public func promote(
    expecting head: EventSequence? = nil, actor: String? = nil, isDryRun: Bool = false
  ) throws -> PromoteOutcome {
    guard let fork = details.fork else { throw BookError.notAWhatIf(branch: branch) }
    try refuseOnDamagedAncestry()
    try log.refresh()
    try refuseIfReplaced()
    _ = try hasEnded(promotedInto: fork.parent)
    let parent = try openParent(.readWrite)
    if let damage = parent.damage { throw LogError.damaged(damage) }
    var promotion = Promotion(of: self, into: parent, actor: actor, isDryRun: isDryRun)
    guard !isDryRun else {
      try promotion.appendToParent(expecting: head)
      promotion.outcome.head = self.head
      return promotion.outcome
    }
    // The branch's lock is held over both, so that no event of another process comes between: what
    // was appended before is promoted as well, and afterwards the session has ended.
    try log.appendBulk { writer in
      try refuseIfReplaced()
      let hasEnded = try hasEnded(promotedInto: fork.parent)
      try promotion.appendToParent(expecting: head)
      promotion.outcome.head = try take(promotion.ending(hasEnded: hasEnded), &writer)
    }
    try repinLine()
    return promotion.outcome
  }

  /// Judges what ends the branch, and writes it.
  ///
  /// - Returns: The branch's head behind it.
  private func take(_ events: [Event], _ writer: inout BulkWriter) throws -> EventSequence {
    // Out of the book meanwhile: what is folded and then not written must not stay.
    var state = headState.withLock { kept in
      let state = kept
      kept = HeadState()
      return state
    }
    try state.catchUp(with: self, writer)
    var intake = try Intake(
      book: self, head: writer.head, headRecorded: writer.headRecorded, recordedTimes: .now,
      keepsEntries: false)
    for event in events {
      let taken = try intake.take(event, into: &state.facts) { id in
        try writer.sequence(ofID: id)
      } stored: { sequence in
        try writer.record(at: sequence)
      }
      if let taken { try writer.append(taken.record) }
    }
    state.advance(to: writer.head, lastID: try writer.record(at: writer.head)?.idText())
    headState.withLock { $0 = state }
    return line.number(ofOwn: writer.head)
  }

  /// Whether the session of the branch was completed.
  ///
  /// - Throws: ``BookError/promoteRefused(branch:into:id:reason:)`` where it was promoted or
  ///   cancelled.
  private func hasEnded(promotedInto parent: String) throws -> Bool {
    let facts = try currentFacts()
    let session = SessionID(branch)
    func refuse(_ reason: String) -> BookError {
      .promoteRefused(branch: branch, into: parent, id: nil, reason: reason)
    }
    if let stamp = facts.promotedAt(session) {
      throw refuse("it was promoted at #\(stamp.sequence), and a branch is promoted once")
    }
    if case .cancelled(let stamp)? = facts.sessionStatus(session) {
      throw refuse("its session was cancelled at #\(stamp.sequence)")
    }
    return facts.sessionStatus(session)?.isEnded == true
  }
}

/// One promotion, on both sides of it.
private struct Promotion {
  private let book: Book
  private let parent: Book
  private let promoted: Event
  var outcome: PromoteOutcome
  /// How many events the parent's `model.promoted` tells of.
  private var count: Int64 = 0

  init(of book: Book, into parent: Book, actor: String?, isDryRun: Bool) {
    self.book = book
    self.parent = parent
    // The same for each attempt, so that one that was broken off is recognised.
    let id = Book.promotionID(ofBranch: book.details.id)
    promoted = Event(
      id: .given(id), effective: book.environment.now(), source: Book.modelSource, actor: actor,
      payload: .modelPromoted(
        ModelPromoted(session: SessionID(book.branch), into: parent.branch, events: 0)))
    outcome = PromoteOutcome(
      into: parent.branch, promotion: id, parentHead: parent.head, head: book.head,
      isDryRun: isDryRun)
  }

  /// Appends what the parent does not have yet, and the promotion itself where it has not that.
  ///
  /// What the branch itself has voided is left out together with the void, unless the parent has it.
  mutating func appendToParent(expecting head: EventSequence?) throws {
    try parent.line.refresh()
    let known = try knownPromotion()
    if case .modelPromoted(let payload)? = known?.payload {
      count = payload.events
      outcome.isResumed = true
    }
    var own = book.ownEvents(EventFilter(kinds: EventCatalog.promotedKinds))
    var omissions = RebaseOmissions(skipped: [], voids: try book.ownVoids())
    var isEnding = false
    var promotable = 0
    let result = try parent.appendBulk(
      expecting: known == nil ? head : nil, isDryRun: outcome.isDryRun
    ) {
      while let event = try own.next() {
        let id = try book.idText(of: event)
        if omissions.takesOut(event, id: id) { continue }
        if try parent.sequence(ofID: id) == nil, omissions.takesOutVoided(event, id: id) {
          continue
        }
        promotable += 1
        return caused(event, id: id)
      }
      guard known == nil, !isEnding else { return nil }
      guard promotable > 0 else {
        throw refusal(
          nil,
          "there is nothing to promote: nothing of a position, cash, tag or strategy group was "
            + "recorded on it" + (omissions.list.isEmpty ? "" : " that it has not voided itself"))
      }
      isEnding = true
      return ended(count: outcome.appended)
    } refused: { event, error in
      throw refusal(try book.idText(of: event), "\(error)")
    } accepted: { event in
      guard event.kind != ModelPromoted.kind.number else { return }
      // Where a promotion is only completed, the parent may have gone on.
      if known != nil, outcome.appended == 0 {
        try Intake.check(parent.log.head, is: head?.own)
      }
      outcome.appended += 1
      if outcome.events.count < PromoteOutcome.eventsMax { outcome.events.append(event) }
    }
    if !isEnding, known == nil {
      preconditionFailure("a promotion ends with the event that says so")
    }
    if known == nil { count = Int64(outcome.appended) }
    outcome.unchanged = promotable - outcome.appended
    outcome.leftOut = omissions.list.count
    outcome.parentHead = result.head
  }

  /// What completes the branch.
  func ending(hasEnded: Bool) throws -> [Event] {
    var promoted = try knownPromotion() ?? promoted
    promoted.sequence = nil
    promoted.recorded = nil
    promoted.payload = ended(count: Int(count)).payload
    guard !hasEnded else { return [promoted] }
    return [
      Event(
        id: .given(book.newID()), effective: promoted.effective, source: Book.modelSource,
        actor: promoted.actor,
        payload: .modelCompleted(ModelCompleted(session: SessionID(book.branch)))),
      promoted,
    ]
  }

  private func knownPromotion() throws -> Event? {
    guard let sequence = try parent.sequence(ofID: outcome.promotion) else { return nil }
    return try parent.event(at: sequence)
  }

  private func ended(count: Int) -> Event {
    var event = promoted
    event.payload = .modelPromoted(
      ModelPromoted(
        session: SessionID(book.branch), into: parent.branch, events: Int64(count)))
    return event
  }

  /// The event as the parent takes it, under the id that it is known by.
  private func caused(_ event: Event, id: String) -> Event {
    var event = event
    event.id = .given(id)
    event.sequence = nil
    event.recorded = nil
    event.causation = outcome.promotion
    return event
  }

  private func refusal(_ id: String?, _ reason: String) -> BookError {
    .promoteRefused(branch: book.branch, into: parent.branch, id: id, reason: reason)
  }
}

extension EventCatalog {
  /// What a promotion takes to the parent: what was done, and nothing of what was supposed.
  static let promotedKinds = Set(
    kinds.filter { kind in
      ["position.", "tag.", "strategy."].contains { kind.declaration.name.hasPrefix($0) }
        || kind.number == CashMoved.kind.number
    }.map(\.number))
}
