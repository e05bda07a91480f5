import ExactNumbers

/// Options that can be exercised on their last day only (C-08).
public enum EuropeanOption {
  /// The price and all Greeks of one option.
  ///
  /// Without time or without volatility the answer is the limit: the price is what the forward is
  /// worth above the strike, discounted, and the Greeks are those of that line. At its kink only
  /// the price is defined; without time theta is not.
  ///
  /// - Throws: `notFinite`, `notPositive`, `negative` for inputs that no option has; `outOfRange`
  ///   where an answer, such as a discount factor, overflows.
  public static func values(_ inputs: OptionInputs) throws(AnalyticsError) -> OptionValues {
    try inputs.validate()
    guard inputs.hasDeviation else { return try limit(inputs) }
    let formula = EuropeanFormula<Double>(inputs)
    guard formula.extent.isFinite else { throw .outOfRange(answer: "a price or Greek") }
    return OptionValues(formula)
  }

  /// The limit as time or volatility goes to zero.
  private static func limit(_ inputs: OptionInputs) throws(AnalyticsError) -> OptionValues {
    let sign = inputs.side.sign
    let years = inputs.years
    let spotDiscount = Elementary.exp(-(inputs.dividendYield * years))
    let spotNow = inputs.spot * spotDiscount
    let strikeNow = inputs.strike * Elementary.exp(-(inputs.rate * years))
    // Near the kink from the logarithm of their quotient: the difference would lose its digits.
    let logForward =
      Elementary.log1p((inputs.spot - inputs.strike) / inputs.strike)
      + (inputs.rate - inputs.dividendYield) * years
    let forward =
      years > 0 && logForward.magnitude < 0.5
      ? strikeNow * Elementary.expm1(logForward) : spotNow - strikeNow
    guard forward.isFinite else { throw .outOfRange(answer: "a price or Greek") }
    if forward == 0 { return OptionValues(price: 0) }
    // Out of the money everything is zero; the sum with zero turns a negative zero round.
    let weight = sign * forward > 0 ? sign : 0
    let theta = weight * (inputs.dividendYield * spotNow - inputs.rate * strikeNow)
    return OptionValues(
      price: weight * forward + 0, delta: weight * spotDiscount + 0, gamma: 0, vega: 0,
      theta: years > 0 ? theta + 0 : nil, rho: weight * (years * strikeNow) + 0,
      dividendRho: -weight * (years * spotNow) + 0, vanna: 0, volga: 0)
  }
}

extension OptionInputs {
  /// The volatility over the option's life is above zero, by more than the last of a double's range.
  var hasDeviation: Bool { volatility * years.squareRoot() > EuropeanOption.leastDeviation }
}

extension EuropeanOption {
  /// A deviation that is taken for none: below it the quotients of the formula overflow.
  static let leastDeviation = 1e-290
}

extension EuropeanFormula<Double> {
  init(_ inputs: OptionInputs) {
    self.init(
      sign: inputs.side.sign, spot: inputs.spot, strike: inputs.strike, years: inputs.years,
      volatility: inputs.volatility, rate: inputs.rate, dividendYield: inputs.dividendYield)
  }
}

extension OptionValues {
  init(_ formula: EuropeanFormula<Double>) {
    self.init(
      price: formula.price, delta: formula.delta, gamma: formula.gamma, vega: formula.vega,
      theta: formula.theta, rho: formula.rho,
      dividendRho: formula.dividendRho.isFinite ? formula.dividendRho : nil,
      vanna: formula.vanna.isFinite ? formula.vanna : nil,
      volga: formula.volga.isFinite ? formula.volga : nil)
  }
}
