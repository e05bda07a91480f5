public import Events
public import ExactNumbers
public import Portfolio

/// What a modelling session changes: every metric before and after, of the same day, by the same code
/// with the same parameters (C-22).
///
/// The one side is the base with the branch's definitions: parameters, factors, scenarios, instruments
/// and portfolios. The other has its trades, cash, tags, prices, volatilities and rates too. Changes
/// that were reverted count on neither.
///
/// ```swift
/// let impact = try Impact(base: base, events: own, date: day, portfolio: "p", marginals: true)
/// print(impact.portfolios[0]["gross_exposure"]?.delta.json.compactText ?? "")
/// ```
public struct Impact: Sendable {
  public let date: CivilDate
  public let asOf: Instant
  /// The session's portfolio; null where it is of the whole book.
  public let portfolio: PortfolioID?
  public let changes: [ModelChange]
  /// The session's portfolio, or those that its changes touch, ascending by id.
  public let portfolios: [PortfolioImpact]
  /// Columns `base_portfolio_snapshot` and `modified_portfolio_snapshot`; the latter null before the
  /// first change.
  public let baseSnapshot: ModelSnapshot
  public let modifiedSnapshot: ModelSnapshot?

  /// - Parameters:
  ///   - base: The facts that the branch stands on, with what flowed into a live one and without its
  ///     own events; with the prices of what both sides hold, of underlyings, benchmarks and the
  ///     factors' proxies. Its `session` is the branch's.
  ///   - events: The branch's own events in order of sequence, each appended.
  ///   - asOf: Null is the end of the date.
  ///   - portfolio: Null is the whole book: the portfolios that changes touch, all that are open where
  ///     one touches the market.
  ///   - marginals: Whether each change's own part is worked out: one more calculation for each that
  ///     can move a metric.
  ///   - idText: The text of an event's id.
  /// - Throws: ``CalculationError``, also where the base has no such portfolio as of the day.
  public init(
    base: BookState, events: [Event], date: CivilDate, asOf: Instant? = nil,
    portfolio: PortfolioID? = nil, marginals: Bool = false,
    idText: (Event) -> String = Event.givenID
  ) throws(CalculationError) {
    let own = BranchEvents(events, base: base, idText: idText)
    let sides = ImpactSides(base, own, date: date, asOf: asOf ?? date.end)
    let subjects = portfolio.map { [$0] } ?? own.portfolios(in: sides.before)
    var calculation = ImpactCalculation(sides.before)
    for subject in subjects { try calculation.begin(subject) }
    self.date = date
    self.asOf = sides.before.asOf
    self.portfolio = portfolio
    changes = own.changes
    baseSnapshot = try ModelSnapshot(sides.before, subjects)
    let parts = marginals ? try calculation.marginals(own, sides) : nil
    let after = try calculation.end(sides, hasChanges: !own.steps.isEmpty)
    modifiedSnapshot = own.changes.isEmpty ? nil : try ModelSnapshot(after, subjects)
    portfolios = calculation.impacts(parts)
  }
}

/// The impact on one portfolio.
public struct PortfolioImpact: Sendable {
  public let portfolio: PortfolioID
  /// In the order of ``ImpactMetrics``.
  public let metrics: [MetricImpact]
  /// One a change, in their order; null where they were not asked for.
  public let marginals: [MarginalImpact]?

  public subscript(name: String) -> MetricImpact? { metrics.first { $0.name == name } }
}

/// One metric before and after.
public struct MetricImpact: Hashable, Sendable {
  public let group: MetricGroup
  public let name: String
  public let unit: MetricUnit
  public let before: MetricValue
  public let after: MetricValue
  /// `after − before`; unknown where one of them is.
  public let delta: MetricValue
  /// `delta / |before|`, 0.05 is 5 %: column `delta_pct`. Null where before is 0, and where delta is
  /// unknown.
  public let deltaFraction: Double?
  /// Of past returns alone, which no modelled trade changes.
  public let isUnchanged: Bool
  public let beforeFlags: [ImpactFlag]
  public let afterFlags: [ImpactFlag]

  /// Of either side, ascending.
  public var flags: [ImpactFlag] { Set(beforeFlags + afterFlags).sorted() }

  /// - Precondition: Both are of one metric.
  init(_ before: ImpactMetric, _ after: ImpactMetric, isUnchanged: Bool) {
    precondition(before.name == after.name, "both are of one metric")
    group = before.group
    name = before.name
    unit = before.unit
    self.before = before.value
    self.after = after.value
    self.isUnchanged = isUnchanged
    let delta = after.value.less(before.value)
    self.delta = delta
    let base = before.value.doubleValue?.magnitude ?? 0
    let fraction = base > 0 ? delta.doubleValue.map { $0 / base } : nil
    deltaFraction = fraction.flatMap { $0.isFinite ? $0 : nil }
    beforeFlags = before.flags
    afterFlags = after.flags
  }
}

extension ImpactMetrics {
  /// Any two points side by side: two branches, or two days of one.
  ///
  /// In the order of this side's metrics, then those that only the other has. A factor or scenario
  /// that is not in use on one side is not known there.
  public func changes(to after: ImpactMetrics) -> [MetricImpact] {
    let later = Dictionary(uniqueKeysWithValues: after.all.map { ($0.name, $0) })
    let own = Set(all.map(\.name))
    return all.map { MetricImpact($0, later[$0.name] ?? $0.absent, isUnchanged: false) }
      + after.all.filter { !own.contains($0.name) }
      .map { MetricImpact($0.absent, $0, isUnchanged: false) }
  }
}

extension ImpactMetric {
  fileprivate var absent: ImpactMetric {
    ImpactMetric(group, name, unit, .unknown, flags: [.notInUse])
  }
}

/// What one change does by itself, added to the base and the changes before it. Prices of one import
/// act together: their part stands with the last of those that follow each other.
public struct MarginalImpact: Hashable, Sendable {
  /// ``ModelChange/number``.
  public let change: Int
  /// In the order of ``PortfolioImpact/metrics``. Over all changes they add up to the deltas: exactly
  /// for money and counts, and else but for the rounding of doubles. Unknown where the metric is before
  /// or behind the change.
  public let deltas: [MetricValue]
}
