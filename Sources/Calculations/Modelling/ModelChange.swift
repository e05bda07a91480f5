public import Events
public import ExactNumbers
public import Portfolio
public import Records

/// What an own event of a what-if branch is as a change of the session (tables.md, 6.1).
///
/// | event | change |
/// | --- | --- |
/// | `position.entered` | add |
/// | `position.exited` | close where nothing is open at its effective time behind it, else resize |
/// | `position.corrected` | resize |
/// | `position.voided` of an own entry or exit | none: it marks what it takes back as reverted |
/// | `position.voided` of an ancestor's position | close |
/// | `position.voided` of an ancestor's exit | resize: what was left is open again |
/// | `position.tagged`, `.untagged`, `.attributed`, `.related`, `.unrelated` | retag |
/// | `tag.*`, `strategy.*` | retag |
/// | `price.*`, `quote.updated`, `volatility.quoted` | price override |
/// | `rate.set`, `short.reported` | scenario: what the market is taken to be beside prices |
/// | `parameter.set`, `factor.*`, `scenario.*`, `instrument.*` | scenario |
/// | `cash.moved` | cash |
/// | `portfolio.*`, `user.*`, `model.*`, `day.closed`, runs, exports, audits, unknown kinds | none |
///
/// Definitions (`parameter.set`, `factor.*`, `scenario.*`, `instrument.*`, and of what is no change
/// `portfolio.*`) hold on both sides of an ``Impact``, so they move nothing by themselves.
public struct ModelChange: Hashable, Sendable {
  /// 1, 2, 3 … in the order of the events; column `change_no`.
  public let number: Int
  public let type: ModelChangeType
  public let event: Event
  /// The event's id as text.
  public let eventID: String
  /// The one portfolio it is about; null for what is about the market, or about no portfolio.
  public let portfolio: PortfolioID?
  /// A later `position.voided` of the branch took it back. It counts for nothing in an ``Impact``.
  public internal(set) var isReverted = false
  public internal(set) var symbol: Symbol?
  public internal(set) var position: PositionID?
  /// Shares or contracts, above zero; of cash the amount.
  public internal(set) var quantity: ExactDecimal?
  /// Per share; of a rate percent a year.
  public internal(set) var price: ExactDecimal?
  public internal(set) var side: TradeSide?
  public internal(set) var tags: [TagID] = []
  public internal(set) var scenario: ScenarioID?
  public internal(set) var note: String?

  public var effective: Instant { event.effective }

  /// Where it stands in the branch.
  public var sequence: EventSequence {
    guard let sequence = event.sequence else {
      preconditionFailure("a change is an event that was appended")
    }
    return sequence
  }

  init(
    number: Int, type: ModelChangeType, event: Event, eventID: String, portfolio: PortfolioID?
  ) {
    self.number = number
    self.type = type
    self.event = event
    self.eventID = eventID
    self.portfolio = portfolio
  }
}

/// Column `change_type`.
public enum ModelChangeType: String, CaseIterable, Hashable, Sendable {
  case add, close, resize, retag
  case priceOverride = "price_override"
  case cash, scenario
}

/// What was traded, in FIX's words.
public enum TradeSide: String, CaseIterable, Hashable, Sendable {
  case buy, sell
  case sellShort = "sell_short"
}

extension ModelChange {
  /// The changes that own events of a branch are, in their order.
  ///
  /// - Parameters:
  ///   - events: Own events in order of sequence, each appended.
  ///   - base: The facts that the branch stands on, without its own.
  ///   - idText: The text of an event's id; needed where ids were minted by an import.
  public static func changes(
    of events: [Event], base: BookState, idText: (Event) -> String = Event.givenID
  ) -> [ModelChange] {
    BranchEvents(events, base: base, idText: idText).changes
  }
}

extension Event {
  /// The id that the sender gave; for a minted one, whose text is worked out from the record's bytes,
  /// its sequence stands.
  public static func givenID(_ event: Event) -> String {
    switch event.id {
    case .given(let text): text
    case .minted: "#\(event.sequence.map(\.description) ?? "new")"
    }
  }
}
