extension Elementary {
  // The natural logarithm of two in two parts, as in fdlibm: the first has trailing zeros, so that
  // its product with a whole number up to 2 000 is exact.
  @usableFromInline static let ln2High = 6.93147180369123816490e-01
  @usableFromInline static let ln2Low = 1.90821492927058770002e-10

  /// e to the power of each lane.
  @inlinable @inline(__always)
  public static func exp<L: Lanes>(lanes x: L) -> L {
    let (rest, rounded) = reduced(x)
    let (first, second) = L.powersOfTwo(fromRounded: rounded)
    return (L(1) + grown(rest)) * first * second
  }

  /// e to the power of high + low, for a `low` that is small beside 1 or beside `high`.
  ///
  /// The way to keep an exponent's digits beyond those of one double: e^(high + low) has the
  /// relative error of the absolute error of the sum.
  @inlinable @inline(__always)
  public static func exp<L: Lanes>(lanes high: L, plus low: L) -> L {
    let (rest, rounded) = reduced(high)
    let (first, second) = L.powersOfTwo(fromRounded: rounded)
    return (L(1) + grown(rest + low)) * first * second
  }

  /// eˣ − 1 of each lane.
  @inlinable @inline(__always)
  public static func expm1<L: Lanes>(lanes x: L) -> L {
    let bounded = L.choose(L(-50), x, where: x.isLess(than: L(-50)))
    let (rest, rounded) = reduced(bounded)
    let growth = grown(rest)
    // Half the scale, so that it is finite for the largest results too.
    let (first, second) = L.powersOfTwo(fromRounded: rounded)
    let half = first * (second * L(0.5))
    let sum = ((half - L(0.5)) + half * growth) * L(2)
    return L.choose(growth, sum, where: x.withoutSign.isLess(than: L(0.34)))
  }

  /// x less a whole multiple of ln 2, and the whole number with `rounder` added.
  ///
  /// Outside −746 … 710, where the exponential is 0 or infinite, the multiple is that of the bound.
  @inlinable @inline(__always)
  static func reduced<L: Lanes>(_ x: L) -> (rest: L, rounded: L) {
    let above = L.choose(L(-746), x, where: x.isLess(than: L(-746)))
    let bounded = L.choose(L(710), above, where: L(710).isLess(than: above))
    let rounded = bounded * L(1.4426950408889634) + L(rounder)
    let whole = rounded - L(rounder)
    return ((bounded - whole * L(ln2High)) - whole * L(ln2Low), rounded)
  }

  /// eˣ − 1 for |x| up to half of ln 2: x + x² times a polynomial of degree 10.
  @inlinable @inline(__always)
  static func grown<L: Lanes>(_ rest: L) -> L {
    let square = rest * rest
    var even = L(2.0918212752506956e-09)
    var odd = L(2.5105313423078524e-08)
    even = even * square + L(2.755726307600547e-07)
    odd = odd * square + L(2.7557255168123062e-06)
    even = even * square + L(2.480158733663232e-05)
    odd = odd * square + L(0.00019841269875003973)
    even = even * square + L(0.0013888888888879001)
    odd = odd * square + L(0.008333333333326082)
    even = even * square + L(0.04166666666666668)
    odd = odd * square + L(0.1666666666666667)
    even = even * square + L(0.5)
    let sum = even + odd * rest
    return rest + square * sum
  }
}
