import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

extension BranchTree {
  /// One to three new events on a branch, all or none.
  mutating func append() throws {
    let name = anyName()
    guard let branch = naive[name] else { return }
    let facts = branch.facts()
    let sent = (0..<(chance(3) ? 3 : 1)).map { _ in events.next(on: facts) }
    try append(sent, to: name, inBulk: chance(4))
  }

  /// An event of any branch sent once more, to the same or another one, as it was or with another
  /// content.
  mutating func resend() throws {
    let (from, to) = (anyName(), anyName())
    let sent = naive[from]?.items.filter { item in
      if case .modelForked = item.event.payload { return false }
      return item.event.source == "/tests"
    }
    guard var event = sent?.randomElement(using: &random)?.event else { return }
    event.sequence = nil
    event.recorded = nil
    event.causation = nil
    if chance(2) { event.effective = event.effective.advanced(bySeconds: 1) }
    try append([event], to: to, inBulk: chance(4))
  }

  mutating func append(_ sent: [Event], to name: String, inBulk: Bool) throws {
    guard let branch = naive[name], let book = real[name] else { return }
    let words = sent.map { "\(idText($0)) \($0.effective) \($0.payload)" }.joined(separator: "; ")
    note("append to \(name)\(inBulk ? " in bulk" : ""): \(words)")
    let before = branch.own.count
    let (isAccepted, isJudged) = take(sent, into: branch)
    let expected = branch.own.dropFirst(before)
    branch.takeBack(to: before)
    let outcome: AppendOutcome
    do {
      if inBulk {
        var waiting = sent[...]
        outcome = try book.appendBulk { waiting.popFirst() }
      } else {
        outcome = try book.append(sent)
      }
    } catch  where error is RuleError || error is BookError {
      count("append refused")
      if isAccepted, isJudged { disagree("\(name) refused: \(error)") }
      return
    }
    guard isAccepted || !isJudged else { return disagree("\(name) accepted it") }
    if isJudged, outcome.appended != expected.count {
      return disagree("\(name) took \(outcome.appended) events, expected \(expected.count)")
    }
    count("append")
    let head = branch.own.count
    try takeOver(outcome.appended == 0 ? branch.fork : outcome.head, book, branch)
    compareTaken(branch, sent, from: head)
    if isJudged, branch.own.dropFirst(head).map(\.id) != expected.map(\.id) {
      return disagree("\(name) has other ids than expected")
    }
  }

  private mutating func compareTaken(_ branch: NaiveBranch, _ sent: [Event], from start: Int) {
    for item in branch.own.dropFirst(start) {
      guard let event = sent.first(where: { idText($0) == item.id }) else {
        return disagree("\(branch.name) has \(item.id), which was not sent")
      }
      if !item.event.hasSameContent(as: event) { disagree("\(item.id) was kept as \(item.event)") }
    }
  }

  /// Takes events into the model as the definition says.
  ///
  /// - Returns: Whether all are accepted; and whether the definition says anything, which it does
  ///   not where a split that flowed in has made an exit too large.
  func take(_ sent: [Event], into branch: NaiveBranch) -> (isAccepted: Bool, isJudged: Bool) {
    for event in sent {
      let id = idText(event)
      if let known = branch.item(id: id) {
        guard known.event.hasSameContent(as: event) else { return (false, true) }
        continue
      }
      if branch.end != nil { return (false, true) }
      let facts = branch.facts()
      guard facts.isConsistent() else { return (false, false) }
      var event = event
      event.sequence = EventSequence(UInt64(facts.events.count + 1))
      guard facts.accepts(event) else { return (false, true) }
      if case .positionExited(var exit) = event.payload, exit.quantity == nil {
        exit.quantity = facts.open(exit.position, at: event.effective)
        event.payload = .positionExited(exit)
      }
      branch.append(event, id: id)
    }
    return (true, true)
  }

  func idText(_ event: Event) -> String {
    if case .given(let id) = event.id { id } else { "" }
  }
}

extension NaiveBook {
  /// What is open of a position, as what leaves all leaves.
  func open(_ position: PositionID, at time: Instant) -> ExactDecimal? {
    let units = answer(asOf: time, knownAt: EventSequence(.max)).holdings[position]?.quantity
    return units.flatMap { try? Quantity(units: Int128($0.magnitude)).exactDecimal() }
  }
}
