public import Calculations
public import Events
public import ExactNumbers
public import Records

/// What the daily batch is asked to do.
public struct BatchRequest: Sendable {
  /// The sessions in this range.
  public var dates: ClosedRange<CivilDate>
  /// The steps to make, in their own order; all nine by default.
  public var steps: Set<Step>
  /// The first failure ends the run with `batch.failed`.
  public var isStrict: Bool
  /// Makes every calculation and appends nothing.
  public var isDryRun: Bool
  public var actor: String?

  public init(
    dates: ClosedRange<CivilDate>, steps: Set<Step> = Set(Step.allCases), isStrict: Bool = false,
    isDryRun: Bool = false, actor: String? = nil
  ) {
    self.dates = dates
    self.steps = steps
    self.isStrict = isStrict
    self.isDryRun = isDryRun
    self.actor = actor
  }
}

/// What the batch did for one session.
public struct BatchDay: Sendable {
  public enum Status: String, Sendable { case completed, failed, unchanged }

  public var date: CivilDate
  /// Null where nothing had to be run.
  public var batch: BatchID?
  public var status: Status
  public var entries: [BatchEntry] = []
  /// For people: what is odd about the day's data.
  public var warnings: [String] = []
  /// Appended, or what a dry run would append.
  public var eventCount = 0
  /// Of a dry run: what would be appended.
  public var events: [Event] = []
}

/// What became of one step for one portfolio.
public struct BatchEntry: Sendable {
  public enum Status: String, Sendable {
    case completed, failed, skipped
    /// An identical run had been completed before.
    case reused
  }

  public var step: Step
  public var portfolio: PortfolioID?
  public var calculation: CalculationID
  public var status: Status
  public var records: Int?
  public var digest: String?
  /// Why it failed or was skipped.
  public var reason: String?
}

/// What the batch did.
public struct BatchReport: Sendable {
  public var days: [BatchDay] = []
  public var head: EventSequence
  /// Events appended.
  public var appended = 0

  public var failures: Int {
    days.reduce(0) { $0 + $1.entries.count { $0.status == .failed } }
  }
}
