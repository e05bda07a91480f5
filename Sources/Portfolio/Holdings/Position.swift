public import Events
public import ExactNumbers
internal import Records

/// A holding as of a time: in the units of that time, after every split up to it.
public struct Position: Hashable, Sendable {
  public let id: PositionID
  public let portfolio: PortfolioID
  public let symbol: Symbol
  public let type: PositionType
  /// Shares or contracts that remain; negative for SHORT, SC and SP; zero once closed.
  public internal(set) var quantity: Quantity
  /// As entered, with the sign of ``quantity``.
  public let entryQuantity: Quantity
  /// Shares a unit stands for: 1, or 100 for options, unless the entry gave another.
  public let multiplier: Int64
  /// Currency per share; of an option, per share of its underlying.
  public let entryPrice: Price
  public let entryTime: Instant
  /// What the entry cost beside its price.
  public let entryFees: Money
  /// Null unless it is an option whose terms are known.
  public let terms: ContractTerms?
  /// The portfolio's currency at this time.
  public let currency: String
  /// In order of effective time and sequence; those voided are not among them.
  public internal(set) var exits: [PositionExit]
  /// Average over the exits, by quantity; null while something is open.
  public internal(set) var exitPrice: Price?
  /// Before fees: the sum over the exits (C-05).
  public internal(set) var realizedPnL: Money
  /// Of the entry and the exits.
  public internal(set) var fees: Money
  /// The position was voided: it never happened, and holds nothing.
  public let isVoided: Bool
  /// More was left than was open, which the rules never let into one log: a split of the parent
  /// that flows into a live what-if branch can do it.
  public let isExitedBeyondOpen: Bool
  /// A split of the underlying acted while the option was open. What the exchange made of the
  /// contract is not known until it is exited as adjusted and entered anew.
  public internal(set) var isContractUnadjusted: Bool
  /// What `instrument.dividend` credited (long) or debited (short), in order of time.
  public internal(set) var dividends: [DividendCredit]
  public let provenance: Provenance

  /// Something remains, and it was not voided.
  public var isActive: Bool { !isVoided && !quantity.isZero }
  public var isShort: Bool { type.isShort }
  public var isOption: Bool { type.isOption }
  /// UTC date of the entry.
  public var entryDate: CivilDate { entryTime.date }
  /// When the last of it was left; null while something is open.
  public var exitTime: Instant? { isActive || isVoided ? nil : exits.last?.time }
  /// UTC date of the closing exit; null while something is open.
  public var exitDate: CivilDate? { exitTime?.date }
}

/// One exit of a position, in the units of the time that was asked for.
public struct PositionExit: Hashable, Sendable {
  public let id: ExitID
  public let time: Instant
  /// Shares or contracts, with the sign of the position's quantity.
  public let quantity: Quantity
  /// Currency per share.
  public let price: Price
  /// What the exit cost beside its price.
  public let fees: Money
  public let reason: ExitReason?
  /// Before fees, from the units and prices of its own time: later splits do not change it (C-05).
  public let realizedPnL: Money
  public let provenance: Provenance

  /// UTC date of the exit.
  public var date: CivilDate { time.date }
}

/// What a dividend brought a position; negative for a short one.
public struct DividendCredit: Hashable, Sendable {
  public let amount: Money
  public let stamp: Stamp
}

/// The terms of an option.
public struct ContractTerms: Hashable, Sendable {
  public let underlying: Symbol
  /// Currency per share of the underlying.
  public let strike: ExactDecimal
  /// Last day it can be exercised.
  public let expiration: CivilDate
  public let right: OptionRight

  public init(underlying: Symbol, strike: ExactDecimal, expiration: CivilDate, right: OptionRight) {
    self.underlying = underlying
    self.strike = strike
    self.expiration = expiration
    self.right = right
  }
}
