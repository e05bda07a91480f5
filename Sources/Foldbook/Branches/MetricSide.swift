import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// One side of a comparison, for metrics.
struct MetricSide {
  /// What a portfolio's last session says.
  struct Results {
    var netAssetValue: MetricValue
    var daily: MetricValue
    var total: MetricValue
    var flags: [ImpactFlag]
  }

  private let day: CalculationDay
  private var histories: PortfolioHistories
  let open: Set<PortfolioID>

  init(_ state: BookState, _ point: ReplayPoint) {
    let history = MarketHistory(state, through: point.asOf)
    day = CalculationDay(state, date: point.asOf.date, asOf: point.asOf, history: history)
    histories = PortfolioHistories(state, asOf: point.asOf, model: history.priceModel)
    open = Set(day.portfolios)
  }

  func knows(_ portfolio: PortfolioID) -> Bool { day.holdings.portfolios[portfolio] != nil }

  func currency(of portfolio: PortfolioID) -> String? {
    day.holdings.portfolios[portfolio]?.currency
  }

  /// Null where the side does not know the portfolio.
  func metrics(of portfolio: PortfolioID) throws -> ImpactMetrics? {
    knows(portfolio) ? try ImpactMetrics(day, portfolio) : nil
  }

  /// Null where the side does not know the portfolio.
  mutating func results(of portfolio: PortfolioID) throws -> Results? {
    guard knows(portfolio) else { return nil }
    guard let last = try histories.history(of: portfolio).days.last else {
      return Results(
        netAssetValue: .unknown, daily: .unknown, total: .unknown, flags: [.insufficient])
    }
    var flags: [ImpactFlag] = []
    if last.isCashUnknown { flags.append(.cashUnknown) }
    if last.isPartial { flags.append(.missingPrices) }
    if last.pnl == nil { flags.append(.shortHistory) }
    return Results(
      netAssetValue: .money(last.netAssetValue), daily: MetricValue(last.pnl),
      total: .money(last.totalPnL), flags: flags.sorted())
  }
}

extension MetricGroup {
  /// Null for what is not compared: what past returns say is in no part.
  var part: DifferencePart? {
    switch self {
    case .value, .exposure, .count: .exposures
    case .greeks: .greeks
    case .factor, .risk: .factors
    case .stress: .stress
    case .history: nil
    }
  }
}

extension MetricDifference {
  /// Metrics of some groups.
  static func of(
    _ left: ImpactMetrics?, _ right: ImpactMetrics?, _ groups: [MetricGroup], _ isComparable: Bool
  ) -> [MetricDifference] {
    let found: [(MetricGroup, MetricDifference?)]
    if let left, let right {
      found = left.changes(to: right).map { metric in
        (
          metric.group,
          MetricDifference(
            metric.group.part, metric.name, metric.unit, metric.before, metric.after,
            isComparable || metric.unit != .money ? metric.delta : .unknown, metric.flags)
        )
      }
    } else {
      found =
        (left ?? right)?.all.map { metric in
          (
            metric.group,
            MetricDifference(
              metric.group.part, metric.name, metric.unit, left == nil ? .unknown : metric.value,
              right == nil ? .unknown : metric.value, .unknown, metric.flags)
          )
        } ?? []
    }
    return found.filter { groups.contains($0.0) }.compactMap(\.1)
  }

  private init?(
    _ part: DifferencePart?, _ name: String, _ unit: MetricUnit, _ left: MetricValue,
    _ right: MetricValue, _ delta: MetricValue, _ flags: [ImpactFlag]
  ) {
    guard let part else { return nil }
    self.init(
      part: part, name: name, unit: unit, left: left, right: right, delta: delta, flags: flags)
  }

  /// What the last sessions say.
  static func ofResults(
    _ left: MetricSide.Results?, _ right: MetricSide.Results?, _ isComparable: Bool
  ) throws -> [MetricDifference] {
    let flags = Set((left?.flags ?? []) + (right?.flags ?? [])).sorted()
    func money(
      _ name: String, _ value: (MetricSide.Results) -> MetricValue
    ) throws -> MetricDifference {
      let (before, after) = (left.map(value) ?? .unknown, right.map(value) ?? .unknown)
      var delta = MetricValue.unknown
      if isComparable, case .money(let old) = before, case .money(let new) = after {
        delta = .money(try new - old)
      }
      return MetricDifference(
        part: .pnl, name: name, unit: .money, left: before, right: after, delta: delta,
        flags: flags)
    }
    return [
      try money("net_asset_value", \.netAssetValue), try money("daily_pnl", \.daily),
      try money("total_pnl", \.total),
    ]
  }
}
