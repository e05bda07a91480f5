import ExactNumbers

/// The put of strike 1 that every American option comes down to.
///
/// A put is one of spot S/K, times K. A call is worth as much as the put with spot and strike, rate
/// and yield exchanged (McDonald and Schroder, 1998, "A parity result for American options").
struct UnitPut {
  var spot: Double
  var years: Double
  var volatility: Double
  var rate: Double
  var yield: Double
  /// ln X, where X is the boundary's limit as time to expiry goes to zero.
  var logStart: Double

  init(_ inputs: OptionInputs) {
    switch inputs.side {
    case .put: self.init(inputs, spot: inputs.spot / inputs.strike)
    case .call:
      var mirrored = inputs
      mirrored.rate = inputs.dividendYield
      mirrored.dividendYield = inputs.rate
      self.init(mirrored, spot: inputs.strike / inputs.spot)
    }
  }

  private init(_ inputs: OptionInputs, spot: Double) {
    self.spot = spot
    years = inputs.years
    volatility = inputs.volatility
    rate = inputs.rate
    yield = inputs.dividendYield
    logStart =
      rate > 0 && yield > rate ? Elementary.log(rate) - Elementary.log(yield) : 0
  }

  /// r − y.
  var carry: Double { rate - yield }
  /// By how many deviations the carry moves the logarithm of the spot over the option's life.
  var strength: Double {
    (carry - 0.5 * volatility * volatility).magnitude * years.squareRoot() / volatility
  }
  /// The boundary starts below the strike: then its distance from the start grows as √τ, else as
  /// √(τ ln 1/τ).
  var startsBelowStrike: Bool { logStart < 0 }
}

extension OptionInputs {
  /// The option without the time in which its spot has long been carried away from the boundary.
  ///
  /// Where the carry of the put of strike 1 outweighs its volatility by κ = (r − y − σ²/2)·√T/σ, what
  /// can happen after that is worth less than e^(−κ²/2): at κ = 16 nothing that a double can hold.
  var withoutIdleTime: OptionInputs {
    let carry = side == .put ? rate - dividendYield : dividendYield - rate
    let pull = carry - 0.5 * volatility * volatility
    guard pull > 0, pull * years.squareRoot() > 16 * volatility else { return self }
    var shortened = self
    let root = 16 * volatility / pull
    shortened.years = root * root
    return shortened
  }
}

/// When it can pay to exercise early.
enum ExerciseRegion {
  /// Never: the option is worth as much as the European one.
  case none
  /// At and below one boundary.
  case belowBoundary
  /// Between two boundaries, both rates being negative and the yield below the rate.
  case betweenBoundaries

  init(_ put: UnitPut) {
    if put.rate > 0 || (put.rate == 0 && put.yield < 0) {
      self = .belowBoundary
    } else {
      self = put.rate < 0 && put.yield < put.rate ? .betweenBoundaries : .none
    }
  }
}
