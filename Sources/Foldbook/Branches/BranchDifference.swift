public import Calculations
public import Events
public import Portfolio
public import Records

/// A point of a branch.
public struct BranchPoint {
  public var book: Book
  public var point: ReplayPoint

  public init(_ book: Book, at point: ReplayPoint) {
    self.book = book
    self.point = point
  }
}

/// What two points are compared in.
public enum DifferencePart: String, CaseIterable, Hashable, Sendable {
  case positions
  /// Value, the three measures of exposure, counts.
  case exposures
  case greeks
  /// Exposures to factors, and what follows from these: volatility, beta, correlation.
  case factors
  case stress
  /// Net asset value, the session's result and the result since the beginning.
  case pnl
  case events
}

/// In what the right one of two points differs from the left one. Deltas are right less left.
public struct BranchDifference: Sendable {
  /// One of the two points.
  public struct Side: Hashable, Sendable {
    public let branch: String
    public let point: ReplayPoint
  }

  /// What was asked for.
  public let parts: Set<DifferencePart>
  public let left: Side
  public let right: Side
  /// The last number that both branches show up to their points; zero where there is none.
  public let common: EventSequence
  /// Portfolios and positions that differ, and the fewest trades that turn the left into the right.
  public let book: BookDifference
  /// The metrics of portfolios that may differ, ascending by id; of the parts asked for, equal ones
  /// too.
  public let portfolios: [PortfolioMetrics]
  /// Null where they were not asked for.
  public let events: EventsDifference?

  /// Nothing differs in what was asked for.
  public var isEmpty: Bool {
    (!parts.contains(.positions) || book.isEmpty) && (events?.isEmpty ?? true)
      && portfolios.allSatisfy { $0.metrics.allSatisfy { !$0.isDifferent } }
  }
}

/// The metrics of a portfolio on both sides.
public struct PortfolioMetrics: Sendable {
  public let portfolio: PortfolioID
  /// The right side's, or else the left one's.
  public let currency: String
  /// In the order of the parts, each in that of `ImpactMetrics`.
  public let metrics: [MetricDifference]

  public subscript(name: String) -> MetricDifference? { metrics.first { $0.name == name } }
}

/// One metric on both sides.
public struct MetricDifference: Hashable, Sendable {
  public let part: DifferencePart
  public let name: String
  public let unit: MetricUnit
  public let left: MetricValue
  public let right: MetricValue
  /// Right less left; unknown where one of them is, and of money in two currencies.
  public let delta: MetricValue
  /// Why one of them is not known, partial or assumed.
  public let flags: [ImpactFlag]

  public var isDifferent: Bool { left != right }
}

/// The events past the common number, without those that both sides have.
public struct EventsDifference: Sendable {
  /// So many events of a side are listed where nobody says another number; all are counted.
  public static let listedAtMost = 10_000

  /// What one side alone has.
  public struct Side: Sendable {
    /// The first of them, ascending by sequence.
    public private(set) var events: [Event] = []
    /// How many there are.
    public private(set) var count = 0

    mutating func add(_ event: Event, _ limit: Int) {
      if count < limit { events.append(event) }
      count += 1
    }
  }

  public let left: Side
  public let right: Side

  public var isEmpty: Bool { left.count == 0 && right.count == 0 }
}
