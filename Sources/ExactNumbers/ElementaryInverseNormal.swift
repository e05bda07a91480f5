extension Elementary {
  /// The inverse of the distribution function of the standard normal law, of each lane.
  ///
  /// Source: Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal Distribution",
  /// Applied Statistics 37, PPND16: three quotients of polynomials of degree 7.
  @inlinable @inline(__always)
  public static func inverseNormal<L: Lanes>(lanes p: L) -> L {
    let centred = p - L(0.5)
    let tail = L.choose(p, L(1) - p, where: centred.isLess(than: L(0)))
    let depth = log(lanes: tail).negated.squareRoot()
    let near = nearTail(depth - L(1.6))
    let outer = L.choose(near, farTail(depth - L(5)), where: depth.isLess(than: L(5)))
    // Infinite at 0 and 1, not a number outside, as the depth is.
    let known = L.choose(outer, depth, where: depth.isLess(than: L(Double.infinity)))
    let signed = L.choose(known.negated, known, where: centred.isLess(than: L(0)))
    let middle = centred * centre(L(0.180625) - centred * centred)
    return L.choose(middle, signed, where: centred.withoutSign.isLess(than: L(0.425)))
  }

  /// For |p − ½| below 0.425, of 0.425² − (p − ½)².
  @inlinable @inline(__always)
  static func centre<L: Lanes>(_ rest: L) -> L {
    var upper = L(2509.0809287301227)
    upper = upper * rest + L(33430.57558358813)
    upper = upper * rest + L(67265.7709270087)
    upper = upper * rest + L(45921.95393154987)
    upper = upper * rest + L(13731.69376550946)
    upper = upper * rest + L(1971.5909503065513)
    upper = upper * rest + L(133.14166789178438)
    upper = upper * rest + L(3.3871328727963665)
    var lower = L(5226.495278852854)
    lower = lower * rest + L(28729.085735721943)
    lower = lower * rest + L(39307.89580009271)
    lower = lower * rest + L(21213.794301586597)
    lower = lower * rest + L(5394.196021424751)
    lower = lower * rest + L(687.1870074920579)
    lower = lower * rest + L(42.31333070160091)
    lower = lower * rest + L(1.0)
    return upper / lower
  }

  /// For a tail above e^(−25), of √(−log tail) − 1.6.
  @inlinable @inline(__always)
  static func nearTail<L: Lanes>(_ rest: L) -> L {
    var upper = L(0.0007745450142783414)
    upper = upper * rest + L(0.022723844989269184)
    upper = upper * rest + L(0.2417807251774506)
    upper = upper * rest + L(1.2704582524523684)
    upper = upper * rest + L(3.6478483247632045)
    upper = upper * rest + L(5.769497221460691)
    upper = upper * rest + L(4.630337846156546)
    upper = upper * rest + L(1.4234371107496835)
    var lower = L(1.0507500716444169e-09)
    lower = lower * rest + L(0.0005475938084995345)
    lower = lower * rest + L(0.015198666563616457)
    lower = lower * rest + L(0.14810397642748008)
    lower = lower * rest + L(0.6897673349851)
    lower = lower * rest + L(1.6763848301838038)
    lower = lower * rest + L(2.053191626637759)
    lower = lower * rest + L(1.0)
    return upper / lower
  }

  /// For a tail below e^(−25), of √(−log tail) − 5.
  @inlinable @inline(__always)
  static func farTail<L: Lanes>(_ rest: L) -> L {
    var upper = L(2.0103343992922881e-07)
    upper = upper * rest + L(2.7115555687434876e-05)
    upper = upper * rest + L(0.0012426609473880784)
    upper = upper * rest + L(0.026532189526576124)
    upper = upper * rest + L(0.29656057182850487)
    upper = upper * rest + L(1.7848265399172913)
    upper = upper * rest + L(5.463784911164114)
    upper = upper * rest + L(6.657904643501103)
    var lower = L(2.0442631033899397e-15)
    lower = lower * rest + L(1.421511758316446e-07)
    lower = lower * rest + L(1.8463183175100548e-05)
    lower = lower * rest + L(0.0007868691311456133)
    lower = lower * rest + L(0.014875361290850615)
    lower = lower * rest + L(0.1369298809227358)
    lower = lower * rest + L(0.599832206555888)
    lower = lower * rest + L(1.0)
    return upper / lower
  }
}
