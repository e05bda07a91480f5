import ExactNumbers

/// The Black–Scholes–Merton price of a European option without yield, for generated quotes.
///
/// Source: Black and Scholes (1973), equation 13, and put-call parity.
enum OptionPricer {
  /// - Parameters:
  ///   - years: To expiry, of 365 days. At zero the price is the intrinsic value.
  ///   - volatility: Annual, as a fraction.
  ///   - rate: Annual and continuous, as a fraction.
  /// - Returns: Per share of the underlying.
  static func price(
    isCall: Bool, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> Double {
    guard years > 0 else { return max(0, isCall ? spot - strike : strike - spot) }
    let deviation = volatility * years.squareRoot()
    let first =
      (Elementary.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / deviation
    let discounted = strike * Elementary.exp(-rate * years)
    let call =
      spot * Elementary.normalDistribution(first)
      - discounted * Elementary.normalDistribution(first - deviation)
    return isCall ? call : call - spot + discounted
  }
}
