public import Events
public import ExactNumbers
public import Records

/// From when to when a position bore a tag. Null: until now.
public struct TagSpan: Hashable, Sendable {
  public let position: PositionID
  public let tag: TagID
  public let from: Instant
  public let to: Instant?
  public let provenance: Provenance
}

/// A named attribute of a position.
public struct PositionAttribute: Hashable, Sendable {
  public let position: PositionID
  public let name: String
  /// A text or a number.
  public let value: JSONValue
  /// `created` is when the name was first given a value, whatever it was.
  public let provenance: Provenance
}

/// How one position stands to another.
public struct Relationship: Hashable, Sendable {
  /// Of `pairs_with`, which is symmetric, the smaller id.
  public let position: PositionID
  public let other: PositionID
  public let relation: Relation
  /// Hedge ratio, units of the other per unit.
  public let ratio: ExactDecimal?
  public let note: String?
  public let from: Instant
  /// Null while it holds.
  public let to: Instant?
  public let provenance: Provenance
}

/// A position's place in a strategy group.
public struct StrategyMember: Hashable, Sendable {
  public let position: PositionID
  public let leg: StrategyLeg
  public let provenance: Provenance
}
