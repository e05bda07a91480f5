import Events
import ExactNumbers
import Interchange

/// A book as an import sees it, filled by hand or by taking in events.
struct FakeBook: ImportContext {
  struct Holding {
    var portfolio: PortfolioID
    var symbol: Symbol
    var entryDate: CivilDate
    var source: String
    var state = KnownPosition(isVoided: false, tags: [])
  }

  var tags: [(id: TagID, name: String, owner: UserID?)] = []
  var holdings: [PositionID: Holding] = [:]
  var firstPrices: [Symbol: CivilDate] = [:]
  var cash = Money.zero
  private var seen: Set<Payload> = []

  func tag(named name: String, owner: UserID?) -> TagID? {
    tags.first { $0.name.lowercased() == name.lowercased() && $0.owner == owner }?.id
  }

  func tagCount(owner: UserID?) -> Int { tags.filter { $0.owner == owner }.count }

  func knownPosition(_ id: PositionID) -> KnownPosition? { holdings[id]?.state }

  func hasPosition(
    in portfolio: PortfolioID, symbol: Symbol, entryDate: CivilDate, notFrom source: String
  ) -> Bool {
    holdings.values.contains {
      $0.portfolio == portfolio && $0.symbol == symbol && $0.entryDate == entryDate
        && $0.source != source && !$0.state.isVoided
    }
  }

  func hasPrice(of symbol: Symbol, onOrBefore date: CivilDate) -> Bool {
    firstPrices[symbol].map { $0 <= date } ?? false
  }

  /// Takes the events in as a book would; one that is there already changes nothing.
  mutating func append(_ events: [Event]) throws {
    for event in events where seen.insert(event.payload).inserted {
      switch event.payload {
      case .tagCreated(let tag): tags.append((tag.tag, tag.name, tag.owner))
      case .positionTagged(let tagged):
        holdings[tagged.position]?.state.tags.insert(tagged.tag)
      case .positionEntered(let entry):
        holdings[entry.position] = Holding(
          portfolio: entry.portfolio, symbol: entry.symbol, entryDate: event.effective.date,
          source: event.source)
        let isShort = entry.positionType.rawValue.hasPrefix("S")
        let cost = try Money(
          Quantity(entry.quantity), at: Price(entry.entryPrice),
          multiplier: entry.symbol.option == nil ? 1 : 100)
        cash = try isShort ? cash + cost : cash - cost
      case .cashMoved(let movement): cash = try cash + Money(movement.amount)
      default: break
      }
    }
  }
}

/// Ids for tests: a digest that tells texts apart, without cryptography.
let testIdentity = DerivedIdentity { bytes in
  (0..<4).flatMap { lane -> [UInt8] in
    // FNV-1a over the bytes, begun differently in each lane.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
  }
}

extension CivilDate {
  /// A date that the test knows to exist.
  init(known text: String) {
    guard let date = CivilDate(text) else { preconditionFailure("\(text) is no date") }
    self = date
  }
}
