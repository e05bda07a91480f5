import Events
import ExactNumbers
import Portfolio
import Records

/// Keeps `realtime_quotes_cache`: the latest quote a symbol, and what it means beside the bars.
struct QuoteWriter {
  private var latest: [Symbol: Event] = [:]
  private var touched: Set<Symbol> = []

  /// A bar or a split of the symbol changed.
  mutating func touch(_ symbol: Symbol) { touched.insert(symbol) }

  mutating func record(
    _ quote: QuoteUpdated, _ event: Event, in context: ProjectionContext
  ) throws {
    if let holder = latest[quote.symbol],
      (holder.effective, holder.place.sequence) > (event.effective, event.place.sequence)
    {
      return
    }
    latest[quote.symbol] = event
  }

  mutating func settle(in context: ProjectionContext) throws {
    for (symbol, event) in latest {
      guard case .quoteUpdated(let quote) = event.payload,
        try context.wins("quote", symbol.rawValue, nil, event)
      else { continue }
      try write(quote, event, in: context)
      touched.insert(symbol)
    }
    for symbol in touched { try derive(symbol, in: context) }
  }

  private func write(
    _ quote: QuoteUpdated, _ event: Event, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("realtime_quotes_cache") { row in
      row.text(quote.symbol.rawValue)
      row.number(quote.last)
      row.number(quote.bid)
      row.number(quote.ask)
      row.integer(quote.bidSize)
      row.integer(quote.askSize)
      // What follows from bars is derived below.
      for _ in 0..<5 { row.null() }
      row.time(event.effective)
      row.time(event.place.recorded)
      row.text(event.source)
      row.sequence(event.place.sequence)
    }
  }

  private func derive(_ symbol: Symbol, in context: ProjectionContext) throws {
    let found = try context.rows.statement(
      """
      SELECT winner.effective, quote.last_price
      FROM realtime_quotes_cache AS quote
      JOIN internal_market_winners AS winner
        ON winner.family = 'quote' AND winner.key = quote.ticker AND winner.date = ''
      WHERE quote.ticker = ?
      """
    ).first({ $0.text(symbol.rawValue) }) { ($0.nanoseconds(0), $0.number(1)) }
    guard let (time, last) = found else { return }
    let bar = try context.rows.statement(
      "SELECT high, low, volume FROM market_data_cache WHERE ticker = ? AND date = ?"
    ).first({ row in
      row.text(symbol.rawValue)
      row.date(time.date)
    }) { ($0.number(0), $0.number(1), $0.optionalInteger(2)) }
    let prior = try priorClose(symbol, before: time, in: context)
    let change = last.flatMap { last in prior.flatMap { try? Price(last) - $0 } }
    try context.rows.statement(
      """
      UPDATE realtime_quotes_cache
      SET volume = ?, day_change = ?, day_change_pct = ?, day_high = ?, day_low = ?
      WHERE ticker = ?
      """
    ).run { row in
      row.integer(bar?.2)
      row.number(change)
      row.number(change.flatMap { change in prior.flatMap { Proportion(change, over: $0) } })
      row.number(bar?.0)
      row.number(bar?.1)
      row.text(symbol.rawValue)
    }
  }

  /// The last close before the quote's date, in the units of the quote's time.
  private func priorClose(
    _ symbol: Symbol, before time: Instant, in context: ProjectionContext
  ) throws -> Price? {
    let found = try context.rows.statement(
      """
      SELECT bar.close, max(price.effective)
      FROM market_data_cache AS bar
      JOIN internal_price_facts AS price
        ON price.symbol = bar.ticker AND price.date = bar.date AND price.effective <= ?
      WHERE bar.ticker = ? AND bar.date =
        (SELECT max(date) FROM market_data_cache WHERE ticker = ? AND date < ?)
      """
    ).first({ row in
      row.nanoseconds(context.cut)
      row.text(symbol.rawValue)
      row.text(symbol.rawValue)
      row.date(time.date)
    }) { ($0.number(0), $0.nanoseconds(1)) }
    guard let (close, effective) = found, let close,
      let split = Adjustments.product(
        context.state.market.splits(of: symbol), after: effective, through: time)
    else { return nil }
    return try? Price(close).multiplied(by: split.inverse)
  }
}

extension Proportion {
  /// A change of price over the price it started from; null from zero.
  fileprivate init?(_ change: Price, over start: Price) {
    // 10^23 · 10^10 fits 128 bits.
    guard start.units > 0 else { return nil }
    self.init(units: dividedHalfEven(change.units * 10_000_000_000, by: start.units))
  }
}
