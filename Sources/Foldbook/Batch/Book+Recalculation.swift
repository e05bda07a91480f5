import Calculations
import EventLog
public import Events
public import ExactNumbers
import Portfolio
public import Projections
public import Records

/// What a recalculation of every completed calculation found.
public struct CalculationReview: Sendable {
  public var checked = 0
  /// Met the digest that the log keeps, over today's facts.
  public var agreeing = 0
  /// Met it over the facts they saw; facts that came later changed their rows.
  public var restated: [Finding] = []
  /// Did not meet it.
  public var differing: [Finding] = []
  /// Could not be calculated anew, and why.
  public var unchecked: [Finding] = []

  public struct Finding: Sendable {
    public var calculation: CalculationID
    public var step: String
    public var portfolio: PortfolioID?
    public var date: CivilDate
    public var method: String
    /// The facts it saw.
    public var input: EventSequence
    public var recordedDigest: String
    /// Over the facts it saw; null where it could not be calculated.
    public var foundDigest: String?
    public var problem: String?
    /// The last fact that came later and reaches back to its date.
    public var lateFact: EventSequence?
    /// The first row that is not what it was in the tables before; null where they had none.
    public var row: RowDifference?
  }

  /// Everything that was checked met its digest.
  public var isSound: Bool { differing.isEmpty && unchecked.isEmpty }
}

extension Book {
  /// Calculates every completed calculation of the log anew and compares its digest.
  ///
  /// Those whose rows of today's facts meet it already need nothing more. The others are calculated
  /// over the facts they saw, in one pass over the log: a late fact that changed their rows is no
  /// difference then, and is named.
  ///
  /// - Precondition: The tables stand at the head.
  public func reviewCalculations(_ differences: [RowDifference] = []) throws -> CalculationReview {
    var review = CalculationReview()
    var checks: [String: CalculationCheck] = [:]
    for check in try projections.calculationChecks() { checks[check.calculation] = check }
    let rows = Dictionary(
      differences.map { ($0.calculation, $0) }, uniquingKeysWith: { first, _ in first })
    var pending: [EventSequence: [RecordedRun]] = [:]
    for run in try completedRuns().sorted(by: {
      $0.started.calculationDate < $1.started.calculationDate
    }) {
      review.checked += 1
      if checks[run.started.calculation.rawValue]?.agrees == true {
        review.agreeing += 1
      } else {
        pending[run.input, default: []].append(run)
      }
    }
    try forEachState(at: pending.keys.sorted()) { input, state in
      let market = MarketHistory(state)
      var days: [CivilDate: CalculationDay] = [:]
      for run in pending[input] ?? [] {
        let date = run.started.calculationDate
        let day = days[date] ?? CalculationDay(state, date: date, history: market)
        days = [date: day]
        let id = run.started.calculation.rawValue
        var finding = run.finding
        finding.lateFact = checks[id]?.lateFact
        finding.row = rows[id]
        do {
          finding.foundDigest = try run.digest(day)
        } catch {
          finding.problem = "\(error)"
        }
        if finding.foundDigest == run.recordedDigest {
          // A run that a later one of its day replaced has no rows that a late fact could change.
          if checks[id] == nil { review.agreeing += 1 } else { review.restated.append(finding) }
        } else if finding.foundDigest == nil {
          review.unchecked.append(finding)
        } else {
          review.differing.append(finding)
        }
      }
    }
    return review
  }

  private func completedRuns() throws -> [RecordedRun] {
    var started: [CalculationID: CalculationStarted] = [:]
    var runs: [RecordedRun] = []
    // Those of the ancestry are checked where they were made.
    var cursor = ownEvents(
      EventFilter(kinds: [CalculationStarted.kind.number, CalculationCompleted.kind.number]))
    while let event = try cursor.next() {
      switch event.payload {
      case .calculationStarted(let payload): started[payload.calculation] = payload
      case .calculationCompleted(let payload):
        guard let start = started.removeValue(forKey: payload.calculation) else { continue }
        runs.append(RecordedRun(started: start, recordedDigest: payload.resultDigest))
      default: break
      }
    }
    return runs
  }

  /// Gives the state known at each of some sequences, in one pass over the log.
  private func forEachState(
    at sequences: [EventSequence], _ body: (EventSequence, BookState) throws -> Void
  ) throws {
    guard var next = sequences.first else { return }
    var remaining = sequences.dropFirst()
    // Runs of a what-if branch saw at least what it stands on.
    var state = emptyState()
    try fold([Part()], through: line.fork, into: &state)
    var cursor = foldedEvents(from: line.fork.next, through: sequences.last)
    while let event = try cursor.next() {
      while let sequence = event.sequence, sequence > next {
        try body(next, state)
        guard let following = remaining.popFirst() else { return }
        next = following
      }
      state.fold(event)
    }
    try body(next, state)
    for sequence in remaining { try body(sequence, state) }
  }
}

/// A completed calculation as its two events tell it.
private struct RecordedRun {
  var started: CalculationStarted
  var recordedDigest: String

  var input: EventSequence { RunInput.input(started.inputSequence, started.parameters) }

  var finding: CalculationReview.Finding {
    CalculationReview.Finding(
      calculation: started.calculation, step: started.calculationType,
      portfolio: started.portfolio, date: started.calculationDate, method: started.method,
      input: input, recordedDigest: recordedDigest)
  }

  func digest(_ day: CalculationDay) throws -> String {
    try MethodCatalog.method(named: started.method, of: started.calculationType)
      .output(
        day, started.portfolio, completed: Method.completedSteps(in: started.parameters),
        recorded: (started.parameters, input)
      ).digest
  }
}
