import ExactNumbers

/// The volatility at which the formula of C-08 gives a price.
public enum ImpliedVolatility {
  /// Whether there is one.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case ok
    /// At or below what the option is worth without volatility.
    case belowIntrinsic = "below_intrinsic"
    /// At or above S·e^(−yT) for a call, K·e^(−rT) for a put.
    case aboveMaximum = "above_maximum"
    /// Inputs that no option has, or no time left.
    case invalid
  }
}

/// What `ImpliedVolatility` found.
public struct ImpliedVolatilityResult: Hashable, Sendable {
  public var status: ImpliedVolatility.Status
  /// Per year as a fraction; nil unless the status is `ok`.
  public var volatility: Double?

  public init(status: ImpliedVolatility.Status, volatility: Double? = nil) {
    self.status = status
    self.volatility = volatility
  }
}

extension ImpliedVolatility {
  /// The implied volatility of one European option.
  ///
  /// The error is that of one rounding of the inputs, times a small number: within 16 times
  /// 2⁻⁵² times the condition of the problem (reference vectors: below 3).
  ///
  /// - Parameters:
  ///   - price: currency, for one unit of the underlying.
  ///   - years: above 0.
  /// - Throws: `notFinite`, `notPositive` for inputs that no option has; `outOfRange` where a
  ///   discount factor overflows.
  public static func volatility(
    side: OptionSide, price: Double, spot: Double, strike: Double, years: Double,
    rate: Double = 0, dividendYield: Double = 0
  ) throws(AnalyticsError) -> ImpliedVolatilityResult {
    let inputs = OptionInputs(
      side: side, spot: spot, strike: strike, years: years, volatility: 0, rate: rate,
      dividendYield: dividendYield)
    try inputs.validate()
    guard price.isFinite else { throw .notFinite(input: "price") }
    guard years > 0 else { throw .notPositive(input: "years", value: years) }
    var quote = QuotedOption<Double>(inputs, price: price)
    guard quote.bounds.isFinite else { throw .outOfRange(answer: "a discount factor") }
    if !quote.isClear { quote.refine(inputs, price: price) }
    if quote.timeValue <= 0 { return ImpliedVolatilityResult(status: .belowIntrinsic) }
    if quote.rest <= 0 { return ImpliedVolatilityResult(status: .aboveMaximum) }
    return ImpliedVolatilityResult(status: .ok, volatility: quote.volatility)
  }
}

/// A price taken apart: what the side out of the money is worth, and what is missing to the most
/// that the option could be worth.
struct QuotedOption<L: Lanes> {
  /// |log(forward / strike)|.
  var depth: L
  var timeValue: L
  var rest: L
  /// The most that the side out of the money can be worth.
  var maximum: L
  /// S·e^(−yT) + K·e^(−rT).
  var bounds: L
  var rootTime: L
  /// The option itself is the side out of the money: its price is all time value.
  var isOutside: L.Mask

  @inline(__always)
  init(
    sign: L, price: L, spot: L, strike: L, years: L, rate: L, dividendYield: L
  ) {
    let zero = L(0)
    let logForward = Elementary.log(normal: spot / strike) + (rate - dividendYield) * years
    let spotNow = spot * Elementary.exp(lanes: (dividendYield * years).negated)
    let strikeNow = strike * Elementary.exp(lanes: (rate * years).negated)
    let inside = sign * logForward
    isOutside = inside.isLess(than: L(Double.leastNonzeroMagnitude))
    timeValue = L.choose(price, price - sign * (spotNow - strikeNow), where: isOutside)
    rest = L.choose(spotNow, strikeNow, where: zero.isLess(than: sign)) - price
    maximum = L.choose(spotNow, strikeNow, where: logForward.isLess(than: zero))
    depth = logForward.withoutSign
    bounds = spotNow + strikeNow
    rootTime = years.squareRoot()
  }

  @inline(__always)
  var volatility: L {
    ImpliedDeviation(depth: depth, value: timeValue / maximum, rest: rest / maximum).deviation
      / rootTime
  }

  /// Far enough inside its bounds that rounding does not decide on which side a price lies.
  ///
  /// Out of the money nothing was subtracted: there the price may be as small as it likes.
  @inline(__always)
  var isClear: L.Mask {
    let least = L.choose(timeValue, rest, where: timeValue.isLess(than: rest))
    let margin = L(1e-12) * bounds
    let subtracted = L.choose(rest, least, where: isOutside)
    return margin.isLess(than: subtracted)
  }
}

extension QuotedOption<Double> {
  init(_ inputs: OptionInputs, price: Double) {
    self.init(
      sign: inputs.side.sign, price: price, spot: inputs.spot, strike: inputs.strike,
      years: inputs.years, rate: inputs.rate, dividendYield: inputs.dividendYield)
  }
}
