internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// What the daily returns of a portfolio say about its risk and reward (C-15 to C-18). It needs
/// NAVs and closes alone: no Greeks, no betas.
public struct Performance: Hashable, Sendable {
  /// Returns among the last ``window`` sessions.
  public let observations: Int
  /// Parameter `risk.window`, sessions.
  public let window: Int
  /// Realized: against the benchmark's total returns (C-15). Null below
  /// `risk.minimum_observations`, and where the benchmark never changes.
  public let beta: Double?
  /// Sessions on which both have a return.
  public let betaObservations: Int
  /// Fraction a year (C-16); null below `risk.minimum_observations`.
  public let annualizedVolatility: Double?
  /// A year (C-18); null also where returns never change.
  public let sharpeRatio: Double?
  /// A year; null also where no return is below the risk-free one.
  public let sortinoRatio: Double?
  /// Deepest fall of the chained returns since inception, at most 0 (C-17). Null without a day.
  public let maxDrawdown: Double?
  /// The same of the last `drawdown.window` sessions.
  public let recentMaxDrawdown: Double?
  /// Nothing was left, or NAV fell below zero: what came after is in no drawdown.
  public let drawdownStopped: Bool
  /// One day's loss, a fraction of NAV, that one day in twenty exceeds; null below 100 returns.
  public let valueAtRisk95: Double?
  /// One in a hundred.
  public let valueAtRisk99: Double?
  /// Fraction a year.
  public let riskFreeRate: Double
  public let rateSource: RateSource
}

/// Where a risk-free rate comes from.
public enum RateSource: String, Sendable {
  /// The latest three-month Treasury yield of the last seven days.
  case treasury = "DGS3MO"
  /// Parameter `rate.risk_free`, as set.
  case parameter
  /// Its default; flagged.
  case standard = "default_rate"
}

extension CalculationDay {
  /// - Throws: ``CalculationError``.
  public func performance(of portfolio: PortfolioID) throws(CalculationError) -> Performance {
    try kept("performance", portfolio) { () throws(CalculationError) in
      let window = try whole(.riskWindow, portfolio)
      let minimum = try whole(.riskMinimum, portfolio)
      let all = try dailyReturns(of: portfolio)
      let recent = all.suffix(window)
      let returns = recent.map { $0.value?.doubleValue ?? .nan }
      let rate = try riskFreeRate(portfolio)
      let daily = Returns.dailyRate(annual: rate.value) ?? 0
      let benchmark = BenchmarkStatistics(
        returns, benchmark: try benchmarkReturns(portfolio, on: recent), dailyRiskFree: daily,
        minimumObservations: minimum)
      let track = try track(of: portfolio)
      let drawdownWindow = try whole(.drawdownWindow, portfolio)
      return Performance(
        observations: returns.count(where: \.isFinite), window: window,
        beta: benchmark?.beta, betaObservations: benchmark?.observations ?? 0,
        annualizedVolatility: Ratios.volatility(returns, minimumObservations: minimum),
        sharpeRatio: Ratios.sharpe(
          returns, dailyRiskFree: daily, minimumObservations: minimum),
        sortinoRatio: Ratios.sortino(
          returns, dailyRiskFree: daily, minimumObservations: minimum),
        maxDrawdown: track.deepestFall,
        recentMaxDrawdown: track.isStopped
          ? nil : Drawdown.deepest(Array(track.wealth.suffix(drawdownWindow + 1)))?.depth,
        drawdownStopped: track.isStopped,
        valueAtRisk95: ValueAtRisk.historical(returns, tailPercent: 5)?.loss,
        valueAtRisk99: ValueAtRisk.historical(returns, tailPercent: 1)?.loss,
        riskFreeRate: rate.value,
        rateSource: isSet(.riskFreeRate, portfolio)
          ? .parameter : rate.isDefault ? .standard : .treasury)
    }
  }

  /// The benchmark's total returns on the given sessions; not a number where it has none, or where
  /// its close before is not that of the session before.
  private func benchmarkReturns(
    _ portfolio: PortfolioID, on sessions: ArraySlice<DailyReturn>
  ) throws(CalculationError) -> [Double] {
    let series = history.returns(of: try details(of: portfolio).benchmark, asOf: asOf)
    let calendar = self.sessions(of: portfolio)
    var returns = [Double](repeating: .nan, count: sessions.count)
    var index = series.count
    // From the newest back: the window is short, the series may be long.
    for (place, session) in sessions.enumerated().reversed() {
      while index > 0, series.dates[index - 1] > session.date { index -= 1 }
      guard index > 0, series.dates[index - 1] == session.date,
        series.starts[index - 1] == calendar.session(before: session.date)
      else { continue }
      returns[place] = series.simple[index - 1]
    }
    return returns
  }
}
