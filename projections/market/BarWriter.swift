import Events
import ExactNumbers
import Portfolio
import Records

/// Keeps `market_data_cache`: which days were touched, and how their rows are derived.
struct BarWriter {
  private var days: Set<SymbolDay> = []
  /// Symbols of which every day is derived anew.
  private var symbols: Set<Symbol> = []
  private var closedDates: Set<CivilDate> = []

  /// More touched days than this, and their symbols are derived whole: memory stays bounded.
  private static let daysMax = 32_768

  mutating func touch(_ day: SymbolDay) {
    guard !symbols.contains(day.symbol) else { return }
    days.insert(day)
    guard days.count > Self.daysMax else { return }
    for day in days { symbols.insert(day.symbol) }
    days = []
  }

  mutating func touchAll(_ symbol: Symbol) { symbols.insert(symbol) }

  mutating func record(
    _ bar: PriceClosed, _ event: Event, in context: ProjectionContext
  ) throws(ProjectionError) {
    // Events arrive in order of their sequences, so the later one replaces.
    let place = event.place
    try context.rows.upsert("internal_price_facts") { row in
      row.text(bar.symbol.rawValue)
      row.date(bar.date)
      row.text("close")
      row.nanoseconds(event.effective)
      row.sequence(place.sequence)
      row.number(bar.open)
      row.number(bar.high)
      row.number(bar.low)
      row.number(bar.close)
      row.text(bar.volume.map { String($0) })
      row.null()
      row.null()
      row.text(bar.provider ?? event.source)
      row.nanoseconds(place.recorded)
      row.sequence(place.sequence)
    }
    touch(SymbolDay(bar.symbol, bar.date))
  }

  mutating func forget(
    _ bar: PriceClosed, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.statement(
      "DELETE FROM internal_price_facts WHERE symbol = ? AND date = ? AND kind = 'close'"
    ).run { row in
      row.text(bar.symbol.rawValue)
      row.date(bar.date)
    }
    touch(SymbolDay(bar.symbol, bar.date))
  }

  /// The UTC date on which the known bar of the same symbol and session is effective.
  func effectiveDate(
    of bar: PriceClosed, in context: ProjectionContext
  ) throws -> CivilDate? {
    try context.rows.statement(
      """
      SELECT effective FROM internal_price_facts
      WHERE symbol = ? AND date = ? AND kind = 'close'
      """
    ).first({ row in
      row.text(bar.symbol.rawValue)
      row.date(bar.date)
    }) { $0.nanoseconds(0).date }
  }

  /// Whether the symbol had a session at the cut before.
  func hadClose(_ symbol: Symbol, in context: ProjectionContext) throws -> Bool {
    guard let previousCut = context.previousCut else { return false }
    return try context.rows.statement(
      """
      SELECT 1 FROM internal_price_facts
      WHERE symbol = ? AND kind = 'close' AND effective <= ? AND date <= ? LIMIT 1
      """
    ).first({ row in
      row.text(symbol.rawValue)
      row.nanoseconds(previousCut)
      row.date(previousCut.date)
    }) { _ in true } != nil
  }

  /// The last session of a symbol before a date, known at the cut.
  func sessionDate(
    of symbol: Symbol, before date: CivilDate, in context: ProjectionContext
  ) throws -> CivilDate? {
    try context.rows.statement(
      """
      SELECT date FROM internal_price_facts
      WHERE symbol = ? AND date < ? AND kind = 'close' AND effective <= ?
      ORDER BY date DESC LIMIT 1
      """
    ).first({ row in
      row.text(symbol.rawValue)
      row.date(date)
      row.nanoseconds(context.cut)
    }) { CivilDate($0.text(0)) } ?? nil
  }

  mutating func close(
    _ date: CivilDate, _ event: Event, in context: ProjectionContext
  ) throws {
    let place = event.place
    let last = try context.rows
      .statement("SELECT src_seq FROM internal_closed_days WHERE date = ?")
      .first({ $0.date(date) }) { $0.sequence(0) }
    guard last.map({ place.sequence > $0 }) ?? true else { return }
    try context.rows.upsert("internal_closed_days") { row in
      row.date(date)
      row.nanoseconds(place.recorded)
      row.sequence(place.sequence)
    }
    closedDates.insert(date)
  }

  mutating func settle(in context: ProjectionContext) throws {
    for date in closedDates {
      try context.rows.statement("SELECT DISTINCT symbol FROM internal_price_facts WHERE date = ?")
        .rows({ $0.date(date) }) { days.insert(SymbolDay(Symbol($0.text(0)), date)) }
    }
    // A dividend's weight hangs on the close before it, so with one every day may change.
    for day in days where context.hasActions(day.symbol) { symbols.insert(day.symbol) }
    let touched = Dictionary(grouping: days, by: \.symbol)
    for symbol in symbols.sorted() {
      try writeAll(symbol, touched: Set((touched[symbol] ?? []).map(\.date)), in: context)
    }
    for day in days where !symbols.contains(day.symbol) {
      let facts = try context.priceFacts(day.symbol, on: day.date)
      try context.write(facts.first, on: day, adjusted: .unadjusted)
    }
  }

  private func writeAll(
    _ symbol: Symbol, touched: Set<CivilDate>, in context: ProjectionContext
  ) throws {
    let written = try context.adjustedRows(of: symbol)
    let facts = try context.priceFacts(symbol, on: nil)
    var adjustments = Adjustments(
      splits: context.state.market.splits(of: symbol).filter { $0.stamp.effective <= context.cut },
      dividends: context.state.market.dividends(of: symbol)
        .filter { $0.stamp.effective <= context.cut },
      days: facts.map(\.day))
    var left = Set(written.keys)
    // From the newest day back: each dividend weighs on all days before its own.
    for fact in facts.reversed() {
      let adjusted = adjustments.next(fact.day)
      left.remove(fact.date)
      let row = AdjustedRow(
        adjustedClose: adjusted.adjusted(fact.close)?.doubleValue,
        sequence: max(adjusted.stamp?.sequence ?? .zero, fact.touched.sequence))
      if touched.contains(fact.date) || written[fact.date] != row {
        try context.write(fact, on: SymbolDay(symbol, fact.date), adjusted: adjusted)
      }
    }
    for date in left {
      try context.write(nil, on: SymbolDay(symbol, date), adjusted: .unadjusted)
    }
  }
}
