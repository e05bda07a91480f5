public import ExactNumbers
public import Records

/// One number of a portfolio that a session can change (C-22), on one side.
public struct ImpactMetric: Hashable, Sendable {
  public let group: MetricGroup
  /// As columns and answers call it; of a factor `factor.<factor>.exposure_value`, of a scenario
  /// `stress.<scenario>`.
  public let name: String
  public let unit: MetricUnit
  public let value: MetricValue
  /// Why it is not known, partial or assumed: ascending, each once. Never empty where it is unknown.
  public let flags: [ImpactFlag]

  init(
    _ group: MetricGroup, _ name: String, _ unit: MetricUnit, _ value: MetricValue,
    flags: Set<ImpactFlag> = []
  ) {
    precondition(value != .unknown || !flags.isEmpty, "\(name): what is not known says why")
    self.group = group
    self.name = name
    self.unit = unit
    self.value = value
    self.flags = flags.sorted()
  }
}

/// What a metric is about.
public enum MetricGroup: String, CaseIterable, Hashable, Sendable {
  case value, exposure, count, greeks, factor, risk, stress
  /// Of past returns, which no modelled trade changes.
  case history
}

/// What a metric's number counts.
public enum MetricUnit: String, CaseIterable, Hashable, Sendable {
  /// The portfolio's currency.
  case money
  case count
  /// 0.05 is 5 %.
  case fraction
  /// Shares of underlyings.
  case shares
  /// A beta, a ratio, a correlation, a score.
  case ratio
}

/// A metric's number: exact where money or a count is.
public enum MetricValue: Hashable, Sendable {
  /// Not known, or not defined. Never zero in disguise.
  case unknown
  case money(Money)
  case count(Int)
  /// Finite.
  case real(Double)

  public init(_ value: Money?) { self = value.map { .money($0) } ?? .unknown }

  /// Unknown also for a number that is not finite.
  public init(_ value: Double?) {
    if let value, value.isFinite { self = .real(value) } else { self = .unknown }
  }

  public var doubleValue: Double? {
    switch self {
    case .unknown: nil
    case .money(let money): money.doubleValue
    case .count(let count): Double(count)
    case .real(let value): value
    }
  }

  /// As a cell of a table.
  public var cell: Cell {
    switch self {
    case .unknown: .null
    case .money(let money): Cell(money)
    case .count(let count): Cell(count)
    case .real(let value): Cell(value)
    }
  }

  /// The digits of ``cell``.
  public var json: JSONValue {
    // What a cell prints of a number is a JSON number.
    (try? JSONValue(parsing: cell.canonicalText)) ?? .null
  }

  /// Nothing of its kind; unknown for what is not known.
  var zero: MetricValue {
    switch self {
    case .unknown: .unknown
    case .money: .money(.zero)
    case .count: .count(0)
    case .real: .real(0)
    }
  }

  /// This less another one of its kind; unknown where one of them is, or where the difference is out
  /// of range.
  func less(_ other: MetricValue) -> MetricValue {
    switch (self, other) {
    case (.money(let left), .money(let right)): MetricValue(try? left - right)
    case (.count(let left), .count(let right)): .count(left - right)
    case (.real(let left), .real(let right)): MetricValue(left - right)
    default: .unknown
    }
  }
}

/// Why a metric is not known, partial or assumed. Where a snapshot has a flag of that meaning, it has
/// that name.
public enum ImpactFlag: String, CaseIterable, Comparable, Hashable, Sendable {
  /// Nothing but trades moved cash: NAV says nothing, fractions are of gross exposure (C-02).
  case cashUnknown = "cash_unknown"
  /// Less than 0.8 of the pairs, by weight, has a correlation (C-14).
  case correlationCoverage = "correlation_coverage"
  /// The risk-free rate is the parameter's default.
  case defaultRate = "default_rate"
  /// Options of unknown delta count with their premium (C-03).
  case deltaMissing = "delta_missing"
  /// Nothing was left on some day: the drawdown stops there (C-17).
  case drawdownStopped = "drawdown_stopped"
  /// Less than 0.8 of gross exposure has a beta (C-10).
  case factorCoverage = "factor_coverage"
  /// Positions without Greeks are in no sum of them.
  case greeksPartial = "greeks_partial"
  /// It cannot be said: too little history, or no exposure is known.
  case insufficient
  /// It rests on less history than the window asks for.
  case limitedHistory = "limited_history"
  /// The scenario moves factors to which no exposure is known.
  case missingFactors = "missing_factors"
  /// Positions without a price are in no total.
  case missingPrices = "missing_prices"
  /// Options without a quote have the model's price, and are in every total (C-01).
  case modelPrices = "model_prices"
  /// The denominator is not above zero.
  case navNotPositive = "nav_not_positive"
  /// The book does not use the factor or scenario on that side.
  case notInUse = "not_in_use"
  /// A position's notional exposure is not known, and not in the total.
  case notionalPartial = "notional_partial"
  /// Too few returns, or none of the kind that it is made of.
  case shortHistory = "short_history"
  case stalePrices = "stale_prices"

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
