import Calculations
import EventLog
import Events
import ExactNumbers
public import Records

/// The completed calculations of a log, so that none is made twice. The days of one run share it.
final class CalculationIndex {
  struct Key: Hashable {
    var step: String
    var portfolio: PortfolioID?
    var date: CivilDate
  }

  struct Run {
    var calculation: CalculationID
    var input: EventSequence
    var method: String
    /// Canonical text.
    var parameters: String
    var digest: String?
    var records: Int?
  }

  private var runs: [Key: [Run]] = [:]
  private var open: [CalculationID: (key: Key, run: Run)] = [:]
  private(set) var closedDays: Set<CivilDate> = []

  static let kinds: Set<KindNumber> = [
    CalculationStarted.kind.number, CalculationCompleted.kind.number, DayClosed.kind.number,
  ]

  /// - Parameter fork: Calculations up to it were made on what the branch stands on, where options
  ///   without a quote may have had no price: they answer for none of the branch's.
  init(_ cursor: EventCursor, behind fork: EventSequence) throws {
    var cursor = cursor
    while let event = try cursor.next() {
      guard let sequence = event.sequence else { continue }
      if sequence > fork || event.kind == DayClosed.kind.number { fold(event) }
    }
  }

  func fold(_ event: Event) {
    switch event.payload {
    case .dayClosed(let payload): closedDays.insert(payload.date)
    case .calculationStarted(let payload):
      let key = Key(
        step: payload.calculationType, portfolio: payload.portfolio,
        date: payload.calculationDate)
      open[payload.calculation] = (
        key,
        Run(
          calculation: payload.calculation,
          input: RunInput.input(payload.inputSequence, payload.parameters), method: payload.method,
          parameters: payload.parameters.canonical.compactText)
      )
    case .calculationCompleted(let payload):
      guard let (key, begun) = open.removeValue(forKey: payload.calculation) else { return }
      var run = begun
      run.digest = payload.resultDigest
      run.records = Int(payload.recordsProcessed)
      runs[key, default: []].append(run)
    default: break
    }
  }

  /// The finished run that this one would repeat.
  func identical(
    to key: Key, input: EventSequence, method: String, parameters: String
  ) -> Run? {
    runs[key]?.last { $0.input == input && $0.method == method && $0.parameters == parameters }
  }

  /// The steps of a day that were completed, for a portfolio and for the whole market.
  func completed(_ date: CivilDate, _ portfolio: PortfolioID?) -> Set<Step> {
    Set(
      Step.allCases.filter { step in
        guard step != .snapshots else { return false }
        let owner = step.isPerPortfolio ? portfolio : nil
        return runs[Key(step: step.rawValue, portfolio: owner, date: date)] != nil
      })
  }
}

extension Book {
  /// The last event up to a sequence that a calculation may depend on: runs, exports and audits
  /// are none, or no run would ever repeat another.
  ///
  /// - Throws: `LogError` where the log is damaged.
  public func inputSequence(through sequence: EventSequence? = nil) throws -> EventSequence {
    let end = sequence ?? head
    var candidate = end
    while candidate > .zero {
      // Not every event of the parent shows in a live branch.
      if let record = try line.record(at: candidate),
        !EventCatalog.runKinds.contains(record.kind)
      {
        return candidate
      }
      candidate = try line.number(before: candidate)
    }
    return candidate
  }
}

extension EventCatalog {
  /// What tells of work done, and no result depends on.
  static let runKinds: Set<KindNumber> = [
    BatchStarted.kind.number, BatchCompleted.kind.number, BatchFailed.kind.number,
    DayClosed.kind.number, CalculationStarted.kind.number, CalculationCompleted.kind.number,
    CalculationFailed.kind.number, CalculationSkipped.kind.number, ExportMade.kind.number,
    AuditVerified.kind.number, ModelForked.kind.number, ModelChanged.kind.number,
    ModelSaved.kind.number, ModelCompleted.kind.number, ModelCancelled.kind.number,
    ModelPromoted.kind.number,
  ]
  /// What is done on a what-if branch, as opposed to what is said of its session.
  static let modelledKinds = Set(kinds.map(\.number)).subtracting(runKinds)
}
