public import Events
public import ExactNumbers
internal import Records

/// What a position is worth as of a time (C-01 to C-06). What is not known, or out of range for
/// exact arithmetic, is null, never zero; money is in the portfolio's currency.
public struct PositionValue: Hashable, Sendable {
  public let position: PositionID
  public let asOf: Instant
  /// The session it is for: the last one up to `asOf`, or its UTC date where no session is known.
  public let date: CivilDate
  /// Signed, as of this time.
  public let quantity: Quantity
  /// Currency per share. Of an option past its expiry, its intrinsic value at the expiry close.
  public let price: Price?
  public let source: PriceSource
  /// Effective time of the price; of a model's, of the underlying's price.
  public let priceAt: Instant?
  /// What the price was at the end of the session before, in the units of this time.
  public let priorPrice: Price?
  /// `quantity · price · multiplier`, signed.
  public let marketValue: Money?
  /// `quantity · entry price · multiplier`, signed.
  public let costBasis: Money?
  /// `quantity · multiplier · (price − entry price)` (C-04).
  public let unrealizedPnL: Money?
  /// The same as a fraction of the cost: 0.05 is 5 %.
  public let unrealizedFraction: Proportion?
  /// Since the end of the session before, with exits and dividends since, before fees (C-06).
  ///
  /// Null where the prices before and now are one the market's and one a model's: their difference
  /// would be the model's error as much as the day's result. An entry, an exit and the value at the
  /// expiry close are no such change: they say what was paid.
  public let dailyPnL: Money?
  /// Of stock its market value; of an option as if its delta were 1 or −1 (C-03).
  public let notionalExposure: Money?
  /// The price is older than `price.stale_sessions` sessions.
  public let isStale: Bool
  /// The option is past its expiry and no exit says what became of it.
  public let isExpired: Bool

  /// No market said the price: it is the model's (C-01).
  public var isModelPriced: Bool { source == .model }
}

/// A position at a moment, and what happened to it since the session before.
struct Moment {
  var position: PositionID
  var portfolio: PortfolioID
  /// When it was entered.
  var entered: Instant
  var asOf: Instant
  var symbol: Symbol
  var type: PositionType
  var terms: ContractTerms?
  var multiplier: Int64
  var quantity: Quantity
  var entryPrice: Price
  /// It was entered after the session before ended, so its day begins at the entry price.
  var isOpenedToday: Bool
  /// Exits since the session before, in the units of this moment.
  var exits: [(quantity: Quantity, price: Price, realized: Money)]
  /// Dividends since the session before.
  var dividends: [Money]

  var isExpired: Bool {
    guard let terms, !quantity.isZero else { return false }
    return asOf.date > terms.expiration
  }
}

extension Moment {
  /// - Parameters:
  ///   - price: As of the moment, in its units.
  ///   - prior: As of the end of the session before, in the units of the moment.
  ///   - underlying: Of an option's underlying, as of the moment.
  func value(
    date: CivilDate, price: MarketPrice?, prior: MarketPrice?, underlying: MarketPrice?,
    isStale: Bool
  ) -> PositionValue {
    // Nothing held is worth nothing, whatever its price.
    let isEmpty = quantity.isZero
    let cost = try? Money(quantity, at: entryPrice, multiplier: multiplier)
    let unrealized = price.flatMap { price in
      try? Money(quantity, at: price.price - entryPrice, multiplier: multiplier)
    }
    let fraction = unrealized.flatMap { gain in
      cost.flatMap { cost in (try? Proportion(gain, over: cost.magnitude)) ?? nil }
    }
    let market = price.flatMap { try? Money(quantity, at: $0.price, multiplier: multiplier) }
    return PositionValue(
      position: position, asOf: asOf, date: date, quantity: quantity, price: price?.price,
      source: price?.source ?? .missing, priceAt: price?.time, priorPrice: prior?.price,
      marketValue: isEmpty ? .zero : market, costBasis: cost,
      unrealizedPnL: isEmpty ? .zero : unrealized, unrealizedFraction: fraction,
      dailyPnL: try? dailyPnL(price: price, prior: prior),
      notionalExposure: isEmpty ? .zero : notional(market: market, underlying: underlying),
      isStale: isStale, isExpired: isExpired)
  }

  private func dailyPnL(price: MarketPrice?, prior: MarketPrice?) throws -> Money {
    let start = isOpenedToday ? entryPrice : prior?.price
    var total = Money.zero
    for amount in dividends { total = try total + amount }
    for exit in exits {
      if isOpenedToday {
        total = try total + exit.realized
      } else {
        guard let start else { throw Unpriced() }
        total = try total + Money(exit.quantity, at: exit.price - start, multiplier: multiplier)
      }
    }
    guard !quantity.isZero else { return total }
    guard let start, let price else { throw Unpriced() }
    if !isOpenedToday, !isExpired, (price.source == .model) != (prior?.source == .model) {
      throw Unpriced()
    }
    return try total + Money(quantity, at: price.price - start, multiplier: multiplier)
  }

  private func notional(market: Money?, underlying: MarketPrice?) -> Money? {
    guard let right = type.right else { return market }
    guard let underlying,
      let exposure = try? Money(quantity, at: underlying.price, multiplier: multiplier)
    else { return nil }
    return right == .call ? exposure : -exposure
  }
}

/// A price that the day's result needs is not known.
private struct Unpriced: Error {}
