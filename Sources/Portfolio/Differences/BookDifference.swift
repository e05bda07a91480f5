public import Events
public import ExactNumbers
public import Records

/// In what the right one of two holdings differs from the left one: two branches, two points of one,
/// or both.
///
/// Quantities and prices are in the units of the later of the two as-ofs, so that a split between
/// them is no difference. Deltas are right less left. Money is in each portfolio's currency; a
/// portfolio whose currency differs has no deltas in money.
public struct BookDifference: Hashable, Sendable {
  public let left: Point
  public let right: Point
  /// Those that differ in any way, ascending by id.
  public let portfolios: [PortfolioDifference]
  /// Those that differ, ascending by portfolio and id.
  public let positions: [PositionDifference]
  /// The fewest trades that turn the left into the right.
  public let trades: TradeList

  /// Where one side stands on the two clocks.
  public struct Point: Hashable, Sendable {
    public let asOf: Instant
    public let knownAt: EventSequence
  }

  /// Nothing differs.
  public var isEmpty: Bool { portfolios.isEmpty && positions.isEmpty }

  /// - Parameters:
  ///   - left: Values the one side. Both sides should price what has no quote alike.
  ///   - right: Values the other side; trades take its prices.
  ///   - touched: The positions that may differ, where the caller knows them: no other is looked at.
  ///     Cash is taken from the holdings as they are, so those resolved in part have to be resolved
  ///     for the same things: ``BookState/resolve(asOf:only:)``.
  /// - Throws: ``NumberError`` where a sum is out of range for exact arithmetic.
  public init(
    from left: Valuation, to right: Valuation, touched: Set<PositionID>? = nil
  ) throws(NumberError) {
    let (old, new) = (left.holdings, right.holdings)
    self.left = Point(asOf: old.asOf, knownAt: old.knownAt)
    self.right = Point(asOf: new.asOf, knownAt: new.knownAt)
    let units = CommonUnits(old, new)
    var positions: [PositionDifference] = []
    for id in touched ?? Set(old.positions.keys).union(new.positions.keys) {
      let before = old.positions[id].map { PositionSide($0, in: left) }
      let after = new.positions[id].map { PositionSide($0, in: right) }
      for (one, other) in Self.pairs(before, after) {
        if let difference = try PositionDifference(one, other, units) {
          positions.append(difference)
        }
      }
    }
    positions.sort { ($0.portfolio, $0.id) < ($1.portfolio, $1.id) }
    let grouped = Dictionary(grouping: positions, by: \.portfolio)
    var portfolios: [PortfolioDifference] = []
    for id in Set(old.portfolios.keys).union(new.portfolios.keys).union(grouped.keys).sorted() {
      let difference = try PortfolioDifference(id, old, new, positions: grouped[id] ?? [])
      if let difference { portfolios.append(difference) }
    }
    trades = try TradeList(positions, portfolios, pricedBy: right, units)
    self.portfolios = portfolios
    self.positions = positions
  }

  /// One id that two branches gave to positions of different portfolios is two positions.
  private static func pairs(
    _ left: PositionSide?, _ right: PositionSide?
  ) -> [(PositionSide?, PositionSide?)] {
    guard let left, let right, left.position.portfolio != right.position.portfolio else {
      return [(left, right)]
    }
    return [(left, nil), (nil, right)]
  }
}

/// What differs in a portfolio.
public struct PortfolioDifference: Hashable, Sendable {
  /// What of a portfolio may differ beside its cash and positions.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    case name, owner, currency, benchmark, description, closed
  }

  public let portfolio: PortfolioID
  /// Null where it is not known on that side.
  public let left: PortfolioDetails?
  public let right: PortfolioDetails?
  /// Of a portfolio that is on both sides.
  public let fields: [Field]
  /// The right one's, or else the left one's.
  public let currency: String
  /// Null where the currencies differ, as are the others.
  public let cash: Money?
  /// Of the values that are known.
  public let marketValue: Money?
  /// Of cash and of the values that are known.
  public let netAssetValue: Money?
  public let realizedPnL: Money?
  /// How many of its positions differ.
  public let positionCount: Int
  /// How many of these have no value on a side where they are open, so that totals are partial.
  public let unpricedCount: Int

  init?(
    _ id: PortfolioID, _ left: Holdings, _ right: Holdings, positions: [PositionDifference]
  ) throws(NumberError) {
    portfolio = id
    self.left = left.portfolios[id]
    self.right = right.portfolios[id]
    fields = Self.fields(left.portfolios[id], right.portfolios[id])
    let (before, after) = (left.cash[id], right.cash[id])
    currency =
      right.portfolios[id]?.currency ?? left.portfolios[id]?.currency
      ?? PortfolioDetails.defaultCurrency
    positionCount = positions.count
    unpricedCount = positions.count(where: \.isUnpriced)
    if let before, let after, before.currency != after.currency {
      cash = nil
      marketValue = nil
      netAssetValue = nil
      realizedPnL = nil
      return
    }
    let moved = try (after?.balance ?? .zero) - (before?.balance ?? .zero)
    var (market, realized) = (Money.zero, Money.zero)
    for position in positions {
      market = try market + (position.right?.value.marketValue ?? .zero)
      market = try market - (position.left?.value.marketValue ?? .zero)
      realized = try realized + (position.right?.position.realizedPnL ?? .zero)
      realized = try realized - (position.left?.position.realizedPnL ?? .zero)
    }
    cash = moved
    marketValue = market
    netAssetValue = try moved + market
    realizedPnL = realized
    let isOnBoth = (self.left == nil) == (self.right == nil)
    if positions.isEmpty, moved.isZero, fields.isEmpty, isOnBoth { return nil }
  }

  private static func fields(_ left: PortfolioDetails?, _ right: PortfolioDetails?) -> [Field] {
    guard let left, let right else { return [] }
    return Field.allCases.filter { field in
      switch field {
      case .name: left.name != right.name
      case .owner: left.owner != right.owner
      case .currency: left.currency != right.currency
      case .benchmark: left.benchmark != right.benchmark
      case .description: left.description != right.description
      case .closed: left.closedAt != right.closedAt
      }
    }
  }
}
