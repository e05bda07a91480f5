import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// Fills the calculated tables, by calculating anew what the log says was completed.
///
/// The log keeps of a result its digest alone, so every row here is worked out from facts, with the
/// method that the run names, and held against the digest: `calculation_checks`. Rows are those of
/// all facts of the file; where some arrived after a run and reach back to its date, they differ
/// from what the run saw, and the check names the last of these.
///
/// A snapshot is taken of every closed session; where steps of its day were not run, what they would
/// say is null and flagged.
struct CalculationsProjector: Projector {
  static let name = "calculations"
  static let version = 1
  static var schema: [UInt8] { Array(CalculationTables.schemas.joined()) }
  static var kinds: Set<KindNumber> { Set(EventCatalog.kinds.map(\.number)) }

  private var reaches = FactReaches()
  private var ended: Set<String> = []
  private var closedDays: Set<CivilDate> = []

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    reaches.note(event, in: context)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    switch event.payload {
    case .dayClosed(let payload): closedDays.insert(payload.date)
    // Either may fall due last.
    case .calculationStarted(let payload): ended.insert(payload.calculation.rawValue)
    case .calculationCompleted(let payload): ended.insert(payload.calculation.rawValue)
    default: break
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    let stale = Staleness(
      reached: try reaches.settle(in: context), ended: ended, closed: closedDays,
      isNew: context.previousCut == nil)
    guard let first = try stale.earliestDate(in: context) else { return }
    try Recalculation(from: first, stale, in: context).run()
  }
}

/// What has to be calculated anew.
struct Staleness {
  /// From which date on, by portfolio; what is under null holds for all.
  let reached: [PortfolioID?: CivilDate]
  let ended: Set<String>
  let closed: Set<CivilDate>
  /// Everything: the file is being made.
  let isNew: Bool

  func earliestDate(in context: ProjectionContext) throws -> CivilDate? {
    if isNew { return .earliest }
    var dates = Array(reached.values) + closed
    for id in ended {
      let date = try context.rows.statement(
        "SELECT calculation_date FROM calculation_audit_log WHERE id = ?"
      ).first({ $0.text(id) }) { CivilDate($0.text(0)) }
      if let date = date ?? nil { dates.append(date) }
    }
    return dates.min()
  }

  func contains(_ run: CompletedRun) -> Bool {
    isNew || ended.contains(run.id) || isReached(run.date, run.portfolio)
  }

  private func isReached(_ date: CivilDate, _ portfolio: PortfolioID?) -> Bool {
    // What is of the whole market may depend on what any portfolio holds.
    guard let portfolio else { return reached.values.contains { date >= $0 } }
    return date >= min(reached[nil] ?? .latest, reached[portfolio] ?? .latest)
  }

  /// From which date on a portfolio's snapshots are stale.
  func snapshots(of portfolio: PortfolioID, _ runs: [CompletedRun]) -> CivilDate {
    if isNew { return .earliest }
    let own = runs.filter {
      ended.contains($0.id) && ($0.portfolio == nil || $0.portfolio == portfolio)
    }
    return min(
      min(reached[nil] ?? .latest, reached[portfolio] ?? .latest),
      min(closed.min() ?? .latest, own.map(\.date).min() ?? .latest))
  }
}

/// One pass over the days whose results are stale.
private struct Recalculation {
  private let context: ProjectionContext
  private let stale: Staleness
  private let runs: [CompletedRun]
  private let closed: [ClosedDay]
  private let market: MarketHistory
  private let facts: LastFacts

  private struct ClosedDay {
    var date: CivilDate
    var recorded: Instant
    var sequence: EventSequence
  }

  init(from first: CivilDate, _ stale: Staleness, in context: ProjectionContext) throws {
    self.context = context
    self.stale = stale
    runs = try context.completedRuns(from: first)
    var closed: [ClosedDay] = []
    let last = context.cut.date
    try context.rows.statement(
      "SELECT date, recorded, src_seq FROM internal_closed_days WHERE date >= ? ORDER BY date"
    ).rows({ $0.date(first) }) { row in
      guard let date = CivilDate(row.text(0)), date <= last else { return }
      closed.append(
        ClosedDay(date: date, recorded: row.nanoseconds(1), sequence: row.sequence(2)))
    }
    self.closed = closed
    facts = try LastFacts(in: context)
    market = MarketHistory(context.state, through: context.cut.date.end)
  }

