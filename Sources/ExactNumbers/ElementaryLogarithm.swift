extension Elementary {
  /// The natural logarithm of each lane.
  @inlinable @inline(__always)
  public static func log<L: Lanes>(lanes x: L) -> L {
    let isTiny = x.isLess(than: L(2.2250738585072014e-308))
    let scaled = L.choose(x * L(18_014_398_509_481_984), x, where: isTiny)
    let offset = L.choose(L(-54), L(0), where: isTiny)
    let finite = log(normal: scaled, exponentOffset: offset)
    let bounded = L.choose(
      x, finite, where: L(Double.greatestFiniteMagnitude).isLess(than: x))
    // At 0 minus infinity; what is not a number stays so.
    let notAbove = L.choose(L(.nan), x - L(.infinity), where: x.isLess(than: L(0)))
    return L.choose(bounded, notAbove, where: L(0).isLess(than: x))
  }

  /// The natural logarithm of positive normal numbers; of others a finite number without meaning.
  @inlinable @inline(__always)
  public static func log<L: Lanes>(normal x: L) -> L { log(normal: x, exponentOffset: L(0)) }

  /// The natural logarithm of 1 + x of each lane.
  @inlinable @inline(__always)
  public static func log1p<L: Lanes>(lanes x: L) -> L {
    let sum = L(1) + x
    // What the sum lost of 1 and of x, exactly (Knuth's two-sum).
    let part = sum - L(1)
    let lost = (L(1) - (sum - part)) + (x - part)
    let whole = log(lanes: sum)
    let corrected = L.choose(whole + lost / sum, whole, where: L(-1).isLess(than: x))
    return L.choose(x, corrected, where: L(Double.greatestFiniteMagnitude).isLess(than: x))
  }

  /// With m the significand between √½ and √2, f = m − 1, s = f / (2 + f):
  /// log m = f − (f²/2 − s · (f²/2 + R(s²))), the arrangement of fdlibm, whose terms lose nothing.
  @inlinable @inline(__always)
  static func log<L: Lanes>(normal x: L, exponentOffset: L) -> L {
    let parts = x.significandAndExponent
    let exponent = parts.exponent + exponentOffset
    let rest = parts.significand - L(1)
    let ratio = rest / (L(2) + rest)
    let square = ratio * ratio
    var sum = L(0.14618452072714802)
    sum = sum * square + L(0.15331554743280912)
    sum = sum * square + L(0.18182894320084278)
    sum = sum * square + L(0.2222221106056441)
    sum = sum * square + L(0.2857142862645262)
    sum = sum * square + L(0.3999999999989839)
    sum = sum * square + L(0.666666666666667)
    let half = L(0.5) * rest * rest
    let low = ratio * (half + square * sum) + exponent * L(ln2Low)
    return exponent * L(ln2High) - ((half - low) - rest)
  }
}
