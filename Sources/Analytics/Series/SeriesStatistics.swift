/// What a series of values says about its owner's risk and reward.
public struct SeriesStatistics: Hashable, Sendable {
  /// Fewer observations than these give nil instead of a number.
  public struct Minimums: Hashable, Sendable {
    /// For volatility, ratios and what is compared with a benchmark.
    public var risk: Int
    /// For historical value at risk.
    public var valueAtRisk: Int

    public init(risk: Int, valueAtRisk: Int) {
      self.risk = risk
      self.valueAtRisk = valueAtRisk
    }

    /// As published (C-15 to C-18): 20 and 100.
    public static let published = Minimums(risk: 20, valueAtRisk: 100)
    /// Whatever is defined.
    public static let none = Minimums(risk: 2, valueAtRisk: 1)
  }

  /// Returns that are not missing.
  public var observations: Int
  public var meanDaily: Double?
  /// Standard deviation (n − 1) · √(periods per year) (C-16); 0 for a flat series.
  public var annualizedVolatility: Double?
  /// (mean − r_f) / standard deviation · √(periods per year) (C-18); nil for a flat series.
  public var sharpeRatio: Double?
  /// (mean − r_f) / √(mean of min(r − r_f, 0)² over all) · √(periods per year); nil where no return
  /// is below r_f.
  public var sortinoRatio: Double?
  /// Its `stopped` says that the values reached 0.
  public var maxDrawdown: Drawdown?
  /// (last / first)^(periods per year / n) − 1; nil where nothing is left.
  public var cagr: Double?
  /// CAGR / |max drawdown|; nil for a series that never falls.
  public var calmarRatio: Double?
  /// Nil without a benchmark or with too few common dates.
  public var benchmark: BenchmarkStatistics?
  public var skewness: Double?
  public var excessKurtosis: Double?
  public var historicalVaR95: ValueAtRisk?
  public var historicalVaR99: ValueAtRisk?
  /// −(mean − 1.645 sd).
  public var normalVaR95: Double?
  /// −(mean − 2.326 sd).
  public var normalVaR99: Double?
  /// last / first − 1.
  public var totalReturn: Double?

  /// From net asset values without flows.
  ///
  /// - Parameters:
  ///   - values: Oldest first; one that is not finite is missing. After one that is 0 or negative
  ///     nothing is looked at.
  ///   - benchmark: Values on the same dates, or nil.
  ///   - dailyRiskFree: r_f, per period: R/252, or ``Returns/dailyRate(annual:periodsPerYear:)``.
  public init(
    values: [Double], benchmark: [Double]? = nil, dailyRiskFree: Double = 0,
    periodsPerYear: Double = 252, minimums: Minimums = .published
  ) {
    let drawdown = Drawdown.deepest(values)
    let end = drawdown?.stopped.map { $0 + 1 } ?? values.count
    let used = Array(values[..<end])
    self.init(
      returns: Returns.simple(used),
      benchmarkReturns: benchmark.map { Returns.simple(Array($0[..<end])) },
      dailyRiskFree: dailyRiskFree, periodsPerYear: periodsPerYear, minimums: minimums,
      drawdown: drawdown)
    guard let first = used.firstIndex(where: \.isFinite), used[first] > 0,
      let last = used.lastIndex(where: \.isFinite), last > first
    else { return }
    totalReturn = (used[last] - used[first]) / used[first]
    complete(periods: last - first, periodsPerYear)
  }

  /// From returns, as snapshots keep them; the values are those they chain to.
  ///
  /// - Parameters:
  ///   - returns: Oldest first; one that is not finite is missing.
  ///   - benchmark: Returns on the same dates, or nil.
  public init(
    returns: [Double], benchmark: [Double]? = nil, dailyRiskFree: Double = 0,
    periodsPerYear: Double = 252, minimums: Minimums = .published
  ) {
    let present = returns.filter(\.isFinite)
    self.init(
      returns: returns, benchmarkReturns: benchmark, dailyRiskFree: dailyRiskFree,
      periodsPerYear: periodsPerYear, minimums: minimums,
      drawdown: Drawdown.deepest(returns: present))
    totalReturn = Returns.chained(present)
    complete(periods: present.count, periodsPerYear)
  }

  private init(
    returns: [Double], benchmarkReturns: [Double]?, dailyRiskFree: Double, periodsPerYear: Double,
    minimums: Minimums, drawdown: Drawdown?
  ) {
    let present = returns.filter(\.isFinite)
    observations = present.count
    meanDaily = Moments.mean(present)
    maxDrawdown = drawdown
    skewness = Moments.skewness(present)
    excessKurtosis = Moments.excessKurtosis(present)
    historicalVaR95 = ValueAtRisk.historical(
      present, tailPercent: 5, minimumObservations: minimums.valueAtRisk)
    historicalVaR99 = ValueAtRisk.historical(
      present, tailPercent: 1, minimumObservations: minimums.valueAtRisk)
    annualizedVolatility = Ratios.volatility(
      present, periodsPerYear: periodsPerYear, minimumObservations: minimums.risk)
    sharpeRatio = Ratios.sharpe(
      present, dailyRiskFree: dailyRiskFree, periodsPerYear: periodsPerYear,
      minimumObservations: minimums.risk)
    sortinoRatio = Ratios.sortino(
      present, dailyRiskFree: dailyRiskFree, periodsPerYear: periodsPerYear,
      minimumObservations: minimums.risk)
    if present.count >= minimums.risk, let mean = meanDaily,
      let deviation = Moments.standardDeviation(present)
    {
      normalVaR95 = ValueAtRisk.normal(
        mean: mean, standardDeviation: deviation, tail: .fivePercent)
      normalVaR99 = ValueAtRisk.normal(mean: mean, standardDeviation: deviation, tail: .onePercent)
    }
    benchmark = benchmarkReturns.flatMap {
      BenchmarkStatistics(
        returns, benchmark: $0, dailyRiskFree: dailyRiskFree, periodsPerYear: periodsPerYear,
        minimumObservations: minimums.risk)
    }
  }

  private mutating func complete(periods: Int, _ periodsPerYear: Double) {
    cagr = totalReturn.flatMap {
      Returns.annualGrowth(total: $0, periods: periods, periodsPerYear: periodsPerYear)
    }
    calmarRatio = cagr.flatMap { growth in
      maxDrawdown.flatMap { $0.depth < 0 ? growth / -$0.depth : nil }
    }
  }
}