  func run() throws {
    let runsByDate = Dictionary(grouping: runs, by: \.date)
    let closedByDate = Dictionary(uniqueKeysWithValues: closed.map { ($0.date, $0) })
    var snapshotsFrom: [PortfolioID: CivilDate] = [:]
    for date in Set(runsByDate.keys).union(closedByDate.keys).sorted() {
      let day = CalculationDay(context.state, date: date, history: market)
      let runs = runsByDate[date] ?? []
      for run in runs where run.step != .snapshots && stale.contains(run) {
        try write(run, day, recorded: nil)
      }
      for portfolio in day.portfolios {
        let from =
          snapshotsFrom[portfolio] ?? stale.snapshots(of: portfolio, self.runs)
        snapshotsFrom[portfolio] = from
        guard date >= from else { continue }
        let run = runs.last { $0.step == .snapshots && $0.portfolio == portfolio }
        if let run {
          try write(run, day, recorded: closedByDate[date]?.recorded)
        } else if let closed = closedByDate[date] {
          try writeSnapshot(of: portfolio, day, runs, closed)
        }
      }
    }
  }

  /// The steps of a day that a portfolio's snapshot may tell of.
  private func completed(_ portfolio: PortfolioID?, _ runs: [CompletedRun]) -> Set<Step> {
    Set(
      runs.filter { $0.step != .snapshots && ($0.portfolio == nil || $0.portfolio == portfolio) }
        .map(\.step))
  }

  private func write(
    _ run: CompletedRun, _ day: CalculationDay, recorded: Instant?
  ) throws {
    let late = facts.fact(reaching: run.date, run.portfolio)
      .flatMap { $0 > run.input ? $0 : nil }
    let sequence = max(run.sequence, late ?? .zero)
    var digest: String?
    var problem: String?
    do {
      let output = try MethodCatalog.method(named: run.method)
        .output(day, run.portfolio, completed: run.steps)
      digest = output.digest
      if run.step == .snapshots { try deleteSnapshots(from: run.date, of: run.portfolio) }
      let lifetime = (try? day.whole(.stressTimeToLive, run.portfolio)) ?? 0
      let origin = RowOrigin(
        run: run.id, sequence: sequence,
        expiry: run.startedAt.adding(seconds: Int64(lifetime)),
        creation: recorded ?? run.startedAt)
      try context.write(
        output, origin, replacing: stale.isNew ? nil : (run.date, run.portfolio))
      if run.step == .greeks { context.touchGreeks(of: run.portfolio, from: run.date) }
    } catch let error as ProjectionError {
      throw error
    } catch {
      problem = "\(error)"
    }
    try writeCheck(run, digest: digest, problem: problem, late: late, sequence: sequence)
  }

  private func writeCheck(
    _ run: CompletedRun, digest: String?, problem: String?, late: EventSequence?,
    sequence: EventSequence
  ) throws {
    if !stale.isNew { try deleteCheck(of: run) }
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

  /// That of an earlier run of the same step, portfolio and date.
  private func deleteCheck(of run: CompletedRun) throws {
    try context.rows.statement(
      """
      DELETE FROM calculation_checks
      WHERE calculation_type = ? AND portfolio_id IS ? AND calculation_date = ?
      """
    ).run { row in
      row.text(run.step.rawValue)
      row.text(run.portfolio?.rawValue)
      row.date(run.date)
    }
  }

  private func writeSnapshot(
    of portfolio: PortfolioID, _ day: CalculationDay, _ runs: [CompletedRun], _ closed: ClosedDay
  ) throws {
    try deleteSnapshots(from: day.date, of: portfolio)
    // What cannot be calculated has no row; a run of the step would have failed and said why.
    guard
      let output = try? MethodCatalog.current(.snapshots)
        .output(day, portfolio, completed: completed(portfolio, runs))
    else { return }
    let fact = facts.fact(reaching: day.date, portfolio) ?? .zero
    let origin = RowOrigin(
      run: nil, sequence: max(closed.sequence, fact), creation: closed.recorded)
    try context.write(output, origin, replacing: nil)
  }

  /// Of a week or month that the day is in, an earlier last session may have a row.
  private func deleteSnapshots(from date: CivilDate, of portfolio: PortfolioID?) throws {
    guard !stale.isNew, let portfolio else { return }
    let monday = date.advanced(byDays: Int32(1 - date.weekday))
    let first = date.advanced(byDays: Int32(1 - date.components.day))
    try context.rows.statement(
      """
      DELETE FROM portfolio_snapshots WHERE portfolio_id = ?1 AND (
        snapshot_date = ?2 OR frequency = 'weekly' AND snapshot_date BETWEEN ?3 AND ?2
        OR frequency = 'monthly' AND snapshot_date BETWEEN ?4 AND ?2)
      """
    ).run { row in
      row.text(portfolio.rawValue)
      row.date(date)
      row.date(monday)
      row.date(first)
    }
  }
}

extension Instant {
  fileprivate func adding(seconds: Int64) -> Instant {
    let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(seconds * 1_000_000_000)
    return overflow ? .distantFuture : Instant(nanosecondsSinceEpoch: sum)
  }
}
