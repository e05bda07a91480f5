import Events
import ExactNumbers
import Records

/// What a branch that was forked as of a date does not see of its ancestry: facts that are effective
/// after the cut.
///
/// What acts on the known-at clock alone is seen whatever its effective time: corrections, voids,
/// runs, sessions. So are, on a live branch, the facts of the market.
struct Horizon: Sendable {
  struct Cut: Sendable {
    /// The last number of the ancestry.
    var fork: EventSequence
    var time: Instant
    var keepsMarket: Bool
  }

  let cuts: [Cut]

  init(_ ancestry: [BranchDetails]) {
    var cuts: [Cut] = []
    // A branch may leave its parent before that one's own fork: what it adds then has numbers that
    // the parent's cut is not about.
    var last: EventSequence?
    for details in ancestry.reversed() {
      guard let fork = details.fork else { break }
      let end = min(last ?? fork.sequence, fork.sequence)
      last = end
      if let time = fork.cut {
        cuts.append(Cut(fork: end, time: time, keepsMarket: fork.mode == .live))
      }
    }
    self.cuts = cuts.reversed()
  }

  /// Whether an event is out of sight.
  func hides(_ record: Record, at number: EventSequence) -> Bool {
    cuts.contains { hides(record.kind, record.effective, number, $0) }
  }

  /// The same of an event that the log gave.
  func hides(_ event: Event) -> Bool {
    guard let number = event.sequence else { return false }
    return cuts.contains { hides(event.kind, event.effective, number, $0) }
  }

  /// Whether an event must not reach a state of the branch, of which a UTC day keeps the last: ticks,
  /// quotes, rates. All other facts are folded, and forgotten by `BookState.cut`.
  func isOutsideState(_ record: Record, at number: EventSequence) -> Bool {
    Self.lastOfDay.contains(record.kind) && hides(record, at: number)
  }

  private func hides(
    _ kind: KindNumber, _ effective: Instant, _ number: EventSequence, _ cut: Cut
  ) -> Bool {
    number <= cut.fork && effective > cut.time && !Self.timeless.contains(kind)
      && !(cut.keepsMarket && EventCatalog.flowingKinds.contains(kind))
  }

  private static let lastOfDay: Set = [
    PriceTicked.kind.number, QuoteUpdated.kind.number, VolatilityQuoted.kind.number,
    RateSet.kind.number, ShortReported.kind.number,
  ]
  private static let timeless: Set = [
    PositionCorrected.kind.number, PositionVoided.kind.number, UserForgotten.kind.number,
    BatchStarted.kind.number, BatchCompleted.kind.number, BatchFailed.kind.number,
    CalculationStarted.kind.number, CalculationCompleted.kind.number,
    CalculationFailed.kind.number, CalculationSkipped.kind.number, ModelForked.kind.number,
    ModelChanged.kind.number, ModelSaved.kind.number, ModelCompleted.kind.number,
    ModelCancelled.kind.number, ModelPromoted.kind.number, ExportMade.kind.number,
    AuditVerified.kind.number,
  ]
}
