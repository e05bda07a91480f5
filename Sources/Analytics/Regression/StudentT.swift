import ExactNumbers

/// Student's t distribution: how likely an estimate this far from zero is by chance.
public enum StudentT {
  /// The probability of a value at least as far from zero as `t`, on either side.
  ///
  /// Relative error below 1e-12 for up to a few thousand degrees of freedom, in the tails too.
  /// It is the regularised incomplete beta function I(ν / (ν + t²); ν/2, 1/2), from its continued
  /// fraction (NIST DLMF 8.17.22) by Lentz's method. The gamma functions enter as one ratio,
  /// whose logarithm is small where theirs are large.
  ///
  /// - Parameter degreesOfFreedom: ν, at least 1.
  /// - Returns: 0 … 1; nil where `t` is not a number or there are no degrees of freedom.
  public static func twoSidedProbability(_ t: Double, degreesOfFreedom: Int) -> Double? {
    guard degreesOfFreedom >= 1, !t.isNaN else { return nil }
    let freedom = Double(degreesOfFreedom)
    let ratio = t * t / freedom
    if ratio == 0 { return 1 }
    guard ratio.isFinite else { return 0 }
    let half = freedom / 2
    let near = 1 / (1 + ratio)
    let far = ratio / (1 + ratio)
    let front =
      Elementary.exp(-half * Elementary.log1p(ratio)) * far.squareRoot() * gammaRatio(half)
      * 0.5641895835477563  // 1 / √π
    if near < (half + 1) / (half + 2.5) {
      return min(1, front * continuedFraction(half, 0.5, near) / half)
    }
    return max(0, 1 - front * continuedFraction(0.5, half, far) / 0.5)
  }

  /// Γ(a + ½) / Γ(a) for positive `a`.
  ///
  /// Source: the asymptotic series of Tricomi and Erdélyi (1951), from 20 on; below, shifted there
  /// by Γ(a + 1) = a Γ(a).
  static func gammaRatio(_ a: Double) -> Double {
    var shifted = a
    var product = 1.0
    while shifted < 20 {
      product *= shifted / (shifted + 0.5)
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    var series = -31.0 / 18432
    series = 17.0 / 14336 + series * square
    series = -1.0 / 640 + series * square
    series = 1.0 / 192 + series * square
    series = -1.0 / 8 + series * square
    return product * shifted.squareRoot() * Elementary.exp(series * inverse)
  }

  private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var numerator = 1.0
    var denominator = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
    var value = denominator
    // The count of steps grows with the root of the larger parameter; 100,000 is never reached.
    for step in 1...100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      denominator = 1 / awayFromZero(1 + even * denominator)
      numerator = awayFromZero(1 + even / numerator)
      value *= denominator * numerator
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      denominator = 1 / awayFromZero(1 + odd * denominator)
      numerator = awayFromZero(1 + odd / numerator)
      let change = denominator * numerator
      value *= change
      if (change - 1).magnitude < 3e-16 { break }
    }
    return value
  }

  private static func awayFromZero(_ value: Double) -> Double {
    value.magnitude < 1e-300 ? 1e-300 : value
  }
}
