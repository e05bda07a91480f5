/// The correlation of two series on their common dates (C-13).
public struct Correlation: Hashable, Sendable {
  /// −1 … 1; nil with less overlap than asked, or where either never changes on those dates.
  public var value: Double?
  /// Dates on which both have a return.
  public var observations: Int

  /// How likely a correlation this far from 0 is by chance; nil where there is none.
  public var pValue: Double? {
    value.flatMap { Self.pValue($0, observations: observations) }
  }

  /// Two-sided, from t = ρ √((n − 2) / (1 − ρ²)).
  ///
  /// - Returns: Nil below three observations; 0 for ±1.
  public static func pValue(_ correlation: Double, observations: Int) -> Double? {
    guard observations >= 3 else { return nil }
    let unexplained = (1 - correlation) * (1 + correlation)
    guard unexplained > 0 else { return 0 }
    let t = correlation * (Double(observations - 2) / unexplained).squareRoot()
    return StudentT.twoSidedProbability(t, degreesOfFreedom: observations - 2)
  }

  /// Pearson's correlation on the dates where both are finite.
  ///
  /// The bits are those of ``CorrelationStudy`` for the same pair.
  public static func between(
    _ first: [Double], _ second: [Double], minimumOverlap: Int = 30
  ) -> Correlation {
    precondition(first.count == second.count, "both series are on the same dates")
    let study = CorrelationStudy([first, second], minimumOverlap: minimumOverlap)
    var found = Correlation(value: nil, observations: 0)
    study.forEachPair { found = $2 }
    return found
  }
}
