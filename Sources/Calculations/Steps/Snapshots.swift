internal import Analytics
public import Events
public import ExactNumbers
public import Portfolio
internal import Records

/// How long a time a snapshot tells of.
public enum SnapshotFrequency: String, CaseIterable, Hashable, Sendable {
  case daily, weekly, monthly
}

/// A portfolio at the end of a session, and what the session, its week or its month did (section 8
/// of the calculations).
public struct Snapshot: Sendable {
  public let portfolio: PortfolioID
  /// The last session of the period.
  public let date: CivilDate
  public let frequency: SnapshotFrequency
  /// The first session of the period, also where the portfolio began later.
  public let periodStart: CivilDate
  /// NAV, exposures and counts at its end.
  public let levels: PortfolioDay
  /// Of the period; null where a session of it, but for the portfolio's first, has none.
  public let pnl: Money?
  /// Of the period: the returns of its sessions chained (C-07). Null where one of them, but for the
  /// portfolio's first day, has none.
  public let returnOfPeriod: Proportion?
  public let netFlows: Money
  /// What the steps of the day add; see ``SnapshotMeasures``.
  public let measures: SnapshotMeasures
  /// What is partial, assumed or missing: ascending, each once.
  public let flags: [SnapshotFlag]

  /// UUID of version 5 of `foldbook:portfolio_snapshots/portfolio/date/frequency`.
  public var id: String {
    RowIdentity.uuid5(
      url: "foldbook:portfolio_snapshots/\(portfolio)/\(date)/\(frequency.rawValue)")
  }

  /// Canonical JSON: the flags and the numbers behind them.
  public var dataQuality: String {
    var members = [
      JSONMember("flags", .array(flags.map { .string($0.rawValue) })),
      JSONMember("missing_prices", .number(JSONNumber(Int64(levels.unpricedCount)))),
      JSONMember("return_observations", .number(JSONNumber(Int64(measures.observations)))),
      JSONMember("stale_prices", .number(JSONNumber(Int64(levels.staleCount)))),
    ]
    // Only a book that asks for them knows of them.
    if levels.modelPricedCount > 0 {
      let count = JSONNumber(Int64(levels.modelPricedCount))
      members.append(JSONMember("model_prices", .number(count)))
    }
    return JSONValue.object(members).canonical.compactText
  }
}

