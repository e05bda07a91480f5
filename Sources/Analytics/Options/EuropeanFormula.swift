import ExactNumbers

/// The generalised formula of Black, Scholes and Merton over lanes of options, for spot, strike,
/// years and volatility above zero (C-08).
///
/// Sources: Black and Scholes (1973), "The Pricing of Options and Corporate Liabilities"; Merton
/// (1973), "Theory of Rational Option Pricing".
///
/// With S′ = S·e^(−yT) and K′ = K·e^(−rT), S′·n(d₁) = K′·n(d₂): one number, called `peak` here, and
/// everything follows from it and from Mills' ratio m(a) = (1 − N(a)) / n(a) at |d₁| and |d₂|.
/// Nothing is then the difference of two nearly equal tails but the price itself, whose two ratios
/// carry no exponential: the textbook form loses 55 to 120 units of its scaled error there.
struct EuropeanFormula<L: Lanes> {
  var price: L
  var delta: L
  var gamma: L
  var vega: L
  var theta: L
  var rho: L
  var dividendRho: L
  var vanna: L
  var volga: L
  /// σ√T.
  var deviation: L

  /// - Parameter sign: +1 for a call, −1 for a put.
  @inline(__always)
  init(
    sign: L, spot: L, strike: L, years: L, volatility: L, rate: L, dividendYield: L,
    all: Bool = true
  ) {
    let zero = L(0)
    let rootTime = years.squareRoot()
    deviation = volatility * rootTime
    let logForward = Elementary.log(normal: spot / strike) + (rate - dividendYield) * years
    let centre = logForward / deviation
    let half = L(0.5) * deviation
    let first = centre + half
    let second = centre - half

    let spotDiscount = Elementary.exp(lanes: (dividendYield * years).negated)
    let discountedSpot = spot * spotDiscount
    let discountedStrike = strike * Elementary.exp(lanes: (rate * years).negated)

    // The density from the smaller of |d₁| and |d₂|: where one of them is near zero the answer
    // hardly depends on the other, and the other's square would carry its rounding into it.
    let farthest = L(1e10)
    let firstSize = L.choose(
      farthest, first.withoutSign, where: farthest.isLess(than: first.withoutSign))
    let secondSize = L.choose(
      farthest, second.withoutSign, where: farthest.isLess(than: second.withoutSign))
    let firstIsNearer = firstSize.isLess(than: secondSize)
    let nearer = L.choose(firstSize, secondSize, where: firstIsNearer)
    let base = L.choose(discountedSpot, discountedStrike, where: firstIsNearer)
    let peak =
      base * (L(0.3989422804014327) * Elementary.exp(lanes: L(-0.5) * (nearer * nearer)))
    let firstRatio = Elementary.millsRatio(lanes: firstSize)
    let secondRatio = Elementary.millsRatio(lanes: secondSize)

    // S′·N(±d₁) / S and K′·N(±d₂), each the tail or what the tail leaves.
    let signedFirst = sign * first
    let signedSecond = sign * second
    let peakPerSpot = peak / spot
    let spotTail = peakPerSpot * firstRatio
    let spotShare = L.choose(
      spotDiscount - spotTail, spotTail, where: zero.isLess(than: signedFirst))
    let strikeTail = peak * secondRatio
    let strikeShare = L.choose(
      discountedStrike - strikeTail, strikeTail, where: zero.isLess(than: signedSecond))

    // The option of the two that is out of the money; the other is worth the forward more.
    let isBelow = logForward.isLess(than: zero)
    let between = half
    let apart = peak * (firstRatio - secondRatio).withoutSign
    let lesser = L.choose(discountedSpot, discountedStrike, where: isBelow)
    let spread = lesser - peak * (firstRatio + secondRatio)
    let outside = L.choose(spread, apart, where: centre.withoutSign.isLess(than: between))
    let timeValue = L.choose(zero, outside, where: outside.isLess(than: zero))
    let forward = sign * (discountedSpot - discountedStrike)
    price = L.choose(
      timeValue + forward, timeValue, where: zero.isLess(than: sign * logForward))

    delta = sign * spotShare
    gamma = peakPerSpot / (spot * deviation)
    vega = peak * rootTime
    let decay = L(-0.5) * (peak * volatility) / rootTime
    theta =
      decay - sign * (rate * strikeShare - dividendYield * (spot * spotShare))
    rho = sign * (years * strikeShare)
    guard all else {
      dividendRho = zero
      vanna = zero
      volga = zero
      return
    }
    dividendRho = (sign * (years * (spot * spotShare))).negated
    vanna = (peakPerSpot * (second / volatility)).negated
    volga = vega * (first * (second / volatility))
  }
  /// Finite only where price, gamma, theta and rho are.
  @inline(__always)
  var extent: L { price + gamma + (theta.withoutSign + rho.withoutSign) }
}
