internal import Events
internal import ExactNumbers
internal import Portfolio
internal import Records

/// A branch's own events, sorted by what they do to an impact.
struct BranchEvents {
  /// In order, reverted ones among them.
  private(set) var changes: [ModelChange] = []
  /// What holds on both sides: definitions, and what no metric depends on.
  private(set) var definitions: [Event] = []
  /// Voids of the branch's own facts.
  private(set) var reverts: [Event] = []
  /// What makes the one side differ from the other, with the place of its change.
  private(set) var steps: [(change: Int, event: Event)] = []

  /// The facts as of each event: what a close leaves open depends on them.
  private(set) var state: BookState
  private var ownPositions: Set<PositionID> = []
  private var ownExits: Set<ExitKey> = []
  /// The exit that an exit or its correction is of, by the place of its change.
  private var exits: [Int: ExitKey] = [:]

  private struct ExitKey: Hashable {
    let position: PositionID
    let exit: ExitID
  }

  init(_ events: [Event], base: BookState, idText: (Event) -> String) {
    state = base
    for event in events {
      // Prices say nothing about what is open.
      if !event.payload.isPrice { state.fold(event) }
      add(event, idText(event))
    }
  }

  private mutating func add(_ event: Event, _ id: String) {
    if case .positionVoided(let voided) = event.payload, revert(voided) {
      reverts.append(event)
      return
    }
    if let change = change(event, id) {
      note(event, changes.count)
      if !event.payload.isDefinition { steps.append((changes.count, event)) }
      changes.append(change)
    }
    if event.payload.isDefinition { definitions.append(event) }
  }

  /// Remembers what a later void may name.
  private mutating func note(_ event: Event, _ place: Int) {
    switch event.payload {
    case .positionEntered(let entered): ownPositions.insert(entered.position)
    case .positionExited(let exited):
      exits[place] = event.exit.map { ExitKey(position: exited.position, exit: $0) }
      if let key = exits[place] { ownExits.insert(key) }
    case .positionCorrected(let corrected):
      exits[place] = event.exit.map { ExitKey(position: corrected.position, exit: $0) }
    default: break
    }
  }

  /// Marks what a void of an own fact takes back; false where the fact is an ancestor's.
  private mutating func revert(_ voided: PositionVoided) -> Bool {
    if let exit = voided.exit {
      let key = ExitKey(position: voided.position, exit: exit)
      guard ownExits.contains(key) else { return false }
      for place in changes.indices where exits[place] == key { changes[place].isReverted = true }
    } else {
      guard ownPositions.contains(voided.position) else { return false }
      for place in changes.indices where changes[place].position == voided.position {
        changes[place].isReverted = true
      }
    }
    return true
  }
}

extension Event {
  /// The exit that it makes or corrects; null where it does neither.
  var exit: ExitID? {
    switch payload {
    case .positionExited(let exited): exited.exit ?? ExitID(Event.givenID(self))
    case .positionCorrected(let corrected): corrected.exit
    default: nil
    }
  }
}

extension Payload {
  /// Ticks, bars and quotes: what the returns and sessions of a market are made of.
  var isPrice: Bool {
    switch self {
    case .priceTicked, .priceClosed, .quoteUpdated: true
    default: false
    }
  }

  /// Whether it holds on both sides of an impact: a definition, a parameter, a portfolio, and what no
  /// metric depends on.
  var isDefinition: Bool {
    switch self {
    case .positionEntered, .positionExited, .positionCorrected, .positionVoided, .positionTagged,
      .positionUntagged, .positionAttributed, .positionRelated, .positionUnrelated, .tagCreated,
      .tagChanged, .tagRetired, .strategyCreated, .strategyChanged, .strategyRetired,
      .strategyJoined, .strategyLeft, .cashMoved, .priceTicked, .priceClosed, .quoteUpdated,
      .volatilityQuoted, .rateSet, .shortReported:
      false
    default: true
    }
  }
}
