public import Events
public import ExactNumbers
internal import Records

/// A position on one side of a comparison, in the units of that side.
public struct PositionSide: Hashable, Sendable {
  public let position: Position
  public let value: PositionValue
  /// Ascending.
  public let tags: [TagID]
  /// By name.
  public let attributes: [PositionAttribute]

  init(_ position: Position, in valuation: Valuation) {
    self.position = position
    value = valuation.value(of: position)
    tags = valuation.holdings.tagsByPosition[position.id] ?? []
    attributes = valuation.holdings.attributes[position.id] ?? []
  }

  /// Open, and of unknown worth.
  var isUnpriced: Bool { position.isActive && value.marketValue == nil }
}

/// What differs in a position.
public struct PositionDifference: Hashable, Sendable {
  /// What may differ in a position that is on both sides.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    case symbol
    case type = "position_type"
    /// Symbol, strike and expiration of an option's underlying.
    case terms
    case multiplier
    case entryTime = "entry_time"
    case entryQuantity = "entry_quantity"
    case entryPrice = "entry_price"
    case quantity
    case exits
    case fees
    case dividends
    case realizedPnL = "realized_pnl"
    case marketValue = "market_value"
    case tags
    case attributes
  }

  public let id: PositionID
  public let portfolio: PortfolioID
  /// Null where it was not entered, or was voided; one that was closed is there.
  public let left: PositionSide?
  public let right: PositionSide?
  /// Of a position on both sides; empty for one that is only on one.
  public let fields: [Field]
  /// What is open on each side in the units of the later as-of, signed.
  public let leftQuantity: Quantity
  public let rightQuantity: Quantity
  /// Of what is open, signed.
  public let quantity: Quantity
  /// Null where one of the two is not known.
  public let marketValue: Money?

  /// It is open on a side where its worth is not known.
  public var isUnpriced: Bool { left?.isUnpriced ?? false || right?.isUnpriced ?? false }

  /// - Returns: Null where nothing differs.
  init?(_ left: PositionSide?, _ right: PositionSide?, _ units: CommonUnits) throws(NumberError) {
    guard let some = right ?? left else { return nil }
    id = some.position.id
    portfolio = some.position.portfolio
    self.left = left
    self.right = right
    leftQuantity = try left?.quantity(on: .left, in: units) ?? .zero
    rightQuantity = try right?.quantity(on: .right, in: units) ?? .zero
    quantity = try rightQuantity - leftQuantity
    if let left, let right {
      fields = try Self.fields(left, right, units)
      if fields.isEmpty { return nil }
    } else {
      fields = []
    }
    let isKnown = !(left?.isUnpriced ?? false) && !(right?.isUnpriced ?? false)
    marketValue =
      isKnown
      ? try (right?.value.marketValue ?? .zero) - (left?.value.marketValue ?? .zero) : nil
  }

  private static func fields(
    _ left: PositionSide, _ right: PositionSide, _ units: CommonUnits
  ) throws(NumberError) -> [Field] {
    let (old, new) = (left.position, right.position)
    var fields: [Field] = []
    if old.symbol != new.symbol { fields.append(.symbol) }
    if old.type != new.type { fields.append(.type) }
    if old.terms != new.terms { fields.append(.terms) }
    if old.multiplier != new.multiplier { fields.append(.multiplier) }
    if old.entryTime != new.entryTime { fields.append(.entryTime) }
    let before = units.splits(of: old, on: .left)
    let after = units.splits(of: new, on: .right)
    if try units.rolled(old.entryQuantity, before) != units.rolled(new.entryQuantity, after) {
      fields.append(.entryQuantity)
    }
    if try !units.isSame(old.entryPrice, before, new.entryPrice, after) {
      fields.append(.entryPrice)
    }
    if try units.rolled(old.quantity, before) != units.rolled(new.quantity, after) {
      fields.append(.quantity)
    }
    if old.exits.map(ExitMade.init) != new.exits.map(ExitMade.init) { fields.append(.exits) }
    if old.fees != new.fees { fields.append(.fees) }
    if old.dividends.map(\.amount) != new.dividends.map(\.amount) { fields.append(.dividends) }
    if old.realizedPnL != new.realizedPnL { fields.append(.realizedPnL) }
    if left.value.marketValue != right.value.marketValue { fields.append(.marketValue) }
    if left.tags != right.tags { fields.append(.tags) }
    if left.attributes.map(\.value) != right.attributes.map(\.value)
      || left.attributes.map(\.name) != right.attributes.map(\.name)
    {
      fields.append(.attributes)
    }
    return fields
  }
}

extension PositionSide {
  func quantity(
    on side: CommonUnits.Side, in units: CommonUnits
  ) throws(NumberError) -> Quantity {
    try units.rolled(position.quantity, units.splits(of: position, on: side))
  }
}

/// What of an exit no later split changes.
private struct ExitMade: Equatable {
  let id: ExitID
  let time: Instant
  let fees: Money
  let reason: ExitReason?
  let realizedPnL: Money

  init(_ exit: PositionExit) {
    id = exit.id
    time = exit.time
    fees = exit.fees
    reason = exit.reason
    realizedPnL = exit.realizedPnL
  }
}
