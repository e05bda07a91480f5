/// Elementary functions with the same bits on every machine.
///
/// They use only operations that IEEE 754 rounds exactly (sum, product, quotient), in a fixed
/// order, and no fused multiply-add: never the system's mathematics library, whose last digits
/// differ from one to the next.
public enum Elementary {
  // The natural logarithm of two in two parts, as in fdlibm: the first has trailing zeros, so that
  // its product with a small whole number is exact.
  private static let ln2High = 6.93147180369123816490e-01
  private static let ln2Low = 1.90821492927058770002e-10

  /// e to the power of `x`. Relative error below 1e-15 for |x| < 700.
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.78 { return .infinity }
    if x < -745.2 { return 0 }
    // To the nearest whole number by conversion: rounding would call the system's library.
    let scale = Double(Int(x / (ln2High + ln2Low) + (x < 0 ? -0.5 : 0.5)))
    let rest = (x - scale * ln2High) - scale * ln2Low
    // Taylor's series of the rest, at most ln2 / 2, summed from its smallest term.
    var sum = 1.0
    for term in stride(from: 14.0, through: 1.0, by: -1.0) { sum = 1.0 + sum * rest / term }
    // Two factors, so that a result below the normal range is rounded once.
    let half = Int(scale) / 2
    return sum * powerOfTwo(half) * powerOfTwo(Int(scale) - half)
  }

  /// The natural logarithm. Relative error below 1e-15 away from 1.
  ///
  /// Null-free: minus infinity at 0, not a number below.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x.isFinite else { return x }
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // log m = 2 artanh((m − 1) / (m + 1)); the argument is below 0.1716.
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 27.0, through: 1.0, by: -2.0) { sum = sum * square + 1.0 / odd }
    return exponent * ln2High + (2 * ratio * sum + exponent * ln2Low)
  }

  /// The distribution function of the standard normal law. Absolute error below 1e-15.
  ///
  /// Source: Marsaglia (2004), "Evaluating the Normal Distribution", for the middle; the continued
  /// fraction of Laplace for the tails.
  public static func normalDistribution(_ x: Double) -> Double {
    if x.isNaN { return x }
    let magnitude = x.magnitude
    if magnitude > 38 { return x < 0 ? 0 : 1 }
    let density = exp(-0.5 * x * x) * 0.3989422804014327
    if magnitude < 4 {
      var term = x
      var sum = x
      var odd = 3.0
      while term.magnitude > 1e-18 * sum.magnitude {
        term *= x * x / odd
        sum += term
        odd += 2
      }
      return 0.5 + density * sum
    }
    var fraction = magnitude
    for level in stride(from: 80.0, through: 1.0, by: -1.0) {
      fraction = magnitude + level / fraction
    }
    let tail = density / fraction
    return x < 0 ? tail : 1 - tail
  }

  /// - Parameter exponent: −1022 … 1023, the range of normal numbers.
  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }
}
