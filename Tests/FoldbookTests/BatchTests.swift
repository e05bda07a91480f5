import Calculations
import Events
import ExactNumbers
import Foldbook
import Projections
import Records
import TestSupport
import Testing

@Suite("The daily batch") struct BatchTests {
  @Test("makes the nine steps in order, each with what went in and what came out")
  func order() throws {
    let fixture = try BatchBook(sessions: 80)
    let input = fixture.book.head
    let report = try fixture.run(79, 79)
    let day = try #require(report.days.first)
    #expect(day.status == .completed)
    #expect(day.entries.filter { $0.portfolio != "beta" }.map(\.step) == Step.allCases)
    let started = try fixture.events(of: [CalculationStarted.kind.number])
    for event in started {
      guard case .calculationStarted(let payload) = event.payload else { continue }
      #expect(payload.inputSequence == Int64(input.rawValue))
      #expect(payload.method == "\(payload.calculationType)/1")
      #expect(payload.batch == day.batch)
    }
    // Started before it is completed, the day closed before its snapshots.
    let kinds = try fixture.events(
      of: [
        BatchStarted.kind.number, DayClosed.kind.number, CalculationStarted.kind.number,
        BatchCompleted.kind.number,
      ]
    ).map(\.payload)
    guard case .batchStarted? = kinds.first, case .batchCompleted(let end)? = kinds.last else {
      Issue.record("a batch begins and ends")
      return
    }
    #expect(end.failures == 0)
    let closed = kinds.firstIndex { if case .dayClosed = $0 { true } else { false } }
    let snapshots = kinds.firstIndex {
      if case .calculationStarted(let start) = $0 {
        start.calculationType == "snapshots"
      } else {
        false
      }
    }
    #expect(try #require(closed) < #require(snapshots))
  }

  @Test("is idempotent: over the same facts nothing is appended a second time")
  func idempotent() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.run(66, 69)
    let head = fixture.book.head
    let again = try fixture.run(66, 69)
    #expect(again.appended == 0)
    #expect(fixture.book.head == head)
    #expect(again.days.flatMap(\.entries).allSatisfy { $0.status == .reused })
    // A day by itself meets what a range has completed: one day's results depend on no other.
    #expect(try fixture.run(68, 68).appended == 0)
  }

  @Test("one day and a range of days give the same digests")
  func rangeEqualsDays() throws {
    let (one, other) = (try BatchBook(sessions: 72), try BatchBook(sessions: 72))
    let range = try one.run(69, 71).days.flatMap(\.entries).map(\.digest)
    let days = try (69...71).flatMap { try other.run($0, $0).days.flatMap(\.entries) }
      .map(\.digest)
    #expect(range == days)
    #expect(range.allSatisfy { $0 != nil })
  }

  @Test("a failure skips what needs it and leaves other portfolios alone")
  func failure() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.book.append([
      event(
        "bad", "2024-01-03T09:00:00Z",
        .parameterSet(ParameterSet(name: "beta.window", value: "many", portfolio: "alpha")))
    ])
    let entries = try #require(fixture.run(69, 69).days.first).entries
    func status(_ step: Step, _ portfolio: PortfolioID) -> BatchEntry.Status? {
      entries.first { $0.step == step && $0.portfolio == portfolio }?.status
    }
    #expect(status(.portfolioMetrics, "alpha") == .failed)
    #expect(status(.stressTests, "alpha") == .skipped)
    #expect(status(.snapshots, "alpha") == .completed)
    for step in Step.allCases where step.isPerPortfolio {
      #expect(status(step, "beta") == .completed, "\(step)")
    }
    try fixture.book.catchUp()
    #expect(
      try fixture.rows(
        "SELECT status, count(*) FROM calculation_audit_log GROUP BY 1 ORDER BY 1")
        == [["completed", "13"], ["failed", "1"], ["skipped", "1"]])
  }

  @Test("a step that was completed once and fails now is no part of the new snapshot")
  func failureAfterSuccess() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.run(69, 69)
    try fixture.book.append([
      event(
        "bad", "2024-01-03T09:00:00Z",
        .parameterSet(ParameterSet(name: "beta.window", value: "many", portfolio: "alpha")))
    ])
    let entries = try #require(fixture.run(69, 69).days.first).entries
    let snapshot = try #require(
      entries.first { $0.step == .snapshots && $0.portfolio == "alpha" })
    #expect(snapshot.status == .completed)
    try fixture.book.catchUp()
    let rows = try fixture.rows(
      "SELECT daily_pnl IS NULL, data_quality LIKE '%portfolio_metrics_not_calculated%' "
        + "FROM portfolio_snapshots WHERE run_id = (SELECT id FROM calculation_audit_log "
        + "WHERE calculation_type = 'snapshots' AND portfolio_id = 'alpha' AND attempt = 2)")
    #expect(rows == [["0", "1"]])
  }

  @Test("a parameter that nothing reads is told")
  func unknownParameter() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.book.append([
      event(
        "odd", "2024-01-03T09:00:00Z", .parameterSet(ParameterSet(name: "beta.widow", value: 90)))
    ])
    let day = try #require(fixture.run(69, 69).days.first)
    #expect(day.warnings.contains { $0.contains("beta.widow") })
  }

  @Test("under --strict the first failure ends the batch, and says so in the log")
  func strict() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.book.append([
      event(
        "bad", "2024-01-03T09:00:00Z",
        .parameterSet(ParameterSet(name: "beta.window", value: "many", portfolio: "alpha")))
    ])
    #expect(throws: BookError.self) { try fixture.run(69, 69, isStrict: true) }
    let failed = try fixture.events(of: [BatchFailed.kind.number])
    #expect(failed.count == 1)
    #expect(try fixture.events(of: [BatchCompleted.kind.number]).isEmpty)
  }

  @Test("a dry run tells its events and appends none")
  func dryRun() throws {
    let fixture = try BatchBook(sessions: 70)
    let head = fixture.book.head
    let report = try fixture.book.runBatch(
      BatchRequest(dates: fixture.sessions[69]...fixture.sessions[69], isDryRun: true))
    #expect(fixture.book.head == head)
    #expect(report.days.first?.events.isEmpty == false)
  }
}

