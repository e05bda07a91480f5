import Events
import ExactNumbers
import Portfolio
import Projections
import Records

/// Where a ledger became the log of a what-if branch.
struct LedgerFork {
  var session: SessionID
  /// The last event of the ancestry.
  var sequence: EventSequence
  var cut: Instant?
  var keepsMarket = false

  /// Whether an event of the ancestry is out of sight as a whole.
  func hides(_ event: Event) -> Bool {
    guard let cut, let number = event.sequence, number <= sequence, event.effective > cut else {
      return false
    }
    return !Self.timeless.contains(event.kind)
      && !(keepsMarket && Self.market.contains(event.kind))
  }

  /// The facts of the branch; without own events where they are left out.
  func state(
    of events: ArraySlice<Event>, asOf: Instant, leavesOutOwn: Bool = false
  ) -> BookState {
    var state = BookState(asOf: asOf)
    state.session = session
    let isOfAncestry = { (event: Event) in event.sequence.map { $0 <= sequence } ?? false }
    // Ticks and the like have to be kept out: a state keeps the last of a day.
    for event in events where isOfAncestry(event) && !(hides(event) && Self.isLastOfDay(event)) {
      state.fold(event)
    }
    if let cut { state.cut(at: cut, keepsMarket: keepsMarket) }
    if !leavesOutOwn { for event in events where !isOfAncestry(event) { state.fold(event) } }
    return state
  }

  private static func isLastOfDay(_ event: Event) -> Bool {
    switch event.payload {
    case .priceTicked, .quoteUpdated, .volatilityQuoted, .rateSet, .shortReported: true
    default: false
    }
  }

  static let market: Set = [
    PriceTicked.kind.number, PriceClosed.kind.number, QuoteUpdated.kind.number,
    VolatilityQuoted.kind.number, RateSet.kind.number, ShortReported.kind.number,
    DayClosed.kind.number, InstrumentDefined.kind.number, InstrumentSplit.kind.number,
    InstrumentDividend.kind.number,
  ]
  private static let timeless: Set = [
    PositionCorrected.kind.number, PositionVoided.kind.number, BatchStarted.kind.number,
    BatchCompleted.kind.number, CalculationStarted.kind.number, CalculationCompleted.kind.number,
    CalculationFailed.kind.number, CalculationSkipped.kind.number, ExportMade.kind.number,
    AuditVerified.kind.number,
  ]
}

extension Ledger {
  /// What to project of the what-if branch.
  func change(
    _ fork: LedgerFork, to head: EventSequence, _ known: ArraySlice<Event>, _ cut: Instant
  ) -> ProjectionChange {
    var change = ProjectionChange(
      branch: fork.session.rawValue, forkSequence: fork.sequence, head: head,
      logRoot: "root-\(head)", cut: cut, state: fork.state(of: known, asOf: cut),
      events: { after, body in
        for event in known.dropFirst(Int(after.rawValue)) { try body(event) }
      },
      event: { sequence in known[Int(sequence.rawValue) - 1] })
    change.modelling = ModellingSource(
      session: fork.session,
      events: { known.filter { $0.sequence.map { $0 > fork.sequence } ?? false } },
      idText: Event.givenText,
      base: { asOf, _ in fork.state(of: known, asOf: asOf, leavesOutOwn: true) })
    if let time = fork.cut {
      change.horizon = ProjectionHorizon(
        cuts: [
          ProjectionHorizon.Cut(
            fork: fork.sequence, time: time, flowing: fork.keepsMarket ? LedgerFork.market : [])
        ],
        hides: fork.hides)
    }
    return change
  }

  /// What to project of the first branch up to the fork.
  func changeOfParent(_ fork: LedgerFork) -> ProjectionChange {
    let known = events.prefix(Int(fork.sequence.rawValue))
    let cut = known.last?.recorded ?? Instant(nanosecondsSinceEpoch: 0)
    var state = BookState(asOf: cut)
    for event in known { state.fold(event) }
    return ProjectionChange(
      branch: "main", head: fork.sequence, logRoot: "root-\(fork.sequence)", cut: cut,
      state: state,
      events: { after, body in
        for event in known.dropFirst(Int(after.rawValue)) { try body(event) }
      },
      event: { sequence in known[Int(sequence.rawValue) - 1] })
  }
}

extension Event {
  /// The ledger gives every event its id.
  fileprivate static func givenText(_ event: Event) -> String {
    if case .given(let text) = event.id { text } else { "" }
  }
}
