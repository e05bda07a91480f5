import Events
import ExactNumbers
import Portfolio
import Records

/// What one row of `market_data_cache` says before dividends and splits: a close, or a day's ticks.
struct PriceFact {
  var date: CivilDate
  var effective: Instant
  var open: ExactDecimal?
  var high: ExactDecimal?
  var low: ExactDecimal?
  var close: ExactDecimal
  var volume: Int64?
  var source: String
  /// The last event that touched it, the day's `day.closed` included.
  var touched: (sequence: EventSequence, recorded: Instant)
  var isFinal: Bool

  var day: DayPrice { DayPrice(date: date, effective: effective, price: close) }
}

/// What of a written row may change when another day does.
struct AdjustedRow: Hashable {
  var adjustedClose: Double?
  var sequence: EventSequence
}

extension ProjectionContext {
  func hasActions(_ symbol: Symbol) -> Bool {
    state.market.splits(of: symbol).contains { $0.stamp.effective <= cut }
      || state.market.dividends(of: symbol).contains { $0.stamp.effective <= cut }
  }

  /// The facts of a symbol that count at the cut, in order of date: of a day its close where that
  /// is effective, else its ticks.
  ///
  /// - Parameter date: One day, or null for every day.
  func priceFacts(_ symbol: Symbol, on date: CivilDate?) throws -> [PriceFact] {
    var facts: [PriceFact] = []
    let day = date == nil ? "" : "AND price.date = ?"
    // `close` sorts before `tick`, so the first fact of a date is the one that counts.
    try rows.statement(
      """
      SELECT price.date, price.kind, price.effective, price.open, price.high, price.low,
        price.close, price.volume, price.data_source, price.recorded, price.src_seq,
        closed.src_seq, closed.recorded
      FROM internal_price_facts AS price
      LEFT JOIN internal_closed_days AS closed ON closed.date = price.date
      WHERE price.symbol = ? \(day) AND price.effective <= ?
      ORDER BY price.date, price.kind
      """
    ).rows({ row in
      row.text(symbol.rawValue)
      if let date { row.date(date) }
      row.nanoseconds(cut)
    }) { row in
      guard let date = CivilDate(row.text(0)), facts.last?.date != date,
        let close = row.number(6)
      else { return }
      var touched = (sequence: row.sequence(10), recorded: row.nanoseconds(9))
      let isFinal = !row.isNull(11)
      if isFinal, row.sequence(11) > touched.sequence {
        touched = (row.sequence(11), row.nanoseconds(12))
      }
      let volume = row.optionalText(7).flatMap { Int128($0) }
      facts.append(
        PriceFact(
          date: date, effective: row.nanoseconds(2), open: row.number(3), high: row.number(4),
          low: row.number(5), close: close,
          volume: volume.flatMap {
            Int64(exactly: row.text(1) == "tick" ? $0 / 100_000_000 : $0)
          },
          source: row.text(8), touched: touched, isFinal: isFinal))
    }
    return facts
  }

  func adjustedRows(of symbol: Symbol) throws -> [CivilDate: AdjustedRow] {
    guard previousCut != nil else { return [:] }
    var written: [CivilDate: AdjustedRow] = [:]
    try rows.statement("SELECT date, adj_close, src_seq FROM market_data_cache WHERE ticker = ?")
      .rows({ $0.text(symbol.rawValue) }) { row in
        guard let date = CivilDate(row.text(0)) else { return }
        written[date] = AdjustedRow(
          adjustedClose: row.isNull(1) ? nil : row.real(1), sequence: row.sequence(2))
      }
    return written
  }

  /// Writes the row of a day, or takes it away where nothing is known of the day.
  func write(_ fact: PriceFact?, on day: SymbolDay, adjusted: Adjustments.Day) throws {
    guard let fact else {
      try rows.statement("DELETE FROM market_data_cache WHERE ticker = ? AND date = ?").run { row in
        row.text(day.symbol.rawValue)
        row.date(day.date)
      }
      return
    }
    var touched = fact.touched
    if let stamp = adjusted.stamp, stamp.sequence > touched.sequence {
      touched = (stamp.sequence, stamp.recorded)
    }
    try rows.upsert("market_data_cache") { row in
      row.text(day.symbol.rawValue)
      row.date(day.date)
      row.number(fact.open)
      row.number(fact.high)
      row.number(fact.low)
      row.number(fact.close)
      row.number(adjusted.adjusted(fact.close))
      row.integer(fact.volume)
      row.text(fact.source)
      row.boolean(fact.isFinal)
      row.time(touched.recorded)
      row.sequence(touched.sequence)
    }
  }
}
