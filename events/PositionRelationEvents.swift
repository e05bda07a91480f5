public import ExactNumbers
public import Records

/// How one position stands to another.
public enum Relation: String, PayloadEnumeration, Sendable {
  case hedges, pairsWith = "pairs_with", legOf = "leg_of", covers, rolledFrom = "rolled_from",
    replaces
}

/// One position stands to another.
public struct PositionRelated: EventPayload {
  public var position: PositionID
  public var other: PositionID
  public var relation: Relation
  public var ratio: ExactDecimal?
  public var note: String?
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, other: PositionID, relation: Relation, ratio: ExactDecimal? = nil,
    note: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.other = other
    self.relation = relation
    self.ratio = ratio
    self.note = note
    self.unknownFields = unknownFields
  }
}

extension PositionRelated {
  public static let kind = KindDeclaration(64, "position.related", "one position stands to another")

  public static let blank = Self(position: .blank, other: .blank, relation: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .required(2, "other", \.other, "the other position"),
    .required(3, "relation", \.relation, "how the first stands to the other"),
    .optional(4, "ratio", \.ratio, "hedge ratio", unit: "units of the other per unit", .positive),
    .optional(5, "note", \.note, "in words", .characters(0...1000)),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("other", expects: "another position") { payload in
      payload.other == payload.position ? "\"\(shortened(payload.other.rawValue))\" itself" : nil
    }
  ]
}

/// One position no longer stands to another.
public struct PositionUnrelated: EventPayload {
  public var position: PositionID
  public var other: PositionID
  public var relation: Relation
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, other: PositionID, relation: Relation, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.other = other
    self.relation = relation
    self.unknownFields = unknownFields
  }
}

extension PositionUnrelated {
  public static let kind = KindDeclaration(
    65, "position.unrelated", "one position no longer stands to another")

  public static let blank = Self(position: .blank, other: .blank, relation: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .required(2, "other", \.other, "the other position"),
    .required(3, "relation", \.relation, "how the first stood to the other"),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("other", expects: "another position") { payload in
      payload.other == payload.position ? "\"\(shortened(payload.other.rawValue))\" itself" : nil
    }
  ]
}

/// A position is given an attribute of a name, or with null loses it.
public struct PositionAttributed: EventPayload {
  public var position: PositionID
  public var name: String
  public var value: JSONValue
  public var unknownFields: JSONValue?

  public init(
    position: PositionID, name: String, value: JSONValue, unknownFields: JSONValue? = nil
  ) {
    self.position = position
    self.name = name
    self.value = value
    self.unknownFields = unknownFields
  }
}

extension PositionAttributed {
  public static let kind = KindDeclaration(
    66, "position.attributed", "a position is given an attribute")

  public static let blank = Self(position: .blank, name: .blank, value: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .required(2, "name", \.name, "name of the attribute", .characters(1...64)),
    .requiredNullable(3, "value", \.value, "its value; null clears it", .textNumberOrNull),
  ]
}
