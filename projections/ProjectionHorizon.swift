public import Events
public import ExactNumbers
public import Records

/// What a branch that was forked as of a date shows of its ancestry: what is effective after the cut
/// is not there, and never falls due.
public struct ProjectionHorizon {
  /// One fork as of a date, of the branch or of one that it stands on.
  public struct Cut {
    /// The last number of the ancestry.
    public var fork: EventSequence
    public var time: Instant
    /// Kinds that go on flowing in, which it hides nothing of.
    public var flowing: Set<KindNumber>

    public init(fork: EventSequence, time: Instant, flowing: Set<KindNumber> = []) {
      self.fork = fork
      self.time = time
      self.flowing = flowing
    }
  }

  public var cuts: [Cut]
  /// Whether an event is out of sight as a whole. Runs are not asked about.
  public var hides: (Event) -> Bool

  public init(cuts: [Cut], hides: @escaping (Event) -> Bool) {
    self.cuts = cuts
    self.hides = hides
  }

  /// Whether an event may fall due at a time: what of it is restated to after the cut may not.
  func isDue(_ event: Event, at due: Instant) -> Bool {
    // A bar is cut by when it was said, though it makes a session only later.
    let time = if case .priceClosed = event.payload { event.effective } else { due }
    return !isBehindCut(event, time)
  }

  private func isBehindCut(_ event: Event, _ time: Instant) -> Bool {
    cuts.contains { cut in
      event.place.sequence <= cut.fork && time > cut.time && !cut.flowing.contains(event.kind)
    }
  }

  /// Whether an event begins a run of a day that ends after the cut.
  fileprivate func hidesRun(_ event: Event, of date: CivilDate) -> Bool {
    cuts.contains { event.place.sequence <= $0.fork && date.end > $0.time }
  }
}

/// The runs of an ancestry that a branch does not show: those of days that end after its cut, with
/// all that became of them.
struct HiddenRuns {
  private let horizon: ProjectionHorizon
  private var calculations: Set<CalculationID> = []
  private var batches: Set<BatchID> = []

  init(_ horizon: ProjectionHorizon) { self.horizon = horizon }

  /// Whether an event is out of sight, as a run's or by itself. Asked once an event, in order.
  mutating func hides(_ event: Event) -> Bool {
    switch event.payload {
    case .batchStarted(let run):
      guard horizon.hidesRun(event, of: run.date) else { return false }
      batches.insert(run.batch)
      return true
    case .calculationStarted(let run):
      guard horizon.hidesRun(event, of: run.calculationDate) else { return false }
      calculations.insert(run.calculation)
      return true
    case .batchCompleted(let run): return hides(event, run.batch)
    case .batchFailed(let run): return hides(event, run.batch)
    case .calculationCompleted(let run): return hides(event, run.calculation)
    case .calculationFailed(let run): return hides(event, run.calculation)
    case .calculationSkipped(let run): return hides(event, run.calculation)
    case .auditVerified:
      guard let key = AuditKey(event), key.family == .calculation else {
        return horizon.hides(event)
      }
      return hides(event, CalculationID(key.id))
    default: return horizon.hides(event)
    }
  }

  private func hides(_ event: Event, _ calculation: CalculationID) -> Bool {
    isOfAncestry(event) && calculations.contains(calculation)
  }

  private func hides(_ event: Event, _ batch: BatchID) -> Bool {
    isOfAncestry(event) && batches.contains(batch)
  }

  /// What the branch itself says of them stays: it is gathered by later catch-ups too, which do not
  /// read the ancestry again.
  private func isOfAncestry(_ event: Event) -> Bool {
    horizon.cuts.contains { event.place.sequence <= $0.fork }
  }
}
