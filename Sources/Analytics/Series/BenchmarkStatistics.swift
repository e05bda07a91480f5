/// A series of returns beside those of its benchmark, on the dates where both are finite (C-15).
public struct BenchmarkStatistics: Hashable, Sendable {
  /// Dates on which both have a return.
  public var observations: Int
  /// Cov / Var(benchmark); nil where the benchmark never changes.
  public var beta: Double?
  /// (r̄ − r_f − β (b̄ − r_f)) · periods per year; nil where β is.
  public var annualAlpha: Double?
  /// −1 … 1; nil where either never changes.
  public var correlation: Double?
  /// Standard deviation of r − b, annualised.
  public var trackingError: Double
  /// mean(r − b) / sd(r − b), annualised; nil where the tracking error is 0.
  public var informationRatio: Double?

  /// - Parameters:
  ///   - dailyRiskFree: r_f, per period.
  ///   - minimumObservations: 20 where it is published.
  /// - Returns: Nil with fewer common dates than the minimum, or below two.
  public init?(
    _ returns: [Double], benchmark: [Double], dailyRiskFree: Double, periodsPerYear: Double = 252,
    minimumObservations: Int = 20
  ) {
    precondition(returns.count == benchmark.count, "both series are on the same dates")
    let kept = returns.indices.filter { returns[$0].isFinite && benchmark[$0].isFinite }
    guard kept.count >= max(2, minimumObservations) else { return nil }
    let own = kept.map { returns[$0] }
    let other = kept.map { benchmark[$0] }
    observations = kept.count
    let ownSide = Centered(own)
    let otherSide = Centered(other)
    let products = OrderedSum.dot(ownSide.values, otherSide.values)
    if otherSide.squares > 0 {
      let beta = products / otherSide.squares
      self.beta = beta
      let excess = OrderedSum.mean(own) - dailyRiskFree
      let benchmarkExcess = OrderedSum.mean(other) - dailyRiskFree
      annualAlpha = (excess - beta * benchmarkExcess) * periodsPerYear
      if ownSide.squares > 0 {
        let value = products / ownSide.squares.squareRoot() / otherSide.squares.squareRoot()
        correlation = min(1, max(-1, value))
      }
    }
    let active = zip(own, other).map { $0 - $1 }
    let deviation = Moments.standardDeviation(active) ?? 0
    trackingError = deviation * periodsPerYear.squareRoot()
    if deviation > 0 {
      informationRatio = OrderedSum.mean(active) / deviation * periodsPerYear.squareRoot()
    }
  }
}