@Suite("A rebuild is a check") struct RecalculationTests {
  @Test("tables caught up after each batch equal rebuilt ones, and every digest is met")
  func incremental() throws {
    let fixture = try BatchBook(sessions: 70)
    for index in 66...69 {
      try fixture.run(index, index)
      try fixture.book.catchUp()
    }
    let before = try dump(fixture.book)
    let outcome = try fixture.book.rebuild()
    #expect(try dump(fixture.book) == before)
    let review = try #require(outcome.calculations)
    #expect(review.isSound)
    #expect(review.checked == 4 * 15)
    #expect(review.agreeing == review.checked)
  }

  @Test("a late trade restates the days from its date on, and the late fact is named")
  func lateFact() throws {
    let fixture = try BatchBook(sessions: 70)
    try fixture.run(66, 69)
    try fixture.book.catchUp()
    let nav =
      "SELECT total_value FROM portfolio_snapshots WHERE portfolio_id = 'beta' "
      + "AND frequency = 'daily' ORDER BY snapshot_date"
    let before = try fixture.rows(nav)
    let date = fixture.sessions[68]
    let late = try fixture.book.append([
      Event(
        id: .given("late"), effective: date.start, source: "/tests",
        payload: .positionExited(
          PositionExited(position: "b1", exitPrice: 250, quantity: 100)))
    ]).head
    try fixture.book.catchUp()
    let after = try fixture.rows(nav)
    #expect(after[..<2] == before[..<2])
    #expect(after[2] != before[2] && after[3] != before[3])
    let caughtUp = try dump(fixture.book)
    let review = try #require(try fixture.book.rebuild().calculations)
    let rebuilt = try dump(fixture.book)
    let difference = zip(rebuilt, caughtUp).first { $0 != $1 }
    #expect(difference == nil)
    #expect(rebuilt.count == caughtUp.count)
    #expect(review.isSound)
    #expect(!review.restated.isEmpty)
    #expect(review.restated.allSatisfy { $0.lateFact == late && $0.portfolio == "beta" })
    #expect(review.restated.allSatisfy { $0.date >= date })
    // What was known before answers as it did.
    let point = ReplayPoint(asOf: fixture.sessions[69].end, knownAt: late.advanced(by: -1))
    let path = fixture.folder.path + "/known.sqlite"
    try fixture.book.buildTables(at: path, of: point)
    var known: [[String]] = []
    try ProjectionStore(path: path).query(nav, columns: { _ in }) { row in
      known.append(row.map { if case .real(let value) = $0 { String(value) } else { "?" } })
    }
    #expect(known == before)
  }

  @Test("a digest that the facts do not give is reported with the calculation")
  func forged() throws {
    let fixture = try BatchBook(sessions: 70)
    let input = fixture.book.head
    try fixture.book.append([
      event(
        "start", "2024-06-01T09:00:00Z",
        .calculationStarted(
          CalculationStarted(
            calculation: "forged", calculationType: "greeks",
            calculationDate: fixture.sessions[69], inputSequence: Int64(input.rawValue),
            method: "greeks/1", parameters: .object([]), portfolio: "alpha"))),
      event(
        "end", "2024-06-01T09:00:01Z",
        .calculationCompleted(
          CalculationCompleted(calculation: "forged", recordsProcessed: 3, resultDigest: "00"))),
      event(
        "start-unknown", "2024-06-01T09:00:02Z",
        .calculationStarted(
          CalculationStarted(
            calculation: "unknown", calculationType: "returns",
            calculationDate: fixture.sessions[69], inputSequence: Int64(input.rawValue),
            method: "returns/99", parameters: .object([]), portfolio: "alpha"))),
      event(
        "end-unknown", "2024-06-01T09:00:03Z",
        .calculationCompleted(
          CalculationCompleted(calculation: "unknown", recordsProcessed: 3, resultDigest: "00"))),
      event(
        "start-ownerless", "2024-06-01T09:00:04Z",
        .calculationStarted(
          CalculationStarted(
            calculation: "ownerless", calculationType: "greeks",
            calculationDate: fixture.sessions[69], inputSequence: Int64(input.rawValue),
            method: "greeks/1", parameters: .object([])))),
      event(
        "end-ownerless", "2024-06-01T09:00:05Z",
        .calculationCompleted(
          CalculationCompleted(
            calculation: "ownerless", recordsProcessed: 3, resultDigest: "00"))),
    ])
    let review = try #require(try fixture.book.rebuild().calculations)
    #expect(!review.isSound)
    #expect(review.differing.map(\.calculation) == ["forged"])
    #expect(review.unchecked.map(\.calculation.rawValue).sorted() == ["ownerless", "unknown"])
    #expect(review.unchecked.contains { $0.problem?.contains("returns/99") == true })
    #expect(review.unchecked.contains { $0.problem?.contains("names none") == true })
  }

  private func dump(_ book: Book) throws -> [String] {
    var lines: [String] = []
    try book.projections.dump { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }
}
