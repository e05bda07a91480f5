import Analytics
import Testing

/// Against answers of 60 digits (portfolio_stats.json).
@Suite struct ReferenceSeries {
  @Test(
    "the statistics of a series have the reference's digits",
    arguments: ReferenceJSON.ids("portfolio_stats", kind: "series"))
  func series(id: String) throws {
    let row = try ReferenceJSON.find("portfolio_stats", id)
    let want = row["expected"]
    let rate = try #require(row["risk_free_annual"].number)
    let got = SeriesStatistics(
      values: row["nav"].series, benchmark: row["benchmark"].series, dailyRiskFree: rate / 252,
      minimums: .none)
    let drawdown = try #require(got.maxDrawdown)
    let found: [String: Double?] = [
      "observations": Double(got.observations),
      "mean_daily": got.meanDaily,
      "annualized_volatility": got.annualizedVolatility,
      "sharpe_ratio": got.sharpeRatio,
      "sortino_ratio": got.sortinoRatio,
      "max_drawdown": drawdown.depth,
      "max_drawdown_peak_index": Double(drawdown.peak),
      "max_drawdown_trough_index": Double(drawdown.trough),
      "max_drawdown_recovery_index": drawdown.recovery.map(Double.init),
      "cagr": got.cagr,
      "calmar_ratio": got.calmarRatio,
      "beta": got.benchmark?.beta,
      "alpha_annualized": got.benchmark?.annualAlpha,
      "correlation": got.benchmark?.correlation,
      "tracking_error": got.benchmark?.trackingError,
      "information_ratio": got.benchmark?.informationRatio,
      "skewness": got.skewness,
      "excess_kurtosis": got.excessKurtosis,
      "var_95_historical": got.historicalVaR95?.loss,
      "var_99_historical": got.historicalVaR99?.loss,
      "cvar_95_historical": got.historicalVaR95?.meanLossBeyond,
      "var_95_normal": got.normalVaR95,
      "var_99_normal": got.normalVaR99,
      "total_return": got.totalReturn,
    ]
    #expect(Set(found.keys) == Set(want.members.keys))
    for (key, value) in found {
      let error = relativeError(value, want[key].number)
      #expect(error <= statisticsTolerance, "\(id) \(key): \(String(describing: value))")
    }
  }
}
