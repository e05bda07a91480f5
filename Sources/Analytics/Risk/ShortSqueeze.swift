/// How likely the shorts of a ticker are to be squeezed, from its latest metrics (C-20).
public enum ShortSqueeze {
  /// Worst first, as reports order them.
  public enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
    case high = "HIGH"
    case medium = "MEDIUM"
    case low = "LOW"
    case unknown = "UNKNOWN"

    /// The worse is less.
    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .high: 0
      case .medium: 1
      case .low: 2
      case .unknown: 3
      }
    }
  }

  /// Metrics older than this many calendar days are stale; the level stays, flagged.
  public static let staleAfterDays = 35

  /// HIGH above 10 % a year or 5 days, MEDIUM above 5 % or 3 days, LOW where both are known and
  /// neither fires, UNKNOWN otherwise. Thresholds are strict.
  ///
  /// - Parameters:
  ///   - costToBorrowPercent: Per year, in percent: 12.5 is 12.5 %.
  ///   - daysToCover: Short interest through average daily volume.
  public static func level(costToBorrowPercent: Double?, daysToCover: Double?) -> Level {
    let cost = costToBorrowPercent.flatMap { $0.isFinite ? $0 : nil }
    let days = daysToCover.flatMap { $0.isFinite ? $0 : nil }
    if cost.map({ $0 > 10 }) == true || days.map({ $0 > 5 }) == true { return .high }
    if cost.map({ $0 > 5 }) == true || days.map({ $0 > 3 }) == true { return .medium }
    return cost == nil || days == nil ? .unknown : .low
  }

  /// Whether a report lists the first before the second: by level, then cost, then days, the larger
  /// first, unknown ones last.
  public static func precedes(
    _ first: (costToBorrowPercent: Double?, daysToCover: Double?),
    _ second: (costToBorrowPercent: Double?, daysToCover: Double?)
  ) -> Bool {
    let left = level(
      costToBorrowPercent: first.costToBorrowPercent, daysToCover: first.daysToCover)
    let right = level(
      costToBorrowPercent: second.costToBorrowPercent, daysToCover: second.daysToCover)
    if left != right { return left < right }
    if first.costToBorrowPercent != second.costToBorrowPercent {
      return isLarger(first.costToBorrowPercent, second.costToBorrowPercent)
    }
    return isLarger(first.daysToCover, second.daysToCover)
  }

  private static func isLarger(_ first: Double?, _ second: Double?) -> Bool {
    guard let first else { return false }
    guard let second else { return true }
    return first > second
  }
}
