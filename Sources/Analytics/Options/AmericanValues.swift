/// The value of an option that can be exercised on any day, and its Greeks in raw units: per 1.00 of
/// what is moved, per year.
public struct AmericanValues: Hashable, Sendable {
  /// Currency, for one unit of the underlying.
  public var price: Double
  /// Change of the price per 1.00 of spot.
  public var delta: Double?
  /// Change of delta per 1.00 of spot.
  public var gamma: Double?
  /// Change of the price per 1.00 of volatility.
  public var vega: Double?
  /// Change of the price as a year passes, at the speed of this moment; never positive.
  public var theta: Double?
  /// Change of the price per 1.00 of the rate. nil at rate 0, where it is one-sided.
  public var rho: Double?
  /// Change of the price per 1.00 of the yield. nil at yield 0, where it is one-sided.
  public var dividendRho: Double?
  /// The spot at which exercise becomes optimal today: at and below it for a put, at and above it
  /// for a call. nil where early exercise is never optimal.
  public var boundary: Double?
  /// The option is worth what its exercise pays; delta is then ±1 and the other Greeks are 0.
  public var exercisesNow: Bool
  public var method: AmericanOption.Method
}
