internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

/// What every scenario of a portfolio is worked out from: exposures, betas, covariance.
struct StressInputs {
  let factorStress: FactorStress
  /// Ascending by id.
  let positions: [StressedPosition]
  /// Null where cash is not known.
  let netAssetValue: Money?
  /// What a result is a fraction of.
  let denominator: RiskDenominator
  /// Worked out once for all scenarios and views of equal moves.
  var revaluations: [[Double?]: Revaluation] = [:]

  /// The order of betas, exposures and matrices.
  var factors: [RiskFactor] { factorStress.factors }
  var exposures: FactorExposures { factorStress.exposures }
  var covariance: Matrix? { factorStress.covariance }
  var ridge: Double { factorStress.ridge }
}

/// A position and how it moves.
struct StressedPosition {
  let isShort: Bool
  /// Delta-adjusted, signed; null where no price is known.
  let exposure: Double?
  let betas: [FactorBeta]
  /// Null for what moves in a straight line: shares, and options without a price by the model.
  let option: StressedOption?
  let isOption: Bool
}

/// An option that can be priced at another price of its underlying.
struct StressedOption {
  let contract: OptionContract
  /// Quantity times multiplier.
  let scale: Double
  let price: Double
}

/// The profits of positions for one set of moves; null where no beta says how it moves.
struct Revaluation {
  var profits: [Double?]
  var isLinearOption: [Bool]
}

extension CalculationDay {
  func stressInputs(of portfolio: PortfolioID) throws(CalculationError) -> StressInputs {
    try kept("stress inputs", portfolio) { () throws(CalculationError) in
      var positions: [StressedPosition] = []
      var prices: [PricedContract: Double] = [:]
      for ((holding, exposure), greeks) in zip(
        zip(try holdings(of: portfolio), try exposures(of: portfolio)), try greeks(of: portfolio))
      {
        positions.append(
          StressedPosition(
            isShort: exposure.isShort, exposure: exposure.amount,
            betas: try factorBetas(of: exposure.symbol, in: portfolio),
            option: greeks.status == .ok && exposure.isOption
              ? try stressedOption(holding, greeks.scale, &prices) : nil,
            isOption: exposure.isOption))
      }
      let denominator = try denominator(of: portfolio)
      return StressInputs(
        factorStress: try factorStress(of: portfolio), positions: positions,
        netAssetValue: denominator.basis == .nav ? try netAssetValue(of: portfolio) : nil,
        denominator: denominator)
    }
  }

  /// Null where the model has no price for it.
  private func stressedOption(
    _ holding: Holding, _ scale: Double, _ prices: inout [PricedContract: Double]
  ) throws(CalculationError) -> StressedOption? {
    guard let terms = holding.position.terms, let contract = try contract(holding, terms) else {
      return nil
    }
    let key = PricedContract(inputs: contract.inputs, isAmerican: contract.isAmerican)
    guard let price = prices[key] ?? (try? contract.price()) else { return nil }
    prices[key] = price
    return StressedOption(contract: contract, scale: scale, price: price)
  }
}

/// Positions on one contract share its price.
struct PricedContract: Hashable {
  let inputs: OptionInputs
  let isAmerican: Bool
}

extension StressedPosition {
  /// Σ β v over the factors that move, of those that it has a beta for; null where it has none.
  func move(_ weights: [Double?]) -> Double? {
    var sum = 0.0
    var known = false
    for (weight, beta) in zip(weights, betas) {
      guard let weight, let beta = beta.beta else { continue }
      known = true
      sum += beta * weight
    }
    return known ? sum : nil
  }
}

extension StressedOption {
  /// The profit as the underlying moves by a fraction, volatility as it is.
  ///
  /// - Returns: Null where the model has no price there.
  func profit(_ move: Double, _ prices: inout [PricedContract: Double]) -> Double? {
    var moved = contract
    moved.inputs.spot *= 1 + move
    if moved.inputs.spot <= 0 { return scale * (worthless - price) }
    let key = PricedContract(inputs: moved.inputs, isAmerican: moved.isAmerican)
    guard let value = prices[key] ?? (try? moved.price()) else { return nil }
    prices[key] = value
    return scale * (value - price)
  }

  /// The price where the underlying is worth nothing: a share does not fall further.
  private var worthless: Double {
    let inputs = contract.inputs
    guard inputs.side == .put else { return 0 }
    let discounted = inputs.strike * Elementary.exp(-(inputs.rate * inputs.years))
    return contract.isAmerican ? max(inputs.strike, discounted) : discounted
  }
}
