public import ExactNumbers

/// A ratio of two amounts of money, to ten places: 0.05 is 5 %.
public struct Proportion: ScaledNumber {
  public static let places = 10
  public let units: Int128
  public init(units: Int128) { self.units = units }

  /// Null where the denominator is zero.
  ///
  /// - Throws: ``NumberError/overflow(operation:)``.
  public init?(_ numerator: Money, over denominator: Money) throws(NumberError) {
    guard !denominator.isZero else { return nil }
    let (scaled, overflow) = numerator.units.multipliedReportingOverflow(by: 10_000_000_000)
    guard !overflow else { throw .overflow(operation: "\(numerator) / \(denominator)") }
    units =
      denominator.isNegative
      ? dividedHalfEven(-scaled, by: -denominator.units)
      : dividedHalfEven(scaled, by: denominator.units)
  }
}
