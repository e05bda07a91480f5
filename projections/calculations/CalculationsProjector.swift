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
    try reaches.arrived(event, in: context)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    reaches.due(event, in: context)
    switch event.payload {
    case .dayClosed(let payload): closedDays.insert(payload.date)
    // Either may fall due last.
    case .calculationStarted(let payload): ended.insert(payload.calculation.rawValue)
    case .calculationCompleted(let payload):
      ended.insert(payload.calculation.rawValue)
      try context.rows.upsert("internal_completions") { row in
        row.text(payload.calculation.rawValue)
        row.sequence(event.place.sequence)
      }
    default: break
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    let stale = Staleness(
      reached: try reaches.settle(in: context), ended: ended,
      closed: closedDays.union(try context.closedDaysThatCame()),
      isNew: context.previousCut == nil)
    guard let first = try stale.earliestDate(in: context) else { return }
    try Recalculation(from: first, stale, in: context).run()
  }
}

extension ProjectionContext {
  /// Days that were said to be closed ahead of time, and that the cut has come to since.
  fileprivate func closedDaysThatCame() throws -> Set<CivilDate> {
    guard let previous = previousCut?.date, previous < cut.date else { return [] }
    var dates: Set<CivilDate> = []
    try rows.statement("SELECT date FROM internal_closed_days WHERE date > ? AND date <= ?")
      .rows({ row in
        row.date(previous)
        row.date(cut.date)
      }) { row in
        if let date = CivilDate(row.text(0)) { dates.insert(date) }
      }
    return dates
  }
}
