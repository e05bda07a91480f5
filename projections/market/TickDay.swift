import Events
import ExactNumbers
import Records

/// The ticks of a symbol on a UTC day. Adding is commutative, so late ones converge.
struct TickDay {
  private struct Place: Comparable {
    var effective: Instant
    var sequence: EventSequence
    static func < (left: Self, right: Self) -> Bool {
      (left.effective, left.sequence) < (right.effective, right.sequence)
    }
  }

  private var first: Place
  private var open: ExactDecimal
  private var high: ExactDecimal
  private var low: ExactDecimal
  private var last: Place
  private var close: ExactDecimal
  /// Of the last tick.
  private var source: String
  /// Shares, exactly; null where no tick gave a size, or their sum is out of range.
  private var volume: Quantity?
  /// The highest sequence among them, and when that was recorded.
  private var touched: EventSequence
  private var recorded: Instant

  init(
    _ tick: PriceTicked, source: String, effective: Instant, sequence: EventSequence,
    recorded: Instant
  ) {
    first = Place(effective: effective, sequence: sequence)
    last = first
    open = tick.price
    high = tick.price
    low = tick.price
    close = tick.price
    self.source = source
    volume = tick.size.map { Quantity($0) }
    touched = sequence
    self.recorded = recorded
  }

  mutating func add(_ other: TickDay) {
    if other.first < first {
      first = other.first
      open = other.open
    }
    if other.last > last {
      last = other.last
      close = other.close
      source = other.source
    }
    high = max(high, other.high)
    low = min(low, other.low)
    if let more = other.volume { volume = try? (volume ?? .zero) + more }
    if other.touched > touched {
      touched = other.touched
      recorded = other.recorded
    }
  }

  /// What the file holds of a day; null where it holds no tick of it.
  init?(stored key: SymbolDay, in context: ProjectionContext) throws {
    let stored = try context.rows.statement(
      """
      SELECT effective, chosen_seq, open, high, low, close, volume, open_effective, open_seq,
        data_source, recorded, src_seq
      FROM internal_price_facts WHERE symbol = ? AND date = ? AND kind = 'tick'
      """
    ).first({ row in
      row.text(key.symbol.rawValue)
      row.date(key.date)
    }) { TickDay(stored: $0) }
    guard let day = stored ?? nil else { return nil }
    self = day
  }

  private init?(stored row: Row) {
    guard let open = row.number(2), let high = row.number(3), let low = row.number(4),
      let close = row.number(5)
    else { return nil }
    last = Place(effective: row.nanoseconds(0), sequence: row.sequence(1))
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    volume = row.optionalText(6).flatMap { Int128($0) }.map { Quantity(units: $0) }
    first = Place(effective: row.nanoseconds(7), sequence: row.sequence(8))
    source = row.text(9)
    recorded = row.nanoseconds(10)
    touched = row.sequence(11)
  }

  func write(_ key: SymbolDay, in context: ProjectionContext) throws(ProjectionError) {
    try context.rows.upsert("internal_price_facts") { row in
      row.text(key.symbol.rawValue)
      row.date(key.date)
      row.text("tick")
      row.nanoseconds(last.effective)
      row.sequence(last.sequence)
      row.number(open)
      row.number(high)
      row.number(low)
      row.number(close)
      row.text(volume.map { String($0.units) })
      row.nanoseconds(first.effective)
      row.sequence(first.sequence)
      row.text(source)
      row.nanoseconds(recorded)
      row.sequence(touched)
    }
  }
}
