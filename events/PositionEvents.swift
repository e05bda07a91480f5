public import ExactNumbers
public import Records

/// Long or short stock, long or short call, long or short put.
public enum PositionType: String, PayloadEnumeration, Sendable {
  case long = "LONG", short = "SHORT", longCall = "LC", longPut = "LP", shortCall = "SC",
    shortPut = "SP"
}

/// How a position was left.
public enum ExitReason: String, PayloadEnumeration, Sendable {
  case sold, expired, exercised, assigned, adjusted
}

/// A position is entered. Its id is entered once; more of the same is another position.
public struct PositionEntered: EventPayload {
  public var position: PositionID
  public var portfolio: PortfolioID
  public var symbol: Symbol
  public var positionType: PositionType
  public var quantity: ExactDecimal
  public var entryPrice: ExactDecimal
  public var underlying: Symbol?
  public var strike: ExactDecimal?
  public var expiration: CivilDate?
  public var multiplier: Int64?
  public var fees: ExactDecimal?
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, portfolio: PortfolioID, symbol: Symbol, positionType: PositionType,
    quantity: ExactDecimal, entryPrice: ExactDecimal, underlying: Symbol? = nil,
    strike: ExactDecimal? = nil, expiration: CivilDate? = nil, multiplier: Int64? = nil,
    fees: ExactDecimal? = nil, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.portfolio = portfolio
    self.symbol = symbol
    self.positionType = positionType
    self.quantity = quantity
    self.entryPrice = entryPrice
    self.underlying = underlying
    self.strike = strike
    self.expiration = expiration
    self.multiplier = multiplier
    self.fees = fees
    self.unknownFields = unknownFields
  }
}

extension PositionEntered {
  public static let kind = KindDeclaration(
    60, "position.entered", "a position is entered", portfolio: 2, symbol: 3)

  public static let blank = Self(
    position: .blank, portfolio: .blank, symbol: .blank, positionType: .blank, quantity: .blank,
    entryPrice: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "id of the position"),
    .required(2, "portfolio", \.portfolio, "whose position it is"),
    .required(3, "symbol", \.symbol, "what is held"),
    .required(4, "position_type", \.positionType, "gives the direction"),
    .required(5, "quantity", \.quantity, "how much", unit: "shares or contracts", .positive),
    .required(
      6, "entry_price", \.entryPrice,
      "what one share cost; of an option, per share of the underlying",
      unit: "currency per share", .positive),
    .optional(7, "underlying", \.underlying, "what an option is on", .characters(1...10)),
    .optional(
      8, "strike", \.strike,
      "price at which an option exercises", unit: "currency per share", .positive),
    .optional(9, "expiration", \.expiration, "last day of an option"),
    .optional(
      10, "multiplier", \.multiplier,
      "what one unit stands for; 100 for options, else 1, where not given",
      unit: "shares per unit", .positive),
    .optional(
      11, "fees", \.fees,
      "what the entry cost beside its price; a rebate is negative",
      unit: "the portfolio's currency"),
  ]

  public static let rules: [PayloadRule<Self>] = OptionTerms.entryRules
}

/// A position is left, wholly or in part. A quantity that is not given is all that is open at the
/// effective time: it is worked out when the event is appended and written into it.
public struct PositionExited: CompletablePayload {
  public var position: PositionID
  public var quantity: ExactDecimal?
  public var exitPrice: ExactDecimal
  public var exit: ExitID?
  public var reason: ExitReason?
  public var fees: ExactDecimal?
  public var completed: FieldSet?
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, exitPrice: ExactDecimal, quantity: ExactDecimal? = nil,
    exit: ExitID? = nil, reason: ExitReason? = nil, fees: ExactDecimal? = nil,
    completed: FieldSet? = nil, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.quantity = quantity
    self.exitPrice = exitPrice
    self.exit = exit
    self.reason = reason
    self.fees = fees
    self.completed = completed
    self.unknownFields = unknownFields
  }
}

extension PositionExited {
  public static let kind = KindDeclaration(
    61, "position.exited", "a position is left, wholly or in part")

  public static let blank = Self(position: .blank, exitPrice: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .optional(
      2, "quantity", \.quantity,
      "how much; all that is open where not given", unit: "shares or contracts", .positive),
    .required(
      3, "exit_price", \.exitPrice,
      "what one share brought; of an option, per share of the underlying",
      unit: "currency per share", .notNegative),
    .optional(4, "exit", \.exit, "id of the exit; the event's id where not given"),
    .optional(5, "reason", \.reason, "how it was left"),
    .optional(
      6, "fees", \.fees,
      "what the exit cost beside its price; a rebate is negative",
      unit: "the portfolio's currency"),
    .hidden(7, "completed", \.completed, "the fields the ledger worked out"),
  ]
}

