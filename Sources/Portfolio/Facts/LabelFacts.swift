internal import Events
public import ExactNumbers
internal import Records

/// What hangs on a position beside its entry and exits. Null takes away.
struct LabelFacts: Hashable, Sendable {
  var tags = Registers<TagID, Bool>()
  var attributes = Registers<String, JSONValue?>()
  var strategies = Registers<StrategyID, StrategyLeg?>()
  /// Under the position a relation starts from; of a symmetric one, the smaller id.
  var relations = Registers<RelationKey, RelationDetails?>()

  var isEmpty: Bool {
    tags.entries.isEmpty && attributes.entries.isEmpty && strategies.entries.isEmpty
      && relations.entries.isEmpty
  }

  mutating func merge(_ other: Self) {
    tags.merge(other.tags)
    attributes.merge(other.attributes)
    strategies.merge(other.strategies)
    relations.merge(other.relations)
  }
}

/// A position's place in a strategy group.
public struct StrategyLeg: Hashable, Sendable {
  public let leg: Int64?
  public let role: String?
}

struct RelationKey: Hashable, Comparable, Sendable {
  let other: PositionID
  let relation: Relation

  static func < (left: Self, right: Self) -> Bool {
    (left.other, left.relation.rawValue) < (right.other, right.relation.rawValue)
  }

  /// The end under which a relation is kept, and its key there. `pairs_with` says the same in both
  /// directions, so it starts from the smaller id.
  static func placed(
    _ position: PositionID, _ other: PositionID, _ relation: Relation
  )
    -> (start: PositionID, key: RelationKey)
  {
    let isTurned = relation == .pairsWith && other < position
    return isTurned
      ? (other, RelationKey(other: position, relation: relation))
      : (position, RelationKey(other: other, relation: relation))
  }
}

/// What a relation says beside its ends.
public struct RelationDetails: Hashable, Sendable {
  /// Units of the other per unit.
  public let ratio: ExactDecimal?
  public let note: String?
}
