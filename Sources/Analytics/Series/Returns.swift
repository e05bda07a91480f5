import ExactNumbers

/// Series of returns from series of values, oldest first.
///
/// In a series a number that is not finite stands for a missing one; a return is missing where
/// either of its values is, or is not positive.
public enum Returns {
  /// (vₜ − vₜ₋₁) / vₜ₋₁, formed so: vₜ / vₜ₋₁ − 1 loses the digits of a small move.
  ///
  /// - Returns: One fewer than the values. After a value that is 0 or negative there is no return;
  ///   the fall to it has one.
  public static func simple(_ values: [Double]) -> [Double] {
    zip(values, values.dropFirst()).map { before, after in
      before > 0 && before.isFinite && after.isFinite ? (after - before) / before : .nan
    }
  }

  /// ln(vₜ / vₜ₋₁).
  ///
  /// - Returns: One fewer than the values; missing unless both are positive.
  public static func logarithmic(_ values: [Double]) -> [Double] {
    simple(values).map { $0 > -1 ? Elementary.log1p($0) : .nan }
  }

  /// (yₜ − yₜ₋₁) / 100, for yields in percent: the factor return of `interest_rate` (C-09).
  ///
  /// - Returns: One fewer than the yields, as fractions: 0.0001 is a basis point.
  public static func yieldChanges(percent yields: [Double]) -> [Double] {
    zip(yields, yields.dropFirst()).map { before, after in
      before.isFinite && after.isFinite ? (after - before) / 100 : .nan
    }
  }

  /// Π(1 + r) − 1, the return of a period from those of its days (C-07).
  ///
  /// Summed as logarithms, so that growth by a billionth keeps its digits.
  ///
  /// - Returns: Nil for no returns, a missing one, or one below −100 %. Exactly −1 after a total
  ///   loss.
  public static func chained(_ returns: [Double]) -> Double? {
    guard !returns.isEmpty, returns.allSatisfy({ $0.isFinite && $0 >= -1 }) else { return nil }
    guard !returns.contains(-1) else { return -1 }
    return Elementary.expm1(OrderedSum.compensated(returns.map { Elementary.log1p($0) }))
  }

  /// Growth a year from growth over all periods: (1 + total)^(periodsPerYear / periods) − 1.
  ///
  /// - Returns: Nil without periods, or where nothing or less is left.
  public static func annualGrowth(
    total: Double, periods: Int, periodsPerYear: Double = 252
  ) -> Double? {
    guard periods > 0, total > -1, total.isFinite else { return nil }
    return Elementary.expm1(periodsPerYear / Double(periods) * Elementary.log1p(total))
  }

  /// The daily rate that compounds to a yearly one over 252 sessions: (1 + R)^(1/252) − 1 (C-18).
  ///
  /// - Returns: Nil for a rate of −100 % or less.
  public static func dailyRate(annual: Double, periodsPerYear: Double = 252) -> Double? {
    guard annual > -1, annual.isFinite else { return nil }
    return Elementary.expm1(Elementary.log1p(annual) / periodsPerYear)
  }
}
