internal import Analytics
public import Events
public import ExactNumbers
internal import Portfolio

/// What a scenario's moves of factors do to a portfolio's exposures: no position, and no option, is
/// asked.
struct FactorStress {
  /// The order of exposures and matrices.
  let factors: [RiskFactor]
  let exposures: FactorExposures
  /// Over the window of the betas, all dates alike: for conditioning.
  let covariance: Matrix?
  /// Of the documented method, kept within its limits.
  let correlation: CorrelationMatrix?
  let ridge: Double

  struct Outcome {
    let test: StressTest
    /// The moves of the pinned factors to which an exposure is known, in the order of the factors.
    let told: [Double?]
    let missing: Set<FactorID>
    /// The exposures that move as told.
    let pins: [PortfolioFactorExposure]

    var conditionalPnL: Money? { Money(nearest: test.conditionalPnL) }

    var quality: Quality {
      guard conditionalPnL != nil else { return .insufficient }
      return missing.isEmpty && pins.allSatisfy { $0.quality == .fullHistory }
        ? .fullHistory : .limitedHistory
    }
  }

  func outcome(_ scenario: StressScenario, _ view: ExposureView) -> Outcome {
    let dollars = exposures.dollars(view)
    var shocks = [Double?](repeating: nil, count: factors.count)
    var pinned = [Bool](repeating: false, count: factors.count)
    var missing: Set<FactorID> = []
    for move in scenario.moves {
      guard let index = factors.firstIndex(where: { $0.id == move.factor }) else {
        missing.insert(move.factor)
        continue
      }
      shocks[index] = move.shock.doubleValue
      pinned[index] = move.isPinned
    }
    let test = StressTest(
      exposures: dollars, shocks: shocks, pinned: pinned, covariance: covariance,
      correlation: correlation, ridge: ridge)
    missing.formUnion(test.missingFactors.map { factors[$0].id })
    let told = shocks.indices.map { pinned[$0] && dollars[$0] != nil ? shocks[$0] : nil }
    return Outcome(
      test: test, told: told, missing: missing,
      pins: zip(exposures.exposures(view), told).compactMap { $1 == nil ? nil : $0 })
  }
}

/// The headline of a scenario, of a whole portfolio: ``ScenarioResult`` without what options priced
/// anew and the documented methods say.
public struct StressHeadline: Sendable {
  public let scenario: ScenarioID
  /// As ``ScenarioResult/conditionalPnL``.
  public let conditionalPnL: Money?
  /// Shocked factors without an exposure, ascending.
  public let missingFactors: [FactorID]
  public let quality: Quality
}

extension CalculationDay {
  func factorStress(of portfolio: PortfolioID) throws(CalculationError) -> FactorStress {
    try kept("factor stress", portfolio) { () throws(CalculationError) in
      let factors = tradableFactors
      return FactorStress(
        factors: factors, exposures: try factorExposures(of: portfolio),
        covariance: try stressCovariance(of: portfolio).aligned(factors)?.covariance,
        correlation: try factorCovariance(for: portfolio).aligned(factors)?.correlation
          .clampedAsDocumented(to: try number(.correlationClamp, portfolio)),
        ridge: try number(.stressRidge, portfolio))
    }
  }

  /// The headlines of the book's active scenarios, ascending by scenario; they cost no revaluation.
  public func stressHeadlines(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> [StressHeadline] {
    let stress = try factorStress(of: portfolio)
    return scenarios.map { scenario in
      let outcome = stress.outcome(scenario, .portfolio)
      return StressHeadline(
        scenario: scenario.id, conditionalPnL: outcome.conditionalPnL,
        missingFactors: outcome.missing.sorted(), quality: outcome.quality)
    }
  }
}
