import ExactNumbers

/// What must hold at the boundary, taken by the integrals that give the price and not by those that
/// the boundary was found with: the price is the payoff, delta is −1, and neither volatility nor rate
/// nor yield moves the price.
///
/// Asked of boundaries whose bends are sharp beside the distance of the samples.
struct BoundaryCheck {
  private let priceError: Double
  private let deltaError: Double
  private let greekError: Double

  init(_ boundary: ExerciseBoundary, _ rule: PremiumRule) {
    var boundary = boundary
    boundary.put.spot = Elementary.exp(boundary.logBoundary)
    let put = boundary.put
    let spot = put.spot
    let premium = EarlyExercisePremium(boundary, excess: 0, rule)
    let european = EuropeanFormula<Double>(
      sign: -1, spot: spot, strike: 1, years: put.years, volatility: put.volatility,
      rate: put.rate, dividendYield: put.yield)
    priceError = european.price + premium.price - (1 - spot)
    guard boundary.tangents != nil else {
      deltaError = 0
      greekError = 0
      return
    }
    deltaError = european.delta + premium.delta + 1
    greekError = max(
      (european.vega + premium.vega).magnitude, (european.rho + premium.rho).magnitude,
      put.yield == 0 ? 0 : (european.dividendRho + premium.yieldRho).magnitude)
  }

  func holds(_ accuracy: AmericanOption.Settings.Accuracy) -> Bool {
    let loose = accuracy == .fast ? 1e3 : 1
    return priceError.magnitude < 1e-10 * loose && deltaError.magnitude < 1e-7 * loose
      && greekError < 1e-6 * loose
  }
}
