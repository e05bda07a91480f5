import Events
import ExactNumbers
import Portfolio
import Records

/// Takes splits and dividends out of closes, from the newest day back.
///
/// A close before a split is divided by its ratio. A close before an ex-date is weighted by
/// `(c − d) / c`, where `d` is the dividend and `c` the last close before the ex-date in the
/// dividend's units, so that the return over the ex-date is that of who held and was paid. The
/// weights multiply to fifteen places; the adjusted close is rounded half to even at eight.
struct Adjustments {
  /// What is taken out of the close of one day.
  struct Day {
    /// 10^15 is 1; null where a dividend was not less than the close before it.
    fileprivate var weight: Int128?
    fileprivate var split: Ratio?
    /// The last event that adjusts the day.
    var stamp: Stamp?

    static let unadjusted = Day(weight: one, split: .one, stamp: nil)

    /// Currency per share, in the units of the cut.
    func close(of fact: PriceFact) -> Price? {
      guard let weight, let split else { return nil }
      let close = Price(fact.close)
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

  /// - Parameter facts: Every day of the symbol, in order of date.
  init(splits: [Split], dividends: [Dividend], facts: [PriceFact]) {
    self.splits = splits
    self.dividends = []
    for dividend in dividends.sorted(by: { $0.stamp < $1.stamp }) {
      let date = dividend.stamp.effective.date
      guard let before = facts.last(where: { $0.date < date }) else { continue }
      let weight = Self.weight(of: dividend, before: before, splits)
      self.dividends.append((date, weight, dividend.stamp))
    }
  }

  private static func weight(
    of dividend: Dividend, before fact: PriceFact, _ splits: [Split]
  ) -> Int128? {
    guard
      let split = product(splits, after: fact.effective, through: dividend.stamp.effective),
      let close = try? Price(fact.close).multiplied(by: split.inverse)
    else { return nil }
    let rest = close.units - Price(dividend.amount).units
    guard rest > 0 else { return nil }
    // The rest is not above the close, which is below 10^23.
    return dividedHalfEven(rest * one, by: close.units)
  }

  /// - Parameter fact: Of a day before the one given last.
  mutating func next(_ fact: PriceFact) -> Day {
    while let dividend = dividends.last, dividend.date > fact.date {
      dividends.removeLast()
      weight = weight.flatMap { weight in
        dividend.weight.map { dividedHalfEven(weight * $0, by: Self.one) }
      }
      if dividendStamp.map({ dividend.stamp.sequence > $0.sequence }) ?? true {
        dividendStamp = dividend.stamp
      }
    }
    var day = Day(
      weight: weight,
      split: Self.product(splits, after: fact.effective, through: .distantFuture),
      stamp: dividendStamp)
    for split in splits where split.stamp.effective > fact.effective {
      if day.stamp.map({ split.stamp.sequence > $0.sequence }) ?? true { day.stamp = split.stamp }
    }
    return day
  }

  /// Null where the product is out of range for exact arithmetic.
  static func product(_ splits: [Split], after start: Instant, through end: Instant) -> Ratio? {
    var product = Ratio.one
    for split in splits where split.stamp.effective > start && split.stamp.effective <= end {
      guard let next = try? product * split.ratio else { return nil }
      product = next
    }
    return product
  }
}
