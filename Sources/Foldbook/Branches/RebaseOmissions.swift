import Events
import Records

/// Which own events a rebase or a promotion leaves out, found out one after another in their order.
struct RebaseOmissions {
  /// The ids of own events that void a position or an exit, by what they void.
  private let voidedPositions: [PositionID: String]
  private let voidedExits: [ExitID: String]
  private let skipped: Set<String>
  /// What was left out, by the id of the event that would have begun it.
  private var positions: [PositionID: String] = [:]
  private var exits: [ExitID: String] = [:]
  private(set) var list: [RebaseOmission] = []
  /// Their numbers in the old generation.
  private(set) var numbers: Set<EventSequence> = []

  /// - Parameter voids: The own events that void something, with their ids.
  init(skipped: [String], voids: [(PositionVoided, id: String)]) {
    self.skipped = Set(skipped)
    var voidedPositions: [PositionID: String] = [:]
    var voidedExits: [ExitID: String] = [:]
    for (void, id) in voids {
      if let exit = void.exit {
        voidedExits[exit] = id
      } else {
        voidedPositions[void.position] = id
      }
    }
    self.voidedPositions = voidedPositions
    self.voidedExits = voidedExits
  }

  /// Whether an event is left out before anyone is asked about it.
  mutating func takesOut(_ event: Event, id: String) -> Bool {
    if skipped.contains(id) {
      leaveOut(event, id: id, .skipped)
      return true
    }
    for position in event.payload.positionsNamed {
      if let cause = positions[position] {
        leaveOut(event, id: id, .follows(cause))
        return true
      }
    }
    if let exit = event.payload.exitNamed, let cause = exits[exit] {
      leaveOut(event, id: id, .follows(cause))
      return true
    }
    return false
  }

  /// Whether an event that is refused is taken back later on the branch itself, so that it is left
  /// out without asking.
  mutating func takesOutRefused(_ event: Event, id: String) -> Bool {
    guard let void = void(of: event, id: id) else { return false }
    leaveOut(event, id: id, .voided(by: void))
    return true
  }

  /// Whether an event begins what is taken back later on the branch itself, so that neither says
  /// anything to those who have seen none of it.
  mutating func takesOutVoided(_ event: Event, id: String) -> Bool {
    var void: String?
    if case .positionEntered(let entry) = event.payload { void = voidedPositions[entry.position] }
    if let exit = event.exitBegun(id: id) { void = void ?? voidedExits[exit] }
    guard let void else { return false }
    leaveOut(event, id: id, .voided(by: void))
    return true
  }

  /// Leaves out an event that is refused, as somebody said.
  mutating func skip(_ event: Event, id: String) { leaveOut(event, id: id, .skipped) }

  private func void(of event: Event, id: String) -> String? {
    if let exit = event.exitBegun(id: id) ?? event.payload.exitNamed, let void = voidedExits[exit] {
      return void == id ? nil : void
    }
    for position in event.payload.positionsNamed {
      if let void = voidedPositions[position], void != id { return void }
    }
    return nil
  }

  private mutating func leaveOut(_ event: Event, id: String, _ reason: RebaseOmission.Reason) {
    list.append(RebaseOmission(event: event, reason: reason))
    if let sequence = event.sequence { numbers.insert(sequence) }
    if case .positionEntered(let entry) = event.payload { positions[entry.position] = id }
    if let exit = event.exitBegun(id: id) { exits[exit] = id }
  }
}

extension Book {
  /// The own events that void a position or an exit, with their ids.
  func ownVoids() throws -> [(PositionVoided, id: String)] {
    var voids: [(PositionVoided, id: String)] = []
    var cursor = ownEvents(EventFilter(kinds: [PositionVoided.kind.number]))
    while let event = try cursor.next() {
      guard case .positionVoided(let void) = event.payload else { continue }
      voids.append((void, id: try idText(of: event)))
    }
    return voids
  }
}

extension Event {
  /// The exit that an event makes, named after it where it gives no name.
  fileprivate func exitBegun(id: String) -> ExitID? {
    guard case .positionExited(let exit) = payload else { return nil }
    return exit.exit ?? ExitID(id)
  }
}

extension Payload {
  /// The positions that it says something of.
  var positionsNamed: [PositionID] {
    switch self {
    case .positionEntered(let payload): [payload.position]
    case .positionExited(let payload): [payload.position]
    case .positionCorrected(let payload): [payload.position]
    case .positionVoided(let payload): [payload.position]
    case .positionRelated(let payload): [payload.position, payload.other]
    case .positionUnrelated(let payload): [payload.position, payload.other]
    case .positionAttributed(let payload): [payload.position]
    case .positionTagged(let payload): [payload.position]
    case .positionUntagged(let payload): [payload.position]
    case .strategyJoined(let payload): [payload.position]
    case .strategyLeft(let payload): [payload.position]
    default: []
    }
  }

  /// The exit that it corrects or voids.
  fileprivate var exitNamed: ExitID? {
    switch self {
    case .positionCorrected(let payload): payload.exit
    case .positionVoided(let payload): payload.exit
    default: nil
    }
  }
}
