public import ExactNumbers
public import Records

/// Why cash moved.
public enum CashReason: String, PayloadEnumeration, Sendable {
  case deposit, withdrawal, dividend, fee, interest, adjustment
}

/// Cash came in or went out, apart from trades and from what `instrument.dividend` credits.
public struct CashMoved: EventPayload {
  public var portfolio: PortfolioID
  public var amount: ExactDecimal
  public var reason: CashReason
  public var movement: MovementID?
  public var unknownFields: JSONValue?

  public init(
    portfolio: PortfolioID, amount: ExactDecimal, reason: CashReason, movement: MovementID? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.portfolio = portfolio
    self.amount = amount
    self.reason = reason
    self.movement = movement
    self.unknownFields = unknownFields
  }
}

extension CashMoved {
  public static let kind = KindDeclaration(
    30, "cash.moved", "cash came in or went out", portfolio: 1)

  public static let blank = Self(portfolio: .blank, amount: .blank, reason: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "portfolio", \.portfolio, "the portfolio"),
    .required(2, "amount", \.amount, "+ in, - out", unit: "the portfolio's currency"),
    .required(3, "reason", \.reason, "why it moved"),
    .optional(4, "movement", \.movement, "id of the movement; the event's id where not given"),
  ]
}
