import Events
import ExactNumbers
import Portfolio
import Projections
import Records
import TestSupport
import Testing

@Suite("The tables of a modelling session") struct ModelingTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore

  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
  }

  /// 100 AAPL at a close of 160 and cash of 50 000, forked.
  private static func ledger() throws -> Ledger {
    var ledger = Ledger(from: "2025-01-10T22:00:00Z")
    try ledger.append(
      .userRegistered(UserRegistered(user: "ann", role: .manager, username: "ann")), "2025-01-01")
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 50_000, reason: .deposit)), "2025-01-01")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "aapl", portfolio: "p", symbol: "AAPL", positionType: .long, quantity: 100,
          entryPrice: 150)), "2025-01-02T15:00:00Z")
    for symbol in ["AAPL", "SPY"] {
      try ledger.append(
        .priceClosed(
          PriceClosed(symbol: Symbol(symbol), date: date("2025-01-10"), close: 160)),
        "2025-01-10T21:00:00Z")
    }
    try ledger.fork("hedge", portfolio: "p")
    return ledger
  }

  private static func sell(_ quantity: Int32, _ exit: ExitID) -> Payload {
    .positionExited(
      PositionExited(
        position: "aapl", exitPrice: 160, quantity: ExactDecimal(quantity), exit: exit))
  }

  @Test("a session begins without changes, and tells of each that comes")
  func changes() throws {
    var ledger = try Self.ledger()
    _ = try store.rebuild(ledger.change())
    #expect(
      try store.rows(
        """
        SELECT session_id, portfolio_id, status, fork_seq, changes, modified_portfolio_snapshot,
          json_extract(base_portfolio_snapshot, '$.portfolios[0].long_exposure'), src_seq
        FROM modeling_session_snapshots
        """)
        == [["hedge", "p", "active", "6", "[]", "null", "16000", "7"]])
    ledger.now = at("2025-01-10T23:00:00Z")
    try ledger.append(Self.sell(40, "x1"), "2025-01-10T22:30:00Z")
    try ledger.append(Self.sell(10, "x2"), "2025-01-10T22:30:00Z")
    try ledger.append(
      .positionVoided(PositionVoided(position: "aapl", reason: "no", exit: "x2")),
      "2025-01-10T22:30:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(
      try store.rows(
        "SELECT change_no, change_type, reverted, src_seq FROM modeling_changes")
        == [["1", "resize", "0", "8"], ["2", "resize", "1", "10"]])
    #expect(
      try store.rows(
        """
        SELECT json_array_length(changes),
          json_extract(impact_summary, '$.long_exposure.before'),
          json_extract(impact_summary, '$.long_exposure.after'),
          json_extract(impact_summary, '$.cash_value.delta'),
          json_extract(impact_summary, '$.total_value.delta'),
          json_extract(modified_portfolio_snapshot, '$.portfolios[0].long_exposure'),
          updated_at, src_seq
        FROM modeling_sessions
        """)
        == [
          [
            "2", "16000", "9600", "6400", "0", "9600", "2025-01-10T23:00:00.000Z", "10",
          ]
        ])
  }

  @Test("a save keeps its impact, whatever is changed later, and an end is told")
  func saves() throws {
    var ledger = try Self.ledger()
    try ledger.append(Self.sell(40, "x1"), "2025-01-10T22:00:00Z")
    try ledger.append(
      .modelSaved(ModelSaved(session: "hedge", save: "s1", name: "First")), "2025-01-10T22:00:00Z")
    _ = try store.rebuild(ledger.change())
    ledger.now = at("2025-01-11T00:00:00Z")
    try ledger.append(Self.sell(60, "x2"), "2025-01-10T22:00:00Z")
    try ledger.append(
      .modelSaved(ModelSaved(session: "hedge", save: "s2", name: "Second")),
      "2025-01-10T22:00:00Z")
    try ledger.append(
      .modelChanged(ModelChanged(session: "hedge", name: "Sold", description: .set("all"))),
      "2025-01-11T00:00:00Z")
    try ledger.append(.modelCompleted(ModelCompleted(session: "hedge")), "2025-01-11T00:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(
      try store.rows(
        """
        SELECT save_no, name, at_seq, json_extract(impact_summary, '$.long_exposure.after')
        FROM modeling_saves
        """) == [["1", "First", "9", "9600"], ["2", "Second", "11", "0"]])
    #expect(
      try store.rows("SELECT name, description, status, completed_at FROM modeling_sessions")
        == [["Sold", "all", "completed", "2025-01-11T00:00:00.000Z"]])
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(ledger.change())
    #expect(try difference(store.dumped(), fresh.dumped()) == nil)
  }

  @Test("active sessions of a user are found by a partial index")
  func index() throws {
    _ = try store.rebuild(Ledger().change())
    let plan = try store.rows(
      """
      EXPLAIN QUERY PLAN
      SELECT id FROM modeling_session_snapshots WHERE user_id = 'ann' AND status = 'active'
      """)
    #expect(plan.joined().contains { $0.contains("modeling_session_snapshots_active") })
  }

  @Test("a session of which a first branch only has the events is without changes")
  func ofAnotherBranch() throws {
    var ledger = Ledger(from: "2025-01-10T22:00:00Z")
    try ledger.append(
      .modelForked(
        ModelForked(
          session: "s", name: "S", baseSequence: 0, baseSnapshotDate: date("2025-01-10"),
          mode: .frozen)), "2025-01-10T22:00:00Z")
    var change = ledger.change()
    let events = ledger.events
    change.modelling = ModellingSource(
      session: nil, events: { Array(events.prefix(1)) }, idText: { _ in "id" },
      base: { asOf, _ in BookState(asOf: asOf) })
    _ = try store.rebuild(change)
    #expect(
      try store.rows(
        "SELECT session_id, changes, impact_summary, base_portfolio_snapshot, risk_metrics_before "
          + "FROM modeling_session_snapshots") == [["s", "[]", "{}", "{}", "null"]])
    #expect(try store.rows("SELECT 1 FROM modeling_changes").isEmpty)
  }
}
