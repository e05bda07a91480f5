public import Events
public import ExactNumbers
internal import Records

/// What a portfolio is worth as of a time (C-02 to C-07), in its currency.
public struct PortfolioValue: Hashable, Sendable {
  public let portfolio: PortfolioID
  public let asOf: Instant
  public let cash: CashBalance
  /// Sum of positive market values.
  public internal(set) var longExposure = Money.zero
  /// Sum of negative market values, so never above zero.
  public internal(set) var shortExposure = Money.zero
  public internal(set) var unrealizedPnL = Money.zero
  public internal(set) var realizedPnL = Money.zero
  /// Of entries and exits.
  public internal(set) var fees = Money.zero
  /// What `instrument.dividend` credited.
  public internal(set) var dividends = Money.zero
  /// Sum of the positions' daily results; null where none is known.
  public internal(set) var positionsDailyPnL: Money?
  /// Open positions.
  public internal(set) var positionCount = 0
  /// Of those, by their type, not by the sign of their exposure.
  public internal(set) var longCount = 0
  public internal(set) var shortCount = 0
  /// Open positions without a price, which no total contains.
  public internal(set) var unpricedCount = 0
  public internal(set) var staleCount = 0
  /// Open positions whose price is a model's; the totals contain them.
  public internal(set) var modelPricedCount = 0

  /// Long less short exposure.
  public func grossExposure() throws(NumberError) -> Money { try longExposure - shortExposure }
  /// Long plus short exposure.
  public func netExposure() throws(NumberError) -> Money { try longExposure + shortExposure }
  /// Cash plus the market values that are known.
  public func netAssetValue() throws(NumberError) -> Money {
    try cash.balance + longExposure + shortExposure
  }
  /// Something has no price, so totals are partial.
  public var isPartial: Bool { unpricedCount > 0 }
}

extension Valuation {
  /// The totals of a portfolio; they add the stored values, so they foot exactly.
  ///
  /// - Throws: ``NumberError`` where a total is out of range for exact arithmetic.
  public func portfolio(_ id: PortfolioID) throws(NumberError) -> PortfolioValue {
    let cash =
      holdings.cash[id]
      ?? CashBalance(portfolio: id, currency: PortfolioDetails.defaultCurrency)
    var total = PortfolioValue(portfolio: id, asOf: holdings.asOf, cash: cash)
    for position in holdings.positions.values where position.portfolio == id {
      try total.add(position, value(of: position))
    }
    return total
  }
}

extension PortfolioValue {
  mutating func add(_ position: Position, _ value: PositionValue) throws(NumberError) {
    realizedPnL = try realizedPnL + position.realizedPnL
    fees = try fees + position.fees
    for credit in position.dividends { dividends = try dividends + credit.amount }
    if let daily = value.dailyPnL { positionsDailyPnL = try (positionsDailyPnL ?? .zero) + daily }
    guard position.isActive else { return }
    positionCount += 1
    if position.isShort { shortCount += 1 } else { longCount += 1 }
    if value.isStale { staleCount += 1 }
    if value.isModelPriced { modelPricedCount += 1 }
    guard let worth = value.marketValue, let gain = value.unrealizedPnL else {
      unpricedCount += 1
      return
    }
    if worth.isNegative {
      shortExposure = try shortExposure + worth
    } else {
      longExposure = try longExposure + worth
    }
    unrealizedPnL = try unrealizedPnL + gain
  }
}
