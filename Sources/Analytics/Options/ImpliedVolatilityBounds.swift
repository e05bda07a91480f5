import ExactNumbers

extension QuotedOption<Double> {
  /// Time value and rest anew, in about thirty digits.
  ///
  /// For a price so near to one of its bounds that the rounding of the discount factors would decide
  /// whether a volatility exists.
  mutating func refine(_ inputs: OptionInputs, price: Double) {
    let spotNow =
      DoublePair.exp(-DoublePair(product: inputs.dividendYield, inputs.years)) * inputs.spot
    let strikeNow = DoublePair.exp(-DoublePair(product: inputs.rate, inputs.years)) * inputs.strike
    let isCall = inputs.side == .call
    if !isOutside {
      let forward = isCall ? spotNow + -strikeNow : strikeNow + -spotNow
      timeValue = (DoublePair(price) + -forward).high
    }
    rest = ((isCall ? spotNow : strikeNow) + DoublePair(-price)).high
  }
}

/// A number as the sum of two doubles, the second below half an ulp of the first.
///
/// Source: Dekker (1971), "A Floating-Point Technique for Extending the Available Precision"; the
/// product by splitting, not by a fused multiply-add.
struct DoublePair {
  var high: Double
  var low: Double

  init(_ value: Double) {
    high = value
    low = 0
  }

  /// The exact sum of two doubles (Knuth).
  init(sum a: Double, _ b: Double) {
    high = a + b
    let part = high - a
    low = (a - (high - part)) + (b - part)
  }

  /// The exact product of two doubles, for magnitudes below 1e300.
  init(product a: Double, _ b: Double) {
    high = a * b
    let aHigh = a.upperHalf
    let aLow = a - aHigh
    let bHigh = b.upperHalf
    let bLow = b - bHigh
    low = ((aHigh * bHigh - high) + aHigh * bLow + aLow * bHigh) + aLow * bLow
  }

  static prefix func - (value: DoublePair) -> DoublePair {
    var result = value
    result.high = -value.high
    result.low = -value.low
    return result
  }

  static func + (a: DoublePair, b: DoublePair) -> DoublePair {
    let sum = DoublePair(sum: a.high, b.high)
    let rest = DoublePair(sum: a.low, b.low)
    let first = DoublePair(sum: sum.high, sum.low + rest.high)
    return DoublePair(sum: first.high, first.low + rest.low)
  }

  static func * (a: DoublePair, b: Double) -> DoublePair {
    let product = DoublePair(product: a.high, b)
    return DoublePair(sum: product.high, product.low + a.low * b)
  }

  static func * (a: DoublePair, b: DoublePair) -> DoublePair {
    let product = DoublePair(product: a.high, b.high)
    return DoublePair(sum: product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  /// e to the power of `x`, to about thirty digits, for |x| below 700.
  static func exp(_ x: DoublePair) -> DoublePair {
    // ln 2 in three parts.
    let whole = (x.high * 1.4426950408889634 + 6_755_399_441_055_744) - 6_755_399_441_055_744
    var rest = x + -DoublePair(product: whole, 0.6931471805599453)
    rest = rest + -DoublePair(product: whole, 2.3190468138462996e-17)
    rest = rest + DoublePair(-whole * 5.707708438416212e-34)
    // Taylor's series of a 256th, then eight squarings of what lies above 1.
    let small = rest * (1.0 / 256)
    var growth = small
    var term = small
    for order in 2...14 {
      term = term * small
      term = DoublePair.quotient(term, Double(order))
      growth = growth + term
    }
    for _ in 0..<8 { growth = growth * 2 + growth * growth }
    var result = growth + DoublePair(1)
    let (first, second) = Double.powersOfTwo(fromRounded: whole + 6_755_399_441_055_744)
    result.high = result.high * first * second
    result.low = result.low * first * second
    return result
  }

  private static func quotient(_ a: DoublePair, _ b: Double) -> DoublePair {
    let first = a.high / b
    let rest = a + -DoublePair(product: first, b)
    return DoublePair(sum: first, rest.high / b)
  }
}
