/// Mean, spread and shape of a series of returns.
///
/// A number that is not finite is missing and left out.
public enum Moments {
  /// Nil of nothing.
  public static func mean(_ returns: [Double]) -> Double? {
    let values = returns.filter(\.isFinite)
    return values.isEmpty ? nil : OrderedSum.mean(values)
  }

  /// √(Σ(r − r̄)² / (n − 1)), per period; exactly 0 for a series that never changes.
  ///
  /// - Returns: Nil below two returns.
  public static func standardDeviation(_ returns: [Double]) -> Double? {
    let values = returns.filter(\.isFinite)
    guard values.count >= 2 else { return nil }
    return (powerSum(values, 2) / Double(values.count - 1)).squareRoot()
  }

  /// m₃ / m₂^1.5, the moments dividing by n. Nil where nothing varies.
  public static func skewness(_ returns: [Double]) -> Double? {
    let values = returns.filter(\.isFinite)
    let count = Double(values.count)
    let second = powerSum(values, 2) / count
    guard second > 0 else { return nil }
    return powerSum(values, 3) / count / (second * second.squareRoot())
  }

  /// m₄ / m₂² − 3, the moments dividing by n. Nil where nothing varies.
  public static func excessKurtosis(_ returns: [Double]) -> Double? {
    let values = returns.filter(\.isFinite)
    let count = Double(values.count)
    let second = powerSum(values, 2) / count
    guard second > 0 else { return nil }
    return powerSum(values, 4) / count / (second * second) - 3
  }

  private static func powerSum(_ values: [Double], _ power: Int) -> Double {
    guard let first = values.first else { return 0 }
    // Around the first number, then the mean: equal numbers leave exactly nothing.
    let offset = OrderedSum.mean(values.map { $0 - first })
    return OrderedSum.compensated(
      values.lazy.map { value in
        let gap = (value - first) - offset
        switch power {
        case 2: return gap * gap
        case 3: return gap * gap * gap
        default: return (gap * gap) * (gap * gap)
        }
      })
  }
}
