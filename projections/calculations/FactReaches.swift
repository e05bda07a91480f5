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
  /// The earliest date of what came into sight by falling due.
  private var dueDate: CivilDate?
  private var early = EarlyFacts()

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    guard let reach = context.state.reach(of: event) else { return }
    let date = try early.date(event, reach.date, in: context)
    let key = Key(portfolio: reach.portfolio, date: date)
    if key != last { flush() }
    last = key
    lastSequence = event.place.sequence
  }

  /// A state has no marks and no publications from behind its cut: what depends on one that was
  /// recorded ahead of its time has to be calculated anew when that has come.
  mutating func due(_ event: Event, in context: ProjectionContext) {
    guard let previous = context.previousCut, event.effective > previous else { return }
    switch event.payload {
    case .priceTicked, .quoteUpdated, .rateSet, .volatilityQuoted, .shortReported:
      let date = event.effective.date
      dueDate = min(dueDate ?? date, date)
    default: break
    }
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
    try early.settle(in: context)
    var earliest: [PortfolioID?: CivilDate] = [:]
    for (key, sequence) in arrived {
      earliest[key.portfolio] = min(earliest[key.portfolio] ?? key.date, key.date)
      try context.rows.upsert("internal_fact_reach") { row in
        row.text(key.portfolio?.rawValue ?? "")
        row.date(key.date)
        row.sequence(sequence)
      }
    }
    if let dueDate { earliest[nil] = min(earliest[nil] ?? dueDate, dueDate) }
    arrived = [:]
    last = nil
    return earliest
  }
}

/// What was once said to hold from before the date it would be looked for under: an entry that a
/// correction moved back, a bar that was known before its session. What takes it away again reaches
/// back as far.
private struct EarlyFacts {
  private enum Key: Hashable {
    case position(PositionID)
    case bar(Symbol, CivilDate)

    var columns: (family: String, key: String) {
      switch self {
      case .position(let id): ("position", id.rawValue)
      case .bar(let symbol, let date): ("bar", "\(date) \(symbol)")
      }
    }
  }

  private var noted: [Key: CivilDate] = [:]

  /// From which date on an event changes results.
  ///
  /// - Parameter reach: What the event says by itself.
  mutating func date(
    _ event: Event, _ reach: CivilDate, in context: ProjectionContext
  ) throws -> CivilDate {
    switch event.payload {
    case .priceClosed(let bar):
      let key = Key.bar(bar.symbol, bar.date)
      let known = try date(of: key, in: context)
      if reach < bar.date { noted[key] = min(known ?? reach, reach) }
      return min(known ?? reach, reach)
    case .positionCorrected(let corrected):
      let key = Key.position(corrected.position)
      let known = try date(of: key, in: context)
      noted[key] = min(known ?? reach, reach)
      return min(known ?? reach, reach)
    case .positionVoided(let voided):
      return min(try date(of: .position(voided.position), in: context) ?? reach, reach)
    default: return reach
    }
  }

  private func date(of key: Key, in context: ProjectionContext) throws -> CivilDate? {
    if let date = noted[key] { return date }
    // A new file has none that is not noted.
    guard context.previousCut != nil else { return nil }
    let columns = key.columns
    return try context.rows.statement(
      "SELECT date FROM internal_early_facts WHERE family = ? AND key = ?"
    ).first({ row in
      row.text(columns.family)
      row.text(columns.key)
    }) { CivilDate($0.text(0)) } ?? nil
  }

  func settle(in context: ProjectionContext) throws {
    for (key, date) in noted {
      try context.rows.upsert("internal_early_facts") { row in
        row.text(key.columns.family)
        row.text(key.columns.key)
        row.date(date)
      }
    }
  }
}

/// The last fact that reaches back to each date, of a whole file.
struct LastFacts {
  /// By portfolio; what holds for every portfolio under null. Dates ascend, each with the greatest
  /// sequence up to it.
  private var series: [PortfolioID?: [(date: CivilDate, sequence: EventSequence)]] = [:]

  init(in context: ProjectionContext) throws {
    try context.rows.statement(
      "SELECT portfolio_id, date, src_seq FROM internal_fact_reach ORDER BY date"
    )
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
