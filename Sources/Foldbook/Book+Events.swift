import EventLog
public import Events
public import ExactNumbers
public import Records

/// Which events a cursor gives.
public struct EventFilter: Hashable, Sendable {
  public var kinds: Set<KindNumber>?
  public var portfolios: Set<PortfolioID>?
  public var symbols: Set<Symbol>?
  public var effective: ClosedRange<Instant>?
  public var recorded: ClosedRange<Instant>?
  /// Kinds that `effective` does not exclude.
  public var timeless: Set<KindNumber>

  public init(
    kinds: Set<KindNumber>? = nil, portfolios: Set<PortfolioID>? = nil,
    symbols: Set<Symbol>? = nil, effective: ClosedRange<Instant>? = nil,
    recorded: ClosedRange<Instant>? = nil, timeless: Set<KindNumber> = []
  ) {
    self.kinds = kinds
    self.portfolios = portfolios
    self.symbols = symbols
    self.effective = effective
    self.recorded = recorded
    self.timeless = timeless
  }

  public static let all = EventFilter()

  var logFilter: LogFilter {
    LogFilter(
      kinds: kinds, portfolios: portfolios.map { Set($0.map(\.rawValue)) },
      symbols: symbols.map { Set($0.map(\.rawValue)) }, effective: effective, recorded: recorded,
      timelessKinds: timeless)
  }
}

/// Reads events in the order of their sequences, in the memory of one block.
public struct EventCursor {
  private var cursor: BranchCursor
  private let book: Book
  /// Whether an event is passed by: what lies behind the horizon of a branch.
  private let isHidden: (Record, EventSequence) -> Bool

  private let number: (EventSequence) -> EventSequence

  init(
    _ cursor: BranchCursor, book: Book, isHidden: @escaping (Record, EventSequence) -> Bool,
    number: @escaping (EventSequence) -> EventSequence = { $0 }
  ) {
    self.cursor = cursor
    self.book = book
    self.isHidden = isHidden
    self.number = number
  }

  /// The next event, or null at the end.
  ///
  /// - Throws: `LogError` where the log is damaged; nothing is left out silently.
  public mutating func next() throws -> Event? {
    while let sequenced = try cursor.next() {
      guard !isHidden(sequenced.record, sequenced.sequence) else { continue }
      return try book.event(
        SequencedRecord(sequence: number(sequenced.sequence), record: sequenced.record))
    }
    return nil
  }
}

extension Book {
  /// A cursor over the events of this branch, up to the head it has now or an earlier one.
  ///
  /// Without `through` it throws where damage keeps it from the head.
  public func events(
    _ filter: EventFilter = .all, from: EventSequence = .zero.next,
    through: EventSequence? = nil
  ) -> EventCursor {
    let horizon = horizon
    return EventCursor(
      line.cursor(filter.logFilter, from: from, through: through), book: self,
      isHidden: { horizon.hides($0, at: $1) })
  }

  /// A cursor over what a state of this branch is folded from; see ``Horizon``.
  func foldedEvents(
    _ filter: EventFilter = .all, from: EventSequence = .zero.next,
    through: EventSequence? = nil
  ) -> EventCursor {
    let horizon = horizon
    return EventCursor(
      line.cursor(filter.logFilter, from: from, through: through), book: self,
      isHidden: { horizon.isOutsideState($0, at: $1) })
  }

  /// A cursor over the branch's own events: on a what-if branch what was done since its fork.
  public func ownEvents(
    _ filter: EventFilter = .all, through: EventSequence? = nil
  ) -> EventCursor {
    EventCursor(
      BranchLog(log).cursor(filter.logFilter, through: through?.own), book: self,
      isHidden: { _, _ in false }, number: { [line] in line.number(ofOwn: $0) })
  }

  /// The event at a sequence, or null where the branch has none.
  public func event(at sequence: EventSequence) throws -> Event? {
    guard sequence > .zero, let record = try line.record(at: sequence) else { return nil }
    return try event(SequencedRecord(sequence: sequence, record: record))
  }

  /// The sequence of the event with this id, or null where the branch has none.
  public func sequence(ofID id: String) throws -> EventSequence? { try line.number(ofID: id) }

  /// The id of an event, worked out from its content where it was minted.
  public func idText(of event: Event) throws -> String {
    if case .given(let id) = event.id { return id }
    var event = event
    // The recorded time is no part of the content, and an event may not have one yet.
    event.recorded = event.recorded ?? event.effective
    return try record(event).idText()
  }

  /// An event as one line of CloudEvents JSON, without the line's end.
  public func json(of event: Event) throws -> [UInt8] {
    event.cloudEventLine(idText: try idText(of: event))
  }

  /// A record with the names of the catalogue, its personal fields opened where the key is there.
  func event(_ sequenced: SequencedRecord) throws -> Event {
    var failure: (any Error)?
    let event: Event
    do {
      event = try Event(record: sequenced.record, sequence: sequenced.sequence) { sealed, _, user in
        do {
          return try keys.open(sealed, user: user)
        } catch {
          failure = error
          return nil
        }
      }
    } catch {
      throw BookError.eventUnreadable(sequence: sequenced.sequence, reason: "\(error)")
    }
    if let failure { throw failure }
    return event
  }

  /// The record of an event, its personal fields sealed. The event has its recorded time.
  func record(_ event: Event) throws -> Record {
    var failure: (any Error)?
    // A minted id covers the content only, which the sealed fields are part of: they are sealed
    // under the place of the field alone, and events with personal fields are sent with an id.
    let eventID: String
    if case .given(let id) = event.id { eventID = id } else { eventID = "" }
    let record = event.record { field in
      do {
        return try keys.seal(
          field.value, user: field.user, eventID: eventID, field: field.number)
      } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return record
  }
}

extension EventCatalog {
  /// Prices: folded for the symbols that are asked about, not for the rules.
  static let marketKinds = Set(kinds.filter(\.declaration.isMarketData).map(\.number))
  /// What calculations depend on beside prices, and neither a rule nor a holding does.
  static let analyticsKinds: Set = [
    VolatilityQuoted.kind.number, RateSet.kind.number, ShortReported.kind.number,
    DayClosed.kind.number,
  ]
  /// Everything that a rule or a holding depends on beside prices.
  static let factKinds = Set(kinds.map(\.number)).subtracting(marketKinds)
    .subtracting(analyticsKinds)
  /// Restated by a later event of the same day, whatever its effective time.
  static let barKinds: Set = [PriceClosed.kind.number]
}

extension Payload {
  /// Whether it is named by its event's id where it gives no id of its own.
  var takesItsEventsID: Bool {
    switch self {
    case .cashMoved(let movement): movement.movement == nil
    case .positionExited(let exit): exit.exit == nil
    default: false
    }
  }
}
