public import Events
public import ExactNumbers
internal import Records

/// The fewest trades that turn one book into another: at most one a portfolio, contract and
/// direction, none where the positions of one balance.
public struct TradeList: Hashable, Sendable {
  /// Ascending by portfolio, symbol and type, exits before entries.
  public let trades: [Trade]
  /// What remains between the trades and the difference of cash, ascending by portfolio.
  public let settlements: [CashSettlement]
}

/// One trade, in the units of the later of the two as-ofs.
public struct Trade: Hashable, Sendable {
  public enum Action: String, Hashable, Sendable {
    /// Buys long, sells short.
    case enter
    /// Sells long, buys short back.
    case exit
  }

  /// What of a trade is about one position.
  public struct Lot: Hashable, Sendable {
    /// Of an exit, the left's position to reduce. Of an entry, the right's position that is more:
    /// where the left has that id already, more of it is another position.
    public let position: PositionID
    /// The left has a position of this id, open or closed.
    public let isOnLeft: Bool
    /// Above zero.
    public let quantity: Quantity
  }

  public let portfolio: PortfolioID
  public let symbol: Symbol
  public let type: PositionType
  public let terms: ContractTerms?
  public let multiplier: Int64
  public let action: Action
  /// Above zero; the sum of the lots.
  public let quantity: Quantity
  /// The largest first.
  public let lots: [Lot]
  /// The right's price in force, currency per share; null where none is known.
  public let price: Price?
  /// What the trade does to cash: negative where it costs. Null without a price.
  public let cash: Money?
}

/// A portfolio's cash beside its trades.
public struct CashSettlement: Hashable, Sendable {
  public let portfolio: PortfolioID
  public let currency: String
  /// What the trades do to cash; null where a price is not known.
  public let trades: Money?
  /// What has to move beside so that cash agrees; null where that is not known.
  public let movement: Money?
}

extension TradeList {
  init(
    _ positions: [PositionDifference], _ portfolios: [PortfolioDifference],
    pricedBy right: Valuation, _ units: CommonUnits
  ) throws(NumberError) {
    var nets: [Contract: Net] = [:]
    for difference in positions {
      if let side = difference.left {
        let open = side.position.unsigned(difference.leftQuantity)
        nets[Contract(side.position), default: Net()].add(side.position, -open, isOnLeft: true)
      }
      if let side = difference.right {
        let open = side.position.unsigned(difference.rightQuantity)
        nets[Contract(side.position), default: Net()].add(
          side.position, open, isOnLeft: difference.left != nil)
      }
    }
    var trades: [Trade] = []
    for (contract, net) in nets.sorted(by: { $0.key < $1.key }) {
      if let trade = try net.trade(contract, pricedBy: right, units) { trades.append(trade) }
    }
    self.trades = trades
    let grouped = Dictionary(grouping: trades, by: \.portfolio)
    var settlements: [CashSettlement] = []
    for portfolio in portfolios {
      let settlement = try CashSettlement(portfolio, grouped[portfolio.portfolio] ?? [])
      if let settlement { settlements.append(settlement) }
    }
    self.settlements = settlements
  }
}

extension CashSettlement {
  /// - Returns: Null where there is no trade and cash agrees.
  fileprivate init?(_ difference: PortfolioDifference, _ trades: [Trade]) throws(NumberError) {
    if trades.isEmpty, difference.cash?.isZero ?? false { return nil }
    portfolio = difference.portfolio
    currency = difference.currency
    var sum: Money? = .zero
    for trade in trades {
      if let known = sum, let cash = trade.cash { sum = try known + cash } else { sum = nil }
    }
    self.trades = sum
    if let sum, let cash = difference.cash { movement = try cash - sum } else { movement = nil }
  }
}

/// What one unit of is as good as another, in one portfolio and direction.
private struct Contract: Hashable, Comparable {
  let portfolio: PortfolioID
  let symbol: Symbol
  let type: PositionType
  let multiplier: Int64
  let terms: ContractTerms?

  init(_ position: Position) {
    portfolio = position.portfolio
    symbol = position.symbol
    type = position.type
    multiplier = position.multiplier
    terms = position.terms
  }

  static func < (left: Self, right: Self) -> Bool {
    if left.portfolio != right.portfolio { return left.portfolio < right.portfolio }
    if left.symbol != right.symbol { return left.symbol < right.symbol }
    if left.type != right.type { return left.type.rawValue < right.type.rawValue }
    if left.multiplier != right.multiplier { return left.multiplier < right.multiplier }
    // What the symbol does not tell apart: terms given by entries of their own.
    return left.named < right.named
  }

  private var named: String {
    terms.map { "\($0.underlying) \($0.expiration) \($0.strike) \($0.right)" } ?? ""
  }
}

/// By how much the positions of one contract differ, each and together.
private struct Net {
  private var parts: [(Position, Quantity, Bool)] = []

  mutating func add(_ position: Position, _ quantity: Quantity, isOnLeft: Bool) {
    parts.append((position, quantity, isOnLeft))
  }

  func trade(
    _ contract: Contract, pricedBy right: Valuation, _ units: CommonUnits
  ) throws(NumberError) -> Trade? {
    var total = Quantity.zero
    var changes: [PositionID: (quantity: Quantity, isOnLeft: Bool)] = [:]
    for (position, quantity, isOnLeft) in parts {
      let change = changes[position.id]?.quantity ?? .zero
      changes[position.id] = (try change + quantity, isOnLeft)
      total = try total + quantity
    }
    guard !total.isZero, let holder = parts.first?.0 else { return nil }
    // The positions that change in the direction of the whole change by no less than the whole.
    let moving = changes.filter { $0.value.quantity.isNegative == total.isNegative }
      .sorted {
        let (one, other) = ($0.value.quantity.magnitude, $1.value.quantity.magnitude)
        return one != other ? one > other : $0.key < $1.key
      }
    var rest = total.magnitude
    var lots: [Trade.Lot] = []
    for (id, change) in moving where !rest.isZero && !change.quantity.isZero {
      let quantity = min(rest, change.quantity.magnitude)
      rest = try rest - quantity
      lots.append(Trade.Lot(position: id, isOnLeft: change.isOnLeft, quantity: quantity))
    }
    let price = try right.value(of: holder).price.map { price throws(NumberError) in
      try units.rolled(price, units.splits(of: holder, on: .right))
    }
    let action: Trade.Action = total.isNegative ? .exit : .enter
    let isBought = (action == .enter) != contract.type.isShort
    let cash = try price.map { price throws(NumberError) in
      let amount = try Money(total.magnitude, at: price, multiplier: contract.multiplier)
      return isBought ? -amount : amount
    }
    return Trade(
      portfolio: contract.portfolio, symbol: contract.symbol, type: contract.type,
      terms: contract.terms, multiplier: contract.multiplier, action: action,
      quantity: total.magnitude, lots: lots, price: price, cash: cash)
  }
}

extension Position {
  /// The quantity as a positive number of the position's type.
  fileprivate func unsigned(_ quantity: Quantity) -> Quantity { isShort ? -quantity : quantity }
}
