internal import Analytics
internal import Events
public import ExactNumbers
public import Portfolio

/// What a snapshot tells beside values and results. Returns give their measures always; what other
/// steps calculate is null where they were not completed.
public struct SnapshotMeasures: Sendable {
  /// Returns within `risk.window`.
  public internal(set) var observations = 0
  /// Realized (C-15); of factor exposures, flagged, where there are too few returns.
  public internal(set) var beta: Double?
  /// Fraction a year.
  public internal(set) var annualizedVolatility: Double?
  /// A year.
  public internal(set) var sharpeRatio: Double?
  /// Since inception, at most 0.
  public internal(set) var maxDrawdown: Proportion?
  /// Mean correlation of the pairs (C-13).
  public internal(set) var positionCorrelation: Double?
  /// C-14.
  public internal(set) var diversificationScore: Double?
  /// Net and gross delta-adjusted exposure (C-03).
  public internal(set) var deltaAdjustedNet: Money?
  public internal(set) var deltaAdjustedGross: Money?
  /// Sum of the magnitudes (C-03).
  public internal(set) var notionalExposure: Money?
  /// Sums of the positions' Greeks, in the units of C-08. Null where none is known.
  public internal(set) var delta: Double?
  public internal(set) var gamma: Double?
  public internal(set) var theta: Double?
  public internal(set) var vega: Double?
  public internal(set) var rho: Double?
  var flags: Set<SnapshotFlag> = []
}

extension CalculationDay {
  func measures(of portfolio: PortfolioID, _ completed: Set<Step>) throws -> SnapshotMeasures {
    var measures = SnapshotMeasures()
    try addPerformance(portfolio, to: &measures)
    try addNotional(portfolio, to: &measures)
    // What a step cannot calculate is null and flagged like what was not asked of it.
    try Self.add(.greeks, in: completed, or: .greeksNotCalculated, to: &measures) { measures in
      try addGreeks(portfolio, to: &measures)
    }
    try Self.add(.correlations, in: completed, or: .correlationsNotCalculated, to: &measures) {
      try addCorrelations(portfolio, to: &$0)
    }
    try Self.add(
      .portfolioMetrics, in: completed, or: .portfolioMetricsNotCalculated, to: &measures
    ) { try addExAnteBeta(portfolio, to: &$0) }
    return measures
  }

  private static func add(
    _ step: Step, in completed: Set<Step>, or flag: SnapshotFlag,
    to measures: inout SnapshotMeasures, _ body: (inout SnapshotMeasures) throws -> Void
  ) throws {
    guard completed.contains(step) else {
      measures.flags.insert(flag)
      return
    }
    var added = measures
    do {
      try body(&added)
      measures = added
    } catch is CalculationError {
      measures.flags.insert(flag)
    }
  }

  private func addCorrelations(
    _ portfolio: PortfolioID, to measures: inout SnapshotMeasures
  ) throws {
    let diversification = try diversification(of: portfolio)
    measures.positionCorrelation = diversification.averageCorrelation
    measures.diversificationScore = diversification.score
    if let coverage = diversification.coverage, coverage < Self.coverageThreshold {
      measures.flags.insert(.correlationCoverage)
    }
  }

  private func addExAnteBeta(
    _ portfolio: PortfolioID, to measures: inout SnapshotMeasures
  ) throws {
    let coverage = try factorExposures(of: portfolio).market?.coverage
    if let coverage, coverage < Self.coverageThreshold { measures.flags.insert(.factorCoverage) }
    guard measures.beta == nil, let beta = try exAnteBeta(of: portfolio) else { return }
    measures.beta = beta
    measures.flags.insert(.exAnteBeta)
  }

  private func addPerformance(
    _ portfolio: PortfolioID, to measures: inout SnapshotMeasures
  ) throws(CalculationError) {
    let performance = try performance(of: portfolio)
    measures.observations = performance.observations
    measures.beta = performance.beta
    measures.annualizedVolatility = performance.annualizedVolatility
    measures.sharpeRatio = performance.sharpeRatio
    measures.maxDrawdown = Proportion(nearest: performance.maxDrawdown)
    if performance.annualizedVolatility == nil { measures.flags.insert(.shortHistory) }
    if performance.drawdownStopped { measures.flags.insert(.drawdownStopped) }
    if performance.sharpeRatio != nil, performance.rateSource == .standard {
      measures.flags.insert(.defaultRate)
    }
  }

  private func addNotional(
    _ portfolio: PortfolioID, to measures: inout SnapshotMeasures
  ) throws(CalculationError) {
    let holdings = try holdings(of: portfolio)
    var total = Money.zero
    do throws(NumberError) {
      for holding in holdings {
        if let exposure = holding.value.notionalExposure {
          total = try total + exposure.magnitude
        } else {
          measures.flags.insert(.notionalPartial)
        }
      }
    } catch {
      throw .outOfRange(what: "the notional exposure of portfolio \(portfolio)", error)
    }
    measures.notionalExposure = total
  }

  /// A portfolio's sums of Greeks, and what is partial in them.
  func greekMeasures(of portfolio: PortfolioID) throws(CalculationError) -> SnapshotMeasures {
    var measures = SnapshotMeasures()
    try addGreeks(portfolio, to: &measures)
    return measures
  }

  private func addGreeks(
    _ portfolio: PortfolioID, to measures: inout SnapshotMeasures
  ) throws(CalculationError) {
    let totals = try exposureTotals(of: portfolio)
    measures.deltaAdjustedNet = totals.deltaAdjusted.net
    measures.deltaAdjustedGross = totals.deltaAdjusted.gross
    if totals.deltaMissing > 0 { measures.flags.insert(.deltaMissing) }
    let greeks = try greeks(of: portfolio)
    let known = greeks.filter { $0.delta != nil }
    if known.count < greeks.count { measures.flags.insert(.greeksPartial) }
    guard greeks.isEmpty || !known.isEmpty else { return }
    measures.delta = known.compactMap(\.delta).reduce(0, +)
    measures.gamma = known.compactMap(\.gamma).reduce(0, +)
    measures.theta = known.compactMap(\.theta).reduce(0, +)
    measures.vega = known.compactMap(\.vega).reduce(0, +)
    let rhos = known.compactMap(\.rho)
    if rhos.count < known.count { measures.flags.insert(.greeksPartial) }
    measures.rho = rhos.isEmpty && !known.isEmpty ? nil : rhos.reduce(0, +)
  }
}
