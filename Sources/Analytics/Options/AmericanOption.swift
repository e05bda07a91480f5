import ExactNumbers

/// Options that can be exercised on any day up to their last (C-08), with continuous yield.
///
/// Source: Andersen, Lake and Offengenden (2016), "High performance American option pricing": the
/// exercise boundary from its integral equation, the price from the boundary. See `SmoothFit` for
/// what is done otherwise.
public enum AmericanOption {
  /// How the answer was reached.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    /// Early exercise is never optimal: the European value.
    case european
    /// Exercise is optimal now: the payoff. Also the limit without time or volatility.
    case payoff
    /// The boundary from the slope's condition.
    case smoothFit = "smooth_fit"
    /// The boundary from the value's condition, where the slope's does not converge.
    case valueMatching = "value_matching"
  }

  public struct Settings: Hashable, Sendable {
    public enum Accuracy: Hashable, Sendable {
      /// Price within 1e-9, mostly within 1e-12.
      case standard
      /// Price within 1e-6, several times as fast.
      case fast
    }
    public var accuracy: Accuracy

    public init(accuracy: Accuracy = .standard) { self.accuracy = accuracy }

    public static let standard = Settings(accuracy: .standard)
    public static let fast = Settings(accuracy: .fast)
  }

  /// The price and all Greeks of one option.
  ///
  /// Without time or volatility the answer is the limit, as for European options.
  ///
  /// - Throws: `notFinite`, `notPositive`, `negative` for inputs that no option has; `outOfRange`
  ///   where a discount factor overflows; `notConverged` where no boundary was found that passes
  ///   `BoundaryCheck`, and where there are two boundaries (both rates negative; for a put the yield
  ///   below the rate, for a call the rate below the yield): no number is given there.
  public static func values(
    _ inputs: OptionInputs, settings: Settings = .standard
  ) throws(AnalyticsError) -> AmericanValues {
    try solve(inputs, settings, withGreeks: true)
  }

  /// The price of one option, without Greeks: the same bits in less time.
  ///
  /// - Throws: as `values(_:settings:)`.
  public static func price(
    _ inputs: OptionInputs, settings: Settings = .standard
  ) throws(AnalyticsError) -> Double {
    try solve(inputs, settings, withGreeks: false).price
  }

  private static func solve(
    _ inputs: OptionInputs, _ settings: Settings, withGreeks: Bool
  ) throws(AnalyticsError) -> AmericanValues {
    try inputs.validate()
    let inputs = inputs.hasDeviation ? inputs.withoutIdleTime : inputs
    let european = try EuropeanOption.values(inputs)
    guard inputs.hasDeviation else { return AmericanLimit.values(inputs, european) }
    let put = UnitPut(inputs)
    switch ExerciseRegion(put) {
    case .none: return AmericanValues(european, inputs, method: .european)
    case .belowBoundary:
      return try solve(inputs, european, put, settings, withGreeks: withGreeks)
    case .betweenBoundaries: throw .notConverged(answer: "the boundary of the option")
    }
  }

  private static func solve(
    _ inputs: OptionInputs, _ european: OptionValues, _ put: UnitPut, _ settings: Settings,
    withGreeks: Bool
  ) throws(AnalyticsError) -> AmericanValues {
    guard let boundary = ExerciseBoundary(put, settings, withTangents: withGreeks) else {
      throw .notConverged(answer: "the boundary of the option")
    }
    var values: AmericanValues
    let level = Elementary.exp(boundary.logBoundary)
    if put.spot <= level {
      values = AmericanValues(exercising: inputs)
    } else {
      let premium = EarlyExercisePremium(
        boundary, excess: Elementary.log(put.spot) - boundary.logBoundary, settings.rule)
      values = AmericanValues(european, premium, inputs, put, withGreeks: withGreeks)
      values.method = boundary.method
    }
    values.boundary = inputs.side == .put ? inputs.strike * level : inputs.strike / level
    return values
  }
}

extension AmericanValues {
  /// The payoff.
  init(exercising inputs: OptionInputs) {
    self.init(
      price: inputs.side.sign * (inputs.spot - inputs.strike), delta: inputs.side.sign, gamma: 0,
      vega: 0, theta: 0, rho: 0, dividendRho: 0, boundary: nil, exercisesNow: true,
      method: .payoff)
  }

  init(_ european: OptionValues, _ inputs: OptionInputs, method: AmericanOption.Method) {
    self.init(
      price: european.price, delta: european.delta, gamma: european.gamma, vega: european.vega,
      theta: european.theta, rho: inputs.rate == 0 ? nil : european.rho,
      dividendRho: inputs.dividendYield == 0 ? nil : european.dividendRho, boundary: nil,
      exercisesNow: false, method: method)
  }

  /// The European value and what early exercise adds to it.
  init(
    _ european: OptionValues, _ premium: EarlyExercisePremium, _ inputs: OptionInputs,
    _ put: UnitPut, withGreeks: Bool
  ) {
    self.init(european, inputs, method: .smoothFit)
    let isPut = inputs.side == .put
    let scale = isPut ? inputs.strike : inputs.spot
    let payoff = inputs.side.sign * (inputs.spot - inputs.strike)
    price = max(european.price + scale * premium.price, payoff)
    guard withGreeks else { return }
    // A call is spot · p(strike/spot): its derivatives by spot are p − x·p′ and x²·p″/spot.
    let addedDelta = isPut ? premium.delta : premium.price - put.spot * premium.delta
    let addedGamma = isPut ? premium.gamma : put.spot * put.spot * premium.gamma
    let delta = (european.delta ?? 0) + addedDelta
    let gamma = (european.gamma ?? 0) + addedGamma / scale
    self.delta = delta
    self.gamma = gamma
    vega = (european.vega ?? 0) + scale * premium.vega
    // The Black–Scholes equation, which holds where the option is not exercised.
    let variance = inputs.volatility * inputs.volatility
    theta =
      inputs.rate * price - (inputs.rate - inputs.dividendYield) * (inputs.spot * delta)
      - 0.5 * variance * (inputs.spot * inputs.spot * gamma)
    let addedRho = isPut ? premium.rho : premium.yieldRho
    let addedYieldRho = isPut ? premium.yieldRho : premium.rho
    rho = inputs.rate == 0 ? nil : (european.rho ?? 0) + scale * addedRho
    dividendRho =
      inputs.dividendYield == 0 ? nil : (european.dividendRho ?? 0) + scale * addedYieldRho
  }
}
