import Events
import ExactNumbers
import Portfolio
import Records

/// Derives the tables of one projection from events.
///
/// The rows of a file are a function of three things: the set of events up to its head, the state
/// folded from them, and its cut. A projector keeps to that, and so a file that was caught up in
/// any number of steps is equal, byte for byte, to one made at once:
///
/// - what it derives from the **state** it only marks as touched when an event arrives or falls
///   due, and derives anew, key by key, in ``settle(in:)``;
/// - what it gathers from **events** it gathers when they fall due, so that order does not matter:
///   the greater (effective time, sequence) wins, sums and extremes commute.
protocol Projector: SendableMetatype {
  /// Also the name of its folder and of its SQL file.
  static var name: String { get }
  /// Raised when the same schema is to be filled differently. A raised version means a rebuild.
  static var version: Int { get }
  /// The tables, views and indexes.
  static var schema: [UInt8] { get }
  /// Called for no other kinds.
  static var kinds: Set<KindNumber> { get }

  init()

  /// An event was recorded. Called once an event, whatever its effective time.
  mutating func arrived(_ event: Event, in context: ProjectionContext) throws

  /// An event takes effect. Called once, when its effective time is not after the cut; of a
  /// correction for each time that it restates.
  mutating func due(_ event: Event, in context: ProjectionContext) throws

  /// An event of the ancestry was recorded that the branch does not show. Called instead of the two
  /// above, for what it nevertheless takes away.
  mutating func hidden(_ event: Event, in context: ProjectionContext) throws

  /// Everything up to the head was given: writes what was touched.
  mutating func settle(in context: ProjectionContext) throws
}

extension Projector {
  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {}
  mutating func due(_ event: Event, in context: ProjectionContext) throws {}
  mutating func hidden(_ event: Event, in context: ProjectionContext) throws {}
}

/// What a projector may use.
final class ProjectionContext {
  let rows: Connection
  let state: BookState
  /// The last event that counts.
  let head: EventSequence
  let cut: Instant
  let modelling: ModellingSource?
  /// The cut of the file before; null when its tables are being made.
  let previousCut: Instant?

  /// The prices that changed, for what is derived from them.
  var prices = PriceTouches()
  /// From which date on the Greeks of a portfolio changed.
  private(set) var greeks: [PortfolioID: CivilDate] = [:]
  private var knownTables: Set<String>?
  private var knownRunTables: [String]?

  init(rows: Connection, _ change: ProjectionChange, previousCut: Instant?) {
    self.rows = rows
    state = change.state
    head = change.head
    cut = change.cut
    modelling = change.modelling
    self.previousCut = previousCut
  }

  /// The tables of the file.
  func tableNames() throws -> Set<String> {
    if let knownTables { return knownTables }
    var names: Set<String> = []
    try rows.statement("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .rows { names.insert($0.text(0)) }
    knownTables = names
    return names
  }

  /// The tables whose rows are deleted with the calculation that they come from. A session's
  /// snapshot is there whether or not it was calculated.
  func runTables() throws -> [String] {
    if let knownRunTables { return knownRunTables }
    let names = try rows.calculatedTables().filter { $0 != "portfolio_snapshots" }
    knownRunTables = names
    return names
  }

  func touchGreeks(of portfolio: PortfolioID?, from date: CivilDate) {
    guard let portfolio else { return }
    greeks[portfolio] = min(greeks[portfolio] ?? date, date)
  }
}

/// From which dates on prices changed.
struct PriceTouches {
  private(set) var symbols: [Symbol: CivilDate] = [:]
  /// Of closes, which make a date a session.
  private(set) var sessions: CivilDate?

  mutating func touch(_ symbol: Symbol, from date: CivilDate) {
    guard let earliest = symbols[symbol], earliest <= date else {
      symbols[symbol] = date
      return
    }
  }

  mutating func touchSessions(from date: CivilDate) {
    sessions = min(sessions ?? date, date)
  }
}

extension Event {
  /// Where the event stands in the log. The log gives no event without it.
  var place: (sequence: EventSequence, recorded: Instant) {
    guard let sequence, let recorded else {
      preconditionFailure("an event that is projected has been appended")
    }
    return (sequence, recorded)
  }

  /// When the event takes effect.
  ///
  /// A correction acts from its recording on, but what it restates may lie in the future; a void
  /// acts from its recording on. A close dated later than it is effective makes its date a session
  /// only once that has come. A run is no fact of its day: whenever it was made, it is shown from the
  /// end of the day that it is of, or, where it was made before that, from then on.
  var dueTimes: [Instant] {
    switch payload {
    case .calculationStarted(let run): [min(effective, run.calculationDate.end)]
    case .batchStarted(let run): [min(effective, run.date.end)]
    case .calculationCompleted, .calculationFailed, .calculationSkipped, .batchCompleted,
      .batchFailed:
      [.distantPast]
    case .positionCorrected(let corrected):
      [corrected.entryTime, corrected.exitTime].compactMap(\.self)
    case .positionVoided: []
    case .priceClosed(let bar): [effective, max(effective, bar.date.start)]
    default: [effective]
    }
  }
}
