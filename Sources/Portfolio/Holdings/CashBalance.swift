public import Events
public import ExactNumbers
internal import Records

/// A portfolio's cash as of a time, and what it is made of (C-02). All in the portfolio's currency;
/// + came in, − went out.
public struct CashBalance: Hashable, Sendable {
  public let portfolio: PortfolioID
  public let currency: String
  /// By the reason given; a reason without movements is missing.
  public internal(set) var movements: [CashReason: Money] = [:]
  /// What entries cost and exits brought, before fees.
  public internal(set) var trades = Money.zero
  /// What entries and exits cost beside their prices, as a positive number.
  public internal(set) var tradeFees = Money.zero
  /// What `instrument.dividend` credited to holders and debited to shorts.
  public internal(set) var dividends = Money.zero
  public internal(set) var balance = Money.zero
  /// Null where nothing ever moved.
  public internal(set) var provenance: Provenance?

  /// Nothing but trades ever moved cash, so the balance says nothing about what is there.
  public var isUnknown: Bool { movements.isEmpty }
}
