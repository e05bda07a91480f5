/// The deepest fall of a series of values from its highest point before (C-17).
public struct Drawdown: Hashable, Sendable {
  /// min over t of Wₜ / max before − 1, at most 0; −0.25 is a fall by a quarter.
  public var depth: Double
  /// The index of the high the fall started from; the first, where several are equal.
  public var peak: Int
  /// The index of its lowest value; the first, where several are equal.
  public var trough: Int
  /// The first index at or above the high again; nil while it is not, and for a series that never
  /// falls.
  public var recovery: Int?
  /// The index of the first value that is 0 or negative. What follows it is not looked at.
  public var stopped: Int?

  /// - Parameter values: Net asset values without flows, or any wealth index, oldest first. One
  ///   that is not finite is missing and passed over.
  /// - Returns: Depth 0 at the first index for a series that never falls, one value included. Nil
  ///   where the first value is 0 or negative, or there is none.
  public static func deepest(_ values: [Double]) -> Drawdown? {
    guard let first = values.firstIndex(where: \.isFinite), values[first] > 0 else { return nil }
    var deepest = Drawdown(depth: 0, peak: first, trough: first)
    var high = first
    for index in first..<values.count where values[index].isFinite {
      let value = values[index]
      guard value > 0 else {
        deepest.stopped = index
        break
      }
      if value > values[high] { high = index }
      let depth = (value - values[high]) / values[high]
      if depth < deepest.depth {
        deepest.depth = depth
        deepest.peak = high
        deepest.trough = index
        deepest.recovery = nil
      } else if deepest.depth < 0, deepest.recovery == nil, value >= values[deepest.peak] {
        deepest.recovery = index
      }
    }
    return deepest
  }

  /// The same of the wealth that returns chain to, from 1 before the first of them.
  ///
  /// - Parameter returns: One below or at −100 %, or a missing one, stops it. Indices count values:
  ///   0 is the start, k the end of the k-th return.
  public static func deepest(returns: [Double]) -> Drawdown? {
    var wealth = [1.0]
    for value in returns {
      let next = wealth[wealth.count - 1] * (1 + value)
      wealth.append(next)
      guard next > 0 else { break }
    }
    return deepest(wealth)
  }
}
