public import Analytics
public import Events
public import ExactNumbers
public import Portfolio

/// How likely a short position is to be squeezed (C-20).
public struct SqueezeRisk: Sendable {
  public let position: PositionID
  public let symbol: Symbol
  /// What is sold short: an option's underlying, else the position's own symbol.
  public let shortedSymbol: Symbol
  public let type: PositionType
  /// Signed: below zero.
  public let quantity: Quantity
  public let marketValue: Money?
  public let level: ShortSqueeze.Level
  /// The metrics in force; null where none were ever reported.
  public let metrics: ShortMetrics?
  /// Percent a year.
  public let costToBorrowRate: Double?
  /// As reported, else short interest through average daily volume.
  public let daysToCover: Double?
  /// The metrics are older than 35 days; the level is kept.
  public let isStale: Bool
}

extension CalculationDay {
  /// The latest metrics of every symbol that has some, ascending by symbol.
  public var shortMetricsInForce: [ShortMetrics] {
    state.symbolsWithShortMetrics.compactMap { state.shortMetrics(of: $0, asOf: asOf) }
  }

  /// Short stock and short calls, the most endangered first: by level, then the cost to borrow, then
  /// the days to cover, what is unknown last, then by id. A short put cannot be squeezed, and what
  /// has no metrics is there as unknown.
  public func squeeze(of portfolio: PortfolioID) throws(CalculationError) -> [SqueezeRisk] {
    try kept("squeeze", portfolio) { () throws(CalculationError) in
      try holdings(of: portfolio)
        .filter { $0.position.type == .short || $0.position.type == .shortCall }
        .map { squeeze($0) }
        .sorted { left, right in
          let first = (left.costToBorrowRate, left.daysToCover)
          let second = (right.costToBorrowRate, right.daysToCover)
          if ShortSqueeze.precedes(first, second) { return true }
          if ShortSqueeze.precedes(second, first) { return false }
          return left.position < right.position
        }
    }
  }

  private func squeeze(_ holding: Holding) -> SqueezeRisk {
    let metrics = state.shortMetrics(of: holding.riskSymbol, asOf: asOf)
    let cost = metrics?.costToBorrowRate?.doubleValue
    let days = metrics?.coverDays?.doubleValue
    let age = metrics.map { date.daysSinceEpoch - $0.metricDate.daysSinceEpoch }
    return SqueezeRisk(
      position: holding.id, symbol: holding.position.symbol, shortedSymbol: holding.riskSymbol,
      type: holding.position.type, quantity: holding.position.quantity,
      marketValue: holding.value.marketValue,
      level: ShortSqueeze.level(costToBorrowPercent: cost, daysToCover: days), metrics: metrics,
      costToBorrowRate: cost, daysToCover: days,
      isStale: age.map { Int($0) > ShortSqueeze.staleAfterDays } ?? false)
  }
}

extension ShortMetrics {
  /// The reported days to cover, else short interest through average daily volume, to four places.
  var coverDays: Money? { daysToCover.map { Money($0) } ?? daysOfVolume }
}

// MARK: The step

extension CalculatedTable {
  /// What the day goes by. It is for the digest: `short_selling_metrics` holds every report.
  public static let shortMetricsInForce = CalculatedTable(
    "short_metrics_in_force", keyCount: 2,
    [
      "ticker", "calculation_date", "metric_date", "short_interest_shares", "avg_daily_volume",
      "short_interest_ratio", "days_to_cover", "cost_to_borrow_rate", "shares_available",
      "published_at",
    ])
}

extension Method {
  /// C-20: the latest metrics of each ticker up to the day.
  static let shortMetrics1 = Method(step: .shortMetrics, name: "short_metrics/1", parameters: []) {
    day, _, _ in
    var rows = CalculatedRows(.shortMetricsInForce)
    for metrics in day.shortMetricsInForce {
      rows.append([
        Cell(metrics.symbol.rawValue), Cell(day.date), Cell(metrics.metricDate),
        Cell(metrics.shortInterestShares.map { Int($0) }),
        Cell(metrics.averageDailyVolume.map { Int($0) }),
        Cell(metrics.shortInterestRatio.map { Proportion($0) }), Cell(metrics.coverDays),
        Cell(metrics.costToBorrowRate.map { Money($0) }),
        Cell(metrics.sharesAvailable.map { Int($0) }), Cell(metrics.recorded),
      ])
    }
    return CalculationOutput([rows], warnings: try day.shortWarnings())
  }
}

extension CalculationDay {
  fileprivate func shortWarnings() throws(CalculationError) -> [String] {
    var unknown: Set<Symbol> = []
    var stale: Set<Symbol> = []
    for portfolio in portfolios {
      for risk in try squeeze(of: portfolio) {
        if risk.level == .unknown { unknown.insert(risk.shortedSymbol) }
        if risk.isStale { stale.insert(risk.shortedSymbol) }
      }
    }
    var warnings: [String] = []
    if !unknown.isEmpty {
      warnings.append(
        "squeeze risk is not known of \(list(unknown.sorted().map(\.rawValue))): report their "
          + "short interest with short.reported")
    }
    if !stale.isEmpty {
      warnings.append(
        "short metrics older than \(ShortSqueeze.staleAfterDays) days: "
          + list(stale.sorted().map(\.rawValue)))
    }
    return warnings
  }
}
