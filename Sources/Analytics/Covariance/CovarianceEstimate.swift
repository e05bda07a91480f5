/// The covariance of factors over a window, from the dates on which all have a return (C-11).
public struct CovarianceEstimate: Hashable, Sendable {
  /// How dates weigh.
  public enum Weighting: Hashable, Sendable {
    /// λ^age, age 0 the newest, around the weighted mean. 0.94 remembers about 17 sessions, 0.97
    /// about 33, whatever the window.
    case exponential(decay: Double)
    /// All alike, around the mean, divided by n: the limit of the first at λ = 1.
    case equal
  }

  /// Dates used.
  public var observations: Int
  /// Dates dropped, as a factor had no return.
  public var droppedRows: Int
  /// Fewer dates than asked for a full estimate.
  public var isLimited: Bool
  /// Per session squared. A factor that never changes has zeros.
  public var daily: Matrix
  /// Nil entries for a factor that never changes.
  public var correlation: CorrelationMatrix

  /// Per year squared, 252 sessions to the year.
  public var annual: Matrix { daily.scaled(by: 252) }

  /// Standard deviation per year of each factor; 0 for one that never changes.
  public var annualVolatilities: [Double] {
    (0..<daily.rows).map { (daily[$0, $0] * 252).squareRoot() }
  }

  /// - Parameters:
  ///   - returns: A row per date, oldest first; a number that is not finite drops its date for the
  ///     whole matrix, which keeps it positive semidefinite.
  ///   - smallest: Fewer complete dates give no matrix.
  ///   - full: Fewer complete dates are flagged.
  /// - Returns: Nil with fewer than `smallest` complete dates.
  public init?(
    _ returns: Matrix, weighting: Weighting = .exponential(decay: 0.94), smallest: Int = 30,
    full: Int = 60
  ) {
    let kept = returns.completeRows()
    guard kept.count >= max(1, smallest), returns.columns > 0 else { return nil }
    let complete =
      kept.count == returns.rows
      ? returns : returns.submatrix(rows: kept, columns: Array(0..<returns.columns))
    let decay: Double
    switch weighting {
    case .exponential(let lambda): decay = lambda
    case .equal: decay = 1
    }
    guard let daily = Covariance.exponential(complete, decay: decay) else { return nil }
    observations = kept.count
    droppedRows = returns.rows - kept.count
    isLimited = kept.count < full
    self.daily = daily
    correlation = CorrelationMatrix(covariance: daily)
  }
}
