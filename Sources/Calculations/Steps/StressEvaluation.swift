internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

extension StressInputs {
  mutating func result(_ scenario: StressScenario, _ view: ExposureView) -> ScenarioResult {
    let exposures = exposures.dollars(view)
    let outcome = factorStress.outcome(scenario, view)
    let test = outcome.test
    let told = outcome.told
    let weights = weights(told)
    let conditional = outcome.conditionalPnL
    var revaluation: (profit: Double?, linearOptions: Int) = (nil, 0)
    if let weights, conditional != nil { revaluation = revalued(weights, view) }
    return ScenarioResult(
      scenario: scenario.id, view: view, directPnL: Money(nearest: test.directPnL),
      correlatedPnL: Money(nearest: test.documentedCorrelatedPnL), conditionalPnL: conditional,
      revaluedPnL: Money(nearest: revaluation.profit),
      fraction: fraction(conditional), basis: denominator.basis,
      exceedsNetAssetValue: exceedsNetAssetValue(conditional),
      newValue: newValue(conditional),
      impacts: impacts(scenario, exposures, weights), missingFactors: outcome.missing.sorted(),
      impliedMoves: view == .portfolio ? impliedMoves(test) : [],
      coverage: outcome.pins.compactMap(\.coverage).min(),
      linearOptionCount: revaluation.linearOptions,
      quality: outcome.quality)
  }

  /// v of the conditional method; null for a factor that is not told how to move.
  private func weights(_ told: [Double?]) -> [Double?]? {
    guard
      let weights = StressShocks.conditionalWeights(
        pinned: told, covariance: covariance, ridge: ridge)
    else { return nil }
    return zip(told, weights).map { $0 == nil ? nil : $1 }
  }

  private func fraction(_ profit: Money?) -> Proportion? {
    guard let profit, let value = denominator.value else { return nil }
    return Proportion(nearest: profit.doubleValue / value)
  }

  private func exceedsNetAssetValue(_ profit: Money?) -> Bool? {
    guard let profit, let netAssetValue else { return nil }
    return StressReport.exceedsNetAssetValue(
      profit.doubleValue, netAssetValue: netAssetValue.doubleValue)
  }

  private func newValue(_ profit: Money?) -> Money? {
    guard let profit, let netAssetValue else { return nil }
    return try? netAssetValue + profit
  }

  private mutating func revalued(
    _ weights: [Double?], _ view: ExposureView
  ) -> (profit: Double?, linearOptions: Int) {
    let revaluation = revaluations[weights] ?? revaluation(weights)
    revaluations[weights] = revaluation
    var sum = 0.0
    var known = 0
    var unknown = 0
    var linear = 0
    for (index, position) in positions.enumerated()
    where view.contains(isShort: position.isShort) {
      guard let profit = revaluation.profits[index] else {
        if position.exposure != 0 { unknown += 1 }
        continue
      }
      sum += profit
      known += 1
      if revaluation.isLinearOption[index] { linear += 1 }
    }
    return (known == 0 && unknown > 0 ? nil : sum, linear)
  }

  private func revaluation(_ weights: [Double?]) -> Revaluation {
    var profits: [Double?] = []
    var isLinearOption: [Bool] = []
    var prices: [PricedContract: Double] = [:]
    for position in positions {
      var profit: Double?
      var isLinear = false
      if let move = position.move(weights), let exposure = position.exposure {
        profit = position.option?.profit(move, &prices)
        if profit == nil {
          profit = exposure * move
          isLinear = position.isOption && exposure != 0
        }
      }
      profits.append(profit)
      isLinearOption.append(isLinear)
    }
    return Revaluation(profits: profits, isLinearOption: isLinearOption)
  }

  private func impacts(
    _ scenario: StressScenario, _ exposures: [Double?], _ weights: [Double?]?
  ) -> [FactorImpact] {
    scenario.moves.sorted { $0.factor < $1.factor }.map { move in
      let index = factors.firstIndex { $0.id == move.factor }
      let exposure = index.flatMap { exposures[$0] }
      let weight = index.flatMap { index in weights.flatMap { $0[index] } }
      return FactorImpact(
        factor: move.factor, shock: move.shock, isPinned: move.isPinned,
        exposure: Money(nearest: exposure),
        directPnL: Money(nearest: exposure.map { $0 * move.shock.doubleValue }),
        conditionalPnL: exposure.flatMap { exposure in
          weight.flatMap { Money(nearest: exposure * $0) }
        })
    }
  }

  private func impliedMoves(_ test: StressTest) -> [(factor: FactorID, move: Double)] {
    guard let moves = test.impliedShocks, let covariance else { return [] }
    // What is not in the matrix, or never changes, has no expectation.
    return factors.indices.filter { moves[$0] != 0 || covariance[$0, $0] > 0 }
      .map { (factors[$0].id, moves[$0]) }
  }
}
