import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Modelling sessions")
struct SessionTests {
  static func forked(_ session: SessionID = "s") -> Payload {
    .modelForked(
      ModelForked(
        session: session, name: "what if", baseSequence: 5,
        baseSnapshotDate: CivilDate(daysSinceEpoch: 20_000), mode: .frozen))
  }

  static func promoted(_ session: SessionID = "s") -> Payload {
    .modelPromoted(ModelPromoted(session: session, into: "main", events: 1))
  }

  static let cancelled = Payload.modelCancelled(ModelCancelled(session: "s"))
  static let completed = Payload.modelCompleted(ModelCompleted(session: "s"))

  /// The branch of an active session, on which nothing was done yet.
  static func branch() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2025-01-10")
    try ledger.append(forked(), at: "2025-02-01")
    return ledger.branched("s")
  }

  @Test("a state knows whose branch it is, and a merge keeps the receiver's")
  func ownership() throws {
    var state = BookState()
    #expect(!state.isWhatIf)
    state.session = "s"
    #expect(state.isWhatIf)
    state.merge(try Ledger.withPortfolio().state)
    #expect(state.session == "s")
    #expect(state != (try Ledger.withPortfolio().state))
  }

  @Test("a session is active until it is completed or cancelled, and the first end is final")
  func statuses() throws {
    var ledger = try Self.branch()
    #expect(ledger.state.sessionStatus("none") == nil)
    let begun = try #require(ledger.state.sessionStatus("s"))
    #expect(begun.name == "active" && !begun.isEnded && begun.stamp.sequence == EventSequence(4))
    try ledger.append(Self.cancelled, at: "2025-02-02")
    let ended = try #require(ledger.state.sessionStatus("s"))
    #expect(ended.name == "cancelled" && ended.isEnded && ended.stamp.sequence == EventSequence(5))
    guard case .cancelled = ended else {
      Issue.record("\(ended)")
      return
    }
    #expect(throws: RuleError.self) { try ledger.append(Self.completed, at: "2025-02-03") }
    #expect(ledger.state.sessionStatus("s") == ended)
  }

  @Test("a completed session is told from a cancelled one, folded in any split")
  func completion() throws {
    var ledger = try Self.branch()
    try ledger.append(Self.completed, at: "2025-02-02")
    var (early, late) = (BookState(), BookState())
    for event in ledger.events.prefix(4) { early.fold(event) }
    for event in ledger.events.dropFirst(4) { late.fold(event) }
    early.merge(late)
    guard case .completed(let stamp)? = early.sessionStatus("s") else {
      Issue.record("it was completed")
      return
    }
    #expect(stamp.sequence == EventSequence(5))
  }

  static let outlasting: [Payload] = [
    promoted(), .batchStarted(BatchStarted(batch: "b", date: CivilDate(daysSinceEpoch: 20_000))),
    .calculationStarted(
      CalculationStarted(
        calculation: "c", calculationType: "greeks",
        calculationDate: CivilDate(daysSinceEpoch: 20_000), inputSequence: 5, method: "m/1",
        parameters: .object([]))),
    .exportMade(
      ExportMade(
        export: "e", exportType: .modelingSession, exportFormat: .json, fileName: "s.json",
        fileSizeBytes: 1, sha256: String(repeating: "0", count: 64))),
    .dayClosed(DayClosed(date: CivilDate(daysSinceEpoch: 20_000))),
  ]

  @Test(
    "an ended session is still calculated, exported and promoted", arguments: outlasting.indices,
    [completed, cancelled])
  func outlasts(index: Int, end: Payload) throws {
    var ledger = try Self.branch()
    try ledger.append(end, at: "2025-02-02")
    let head = ledger.state.head
    try ledger.append(Self.outlasting[index], at: "2025-02-03")
    #expect(ledger.state.head == head.next)
  }

  static let refused: [Payload] = [
    .positionExited(PositionExited(position: "a", exitPrice: 1, quantity: 1)),
    .cashMoved(CashMoved(portfolio: "p", amount: 1, reason: .deposit)),
    .priceTicked(PriceTicked(symbol: "AAPL", price: 1)),
    .quoteUpdated(QuoteUpdated(symbol: "AAPL", last: 1)),
    .priceClosed(
      PriceClosed(symbol: "AAPL", date: CivilDate(daysSinceEpoch: 20_000), close: 1)),
    .modelChanged(ModelChanged(session: "s", name: "other")),
    .modelSaved(ModelSaved(session: "s", save: "v", name: "late")), completed, cancelled,
    forked("t"), .tagCreated(TagCreated(tag: "n", name: "new", tagType: .regular)),
  ]

  @Test("an ended session takes no further changes", arguments: refused.indices)
  func refusesChanges(index: Int) throws {
    var ledger = try Self.branch()
    try ledger.append(Self.completed, at: "2025-02-02")
    let error = #expect(throws: RuleError.self) {
      try ledger.append(Self.refused[index], at: "2025-02-03")
    }
    #expect(error?.rule == .sessionEnded)
    #expect(error?.code == "FB-RULE-047")
  }

  @Test("the end of another session, and of one on the main line, stops nothing")
  func otherSessions() throws {
    var ledger = try Self.branch()
    try ledger.append(Self.completed, at: "2025-02-02")
    var main = ledger.branched(nil)
    try main.exit("1", at: "160", on: "2025-03-01")
    var child = ledger.branched("t")
    try child.append(Self.forked("t"), at: "2025-02-03")
    try child.exit("1", at: "160", on: "2025-03-01")
    #expect(child.state.sessionStatus("t")?.isEnded == false)
  }

  @Test("a promotion is in both histories, also where the session itself is not known")
  func promotion() throws {
    var branch = try Self.branch()
    #expect(branch.state.promotedAt("s") == nil)
    try branch.append(Self.promoted(), at: "2025-02-02")
    try branch.append(Self.completed, at: "2025-02-02")
    #expect(branch.state.promotedAt("s")?.sequence == EventSequence(5))
    var parent = try Ledger.withPortfolio()
    try parent.append(Self.promoted(), at: "2025-02-02")
    #expect(parent.state.promotedAt("s")?.sequence == EventSequence(3))
    #expect(parent.state.sessionStatus("s") == nil)
    // A branch that is itself the parent of another.
    try branch.append(Self.promoted("t"), at: "2025-02-03")
    #expect(branch.state.promotedAt("t") != nil)
  }
}
