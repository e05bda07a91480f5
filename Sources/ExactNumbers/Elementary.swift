/// Elementary functions with the same bits on every machine and at every vector width.
///
/// They use only operations that IEEE 754 rounds exactly (sum, product, quotient, square root) and
/// whole numbers, in a fixed order, and no fused multiply-add: never the system's mathematics
/// library, whose last digits differ from one to the next. Each is written once, over `Lanes`, in
/// the form with the label `lanes:`; the forms without it are for one double, and call it.
///
/// The polynomials are our own, interpolated at Chebyshev's nodes in 60 digits. Errors are given in
/// units of 2⁻⁵² of the result ("ulp"), measured against 60 digits.
public enum Elementary {
  /// e to the power of `x`. Error below 1 ulp; infinity above 709.78, 0 below −745.13.
  public static func exp(_ x: Double) -> Double { exp(lanes: x) }

  /// eˣ − 1, without loss where `x` is small. Error below 1.5 ulp.
  public static func expm1(_ x: Double) -> Double { expm1(lanes: x) }

  /// The natural logarithm. Error below 1 ulp; minus infinity at 0, not a number below.
  public static func log(_ x: Double) -> Double { log(lanes: x) }

  /// The natural logarithm of 1 + x, without loss where `x` is small. Error below 1.5 ulp; minus
  /// infinity at −1, not a number below.
  public static func log1p(_ x: Double) -> Double { log1p(lanes: x) }

  /// `base` to the power of `exponent`, as the exponential of exponent · log(base).
  ///
  /// Error below 1 ulp and half an ulp for each unit of |exponent · log(base)|. For a base of 0 or
  /// more; not a number for a base below 0.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 1 : exp(exponent * log(base))
  }

  /// The scaled complementary error function, e^(x²) · erfc(x). Error below 3 ulp; infinity below
  /// −26.63.
  public static func erfcx(_ x: Double) -> Double { erfcx(lanes: x) }

  /// The density of the standard normal law, e^(−x²/2) / √(2π). Error below 2 ulp where the result
  /// is a normal number.
  public static func normalDensity(_ x: Double) -> Double { normalDensity(lanes: x) }

  /// The distribution function of the standard normal law. Error below 4 ulp, also far in the
  /// lower tail, where the result is a normal number.
  public static func normalDistribution(_ x: Double) -> Double { normalDistribution(lanes: x) }

  /// The tail of the standard normal law over its density, (1 − N(x)) / n(x), for x ≥ 0. Error
  /// below 2 ulp.
  public static func millsRatio(_ x: Double) -> Double { millsRatio(lanes: x) }

  /// The point below which a standard normal variable lies with probability `p`. Error below 5 ulp.
  ///
  /// Minus infinity at 0, infinity at 1, not a number outside.
  public static func inverseNormal(_ p: Double) -> Double { inverseNormal(lanes: p) }
}
