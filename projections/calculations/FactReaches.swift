import Events
import ExactNumbers
import Portfolio
import Records

/// Which facts reach back to which dates: what decides whether a result is still that of all facts.
struct FactReaches {
  private struct Key: Hashable {
    var portfolio: PortfolioID?
    var date: CivilDate
  }

  /// The last sequence by scope and date, of what arrived since the file's checkpoint.
  private var arrived: [Key: EventSequence] = [:]
  /// The scope and date noted last: ticks come in runs.
  private var last: Key?
  private var lastSequence = EventSequence.zero

  mutating func note(_ event: Event, in context: ProjectionContext) {
    guard let reach = context.state.reach(of: event) else { return }
    let key = Key(portfolio: reach.portfolio, date: reach.date)
    if key != last { flush() }
    last = key
    lastSequence = event.place.sequence
  }

  private mutating func flush() {
    guard let last else { return }
    arrived[last] = lastSequence
  }

  /// Writes what arrived.
  ///
  /// - Returns: From which date on results have to be calculated anew, by portfolio; what is under
  ///   null holds for all.
  mutating func settle(in context: ProjectionContext) throws -> [PortfolioID?: CivilDate] {
    flush()
    var earliest: [PortfolioID?: CivilDate] = [:]
    for (key, sequence) in arrived {
      earliest[key.portfolio] = min(earliest[key.portfolio] ?? key.date, key.date)
      try context.rows.upsert("internal_fact_reach") { row in
        row.text(key.portfolio?.rawValue ?? "")
        row.date(key.date)
        row.sequence(sequence)
      }
    }
    arrived = [:]
    last = nil
    return earliest
  }
}

/// The last fact that reaches back to each date, of a whole file.
struct LastFacts {
  /// By portfolio; what holds for every portfolio under null. Dates ascend, each with the greatest
  /// sequence up to it.
  private var series: [PortfolioID?: [(date: CivilDate, sequence: EventSequence)]] = [:]

  init(in context: ProjectionContext) throws {
    try context.rows.statement("SELECT portfolio_id, date, src_seq FROM internal_fact_reach ORDER BY date")
      .rows { row in
        guard let date = CivilDate(row.text(1)) else { return }
        let portfolio = row.text(0)
        let key = portfolio.isEmpty ? nil : PortfolioID(portfolio)
        let before = series[key]?.last?.sequence ?? .zero
        series[key, default: []].append((date, max(before, row.sequence(2))))
      }
  }

  /// The last fact that reaches back to a date, for one portfolio, or for the whole market, which may
  /// depend on what any portfolio holds; null for none.
  func fact(reaching date: CivilDate, _ portfolio: PortfolioID?) -> EventSequence? {
    let scopes = portfolio.map { [nil, $0] } ?? Array(series.keys)
    return scopes.compactMap { last(of: series[$0] ?? [], through: date) }.max()
  }

  private func last(
    of series: [(date: CivilDate, sequence: EventSequence)], through date: CivilDate
  ) -> EventSequence? {
    var low = 0
    var high = series.count
    while low < high {
      let middle = (low + high) / 2
      if series[middle].date <= date { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : series[low - 1].sequence
  }
}
