internal import Events
internal import Portfolio

/// Metrics of portfolios on both sides, and on the way from one to the other.
struct ImpactCalculation {
  private let day: CalculationDay
  private var before: [ImpactMetrics] = []
  private var after: [ImpactMetrics] = []

  init(_ before: CalculationDay) { day = before }

  /// The portfolio's side without the changes.
  mutating func begin(_ portfolio: PortfolioID) throws(CalculationError) {
    before.append(try ImpactMetrics(day, portfolio))
  }

  /// The other side, where ``marginals(_:_:)`` has not come there already.
  mutating func end(
    _ sides: ImpactSides, hasChanges: Bool
  ) throws(CalculationError) -> CalculationDay {
    guard hasChanges else {
      after = before
      return day
    }
    let day = sides.after()
    guard after.isEmpty else { return day }
    for side in before {
      after.append(try ImpactMetrics(day, side.portfolio, history: side.history))
    }
    return day
  }

  func impacts(_ marginals: [[MarginalImpact]]?) -> [PortfolioImpact] {
    precondition(before.count == after.count, "both sides are known")
    return before.indices.map { index in
      precondition(before[index].all.count == after[index].all.count, "both have the same metrics")
      return PortfolioImpact(
        portfolio: before[index].portfolio,
        metrics: zip(before[index].all, after[index].all).map { before, after in
          MetricImpact(before, after, isUnchanged: before.group == .history)
        },
        marginals: marginals?[index])
    }
  }

  /// One list a portfolio, with one entry a change.
  mutating func marginals(
    _ own: BranchEvents, _ sides: ImpactSides
  ) throws(CalculationError) -> [[MarginalImpact]] {
    var way = ImpactSides.Way(sides)
    var events: [Int: Event] = [:]
    for step in own.steps { events[step.change] = step.event }
    var reached = before
    var marginals = [[MarginalImpact]](repeating: [], count: before.count)
    for (place, change) in own.changes.enumerated() {
      if let event = events[place] { way.fold(event) }
      let isAwaited =
        place + 1 < own.changes.count && change.actsTogether(with: own.changes[place + 1])
      var day: CalculationDay?
      for index in reached.indices {
        let last = reached[index]
        if !isAwaited, change.reaches(last.portfolio) {
          let now = day ?? way.day()
          day = now
          reached[index] = try ImpactMetrics(now, last.portfolio, history: last.history)
        }
        marginals[index].append(
          MarginalImpact(
            change: change.number,
            deltas: zip(last.all, reached[index].all).map { $1.value.less($0.value) }))
      }
    }
    after = reached
    return marginals
  }
}

extension ModelChange {
  /// Whether both are prices of one import or request: thousands of bars are one step.
  fileprivate func actsTogether(with next: ModelChange) -> Bool {
    event.payload.isPrice && next.event.payload.isPrice && event.correlation != nil
      && event.correlation == next.event.correlation
  }

  fileprivate func reaches(_ portfolio: PortfolioID) -> Bool {
    switch reach {
    case .nothing: false
    case .portfolio(let touched): touched == portfolio
    case .everything: true
    }
  }
}
