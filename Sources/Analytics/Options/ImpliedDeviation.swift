import ExactNumbers

/// The deviation s = σ√T at which an option out of the money is worth what it is worth.
///
/// In the spirit of Jäckel (2015), "Let's Be Rational", and (2006) "By Implication": the value is
/// split at the point of inflection s = √(2|x|), below which the logarithm of the value, and above
/// which that of what is missing to its maximum, is nearly a parabola; a starting value within
/// tens of percent; two steps of Householder's third method on the logarithms, one on the value
/// itself. The starting values and the form of the value (Mills' ratios) are our own:
///
/// - below, that of Bachelier's formula, h = |x|/s as a quotient of polynomials of
///   √log(1 + 3|x| / (√(2π)·value)), and then h² from h²/2 + x²/(8h²) = the same exponent;
/// - above, twice the normal quantile of what is missing, scaled to be exact at the inflection.
///
/// With x from −700 to 0 the first step leaves 2e-3, the second 1e-9, the third rounding only.
struct ImpliedDeviation<L: Lanes> {
  /// σ√T.
  var deviation: L

  /// - Parameters:
  ///   - depth: |x|, the logarithm of forward over strike, without its sign.
  ///   - value: price of the option out of the money over its largest possible price, in 0 … 1.
  ///   - rest: 1 − value, in 0 … 1.
  @inline(__always)
  init(depth: L, value: L, rest: L) {
    let one = L(1)
    let density = L(0.3989422804014327)
    let rootHalfPi = L(1.2533141373155003)

    // The inflection, where d₁ = 0, and the value there.
    let edge = (L(2) * depth).squareRoot()
    let edgeRatio = Elementary.millsRatio(lanes: edge)
    let edgeValue =
      density * L.choose(edge, rootHalfPi - edgeRatio, where: edge.isLess(than: L(1e-8)))
    let isLow = value.isLess(than: edgeValue)

    let rootForward = Elementary.exp(lanes: L(0.5) * depth)
    let lowArgument = one + L(3) * density * (depth * rootForward) / value
    let edgeTail =
      density * Elementary.millsRatio(lanes: L(0.5) * edge) / rootForward.squareRoot()
    let tail = edgeTail * (rest / (density * (rootHalfPi + edgeRatio)))
    let exponent = Elementary.log(normal: L.choose(lowArgument, one / tail, where: isLow))
    let low = Self.lowStart(exponent: exponent, depth: depth)
    let high = L(2) * Self.quantile((exponent + exponent).squareRoot())
    var current = Self.bounded(L.choose(low, high, where: isLow), edge, isLow)

    let target = Elementary.log(normal: L.choose(value, rest, where: isLow))
    for _ in 0..<2 {
      let point = Point(current, depth, isLow)
      let level =
        (L(-0.5) * (point.first * point.first) - L(0.9189385332046728))
        + Elementary.log(normal: point.ratio)
      // The derivatives of the logarithm of the value, or of the rest, over the first.
      let slope = L.choose(one, L(-1), where: isLow) / point.ratio
      let curvature = point.curvature - slope
      let third =
        point.third - L(3) * (slope * point.curvature) + L(2) * (slope * slope)
      let next = current + Self.householder((target - level) / slope, curvature, third)
      current = Self.bounded(
        L.choose(next, L(0.25) * current, where: (L(0.25) * current).isLess(than: next)), edge,
        isLow)
    }
    let point = Point(current, depth, isLow)
    let peak = density * Elementary.exp(lanes: L(-0.5) * (point.first * point.first))
    let gap = L.choose(value / peak - point.ratio, point.ratio - rest / peak, where: isLow)
    let last = current + Self.householder(gap, point.curvature, point.third)
    // Where the density leaves the normal numbers the logarithms have the better answer.
    deviation = L.choose(last, current, where: L(1e-305).isLess(than: peak))
  }

  /// What the value and its derivatives at one deviation are made of.
  private struct Point {
    /// d₁.
    var first: L
    /// The value, or the rest, over the density at d₁.
    var ratio: L
    /// The second and the third derivative of the value over the first.
    var curvature: L
    var third: L

    @inline(__always)
    init(_ deviation: L, _ depth: L, _ isLow: L.Mask) {
      let centre = (depth / deviation).negated
      let half = L(0.5) * deviation
      first = centre + half
      let near = Elementary.millsRatio(lanes: first.withoutSign)
      let far = Elementary.millsRatio(lanes: (centre - half).withoutSign)
      ratio = L.choose(near - far, near + far, where: isLow)
      let steepness = centre / deviation
      curvature = centre * steepness - L(0.25) * deviation
      third = curvature * curvature - L(3) * (steepness * steepness) - L(0.25)
    }
  }

  /// Householder's step of the third order from Newton's, with the ratios of the derivatives.
  @inline(__always)
  private static func householder(_ newton: L, _ second: L, _ third: L) -> L {
    newton * (L(1) + L(0.5) * second * newton)
      / (L(1) + newton * (second + third * newton * L(0.16666666666666666)))
  }

  /// Below the inflection where the value is below its own there, above elsewhere.
  @inline(__always)
  private static func bounded(_ deviation: L, _ edge: L, _ isLow: L.Mask) -> L {
    let below = L.choose(deviation, edge, where: deviation.isLess(than: edge))
    let above = L.choose(edge, deviation, where: deviation.isLess(than: edge))
    return L.choose(below, above, where: isLow)
  }

  /// h = |x|/s of Bachelier's formula to 5e-4, and s from the exponent that it stands for.
  @inline(__always)
  private static func lowStart(exponent: L, depth: L) -> L {
    let root = exponent.squareRoot()
    var upper = L(0.017052006643443304)
    upper = upper * root + L(0.06269507881919341)
    upper = upper * root + L(0.007618337509710846)
    upper = upper * root + L(0.3333257940820122)
    var lower = L(0.012117278706526147)
    lower = lower * root + L(0.04222340734662437)
    lower = lower * root + L(0.1122915084080032)
    lower = lower * root + L(0.0213850546264275)
    lower = lower * root + L(1)
    let distance = exponent * upper / lower
    let half = L(0.5) * (distance * distance)
    let inner = half * half - L(0.25) * (depth * depth)
    let bounded = L.choose(L(0), inner, where: inner.isLess(than: L(0)))
    return depth / (half + bounded.squareRoot()).squareRoot()
  }

  /// The normal quantile of a tail p from √(−2 log p), to 5e-4: Hastings (1955), sheet 67.
  @inline(__always)
  private static func quantile(_ root: L) -> L {
    let upper = (L(0.010328) * root + L(0.802853)) * root + L(2.515517)
    let lower = ((L(0.001308) * root + L(0.189269)) * root + L(1.432788)) * root + L(1)
    return root - upper / lower
  }
}
