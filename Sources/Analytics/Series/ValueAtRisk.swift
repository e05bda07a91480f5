/// What a day can cost, from the past's own returns. Positive for a loss, as a fraction of value.
public struct ValueAtRisk: Hashable, Sendable {
  /// The loss that a day exceeds with the tail's probability.
  public var loss: Double
  /// The mean loss of the days at least that bad (CVaR, expected shortfall).
  public var meanLossBeyond: Double

  /// From the quantile of the returns, linear between order statistics (type 7 of Hyndman and Fan,
  /// 1996).
  ///
  /// - Parameters:
  ///   - returns: One that is not finite is missing and left out.
  ///   - tailPercent: 5 for VaR 95, 1 for VaR 99.
  ///   - minimumObservations: 100 where it is published; 1 to have it of any series.
  /// - Returns: Nil with fewer returns than the minimum.
  public static func historical(
    _ returns: [Double], tailPercent: Int, minimumObservations: Int = 100
  ) -> ValueAtRisk? {
    precondition(tailPercent > 0 && tailPercent < 100, "a tail is between 0 and 100 %")
    let sorted = returns.filter(\.isFinite).sorted()
    guard sorted.count >= max(1, minimumObservations) else { return nil }
    // In whole numbers, so that no rounding moves the quantile past an order statistic.
    let place = (sorted.count - 1) * tailPercent
    let below = sorted[place / 100]
    var quantile = below
    if place % 100 != 0 {
      quantile += Double(place % 100) / 100 * (sorted[place / 100 + 1] - below)
    }
    let worse = sorted.prefix { $0 <= quantile }
    return ValueAtRisk(loss: -quantile, meanLossBeyond: -OrderedSum.mean(Array(worse)))
  }

  /// −(mean + z · standard deviation): the loss if returns were normal.
  public static func normal(mean: Double, standardDeviation: Double, tail: NormalTail) -> Double {
    tail.deviations * standardDeviation - mean
  }

  /// A tail of the normal law.
  public enum NormalTail: Sendable {
    case fivePercent, onePercent

    /// Standard deviations from the mean to where the tail begins.
    public var deviations: Double {
      switch self {
      case .fivePercent: 1.6448536269514722
      case .onePercent: 2.3263478740408408
      }
    }
  }
}
