public import Events
public import ExactNumbers
public import Records

/// What is known of instruments: closes, the last mark of each day, splits and dividends.
///
/// Memory grows with the days on which symbols were priced. Of the ticks and quotes of a UTC day
/// the last one by (effective time, sequence) is kept, so a price as of the end of any day is
/// exact, and as of any time after the last mark. A price as of a time within a day that has later
/// marks is exact in a state that was folded with that limit: ``BookState/init(asOf:)``.
public struct Market: Hashable, Sendable {
  private var closes = Table<Symbol, DaySeries<DayClose>>()
  private var marks = Table<Symbol, DaySeries<DayMark>>()
  private var splitsBySymbol = Table<Symbol, [Split]>()
  private var dividendsBySymbol = Table<Symbol, [Dividend]>()

  init() {}

  mutating func record(_ symbol: Symbol, _ close: DayClose) {
    closes.update(symbol, orInsert: DaySeries(close)) { $0.record(close) }
  }

  mutating func record(_ symbol: Symbol, _ mark: DayMark) {
    marks.update(symbol, orInsert: DaySeries(mark)) { $0.record(mark) }
  }

  mutating func record(_ symbol: Symbol, _ split: Split) {
    splitsBySymbol.update(symbol, orInsert: [split]) { $0.record(split) }
  }

  mutating func record(_ symbol: Symbol, _ dividend: Dividend) {
    dividendsBySymbol.update(symbol, orInsert: [dividend]) { $0.record(dividend) }
  }

  mutating func merge(_ later: Self) {
    closes.merge(later.closes) { $0.merge($1) }
    marks.merge(later.marks) { $0.merge($1) }
    splitsBySymbol.merge(later.splitsBySymbol) { $0.merge($1) }
    dividendsBySymbol.merge(later.dividendsBySymbol) { $0.merge($1) }
  }

  /// Forgets what is effective after a time. Of a bar, split or dividend the one that was said last
  /// counts, so where that one is effective later nothing remains of it.
  mutating func cut(at time: Instant) {
    closes.keep { $1.cut(at: time) }
    marks.keep { $1.cut(at: time) }
    splitsBySymbol.keep { $1.cut(at: time) }
    dividendsBySymbol.keep { $1.cut(at: time) }
  }

  /// The splits of a symbol in order of time, one a time, also those undone by ratio 1.
  public func splits(of symbol: Symbol) -> [Split] { splitsBySymbol[symbol] ?? [] }

  /// The dividends of a symbol in order of time, one a time.
  public func dividends(of symbol: Symbol) -> [Dividend] { dividendsBySymbol[symbol] ?? [] }

  /// The closes of a symbol in order of date, as traded.
  public func closes(of symbol: Symbol) -> [DayClose] { closes[symbol]?.entries ?? [] }

  /// Every symbol with a close, in no order that means anything.
  public var symbolsWithCloses: [Symbol] { closes.keys }

  /// The price of a symbol (C-01): of all ticks, quotes with a last price and closes the one with
  /// the latest effective time up to `asOf`, of equals the latest sequence, divided by the splits
  /// since. Null where there is none.
  public func price(of symbol: Symbol, asOf: Instant) -> MarketPrice? {
    guard let traded = tradedPrice(of: symbol, asOf: asOf) else { return nil }
    return adjusted(traded, symbol: symbol, through: asOf)
  }

  /// The same before splits: as it was traded.
  func tradedPrice(of symbol: Symbol, asOf: Instant) -> MarketPrice? {
    Self.later(closes[symbol]?.last(asOf: asOf), marks[symbol]?.last(asOf: asOf))
  }

  /// ``tradedPrice(of:asOf:)`` of many times, in one pass.
  ///
  /// - Parameter times: Ascending.
  func tradedPrices(of symbol: Symbol, asOf times: some Collection<Instant>) -> [MarketPrice?] {
    guard let marks = marks[symbol]?.last(asOf: times) else {
      return closes[symbol]?.last(asOf: times).map { Self.later($0, nil) }
        ?? times.map { _ in nil }
    }
    guard let closes = closes[symbol]?.last(asOf: times) else {
      return marks.map { Self.later(nil, $0) }
    }
    return zip(closes, marks).map { Self.later($0, $1) }
  }

  private static func later(_ close: DayClose?, _ mark: DayMark?) -> MarketPrice? {
    if let mark,
      close.map({ (mark.effective, mark.sequence) > ($0.effective, $0.sequence) }) ?? true
    {
      return MarketPrice(
        price: Price(mark.price), source: mark.isQuote ? .quote : .tick, time: mark.effective,
        date: mark.date, sequence: mark.sequence)
    }
    return close.map {
      MarketPrice(
        price: Price($0.close), source: .close, time: $0.effective, date: $0.date,
        sequence: $0.sequence)
    }
  }

  /// The price in units of a later time; null where that is out of range for exact arithmetic.
  func adjusted(_ traded: MarketPrice, symbol: Symbol, through end: Instant) -> MarketPrice? {
    guard let splits = splitsBySymbol[symbol] else { return traded }
    guard let product = try? splits.product(after: traded.time, through: end),
      let price = try? traded.price.multiplied(by: product.inverse)
    else { return nil }
    var result = traded
    result.price = price
    return result
  }
}

/// Where a price comes from.
public enum PriceSource: String, Hashable, Sendable, CaseIterable {
  case tick, quote, close
  /// An option without a quote has its C-08 value where the rule of C-01 asks for it: no market said
  /// it.
  case model
  /// No price is known. It is never replaced by zero or by the entry price.
  case missing
}

/// A known price of an instrument.
public struct MarketPrice: Hashable, Sendable {
  /// Currency per share, in the units of the as-of that was asked for.
  public internal(set) var price: Price
  public let source: PriceSource
  /// Effective time of the event it comes from; of a model's, of its underlying's price.
  public let time: Instant
  /// The session of a close; the UTC date of a tick or a quote.
  public let date: CivilDate
  public let sequence: EventSequence
}