/// An entry, or the named exit, is restated from its beginning. It acts on the known-at clock only.
/// When it is appended it is completed to the whole restated fact.
public struct PositionCorrected: CompletablePayload {
  public var position: PositionID
  public var exit: ExitID?
  public var quantity: ExactDecimal?
  public var entryPrice: ExactDecimal?
  public var exitPrice: ExactDecimal?
  public var entryTime: Instant?
  public var exitTime: Instant?
  public var symbol: Symbol?
  public var positionType: PositionType?
  public var fees: ExactDecimal?
  public var reason: String
  public var completed: FieldSet?
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, reason: String, exit: ExitID? = nil, quantity: ExactDecimal? = nil,
    entryPrice: ExactDecimal? = nil, exitPrice: ExactDecimal? = nil, entryTime: Instant? = nil,
    exitTime: Instant? = nil, symbol: Symbol? = nil, positionType: PositionType? = nil,
    fees: ExactDecimal? = nil, completed: FieldSet? = nil, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.exit = exit
    self.quantity = quantity
    self.entryPrice = entryPrice
    self.exitPrice = exitPrice
    self.entryTime = entryTime
    self.exitTime = exitTime
    self.symbol = symbol
    self.positionType = positionType
    self.fees = fees
    self.reason = reason
    self.completed = completed
    self.unknownFields = unknownFields
  }
}

extension PositionCorrected {
  public static let kind = KindDeclaration(
    62, "position.corrected", "an entry, or one exit, is restated from its beginning", symbol: 8)

  public static let blank = Self(position: .blank, reason: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .optional(2, "exit", \.exit, "the exit that is restated; the entry where not given"),
    .optional(
      3, "quantity", \.quantity, "how much it really was", unit: "shares or contracts", .positive),
    .optional(
      4, "entry_price", \.entryPrice,
      "what one share really cost", unit: "currency per share", .positive),
    .optional(
      5, "exit_price", \.exitPrice,
      "what one share really brought", unit: "currency per share", .notNegative),
    .optional(6, "entry_time", \.entryTime, "when it was really entered"),
    .optional(7, "exit_time", \.exitTime, "when it was really left"),
    .optional(8, "symbol", \.symbol, "what was really held"),
    .optional(9, "position_type", \.positionType, "the real direction"),
    .optional(
      10, "fees", \.fees, "what it really cost beside its price", unit: "the portfolio's currency"),
    .required(11, "reason", \.reason, "why it is corrected", .characters(1...1000)),
    .hidden(12, "completed", \.completed, "the fields the ledger completed"),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("position", expects: "at least one field to correct") { payload in
      let isGiven =
        payload.quantity != nil || payload.entryPrice != nil || payload.exitPrice != nil
        || payload.entryTime != nil || payload.exitTime != nil || payload.symbol != nil
        || payload.positionType != nil || payload.fees != nil
      return isGiven ? nil : "none"
    },
    PayloadRule("exit", expects: "the exit whose price or time is corrected") { payload in
      guard payload.exit == nil else { return nil }
      return payload.exitPrice != nil ? "exit_price" : payload.exitTime != nil ? "exit_time" : nil
    },
    PayloadRule("exit", expects: "an exit has quantity, exit_price, exit_time and fees only") {
      payload in
      guard payload.exit != nil else { return nil }
      if payload.entryPrice != nil { return "entry_price" }
      if payload.entryTime != nil { return "entry_time" }
      if payload.symbol != nil { return "symbol" }
      return payload.positionType != nil ? "position_type" : nil
    },
  ]
}

/// An entry with its exits, or one exit, never happened. It acts on the known-at clock only.
public struct PositionVoided: EventPayload {
  public var position: PositionID
  public var exit: ExitID?
  public var reason: String
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, reason: String, exit: ExitID? = nil, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.exit = exit
    self.reason = reason
    self.unknownFields = unknownFields
  }
}

extension PositionVoided {
  public static let kind = KindDeclaration(
    63, "position.voided", "an entry with its exits, or one exit, never happened")

  public static let blank = Self(position: .blank, reason: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .optional(
      2, "exit", \.exit, "the exit that never happened; the entry with its exits where not given"),
    .required(3, "reason", \.reason, "why it is voided", .characters(1...1000)),
  ]
}
