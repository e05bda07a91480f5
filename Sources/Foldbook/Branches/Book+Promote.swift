import EventLog
import Events
import ExactNumbers
import Portfolio
public import Records

extension Book {
  /// Appends what was done on a what-if branch to its parent, and completes the session.
  ///
  /// Events of positions, cash, tags and strategy groups are judged at the parent's head and
  /// appended there as one append, ids and effective times kept, each with the promotion as its
  /// cause, or none is. Prices, scenarios, parameters, instruments and portfolios stay on the branch.
  /// The `model.promoted` ends the append, and is then appended to the branch too. Where that was
  /// broken off, promoting again does the rest and appends nothing to the parent a second time.
  ///
  /// - Parameters:
  ///   - head: Refuses when the parent's head is another.
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
    try refusePromoted(into: fork.parent)
    let parent = try openParent(.readWrite)
    if let damage = parent.damage { throw LogError.damaged(damage) }
    var promotion = Promotion(of: self, into: parent, actor: actor, isDryRun: isDryRun)
    // Another process may append to the branch meanwhile: what it appended is promoted as well,
    // until nothing came between.
    while true {
      let ownHead = log.head
      try promotion.appendToParent(expecting: promotion.hasAppended ? nil : head)
      promotion.outcome.head = self.head
      guard !isDryRun else { return promotion.outcome }
      do {
        promotion.outcome.head = try append(
          promotion.ending(), expecting: line.number(ofOwn: ownHead)
        ).head
        return promotion.outcome
      } catch BookError.headMoved {
        try log.refresh()
      }
    }
  }

  private func refusePromoted(into parent: String) throws {
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
  }
}

/// One promotion, on both sides of it.
private struct Promotion {
  private let book: Book
  private let parent: Book
  private let promoted: Event
  var outcome: PromoteOutcome
  /// The parent has the `model.promoted`.
  private(set) var hasAppended = false
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
  mutating func appendToParent(expecting head: EventSequence?) throws {
    let known = try knownPromotion()
    if let known, case .modelPromoted(let payload) = known.payload {
      count = payload.events
      outcome.isResumed = !hasAppended
      hasAppended = true
    }
    var own = book.ownEvents(EventFilter(kinds: EventCatalog.promotedKinds))
    var isEnding = false
    var promotable = 0
    let before = outcome.appended
    outcome.unchanged = 0
    let result = try parent.appendBulk(
      expecting: known == nil ? head : nil, isDryRun: outcome.isDryRun
    ) {
      if let event = try own.next() {
        promotable += 1
        return try caused(event)
      }
      guard known == nil, !isEnding else { return nil }
      guard promotable > 0 else {
        throw refusal(
          nil,
          "there is nothing to promote: nothing of a position, cash, tag or strategy group was "
            + "recorded on it")
      }
      isEnding = true
      return ended(count: outcome.appended)
    } refused: { event, error in
      throw refusal(try book.idText(of: event), "\(error)")
    } accepted: { event in
      guard event.kind != ModelPromoted.kind.number else { return }
      outcome.appended += 1
      if outcome.events.count < PromoteOutcome.eventsMax { outcome.events.append(event) }
    }
    if !isEnding, known == nil {
      preconditionFailure("a promotion ends with the event that says so")
    }
    if known == nil { count = Int64(outcome.appended) }
    outcome.unchanged = promotable - (outcome.appended - before)
    outcome.parentHead = result.head
    hasAppended = true
  }

  /// What completes the branch.
  func ending() throws -> [Event] {
    let facts = try book.currentFacts()
    var promoted = try knownPromotion() ?? promoted
    promoted.sequence = nil
    promoted.recorded = nil
    promoted.payload = ended(count: Int(count)).payload
    guard facts.sessionStatus(SessionID(book.branch))?.isEnded != true else { return [promoted] }
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
  private func caused(_ event: Event) throws -> Event {
    var event = event
    event.id = .given(try book.idText(of: event))
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
