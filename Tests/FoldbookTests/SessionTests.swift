import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records
import Testing

@Suite("A modelling session")
struct SessionTests {
  let made: BatchBook
  var main: Book { made.book }

  init() throws { made = try BatchBook(sessions: 12) }

  /// As of the end of the last session.
  private func point(_ book: Book) throws -> ReplayPoint {
    ReplayPoint(asOf: made.sessions[made.sessions.count - 1].end, knownAt: book.head)
  }

  private func fork(_ mode: ModelMode = .frozen) throws -> Book {
    try main.fork(
      "hedge",
      ForkRequest(
        mode: mode, title: "Hedge", description: "half out", portfolio: PortfolioID("alpha")))
  }

  private func sell(_ id: String, _ quantity: Int32) -> Event {
    event(
      id, "2024-01-15T20:00:00Z",
      .positionExited(
        PositionExited(position: "a1", exitPrice: 100, quantity: ExactDecimal(quantity))))
  }

  @Test("is told by the branch's own events, and not on the first branch")
  func told() throws {
    let branch = try fork()
    try branch.append([sell("x1", 100), sell("x2", 50)])
    try branch.append([
      event(
        "void", "2024-01-16T20:00:00Z",
        .positionVoided(PositionVoided(position: "a1", reason: "no", exit: "x2")))
    ])
    try branch.renameSession(to: "Half out", description: .clear)
    try branch.saveSession(as: "First")
    let known = branch.head
    try branch.cancel(reason: "done with it")
    let session = try #require(try branch.session())
    #expect(session.session == SessionID("hedge"))
    #expect(session.name == "Half out")
    #expect(session.description == nil)
    #expect(session.portfolio == PortfolioID("alpha"))
    #expect(session.status.name == "cancelled")
    #expect(session.cancelReason == "done with it")
    #expect(session.completed != nil)
    #expect(session.forkSequence == branch.details.fork?.sequence)
    #expect(session.changes.map(\.type) == [.resize, .resize])
    #expect(session.changes.map(\.isReverted) == [false, true])
    #expect(session.saves.map(\.name) == ["First"])
    let earlier = try #require(
      try branch.session(at: ReplayPoint(asOf: .distantFuture, knownAt: known)))
    #expect(!earlier.status.isEnded)
    #expect(try main.session() == nil)
    #expect(throws: RuleError.self) { try branch.append([sell("x3", 1)]) }
    #expect(throws: RuleError.self) { try branch.complete() }
  }

  @Test("an exit that was taken back was touched last by the void of it, not by one of another")
  func takenBack() throws {
    let branch = try fork()
    try branch.append([sell("x1", 100), sell("x2", 50), sell("x3", 10)])
    for exit: ExitID in ["x2", "x1"] {
      try branch.append([
        event(
          "void-\(exit)", "2024-01-16T20:00:00Z",
          .positionVoided(PositionVoided(position: "a1", reason: "no", exit: exit)))
      ])
    }
    var cursor = branch.ownEvents()
    var events: [Event] = []
    while let event = try cursor.next() { events.append(event) }
    let last = try #require(try branch.session()).changes.map { $0.lastSequence(in: events) }
    #expect(
      try last.map { try branch.event(at: $0)?.id }
        == ["void-x1", "void-x2", "x3"].map { .given($0) })
  }

  @Test("a first branch has none to end, to save or to look at")
  func firstBranch() throws {
    #expect(throws: BookError.self) { try main.complete() }
    #expect(throws: BookError.self) { try main.cancel() }
    #expect(throws: BookError.self) { try main.saveSession(as: "x") }
    #expect(throws: BookError.self) { try main.impact(at: point(main)) }
  }

  @Test(
    "its impact is what the same metrics of both branches differ by",
    arguments: [
      ModelMode.frozen, .live,
    ])
  func impact(mode: ModelMode) throws {
    let branch = try fork(mode)
    try branch.append([sell("x1", 100)])
    // What flows into a live branch is on both sides.
    let next = made.sessions[made.sessions.count - 1].advanced(byDays: 3)
    try main.append([
      BatchBook.bar("AAA", next, cents: 12_000), BatchBook.bar("SPY", next, cents: 41_000),
    ])
    try branch.line.refresh()
    let point = ReplayPoint(asOf: next.end, knownAt: branch.head)
    let impact = try branch.impact(at: point, marginals: true)
    let metrics = try #require(impact.portfolios.first)
    #expect(impact.portfolios.map(\.portfolio) == [PortfolioID("alpha")])
    let other = mode == .live ? main : branch
    let known = mode == .live ? main.head : try #require(branch.details.fork?.sequence)
    let before = try ImpactMetrics(
      CalculationDay(
        whatIf(
          try other.calculationState(at: ReplayPoint(asOf: next.end, knownAt: known))),
        date: next, asOf: next.end), "alpha")
    let after = try ImpactMetrics(
      CalculationDay(try branch.calculationState(at: point), date: next, asOf: next.end), "alpha")
    for metric in metrics.metrics where !metric.isUnchanged {
      #expect(metric.before == before[metric.name]?.value, "\(metric.name)")
      #expect(metric.after == after[metric.name]?.value, "\(metric.name)")
    }
    #expect(metrics["long_exposure"]?.delta != .money(.zero))
    #expect(metrics["cash_value"]?.delta == .money(Money(10000)))
    #expect(metrics.marginals?.map(\.change) == [1])
  }

  private func whatIf(_ state: BookState) -> BookState {
    var state = state
    state.session = SessionID("hedge")
    return state
  }

  @Test("a price given on the branch is a change, and only after it")
  func ownPrice() throws {
    let branch = try fork()
    let last = made.sessions[made.sessions.count - 1]
    try branch.append([BatchBook.bar("AAA", last, cents: 20_000, id: "-own")])
    let metrics = try #require(try branch.impact(at: point(branch)).portfolios.first)
    let before = try #require(metrics["total_value"]?.before.doubleValue)
    let after = try #require(metrics["total_value"]?.after.doubleValue)
    #expect(after > before + 20_000)
    #expect(try branch.session()?.changes.map(\.type) == [.priceOverride])
  }
}
