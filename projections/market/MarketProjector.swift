import Events
import ExactNumbers
import Portfolio
import Records

/// Writes bars, quotes, rates, volatilities and short metrics.
///
/// A million ticks become a row a symbol and day: they are gathered in memory by day, and folded
/// into the file whenever enough days have come together.
struct MarketProjector: Projector {
  static let name = "market"
  static let version = 1
  static var schema: [UInt8] { PackageResources.market_sql }
  static let kinds: Set<KindNumber> = [
    PriceTicked.kind.number, PriceClosed.kind.number, QuoteUpdated.kind.number,
    VolatilityQuoted.kind.number, RateSet.kind.number, ShortReported.kind.number,
    InstrumentSplit.kind.number, InstrumentDividend.kind.number, DayClosed.kind.number,
  ]

  private var ticks: [SymbolDay: TickDay] = [:]
  private var bars = BarWriter()
  private var quotes = QuoteWriter()

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    try notePrice(event, in: context)
    switch event.payload {
    case .priceClosed(let bar):
      // A bar replaces the one before it by sequence alone, though neither may be due yet.
      try bars.record(bar, event, in: context)
      quotes.touch(bar.symbol)
    case .instrumentSplit(let split):
      bars.touchAll(split.symbol)
      quotes.touch(split.symbol)
    case .instrumentDividend(let dividend): bars.touchAll(dividend.symbol)
    default: break
    }
  }

  /// The last bar of a day that was said counts, so where that one is hidden none is left.
  mutating func hidden(_ event: Event, in context: ProjectionContext) throws {
    guard case .priceClosed(let bar) = event.payload else { return }
    try bars.forget(bar, in: context)
    quotes.touch(bar.symbol)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    try notePrice(event, in: context)
    switch event.payload {
    case .priceTicked(let tick): try take(tick, event, in: context)
    case .priceClosed(let bar):
      bars.touch(SymbolDay(bar.symbol, bar.date))
      quotes.touch(bar.symbol)
    case .quoteUpdated(let quote): try quotes.record(quote, event, in: context)
    case .instrumentSplit(let split):
      bars.touchAll(split.symbol)
      quotes.touch(split.symbol)
    case .instrumentDividend(let dividend): bars.touchAll(dividend.symbol)
    case .dayClosed(let day): try bars.close(day.date, event, in: context)
    case .rateSet(let rate): try write(rate, event, in: context)
    case .volatilityQuoted(let quoted): try write(quoted, event, in: context)
    case .shortReported(let report): try write(report, event, in: context)
    default: break
    }
  }

  /// Notes from which date on an event changes what holdings are worth.
  private func notePrice(_ event: Event, in context: ProjectionContext) throws {
    // In a new file everything is valued anyway.
    guard context.previousCut != nil else { return }
    let date = event.effective.date
    switch event.payload {
    case .priceTicked(let tick): context.prices.touch(tick.symbol, from: date)
    case .quoteUpdated(let quote): context.prices.touch(quote.symbol, from: date)
    case .instrumentSplit(let split): context.prices.touch(split.symbol, from: date)
    case .instrumentDividend(let dividend): context.prices.touch(dividend.symbol, from: date)
    case .priceClosed(let bar):
      // The bar it replaces may have stood elsewhere on the clock.
      let replaced = try bars.effectiveDate(of: bar, in: context) ?? date
      let earliest = min(bar.date, date, replaced)
      context.prices.touch(bar.symbol, from: earliest)
      // A benchmark's first close makes the sessions its own, back to the beginning.
      let isFirst = try !bars.hadClose(bar.symbol, in: context) || event.effective > context.cut
      // Behind the last session weekdays count, until the next one is known.
      let before = try bars.sessionDate(of: bar.symbol, before: earliest, in: context)
      context.prices.touchSessions(
        from: isFirst ? .earliest : before?.advanced(byDays: 1) ?? .earliest)
    default: break
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    try flushTicks(in: context)
    try bars.settle(in: context)
    try quotes.settle(in: context)
  }

  // MARK: Ticks

  private static let tickDaysMax = 16_384

  private mutating func take(
    _ tick: PriceTicked, _ event: Event, in context: ProjectionContext
  ) throws {
    // A price of zero is a mark, never a bar: placeholder rows are what the documented system wrote.
    guard tick.price > .zero else { return }
    let place = event.place
    let day = TickDay(
      tick, source: event.source, effective: event.effective, sequence: place.sequence,
      recorded: place.recorded)
    let key = SymbolDay(tick.symbol, event.effective.date)
    if ticks[key]?.add(day) == nil { ticks[key] = day }
    if ticks.count >= Self.tickDaysMax { try flushTicks(in: context) }
  }

  private mutating func flushTicks(in context: ProjectionContext) throws {
    let gathered = ticks
    ticks = [:]
    for (key, day) in gathered {
      var day = day
      if let stored = try TickDay(stored: key, in: context) { day.add(stored) }
      try day.write(key, in: context)
      bars.touch(key)
      quotes.touch(key.symbol)
    }
  }
}

