/// Volatility and the ratios of reward to it, a year.
///
/// A return that is not finite is missing and left out. With fewer than the minimum there is no
/// answer; 20 is what is published (C-16, C-18).
public enum Ratios {
  /// Standard deviation (n − 1) · √(periods per year) (C-16). 0 for a series that never changes.
  public static func volatility(
    _ returns: [Double], periodsPerYear: Double = 252, minimumObservations: Int = 20
  ) -> Double? {
    let values = returns.filter(\.isFinite)
    guard values.count >= minimumObservations else { return nil }
    return Moments.standardDeviation(values).map { $0 * periodsPerYear.squareRoot() }
  }

  /// mean(r − r_f) / sd(r − r_f) · √(periods per year) (C-18).
  ///
  /// - Parameter dailyRiskFree: r_f, per period.
  /// - Returns: Nil also for a series that never changes.
  public static func sharpe(
    _ returns: [Double], dailyRiskFree: Double, periodsPerYear: Double = 252,
    minimumObservations: Int = 20
  ) -> Double? {
    let values = returns.filter(\.isFinite)
    guard values.count >= minimumObservations,
      let deviation = Moments.standardDeviation(values), deviation > 0
    else { return nil }
    return (OrderedSum.mean(values) - dailyRiskFree) / deviation * periodsPerYear.squareRoot()
  }

  /// mean(r − r_f) / √(Σ min(r − r_f, 0)² / n) · √(periods per year).
  ///
  /// Source: Sortino and Price (1994); the downside is over all returns, not only the bad ones.
  ///
  /// - Returns: Nil also where no return is below r_f.
  public static func sortino(
    _ returns: [Double], dailyRiskFree: Double, periodsPerYear: Double = 252,
    minimumObservations: Int = 20
  ) -> Double? {
    let values = returns.filter(\.isFinite)
    guard values.count >= max(1, minimumObservations) else { return nil }
    let squares = values.map { value in
      let gap = min(value - dailyRiskFree, 0)
      return gap * gap
    }
    let downside = (OrderedSum.compensated(squares) / Double(values.count)).squareRoot()
    guard downside > 0 else { return nil }
    return (OrderedSum.mean(values) - dailyRiskFree) / downside * periodsPerYear.squareRoot()
  }
}
