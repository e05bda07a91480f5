extension Elementary {
  /// 1 / √(2π).
  @usableFromInline static let densityAtZero = 0.3989422804014327

  /// The tail of the standard normal law over its density, of each lane, for x ≥ 0 and finite.
  ///
  /// (1 + x) times the ratio lies between 1 and 1.3; with y = (x − 5) / (x + 5) the half line
  /// becomes −1 … 1, on which a polynomial of degree 24 meets that product to 1.1e-17.
  @inlinable @inline(__always)
  public static func millsRatio<L: Lanes>(lanes x: L) -> L {
    let place = (x - L(5)) / (x + L(5))
    let square = place * place
    var even = L(6.163047199232476e-11)
    var odd = L(-9.545215884404622e-10)
    even = even * square + L(-1.0770966818181505e-09)
    odd = odd * square + L(1.1020770424624763e-08)
    even = even * square + L(1.0062736292108043e-08)
    odd = odd * square + L(-7.75568928231301e-08)
    even = even * square + L(-6.735246707245654e-08)
    odd = odd * square + L(4.919558007941879e-07)
    even = even * square + L(3.219415012573495e-07)
    odd = odd * square + L(-3.2772513658037957e-06)
    even = even * square + L(-1.7721527238697748e-07)
    odd = odd * square + L(2.2709591493592874e-05)
    even = even * square + L(-2.4805466630979395e-05)
    odd = odd * square + L(-0.0001343742704194541)
    even = even * square + L(0.0004570438205116078)
    odd = odd * square + L(1.953063636548405e-05)
    even = even * square + L(-0.004201290311078416)
    odd = odd * square + L(0.016348231281331425)
    even = even * square + L(-0.03802659218771832)
    odd = odd * square + L(0.061505045840161206)
    even = even * square + L(-0.06617760077899582)
    odd = odd * square + L(0.02507217930163978)
    even = even * square + L(0.07778159886873558)
    odd = odd * square + L(-0.22948753825211318)
    even = even * square + L(1.1568486282918946)
    let sum = even + odd * place
    return sum / (x + L(1))
  }

  /// e^(x²) · erfc(x) of each lane.
  @inlinable @inline(__always)
  public static func erfcx<L: Lanes>(lanes x: L) -> L {
    let magnitude = L.choose(
      L(1e300), x.withoutSign, where: L(1e300).isLess(than: x.withoutSign))
    // √(2/π) times Mills' ratio at √2 · |x|.
    let right = L(0.7978845608028654) * millsRatio(lanes: L(1.4142135623730951) * magnitude)
    let bounded = L.choose(L(30), magnitude, where: L(30).isLess(than: magnitude))
    let high = bounded.upperHalf
    let grown = exp(lanes: high * high, plus: (bounded - high) * (bounded + high))
    return L.choose(grown + grown - right, right, where: x.isLess(than: L(0)))
  }

  /// The density of the standard normal law at each lane.
  @inlinable @inline(__always)
  public static func normalDensity<L: Lanes>(lanes x: L) -> L {
    let magnitude = x.withoutSign
    let bounded = L.choose(L(40), magnitude, where: L(40).isLess(than: magnitude))
    // x²/2 in two parts, the first exact: at 38 the rounding of the square alone would cost 361 ulp.
    let high = bounded.upperHalf
    let low = L(-0.5) * ((bounded - high) * (bounded + high))
    return L(densityAtZero) * exp(lanes: L(-0.5) * (high * high), plus: low)
  }

  /// The distribution function of the standard normal law at each lane.
  @inlinable @inline(__always)
  public static func normalDistribution<L: Lanes>(lanes x: L) -> L {
    let magnitude = x.withoutSign
    let bounded = L.choose(L(40), magnitude, where: L(40).isLess(than: magnitude))
    let tail = normalDensity(lanes: bounded) * millsRatio(lanes: bounded)
    return L.choose(tail, L(1) - tail, where: x.isLess(than: L(0)))
  }
}
