public import Records

/// What a strategy group does.
public enum StrategyType: String, PayloadEnumeration, Sendable {
  case pairsTrade = "pairs_trade", callSpread = "call_spread", putSpread = "put_spread", butterfly,
    ironCondor = "iron_condor", collar, coveredCall = "covered_call", boxSpread = "box_spread",
    straddle, strangle, basket, custom
}

/// A strategy group exists from here on.
public struct StrategyCreated: EventPayload {
  public var group: StrategyID
  public var portfolio: PortfolioID
  public var name: String
  public var strategyType: StrategyType?
  public var description: String?
  public var unknownFields: JSONValue?

  public init(
    group: StrategyID, portfolio: PortfolioID, name: String, strategyType: StrategyType? = nil,
    description: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.group = group
    self.portfolio = portfolio
    self.name = name
    self.strategyType = strategyType
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension StrategyCreated {
  public static let kind = KindDeclaration(
    100, "strategy.created", "a strategy group exists from here on", portfolio: 2)

  public static let blank = Self(group: .blank, portfolio: .blank, name: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "group", \.group, "id of the strategy group"),
    .required(2, "portfolio", \.portfolio, "whose strategy it is"),
    .required(3, "name", \.name, "what it is called", .characters(1...100)),
    .optional(4, "strategy_type", \.strategyType, "what it does"),
    .optional(5, "description", \.description, "in words", .characters(0...1000)),
  ]
}

/// Fields of a strategy group change. What is null stays as it is.
public struct StrategyChanged: EventPayload {
  public var group: StrategyID
  public var name: String?
  public var strategyType: Change<StrategyType>?
  public var description: Change<String>?
  public var unknownFields: JSONValue?

  public init(
    group: StrategyID, name: String? = nil, strategyType: Change<StrategyType>? = nil,
    description: Change<String>? = nil, unknownFields: JSONValue? = nil
  ) {
    self.group = group
    self.name = name
    self.strategyType = strategyType
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension StrategyChanged {
  public static let kind = KindDeclaration(
    101, "strategy.changed", "fields of a strategy group change")

  public static let blank = Self(group: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "group", \.group, "the strategy group"),
    .optional(3, "name", \.name, "the new name", .characters(1...100)),
    .clearable(4, "strategy_type", \.strategyType, "what it does from here on"),
    .clearable(5, "description", \.description, "the new description", .characters(0...1000)),
  ]
}

/// A strategy group is used no more.
public struct StrategyRetired: EventPayload {
  public var group: StrategyID
  public var unknownFields: JSONValue?

  public init(group: StrategyID, unknownFields: JSONValue? = nil) {
    self.group = group
    self.unknownFields = unknownFields
  }
}

extension StrategyRetired {
  public static let kind = KindDeclaration(
    102, "strategy.retired", "a strategy group is used no more")

  public static let blank = Self(group: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "group", \.group, "the strategy group")
  ]
}

/// A position becomes a leg of a strategy group.
public struct StrategyJoined: EventPayload {
  public var group: StrategyID
  public var position: PositionID
  public var leg: Int64?
  public var role: String?
  public var unknownFields: JSONValue?

  public init(
    group: StrategyID, position: PositionID, leg: Int64? = nil, role: String? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.group = group
    self.position = position
    self.leg = leg
    self.role = role
    self.unknownFields = unknownFields
  }
}

extension StrategyJoined {
  public static let kind = KindDeclaration(
    103, "strategy.joined", "a position becomes a leg of a strategy group")

  public static let blank = Self(group: .blank, position: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "group", \.group, "the strategy group"),
    .required(2, "position", \.position, "the position"),
    .optional(3, "leg", \.leg, "number of the leg", .notNegative),
    .optional(4, "role", \.role, "what the leg does", .characters(1...100)),
  ]
}

/// A position is no leg of a strategy group any more.
public struct StrategyLeft: EventPayload {
  public var group: StrategyID
  public var position: PositionID
  public var unknownFields: JSONValue?

  public init(group: StrategyID, position: PositionID, unknownFields: JSONValue? = nil) {
    self.group = group
    self.position = position
    self.unknownFields = unknownFields
  }
}

extension StrategyLeft {
  public static let kind = KindDeclaration(
    104, "strategy.left", "a position is no leg of a strategy group any more")

  public static let blank = Self(group: .blank, position: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "group", \.group, "the strategy group"),
    .required(2, "position", \.position, "the position"),
  ]
}
