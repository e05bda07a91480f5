import Events
import ExactNumbers

/// What has to be calculated anew.
struct Staleness {
  /// From which date on, by portfolio; what is under null holds for all.
  let reached: [PortfolioID?: CivilDate]
  let ended: Set<String>
  let closed: Set<CivilDate>
  /// Everything: the file is being made.
  let isNew: Bool

  func earliestDate(in context: ProjectionContext) throws -> CivilDate? {
    if isNew { return .earliest }
    var dates = Array(reached.values) + closed
    for id in ended {
      let date = try context.rows.statement(
        "SELECT calculation_date FROM calculation_audit_log WHERE id = ?"
      ).first({ $0.text(id) }) { CivilDate($0.text(0)) }
      if let date = date ?? nil { dates.append(date) }
    }
    return dates.min()
  }

  func contains(_ run: CompletedRun) -> Bool {
    isNew || ended.contains(run.id) || isReached(run.date, run.portfolio)
  }

  private func isReached(_ date: CivilDate, _ portfolio: PortfolioID?) -> Bool {
    // What is of the whole market may depend on what any portfolio holds.
    guard let portfolio else { return reached.values.contains { date >= $0 } }
    return date >= min(reached[nil] ?? .latest, reached[portfolio] ?? .latest)
  }

  /// From which date on a portfolio's snapshots are stale.
  func snapshots(of portfolio: PortfolioID, _ runs: [CompletedRun]) -> CivilDate {
    if isNew { return .earliest }
    let own = runs.filter {
      ended.contains($0.id) && ($0.portfolio == nil || $0.portfolio == portfolio)
    }
    return min(
      min(reached[nil] ?? .latest, reached[portfolio] ?? .latest),
      min(closed.min() ?? .latest, own.map(\.date).min() ?? .latest))
  }
}