/// A symbol on a day.
struct SymbolDay: Hashable {
  let symbol: Symbol
  let date: CivilDate
  init(_ symbol: Symbol, _ date: CivilDate) {
    self.symbol = symbol
    self.date = date
  }
}

// MARK: Registers by day

extension MarketProjector {
  private func write(_ rate: RateSet, _ event: Event, in context: ProjectionContext) throws {
    let date = event.effective.date
    guard try context.wins("rate", rate.series.rawValue, date, event) else { return }
    try context.rows.upsert("rates_cache") { row in
      row.text(rate.series.rawValue)
      row.date(date)
      row.number(rate.value)
      row.text(event.source)
      row.sequence(event.place.sequence)
    }
  }

  private func write(
    _ quoted: VolatilityQuoted, _ event: Event, in context: ProjectionContext
  ) throws {
    let date = event.effective.date
    guard try context.wins("volatility", quoted.symbol.rawValue, date, event) else { return }
    let option = quoted.symbol.option
    try context.rows.upsert("volatility_cache") { row in
      row.text(quoted.symbol.rawValue)
      row.date(date)
      row.date(option?.expiration)
      row.number(option?.strike)
      row.number(quoted.volatility)
      row.text(event.source)
      row.sequence(event.place.sequence)
    }
  }

  private func write(_ report: ShortReported, _ event: Event, in context: ProjectionContext) throws
  {
    let date = event.effective.date
    guard try context.wins("short", report.symbol.rawValue, date, event) else { return }
    try context.rows.upsert("short_selling_metrics") { row in
      row.text(report.symbol.rawValue)
      row.date(date)
      row.integer(report.shortInterestShares)
      row.integer(report.avgDailyVolume)
      row.number(report.shortInterestRatio)
      row.number(report.daysToCover.map { Money($0) } ?? report.daysOfVolume)
      row.number(report.costToBorrowRate.map { Money($0) })
      row.integer(report.sharesAvailable)
      row.null()
      row.time(event.place.recorded)
      row.text(event.source)
      row.sequence(event.place.sequence)
    }
  }
}

extension ShortReported {
  /// Short interest ÷ average daily volume, days to four places: for a report that does not say it.
  fileprivate var daysOfVolume: Money? {
    guard let shares = shortInterestShares, let volume = avgDailyVolume, volume > 0 else {
      return nil
    }
    return Money(units: dividedHalfEven(Int128(shares) * 10_000, by: Int128(volume)))
  }
}

extension ProjectionContext {
  /// Whether an event wins the register it writes, and notes that it did: the greater (effective
  /// time, sequence) does.
  func wins(_ family: String, _ key: String, _ date: CivilDate?, _ event: Event) throws -> Bool {
    let dateText = date?.description ?? ""
    let holder = try rows.statement(
      """
      SELECT effective, src_seq FROM internal_market_winners
      WHERE family = ? AND key = ? AND date = ?
      """
    ).first({ row in
      row.text(family)
      row.text(key)
      row.text(dateText)
    }) { ($0.nanoseconds(0), $0.sequence(1)) }
    let challenger = (event.effective, event.place.sequence)
    guard holder.map({ challenger > $0 }) ?? true else { return false }
    try rows.upsert("internal_market_winners") { row in
      row.text(family)
      row.text(key)
      row.text(dateText)
      row.nanoseconds(event.effective)
      row.sequence(event.place.sequence)
    }
    return true
  }
}
