internal import Events
internal import ExactNumbers
internal import Records

/// The units in which two holdings are compared: those of the later as-of, which knows the splits
/// since the earlier one.
struct CommonUnits: Sendable {
  private let later: Market
  private let start: Instant
  private let end: Instant
  /// The left one is the earlier: its numbers are carried on.
  private let isLeftEarlier: Bool

  init(_ left: Holdings, _ right: Holdings) {
    isLeftEarlier = left.asOf <= right.asOf
    later = isLeftEarlier ? right.market : left.market
    start = min(left.asOf, right.asOf)
    end = max(left.asOf, right.asOf)
  }

  enum Side { case left, right }

  /// The splits between the as-ofs that act on what a position of a side holds, as
  /// ``BookState/splits(actingOn:_:)`` says.
  func splits(of position: Position, on side: Side) -> [Split] {
    guard start < end, (side == .left) == isLeftEarlier,
      position.terms?.underlying != position.symbol
    else { return [] }
    return later.splits(of: position.symbol).filter {
      $0.stamp.effective > start && $0.stamp.effective <= end && $0.ratio != .one
    }
  }

  /// Rolled forward through splits, rounded at each, as a position is.
  func rolled(_ quantity: Quantity, _ splits: [Split]) throws(NumberError) -> Quantity {
    var quantity = quantity
    for split in splits { quantity = try quantity.multiplied(by: split.ratio) }
    return quantity
  }

  func rolled(_ price: Price, _ splits: [Split]) throws(NumberError) -> Price {
    guard !splits.isEmpty else { return price }
    return try price.multiplied(by: growth(splits).inverse)
  }

  /// Whether two prices are one before splits: each was rounded once in its own units, the earlier
  /// one once more here.
  func isSame(
    _ left: Price, _ leftSplits: [Split], _ right: Price, _ rightSplits: [Split]
  ) throws(NumberError) -> Bool {
    if leftSplits.isEmpty, rightSplits.isEmpty { return left == right }
    let distance = try (rolled(left, leftSplits) - rolled(right, rightSplits)).magnitude
    let step = try Price(units: 1).multiplied(by: growth(leftSplits + rightSplits).inverse)
    return try distance <= step + Price(units: 1)
  }

  private func growth(_ splits: [Split]) throws(NumberError) -> Ratio {
    var product = Ratio.one
    for split in splits { product = try product * split.ratio }
    return product
  }
}
