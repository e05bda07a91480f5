internal import Events
internal import ExactNumbers

/// All that is known of one position, whatever its order on either clock.
///
/// The entry and every exit are registers chosen by sequence alone: a correction restates the whole
/// of one, a void takes it away, and neither asks when it is effective.
struct PositionFacts: Hashable, Sendable {
  /// What only `position.entered` says; null where its event lies in an earlier range.
  var origin: PositionOrigin?
  var entry: EntryFact?
  /// In order of their ids, each once.
  private(set) var exits: [ExitFacts] = []
  /// When the position was voided, with all its exits.
  var void: Stamp?

  init() {}

  /// The exits that were not voided, in order of effective time and sequence.
  var liveExits: [LiveExit] {
    var live: [LiveExit] = []
    for exit in exits where exit.void == nil {
      guard let fact = exit.fact else { continue }
      live.append(LiveExit(id: exit.id, reason: exit.reason, fact: fact))
    }
    if live.count > 1 { live.sort { $0.fact.stamp < $1.fact.stamp } }
    return live
  }

  func exit(_ id: ExitID) -> ExitFacts? {
    exits.first { $0.id == id }
  }

  mutating func updateExit(_ id: ExitID, _ change: (inout ExitFacts) -> Void) {
    let index = exits.firstIndex { $0.id >= id } ?? exits.endIndex
    if index == exits.endIndex || exits[index].id != id {
      exits.insert(ExitFacts(id: id), at: index)
    }
    change(&exits[index])
  }

  mutating func restate(_ fact: EntryFact) {
    if entry.map({ fact.stamp.sequence > $0.stamp.sequence }) ?? true { entry = fact }
  }

  /// Forgets the exits that are effective after a time, as last restated, voided or not.
  ///
  /// - Returns: Whether the entry remains; without it nothing does.
  mutating func cut(at time: Instant) -> Bool {
    guard let entry, entry.stamp.effective <= time else { return false }
    exits.removeAll { $0.fact.map { $0.stamp.effective > time } ?? false }
    return true
  }

  mutating func merge(_ other: Self) {
    if let theirs = other.origin { origin = origin ?? theirs }
    if let theirs = other.entry { restate(theirs) }
    Stamp.keepLater(other.void, in: &void)
    for exit in other.exits { updateExit(exit.id) { $0.merge(exit) } }
  }
}

extension PositionFacts {
  /// The facts of a position that has just been entered.
  init(entered: PositionEntered, _ stamp: Stamp) {
    self.init()
    let names = entered.underlying != nil || entered.strike != nil || entered.expiration != nil
    origin = PositionOrigin(
      portfolio: entered.portfolio, symbol: entered.symbol,
      given: names
        ? GivenTerms(
          underlying: entered.underlying, strike: entered.strike, expiration: entered.expiration)
        : nil,
      multiplier: entered.multiplier, stamp: stamp)
    entry = EntryFact(
      symbol: entered.symbol, type: entered.positionType, quantity: entered.quantity,
      price: entered.entryPrice, fees: entered.fees, stamp: stamp)
  }

  /// Every fact of this position that counts whatever the as-of, and the exits that count at it.
  func provenance(asOf: Instant) -> Provenance? {
    guard let origin, let entry else { return nil }
    var provenance = Provenance(origin.stamp)
    provenance.add(entry.stamp)
    for exit in exits {
      guard let fact = exit.fact, fact.stamp.effective <= asOf else { continue }
      provenance.add(fact.stamp)
      if let stamp = exit.origin { provenance.add(stamp) }
      if let void = exit.void { provenance.add(void) }
    }
    if let void {
      provenance.add(void)
      provenance.deleted = void.recorded
    }
    return provenance
  }
}

/// What `position.entered` says and no correction changes.
struct PositionOrigin: Hashable, Sendable {
  let portfolio: PortfolioID
  /// The symbol as first entered: ``given`` describes it and no other.
  let symbol: Symbol
  let given: GivenTerms?
  let multiplier: Int64?
  let stamp: Stamp
}

/// The option terms an entry names itself.
struct GivenTerms: Hashable, Sendable {
  let underlying: Symbol?
  let strike: ExactDecimal?
  let expiration: CivilDate?
}

/// An entry as entered or as last corrected, in the units of its time.
struct EntryFact: Hashable, Sendable {
  var symbol: Symbol
  var type: PositionType
  var quantity: ExactDecimal
  var price: ExactDecimal
  var fees: ExactDecimal?
  var stamp: Stamp
}

/// An exit as made or as last corrected, in the units of its time.
struct ExitFact: Hashable, Sendable {
  var quantity: ExactDecimal
  var price: ExactDecimal
  var fees: ExactDecimal?
  var stamp: Stamp
}

/// The registers of one exit.
struct ExitFacts: Hashable, Sendable {
  let id: ExitID
  /// Of `position.exited`; null where its event lies in an earlier range.
  var origin: Stamp?
  var reason: ExitReason?
  var fact: ExitFact?
  var void: Stamp?

  init(id: ExitID) { self.id = id }

  mutating func restate(_ new: ExitFact) {
    if fact.map({ new.stamp.sequence > $0.stamp.sequence }) ?? true { fact = new }
  }

  mutating func merge(_ other: Self) {
    if origin == nil {
      origin = other.origin
      reason = other.reason
    }
    if let theirs = other.fact { restate(theirs) }
    Stamp.keepLater(other.void, in: &void)
  }
}

/// An exit that counts.
struct LiveExit: Hashable, Sendable {
  let id: ExitID
  let reason: ExitReason?
  let fact: ExitFact
}

extension Stamp {
  /// Keeps the stamp with the higher sequence.
  static func keepLater(_ candidate: Stamp?, in kept: inout Stamp?) {
    guard let candidate else { return }
    if kept.map({ candidate.sequence > $0.sequence }) ?? true { kept = candidate }
  }
}

extension PositionType {
  /// The type gives the direction: quantities in events are positive.
  var isShort: Bool { self == .short || self == .shortCall || self == .shortPut }
  /// What the option gives the right to; null for stock.
  var right: OptionRight? {
    switch self {
    case .long, .short: nil
    case .longCall, .shortCall: .call
    case .longPut, .shortPut: .put
    }
  }
  var isOption: Bool { right != nil }
  var defaultMultiplier: Int64 { isOption ? 100 : 1 }
}
