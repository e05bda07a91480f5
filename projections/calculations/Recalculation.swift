import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// One pass over the days whose results are stale.
struct Recalculation {
  private let context: ProjectionContext
  private let stale: Staleness
  private let runs: [CompletedRun]
  private let closed: [CivilDate: ClosedDay]
  private let market: MarketHistory
  private let facts: LastFacts

  private struct ClosedDay {
    var recorded: Instant
    var sequence: EventSequence
  }

  init(from first: CivilDate, _ stale: Staleness, in context: ProjectionContext) throws {
    self.context = context
    self.stale = stale
    runs = try context.completedRuns(from: first)
    var closed: [CivilDate: ClosedDay] = [:]
    let last = context.cut.date
    try context.rows.statement(
      "SELECT date, recorded, src_seq FROM internal_closed_days WHERE date >= ?"
    ).rows({ $0.date(first) }) { row in
      guard let date = CivilDate(row.text(0)), date <= last else { return }
      closed[date] = ClosedDay(recorded: row.nanoseconds(1), sequence: row.sequence(2))
    }
    self.closed = closed
    facts = try LastFacts(in: context)
    market = MarketHistory(context.state, through: context.cut.date.end)
  }

  func run() throws {
    if !stale.isNew { try deleteStaleSnapshots() }
    let runsByDate = Dictionary(grouping: runs, by: \.date)
    var snapshotsFrom: [PortfolioID: CivilDate] = [:]
    for date in Set(runsByDate.keys).union(closed.keys).sorted() {
      let day = CalculationDay(context.state, date: date, history: market)
      let runs = runsByDate[date] ?? []
      var snapshots: [PortfolioID: CompletedRun] = [:]
      for run in runs {
        if run.step == .snapshots, let portfolio = run.portfolio {
          snapshots[portfolio] = run
        } else if stale.contains(run) {
          try write(run, day)
        }
      }
      for portfolio in Set(day.portfolios).union(snapshots.keys).sorted() {
        let from = snapshotsFrom[portfolio] ?? stale.snapshots(of: portfolio, self.runs)
        snapshotsFrom[portfolio] = from
        guard date >= from else { continue }
        if let run = snapshots[portfolio] {
          try write(run, day)
        } else if let closed = closed[date] {
          try writeSnapshot(of: portfolio, day, runs, closed)
        }
      }
    }
  }

  // MARK: Runs

  private func write(_ run: CompletedRun, _ day: CalculationDay) throws {
    let late = facts.fact(reaching: run.date, run.portfolio).flatMap { $0 > run.input ? $0 : nil }
    let sequence = max(run.sequence, late ?? .zero)
    if !stale.isNew { try deleteRows(of: run) }
    var digest: String?
    var problem: String?
    do {
      let output = try run.output(day)
      digest = output.digest
      let lifetime = (try? day.whole(.stressTimeToLive, run.portfolio)) ?? 0
      let closed = run.step == .snapshots ? closed[run.date] : nil
      try context.write(
        output,
        RowOrigin(
          run: run.id, sequence: max(sequence, closed?.sequence ?? .zero),
          expiry: run.startedAt.adding(seconds: Int64(lifetime)), told: run.date,
          creation: closed?.recorded ?? run.startedAt))
    } catch let error as ProjectionError {
      throw error
    } catch {
      problem = "\(error)"
    }
    if run.step == .greeks { context.touchGreeks(of: run.portfolio, from: run.date) }
    try context.rows.upsert("calculation_checks") { row in
      row.text(run.id)
      row.text(run.step.rawValue)
      row.text(run.portfolio?.rawValue)
      row.date(run.date)
      row.text(run.digest)
      row.text(digest)
      row.text(problem)
      row.integer(late.map { Int64($0.rawValue) })
      row.boolean(digest == run.digest)
      row.sequence(sequence)
    }
  }

  /// Those of every run of its step, portfolio and date: of itself, or of one that it replaces.
  private func deleteRows(of run: CompletedRun) throws {
    for table in try context.runTables() {
      try delete(from: table, run: "run_id", of: run)
    }
    try delete(from: "calculation_checks", run: "calculation_id", of: run)
  }

  private func delete(from table: String, run column: String, of run: CompletedRun) throws {
    try context.rows.statement(
      """
      DELETE FROM \(table) WHERE \(column) IN (
        SELECT id FROM internal_calculation_starts
        WHERE calculation_type = ? AND portfolio_id = ? AND calculation_date = ?)
      """
    ).run { row in
      row.text(run.step.rawValue)
      row.text(run.portfolio?.rawValue ?? "")
      row.date(run.date)
    }
  }

  // MARK: Snapshots

  /// The steps of a day that a portfolio's snapshot may tell of.
  private func completed(_ portfolio: PortfolioID, _ runs: [CompletedRun]) -> Set<Step> {
    Set(
      runs.filter { $0.step != .snapshots && ($0.portfolio == nil || $0.portfolio == portfolio) }
        .map(\.step))
  }

  private func writeSnapshot(
    of portfolio: PortfolioID, _ day: CalculationDay, _ runs: [CompletedRun], _ closed: ClosedDay
  ) throws {
    // What cannot be calculated has no row; a run of the step would have failed and said why.
    guard
      let output = try? MethodCatalog.current(.snapshots)
        .output(day, portfolio, completed: completed(portfolio, runs))
    else { return }
    let fact = facts.fact(reaching: day.date, portfolio) ?? .zero
    try context.write(
      output,
      RowOrigin(
        run: nil, sequence: max(closed.sequence, fact), told: day.date, creation: closed.recorded))
  }

  /// Also of portfolios that are closed by now, and of sessions that are none any more.
  private func deleteStaleSnapshots() throws {
    var portfolios: [PortfolioID] = []
    try context.rows.statement("SELECT DISTINCT portfolio_id FROM portfolio_snapshots")
      .rows { portfolios.append(PortfolioID($0.text(0))) }
    for portfolio in portfolios {
      let from = stale.snapshots(of: portfolio, runs)
      try context.rows.statement(
        "DELETE FROM portfolio_snapshots WHERE portfolio_id = ? AND told_on >= ?"
      ).run { row in
        row.text(portfolio.rawValue)
        row.date(from)
      }
    }
  }
}

extension Instant {
  fileprivate func adding(seconds: Int64) -> Instant {
    let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(seconds * 1_000_000_000)
    return overflow ? .distantFuture : Instant(nanosecondsSinceEpoch: sum)
  }
}