/// Why a number of a snapshot is null, partial or assumed.
public enum SnapshotFlag: String, CaseIterable, Comparable, Hashable, Sendable {
  /// The benchmark has no close: sessions are those of the book's instruments, and there is no beta.
  case benchmarkMissing = "benchmark_missing"
  /// Nothing but trades moved cash: NAV says nothing, returns are on gross exposure (C-02).
  case cashUnknown = "cash_unknown"
  /// Less than 0.8 of the pairs, by weight, has a correlation (C-14).
  case correlationCoverage = "correlation_coverage"
  case correlationsNotCalculated = "correlations_not_calculated"
  /// The risk-free rate is the parameter's default.
  case defaultRate = "default_rate"
  /// Options of unknown delta count with their premium (C-03).
  case deltaMissing = "delta_missing"
  /// Nothing was left on some day: the drawdown stops there (C-17).
  case drawdownStopped = "drawdown_stopped"
  /// Beta is that of the factor exposures: there are too few returns (C-15).
  case exAnteBeta = "ex_ante_beta"
  /// Less than 0.8 of gross exposure has a usable market beta (C-10).
  case factorCoverage = "factor_coverage"
  /// The portfolio's first day: it has no P&L yet.
  case firstDay = "first_day"
  case greeksNotCalculated = "greeks_not_calculated"
  /// Options without Greeks are in no sum of them.
  case greeksPartial = "greeks_partial"
  /// Positions without a price are in no total.
  case missingPrices = "missing_prices"
  /// Options without a quote have the model's price, and are in every total (C-01).
  case modelPrices = "model_prices"
  case navNotPositive = "nav_not_positive"
  /// A position's notional exposure is not known, and not in the total.
  case notionalPartial = "notional_partial"
  /// The portfolio began within the period.
  case partialPeriod = "partial_period"
  /// Something got or lost its price in the period, or was traded without one: P&L and return are
  /// null.
  case pnlUnknown = "pnl_unknown"
  case portfolioMetricsNotCalculated = "portfolio_metrics_not_calculated"
  /// Less than `risk.minimum_observations` returns: no volatility, no Sharpe ratio.
  case shortHistory = "short_history"
  case stalePrices = "stale_prices"

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension CalculationDay {
  /// The snapshots that are due on this day: its own, and those of weeks and months that are over
  /// as of this session and were not as of the one before; ascending by date and frequency.
  ///
  /// None where it is no session, or the portfolio has not begun. A week that ends on the Thursday
  /// before a holiday is told when the session after it is known, with the levels of the Thursday.
  ///
  /// - Parameter completed: The steps that were completed: what another would add is null, flagged.
  /// - Throws: ``CalculationError``, or an error of the analytics.
  public func snapshots(
    of portfolio: PortfolioID, completed: Set<Step> = Set(Step.allCases)
  ) throws -> [Snapshot] {
    _ = try details(of: portfolio)
    guard try session(of: portfolio) != nil else { return [] }
    let days = try history(of: portfolio)
    guard let first = days.first?.date else { return [] }
    var snapshots = [try snapshot(portfolio, .daily, from: date, completed)]
    for (frequency, kind) in [
      (SnapshotFrequency.weekly, SessionPeriodKind.week), (.monthly, .month),
    ] {
      for period in periodsOver(kind, portfolio) where period.last >= first {
        let end = period.last == date ? self : try earlierDay(period.last)
        // A portfolio's sessions are those of its benchmark as of the day: one known later may move
        // them.
        guard try end.session(of: portfolio) != nil else { continue }
        snapshots.append(try end.snapshot(portfolio, frequency, from: period.first, completed))
      }
    }
    return snapshots.sorted {
      ($0.date, $0.frequency.rawValue) < ($1.date, $1.frequency.rawValue)
    }
  }

  /// The weeks or months that are over as of this session and were not as of the one before.
  private func periodsOver(
    _ kind: SessionPeriodKind, _ portfolio: PortfolioID
  ) -> ArraySlice<SessionPeriod> {
    let calendar = sessions(of: portfolio)
    let now = calendar.completePeriods(kind, asOf: date)
    guard let before = calendar.session(before: date) else { return now[...] }
    return now.dropFirst(calendar.completePeriods(kind, asOf: before).count)
  }

  private func snapshot(
    _ portfolio: PortfolioID, _ frequency: SnapshotFrequency, from start: CivilDate,
    _ completed: Set<Step>
  ) throws -> Snapshot {
    let days = try history(of: portfolio)
    let returns = try dailyReturns(of: portfolio)
    guard let levels = days.last, let first = days.first?.date else {
      preconditionFailure("a snapshot is of a session")
    }
    var pnl: Money?
    var isPnLUnknown = false
    var flows = Money.zero
    for day in days.reversed().prefix(while: { $0.date >= start }) {
      flows = try flows + day.netFlows
      if let amount = day.pnl { pnl = try (pnl ?? .zero) + amount }
      isPnLUnknown = isPnLUnknown || day.pnl == nil && day.date > first
    }
    if isPnLUnknown { pnl = nil }
    let own = Array(returns.reversed().prefix { $0.date >= start && $0.date > first }.reversed())
    let measures = try measures(of: portfolio, completed)
    var flags = measures.flags
    flags.formUnion(try self.flags(portfolio, levels))
    if date == first { flags.insert(.firstDay) }
    if isPnLUnknown { flags.insert(.pnlUnknown) }
    if frequency != .daily, start < first { flags.insert(.partialPeriod) }
    return Snapshot(
      portfolio: portfolio, date: date, frequency: frequency, periodStart: start, levels: levels,
      pnl: pnl, returnOfPeriod: Self.chained(own.map(\.value)), netFlows: flows,
      measures: measures, flags: flags.sorted())
  }

  private func flags(
    _ portfolio: PortfolioID, _ levels: PortfolioDay
  ) throws(CalculationError) -> Set<SnapshotFlag> {
    var flags: Set<SnapshotFlag> = []
    if levels.unpricedCount > 0 { flags.insert(.missingPrices) }
    if levels.modelPricedCount > 0 { flags.insert(.modelPrices) }
    if levels.staleCount > 0 { flags.insert(.stalePrices) }
    if levels.isCashUnknown {
      flags.insert(.cashUnknown)
    } else if levels.netAssetValue <= .zero {
      flags.insert(.navNotPositive)
    }
    if try isBenchmarkMissing(portfolio) { flags.insert(.benchmarkMissing) }
    return flags
  }

  /// Whether no close of a portfolio's benchmark is known.
  func isBenchmarkMissing(_ portfolio: PortfolioID) throws(CalculationError) -> Bool {
    let benchmark = try details(of: portfolio).benchmark
    return !state.market.closes(of: benchmark).contains {
      $0.effective <= asOf && $0.date <= date
    }
  }

  /// `Π(1 + r) − 1`, to ten places; one return is itself.
  private static func chained(_ returns: [Proportion?]) -> Proportion? {
    let known = returns.compactMap(\.self)
    guard !known.isEmpty, known.count == returns.count else { return nil }
    return known.count == 1
      ? known[0] : Proportion(nearest: Returns.chained(known.map(\.doubleValue)))
  }
}

// MARK: The step

extension CalculatedTable {
  public static let portfolioSnapshots = CalculatedTable(
    "portfolio_snapshots", keyCount: 3,
    [
      "portfolio_id", "snapshot_date", "frequency", "id", "period_start", "total_value",
      "cash_value", "long_exposure", "short_exposure", "gross_exposure", "net_exposure",
      "delta_adjusted_net", "delta_adjusted_gross", "notional_exposure", "daily_pnl",
      "daily_return", "total_pnl", "realized_pnl", "unrealized_pnl", "net_flows",
      "portfolio_beta", "annualized_volatility", "position_correlation", "max_drawdown",
      "sharpe_ratio", "diversification_score", "portfolio_delta", "portfolio_gamma",
      "portfolio_theta", "portfolio_vega", "portfolio_rho", "num_positions",
      "num_long_positions", "num_short_positions", "num_unpriced", "data_quality",
    ])
}

extension Method {
  /// Section 8 of the calculations: a row a session, and one for each week and month that is over.
  static let snapshots1 = Method(
    step: .snapshots, name: "snapshots/1",
    // Those of the steps it tells of stand with their own runs.
    parameters: [.staleSessions, .riskWindow, .riskMinimum, .drawdownWindow, .riskFreeRate]
  ) { day, portfolio, completed in
    guard let portfolio else { preconditionFailure("snapshots are of a portfolio") }
    var rows = CalculatedRows(.portfolioSnapshots)
    let snapshots = try day.snapshots(of: portfolio, completed: completed)
    for snapshot in snapshots { rows.append(try snapshot.row()) }
    return CalculationOutput([rows], warnings: day.snapshotWarnings(portfolio, snapshots))
  }
}

extension Snapshot {
  fileprivate func row() throws -> [Cell] {
    [
      Cell(portfolio.rawValue), Cell(date), Cell(frequency.rawValue), Cell(id), Cell(periodStart),
      Cell(levels.netAssetValue), Cell(levels.cash), Cell(levels.longExposure),
      Cell(levels.shortExposure), Cell(try levels.grossExposure()),
      Cell(try levels.netExposure()), Cell(measures.deltaAdjustedNet),
      Cell(measures.deltaAdjustedGross), Cell(measures.notionalExposure), Cell(pnl),
      Cell(returnOfPeriod), Cell(levels.totalPnL), Cell(levels.realizedPnL),
      Cell(levels.unrealizedPnL), Cell(netFlows), Cell(measures.beta),
      Cell(measures.annualizedVolatility), Cell(measures.positionCorrelation),
      Cell(measures.maxDrawdown), Cell(measures.sharpeRatio), Cell(measures.diversificationScore),
      Cell(measures.delta), Cell(measures.gamma), Cell(measures.theta), Cell(measures.vega),
      Cell(measures.rho), Cell(levels.positionCount), Cell(levels.longCount),
      Cell(levels.shortCount), Cell(levels.unpricedCount), Cell(dataQuality),
    ]
  }
}

extension CalculationDay {
  fileprivate func snapshotWarnings(_ portfolio: PortfolioID, _ snapshots: [Snapshot]) -> [String] {
    guard let daily = snapshots.first(where: { $0.frequency == .daily }) else {
      return ["\(portfolio): \(date) is no session of it: there is no snapshot"]
    }
    let flags = daily.flags.map(\.rawValue)
    return flags.isEmpty ? [] : ["\(portfolio): \(flags.joined(separator: ", "))"]
  }
}
