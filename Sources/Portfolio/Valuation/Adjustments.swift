public import Events
public import ExactNumbers
internal import Records

/// The last price of a day, as traded.
public struct DayPrice: Hashable, Sendable {
  public let date: CivilDate
  public let effective: Instant
  /// Currency per share.
  public let price: ExactDecimal

  public init(date: CivilDate, effective: Instant, price: ExactDecimal) {
    self.date = date
    self.effective = effective
    self.price = price
  }
}

/// Takes splits and dividends out of closes, from the newest day back.
///
/// A close before a split is divided by its ratio. A close before an ex-date is weighted by
/// `(c − d) / c`, where `d` is the dividend and `c` the last close before the ex-date in the
/// dividend's units, so that the return over the ex-date is that of who held and was paid. The
/// weights multiply to fifteen places; the adjusted close is rounded half to even at eight.
public struct Adjustments: Sendable {
  /// What is taken out of the close of one day.
  public struct Day: Sendable {
    /// 10^15 is 1; null where a dividend was not less than the close before it.
    fileprivate var weight: Int128?
    fileprivate var split: Ratio?
    /// The last event that adjusts the day.
    public fileprivate(set) var stamp: Stamp?

    public static let unadjusted = Day(weight: one, split: .one, stamp: nil)

    /// Currency per share, in the units after the last split that was given. Null where a dividend
    /// was not less than the close before it, or the result is out of range.
    public func adjusted(_ close: ExactDecimal) -> Price? {
      guard let weight, let split else { return nil }
      let close = Price(close)
      guard weight != one || split != .one else { return close }
      // 10^23 · 10^15 is below 2^127.
      let weighted = Price(units: dividedHalfEven(close.units * weight, by: one))
      return try? weighted.multiplied(by: split.inverse)
    }
  }

  fileprivate static let one: Int128 = 1_000_000_000_000_000

  private let splits: [Split]
  /// Newest last, each with the weight it puts on the days before it.
  private var dividends: [(date: CivilDate, weight: Int128?, stamp: Stamp)]
  private var weight: Int128? = one
  private var dividendStamp: Stamp?

  /// - Parameters:
  ///   - splits: Those that count, in order of time.
  ///   - dividends: Those that count.
  ///   - days: Every day of the symbol, in order of date, each once.
  public init(splits: [Split], dividends: [Dividend], days: [DayPrice]) {
    self.splits = splits
    self.dividends = []
    for dividend in dividends.sorted(by: { $0.stamp < $1.stamp }) {
      let date = dividend.stamp.effective.date
      guard let before = days.last(where: { $0.date < date }) else { continue }
      let weight = Self.weight(of: dividend, before: before, splits)
      self.dividends.append((date, weight, dividend.stamp))
    }
  }

  private static func weight(
    of dividend: Dividend, before day: DayPrice, _ splits: [Split]
  ) -> Int128? {
    guard
      let split = product(splits, after: day.effective, through: dividend.stamp.effective),
      let close = try? Price(day.price).multiplied(by: split.inverse)
    else { return nil }
    let rest = close.units - Price(dividend.amount).units
    guard rest > 0 else { return nil }
    // The rest is not above the close, which is below 10^23.
    return dividedHalfEven(rest * one, by: close.units)
  }

  /// - Parameter day: One before the day given last.
  public mutating func next(_ day: DayPrice) -> Day {
    while let dividend = dividends.last, dividend.date > day.date {
      dividends.removeLast()
      weight = weight.flatMap { weight in
        dividend.weight.map { dividedHalfEven(weight * $0, by: Self.one) }
      }
      if dividendStamp.map({ dividend.stamp.sequence > $0.sequence }) ?? true {
        dividendStamp = dividend.stamp
      }
    }
    var adjusted = Day(
      weight: weight,
      split: Self.product(splits, after: day.effective, through: .distantFuture),
      stamp: dividendStamp)
    for split in splits where split.stamp.effective > day.effective {
      if adjusted.stamp.map({ split.stamp.sequence > $0.sequence }) ?? true {
        adjusted.stamp = split.stamp
      }
    }
    return adjusted
  }

  /// By how much a quantity grew from after `start` through `end`; null where that is out of range
  /// for exact arithmetic.
  public static func product(
    _ splits: [Split], after start: Instant, through end: Instant
  ) -> Ratio? {
    try? splits.product(after: start, through: end)
  }
}

/// A close, and the same with later splits and dividends taken out.
public struct AdjustedClose: Hashable, Sendable {
  public let date: CivilDate
  /// As traded, currency per share.
  public let close: ExactDecimal
  /// In the units of the as-of that was asked for; null where a dividend was not less than the
  /// close before it, or the result is out of range.
  public let adjusted: Price?
}

extension Market {
  /// The closes of a symbol known by a time, in order of date, adjusted for the splits and
  /// dividends up to it.
  public func adjustedCloses(of symbol: Symbol, asOf: Instant) -> [AdjustedClose] {
    let closes = closes(of: symbol).filter { $0.effective <= asOf && $0.date <= asOf.date }
    let days = closes.map(\.dayPrice)
    var adjustments = Adjustments(
      splits: splits(of: symbol).filter { $0.stamp.effective <= asOf },
      dividends: dividends(of: symbol).filter { $0.stamp.effective <= asOf }, days: days)
    let adjusted = days.reversed().map { adjustments.next($0).adjusted($0.price) }
    return zip(closes, adjusted.reversed()).map {
      AdjustedClose(date: $0.date, close: $0.close, adjusted: $1)
    }
  }
}

extension DayClose {
  var dayPrice: DayPrice { DayPrice(date: date, effective: effective, price: close) }
}
