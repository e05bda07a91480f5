import ExactNumbers

/// American options without time or without volatility: the spot is then known in advance, and the
/// option is worth the best of what exercise at a known moment pays, discounted.
enum AmericanLimit {
  /// - Parameter european: the limit of the European option.
  static func values(_ inputs: OptionInputs, _ european: OptionValues) -> AmericanValues {
    guard inputs.years > 0 else { return atExpiry(inputs, european) }
    let region = ExerciseRegion(UnitPut(inputs))
    if region == .none { return AmericanValues(european, inputs, method: .european) }
    let now = inputs.side.sign * (inputs.spot - inputs.strike)
    var values: AmericanValues
    if let moment = bestMoment(inputs) {
      values = exercising(inputs, at: moment)
    } else if max(now, european.price) == 0 {
      values = AmericanValues(european, inputs, method: .payoff)
      if now == 0 { values = values.withoutGreeks }
    } else if now > european.price {
      values = AmericanValues(exercising: inputs)
    } else {
      values = AmericanValues(european, inputs, method: .payoff)
      if now == european.price { values = values.withoutGreeks }
    }
    values.boundary = region == .belowBoundary ? boundary(inputs) : nil
    return values
  }

  private static func atExpiry(_ inputs: OptionInputs, _ european: OptionValues) -> AmericanValues {
    var values = AmericanValues(european, inputs, method: .payoff)
    values.exercisesNow = european.price > 0
    values.boundary = inputs.strike
    return values
  }

  /// When the discounted payoff is largest, if that lies between now and expiry.
  private static func bestMoment(_ inputs: OptionInputs) -> Double? {
    let rate = inputs.rate
    let yield = inputs.dividendYield
    // Its slope is 0 where yield · S · e^(−yield·t) = rate · K · e^(−rate·t).
    guard rate * yield > 0, inputs.side.sign * rate * (yield - rate) < 0 else { return nil }
    let moment =
      (Elementary.log(yield / rate) + Elementary.log(inputs.spot / inputs.strike)) / (yield - rate)
    guard moment > 0, moment < inputs.years, payoff(inputs, at: moment) > 0 else { return nil }
    return moment
  }

  private static func payoff(_ inputs: OptionInputs, at moment: Double) -> Double {
    inputs.side.sign
      * (inputs.spot * Elementary.exp(-inputs.dividendYield * moment)
        - inputs.strike * Elementary.exp(-inputs.rate * moment))
  }

  private static func exercising(_ inputs: OptionInputs, at moment: Double) -> AmericanValues {
    let sign = inputs.side.sign
    let spotDiscount = Elementary.exp(-inputs.dividendYield * moment)
    let strikeNow = inputs.strike * Elementary.exp(-inputs.rate * moment)
    return AmericanValues(
      price: payoff(inputs, at: moment), delta: sign * spotDiscount,
      // The moment moves with the spot, by 1 / (S · (yield − rate)).
      gamma: -sign * inputs.dividendYield * spotDiscount
        / (inputs.spot * (inputs.dividendYield - inputs.rate)),
      vega: 0, theta: 0, rho: sign * (moment * strikeNow),
      dividendRho: -sign * (moment * inputs.spot * spotDiscount), boundary: nil,
      exercisesNow: false, method: .payoff)
  }

  /// The limit of the boundary: it does not depend on time.
  private static func boundary(_ inputs: OptionInputs) -> Double {
    let level = Elementary.exp(UnitPut(inputs).logStart)
    return inputs.side == .put ? inputs.strike * level : inputs.strike / level
  }
}

extension AmericanValues {
  /// At a kink only the price is defined.
  fileprivate var withoutGreeks: AmericanValues {
    AmericanValues(
      price: price, delta: nil, gamma: nil, vega: nil, theta: nil, rho: nil, dividendRho: nil,
      boundary: boundary, exercisesNow: exercisesNow, method: method)
  }
}
