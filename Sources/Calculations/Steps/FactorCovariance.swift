public import Analytics
public import Events
public import ExactNumbers

/// How factors move together over a window (C-11).
public struct FactorCovariance: Sendable {
  /// Those in the matrix, in the order of its rows.
  public let factors: [RiskFactor]
  /// Tradable ones that are left out, as they have too few returns in the window.
  public let missing: [RiskFactor]
  /// Null below 30 dates on which all have a return.
  public let estimate: CovarianceEstimate?
  /// The first and the last session of the window; null where there is none.
  public let start: CivilDate?
  public let end: CivilDate?
  /// Sessions asked for.
  public let window: Int
  /// λ of the weights; 1 is equal weight.
  public let decay: Double
  /// Returns of ``factors`` on the window's sessions; not numbers where one is missing.
  let returns: [[Double]]
  /// The days that they span; null where there is no factor.
  let reference: WindowReturns?

  /// Below this there is no matrix, unless the parameter asks for less.
  public static let smallest = 30
  /// A factor beside the documented eight must have a return on this share of the dates: the dates
  /// that it lacks are dropped for all.
  public static let smallestShare = 0.8

  public var quality: Quality {
    guard let estimate else { return .insufficient }
    return estimate.isLimited ? .limitedHistory : .fullHistory
  }

  /// Where a factor stands in the matrix; null where it is not in it.
  public func index(of factor: FactorID) -> Int? { factors.firstIndex { $0.id == factor } }

  /// The daily covariance and the correlation in another order of factors. One that is not in the
  /// matrix has covariance 0 and no correlation, like one that never changes.
  public func aligned(
    _ order: [RiskFactor]
  ) -> (covariance: Matrix, correlation: CorrelationMatrix)? {
    guard let estimate else { return nil }
    let places = order.map { index(of: $0.id) }
    var covariance = Matrix(rows: order.count, columns: order.count)
    for (row, first) in places.enumerated() {
      for (column, second) in places.enumerated() {
        if let first, let second { covariance[row, column] = estimate.daily[first, second] }
      }
    }
    return (covariance, CorrelationMatrix(covariance: covariance))
  }
}

