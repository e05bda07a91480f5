/// An option's price and its Greeks, in raw units: per 1.00 of what is moved, per year.
///
/// A Greek is nil where it is not defined: at the kink of an option without time or volatility, and
/// theta where no time is left.
public struct OptionValues: Hashable, Sendable {
  /// Currency, for one unit of the underlying.
  public var price: Double
  /// Change of the price per 1.00 of spot.
  public var delta: Double?
  /// Change of delta per 1.00 of spot.
  public var gamma: Double?
  /// Change of the price per 1.00 of volatility (from 20 % to 120 %).
  public var vega: Double?
  /// Change of the price as a year passes, at the speed of this moment; mostly negative.
  public var theta: Double?
  /// Change of the price per 1.00 of the rate.
  public var rho: Double?
  /// Change of the price per 1.00 of the dividend yield.
  public var dividendRho: Double?
  /// Change of delta per 1.00 of volatility, which is that of vega per 1.00 of spot.
  public var vanna: Double?
  /// Change of vega per 1.00 of volatility.
  public var volga: Double?

  public init(
    price: Double, delta: Double? = nil, gamma: Double? = nil, vega: Double? = nil,
    theta: Double? = nil, rho: Double? = nil, dividendRho: Double? = nil, vanna: Double? = nil,
    volga: Double? = nil
  ) {
    self.price = price
    self.delta = delta
    self.gamma = gamma
    self.vega = vega
    self.theta = theta
    self.rho = rho
    self.dividendRho = dividendRho
    self.vanna = vanna
    self.volga = volga
  }
}

extension OptionValues {
  /// Change of the price as a calendar day passes: theta / 365.
  public var thetaPerDay: Double? { theta.map { $0 / 365 } }
  /// Change of the price per point of volatility (from 20 % to 21 %): vega / 100.
  public var vegaPerPoint: Double? { vega.map { $0 / 100 } }
  /// Change of the price per point of the rate (from 4 % to 5 %): rho / 100.
  public var rhoPerPoint: Double? { rho.map { $0 / 100 } }
  /// Change of the price per point of the dividend yield: dividend rho / 100.
  public var dividendRhoPerPoint: Double? { dividendRho.map { $0 / 100 } }
}
