internal import Events
internal import ExactNumbers
internal import Records

extension Market {
  /// As of when a price is looked for: an option's stands still at its expiry.
  static func pricingTime(_ terms: ContractTerms?, asOf: Instant) -> Instant {
    guard let terms, asOf.date > terms.expiration else { return asOf }
    return terms.expiration.end
  }

  /// What an option is worth at its expiry close, in the source and time of its underlying's price.
  static func intrinsic(_ terms: ContractTerms, underlying: MarketPrice?) -> MarketPrice? {
    guard var result = underlying,
      let gain = terms.right == .call
        ? try? result.price - Price(terms.strike) : try? Price(terms.strike) - result.price
    else { return nil }
    result.price = max(.zero, gain)
    return result
  }

  /// The price of what a position holds, as it was traded.
  func tradedPrice(of symbol: Symbol, _ terms: ContractTerms?, asOf: Instant) -> MarketPrice? {
    if let terms, asOf.date > terms.expiration {
      let underlying = price(of: terms.underlying, asOf: terms.expiration.end)
      return Self.intrinsic(terms, underlying: underlying)
    }
    return tradedPrice(of: symbol, asOf: asOf)
  }

  /// The price in the units that a position has at a later time. Neither what an option was worth
  /// at its expiry nor an option that bears its underlying's name is touched by splits of the stock.
  func adjusted(
    _ traded: MarketPrice?, of symbol: Symbol, _ terms: ContractTerms?, asOf: Instant
  ) -> MarketPrice? {
    guard let traded else { return nil }
    if let terms, asOf.date > terms.expiration || terms.underlying == symbol { return traded }
    return adjusted(traded, symbol: symbol, through: asOf)
  }
}