extension CalculationDay {
  /// The covariance of factors that risk is measured with, exponentially weighted (C-11).
  ///
  /// - Parameter portfolio: With its own parameters, where it has any; null: the market's.
  public func factorCovariance(
    for portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> FactorCovariance {
    try kept("factor covariance", portfolio) { () throws(CalculationError) in
      let parameters: [Parameter] = [.covarianceWindow, .covarianceMinimum, .covarianceDecay]
      if let portfolio {
        var isOwn = false
        for parameter in parameters {
          if try value(parameter, portfolio) != value(parameter) { isOwn = true }
        }
        guard isOwn else { return try factorCovariance() }
      }
      return covariance(
        SessionWindow(
          try marketSessions(), count: try whole(.covarianceWindow, portfolio)),
        window: try whole(.covarianceWindow, portfolio),
        minimum: try whole(.covarianceMinimum, portfolio),
        decay: try number(.covarianceDecay, portfolio))
    }
  }

  /// The covariance that stress tests condition on: over the window of a portfolio's betas, all
  /// dates alike (C-19).
  public func stressCovariance(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> FactorCovariance {
    try kept("stress covariance", portfolio) { () throws(CalculationError) in
      covariance(
        try betaWindow(of: portfolio), window: try whole(.betaWindow, portfolio),
        minimum: try whole(.betaMinimum, portfolio), decay: 1)
    }
  }

  private func covariance(
    _ sessions: SessionWindow, window: Int, minimum: Int, decay: Double
  ) -> FactorCovariance {
    let smallest = min(FactorCovariance.smallest, minimum)
    let series = tradableFactors.map { ($0, returns(of: $0, on: sessions)) }
    let kept = Self.joined(series, smallest: smallest)
    // All on dates where their returns span the same days as the first documented one's.
    let reference = (kept.first { $0.0.isCore } ?? kept.first)?.1
    let columns = reference.map { reference in kept.map { $0.1.spanning(reference) } } ?? []
    let estimate = CovarianceEstimate(
      Matrix(columns: columns), weighting: decay == 1 ? .equal : .exponential(decay: decay),
      smallest: smallest, full: minimum)
    let inMatrix = Set(kept.map(\.0.id))
    return FactorCovariance(
      factors: kept.map(\.0), missing: tradableFactors.filter { !inMatrix.contains($0.id) },
      estimate: estimate, start: sessions.dates.first, end: sessions.dates.last, window: window,
      decay: decay, returns: columns, reference: reference)
  }

  /// The factors that a matrix can hold: the documented ones with enough returns, then others that
  /// cost few of the dates those have. In the order given.
  private static func joined(
    _ series: [(RiskFactor, WindowReturns)], smallest: Int
  ) -> [(RiskFactor, WindowReturns)] {
    let usable = series.filter { $0.1.count >= smallest }
    guard let reference = (usable.first { $0.0.isCore } ?? usable.first)?.1 else { return [] }
    var dates = reference.values.map(\.isFinite)
    func common(_ returns: WindowReturns) -> [Bool] {
      zip(dates, returns.spanning(reference)).map { $0 && $1.isFinite }
    }
    for (factor, returns) in usable where factor.isCore { dates = common(returns) }
    var kept = Set(usable.filter(\.0.isCore).map(\.0.id))
    for (factor, returns) in usable where !factor.isCore {
      let joint = common(returns)
      let left = joint.count { $0 }
      let share = FactorCovariance.smallestShare * Double(dates.count { $0 })
      guard left >= smallest, Double(left) >= share else { continue }
      dates = joint
      kept.insert(factor.id)
    }
    return usable.filter { kept.contains($0.0.id) }
  }
}

// MARK: The step

extension CalculatedTable {
  public static let factorCovarianceMatrix = CalculatedTable(
    "factor_covariance_matrix", keyCount: 3,
    [
      "factor1_id", "factor2_id", "calculation_date", "covariance", "correlation",
      "lookback_days", "observations", "decay_factor", "annualization", "quality",
    ])
}

extension Method {
  /// C-11: one matrix for the whole market, its diagonal included.
  static let factorCovariance1 = Method(
    step: .factorCovariance, name: "factor_covariance/1",
    parameters: [.covarianceWindow, .covarianceMinimum, .covarianceDecay]
  ) { day, _, _ in
    let covariance = try day.factorCovariance()
    var rows = CalculatedRows(.factorCovarianceMatrix)
    if let estimate = covariance.estimate {
      let order = covariance.factors.indices.sorted {
        covariance.factors[$0].id < covariance.factors[$1].id
      }
      for (place, first) in order.enumerated() {
        for second in order[place...] {
          rows.append([
            Cell(covariance.factors[first].id.rawValue),
            Cell(covariance.factors[second].id.rawValue), Cell(day.date),
            Cell(estimate.daily[first, second]), Cell(estimate.correlation[first, second]),
            Cell(covariance.window), Cell(estimate.observations), Cell(covariance.decay),
            Cell(252), Cell(covariance.quality.rawValue),
          ])
        }
      }
    }
    return CalculationOutput([rows], warnings: day.covarianceWarnings(covariance))
  }
}

extension CalculationDay {
  func covarianceWarnings(_ covariance: FactorCovariance) -> [String] {
    var warnings: [String] = []
    if !covariance.missing.isEmpty {
      warnings.append(
        "factors left out of the covariance matrix, as their proxies have too few returns: "
          + list(covariance.missing.map { "\($0.id) (\($0.proxy?.rawValue ?? "none"))" }))
    }
    guard let estimate = covariance.estimate else {
      warnings.append(
        "no covariance matrix: fewer than \(FactorCovariance.smallest) of the last "
          + "\(covariance.window) sessions have a return of every factor")
      return warnings
    }
    if estimate.isLimited {
      warnings.append(
        "the covariance matrix rests on \(estimate.observations) sessions only")
    }
    let flat = covariance.factors.indices.filter { estimate.daily[$0, $0] == 0 }
    if !flat.isEmpty {
      warnings.append(
        "factors that never changed: \(list(flat.map { covariance.factors[$0].id.rawValue }))")
    }
    return warnings
  }
}
