import Events
import ExactNumbers
import Foldbook
import Portfolio
import Projections
import Records
import Testing

@Suite("The tables of a branch")
struct BranchTablesTests {
  let made: BatchBook
  var main: Book { made.book }

  init() throws { made = try BatchBook(sessions: 6) }

  private func sell(_ id: String, _ position: PositionID, _ quantity: Int32) -> Event {
    event(
      id, "2024-01-08T20:00:00Z",
      .positionExited(
        PositionExited(position: position, exitPrice: 100, quantity: ExactDecimal(quantity))))
  }

  /// A deep call has no quote; with one it is as on the first branch.
  private func quoteOption() throws {
    try main.append([BatchBook.bar("AAA250117C00110000", made.sessions[0], cents: 600)])
  }

  private func dump(_ book: Book) throws -> String {
    var bytes: [UInt8] = []
    try book.projections.dump { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Catches up, and compares with a rebuild.
  @discardableResult
  private func catchUp(_ book: Book) throws -> ProjectionOutcome {
    let outcome = try book.catchUp()
    let found = try dump(book)
    try book.rebuild()
    #expect(try dump(book) == found)
    return outcome
  }

  @Test("start from the parent's where these stand at the fork, and are those of a rebuild")
  func started() throws {
    try quoteOption()
    try main.runBatch(BatchRequest(dates: made.sessions[4]...made.sessions[5]))
    try main.catchUp()
    let before = try dump(main)
    let branch = try main.fork("hedge", ForkRequest(portfolio: "alpha"))
    try branch.append([sell("x1", "a1", 10)])
    try branch.saveSession(as: "First")
    let outcome = try catchUp(branch)
    #expect(outcome.parent == "main")
    #expect(outcome.rebuilt == nil)
    #expect(outcome.events == 3)
    #expect(try dump(main) == before)
    try branch.append([sell("x2", "b1", 10)])
    #expect(try catchUp(branch).events == 1)
    // A branch of the branch has its own session alone.
    let deeper = try branch.fork("deeper")
    #expect(try catchUp(deeper).parent == "hedge")
    var sessions: [String] = []
    try deeper.projections.query(
      "SELECT session_id FROM modeling_sessions", columns: { _ in }
    ) { sessions.append("\($0[0])") }
    #expect(sessions.count == 1)
  }

  @Test("are made anew where an option has a model's price, or the parent went on")
  func rebuilt() throws {
    try main.catchUp()
    let branch = try main.fork("hedge")
    #expect(try catchUp(branch).rebuilt == .missing)
    try quoteOption()
    try main.catchUp()
    let other = try main.fork("other")
    try main.append([sell("m", "a1", 5)])
    try main.catchUp()
    let outcome = try catchUp(other)
    #expect(outcome.parent == nil)
    #expect(outcome.rebuilt == .missing)
  }

  @Test("of a live branch take in what the parent's market did in between")
  func live() throws {
    let branch = try main.fork("hedge", ForkRequest(mode: .live))
    try catchUp(branch)
    try branch.append([sell("x1", "a1", 10)])
    let next = made.sessions[5].advanced(byDays: 1)
    try main.append([BatchBook.bar("AAA", next, cents: 12_000), sell("m", "b1", 10)])
    try catchUp(branch)
    try branch.append([sell("x2", "a1", 10)])
    try catchUp(branch)
    #expect(try rows(branch, "SELECT 1 FROM position_exits") == 2)
    #expect(try rows(branch, "SELECT 1 FROM market_data_cache WHERE date = '\(next)'") == 1)
    try branch.complete()
    try main.append([BatchBook.bar("AAA", next.advanced(byDays: 1), cents: 12_100)])
    try catchUp(branch)
    #expect(try rows(branch, "SELECT 1 FROM market_data_cache WHERE date > '\(next)'") == 0)
  }

  @Test("of a branch as of a date end there, in both modes", arguments: [ModelMode.frozen, .live])
  func cut(mode: ModelMode) throws {
    try main.runBatch(BatchRequest(dates: made.sessions[2]...made.sessions[5]))
    try main.append([
      event(
        "late", "2024-01-08T20:00:00Z",
        .positionEntered(
          PositionEntered(
            position: "late", portfolio: "alpha", symbol: "CCC", positionType: .long, quantity: 1,
            entryPrice: 100)))
    ])
    let day = made.sessions[3]
    let branch = try main.fork("hedge", ForkRequest(asOf: .instant(day.end), mode: mode))
    try catchUp(branch)
    #expect(try rows(branch, "SELECT 1 FROM positions WHERE id = 'late'") == 0)
    let bars = try rows(branch, "SELECT 1 FROM market_data_cache WHERE date > '\(day)'")
    #expect(bars == 0)
    #expect(
      try rows(branch, "SELECT 1 FROM calculation_audit_log WHERE calculation_date > '\(day)'")
        == 0)
    #expect(
      try rows(branch, "SELECT 1 FROM calculation_audit_log WHERE calculation_date = '\(day)'")
        > 0)
    try branch.append([
      event(
        "own", "2024-01-11T20:00:00Z",
        .positionExited(PositionExited(position: "a1", exitPrice: 100, quantity: 10)))
    ])
    try catchUp(branch)
    #expect(
      (try rows(branch, "SELECT 1 FROM market_data_cache WHERE date > '\(day)'") > 0)
        == (mode == .live))
    try branch.append([
      event(
        "void", "2024-01-11T20:00:00Z",
        .positionVoided(PositionVoided(position: "a1", reason: "no", exit: "own")))
    ])
    try catchUp(branch)
    #expect(try rows(branch, "SELECT 1 FROM modeling_changes WHERE reverted = 1") == 1)
  }

  private func rows(_ book: Book, _ sql: String) throws -> Int {
    var count = 0
    try book.projections.query(sql, columns: { _ in }) { _ in count += 1 }
    return count
  }
}
