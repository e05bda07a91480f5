internal import ExactNumbers
internal import Records

/// What a price did from one close to the next, with what happened between taken out.
///
/// All in exact fractions, so that each of the two numbers is the quotient of two whole numbers;
/// where those have at most 53 bits, as they nearly always do, it is rounded once.
struct PriceStep {
  let growth: Double
  let simple: Double

  /// Null where a dividend is not less than the close before it, or a number is out of range for
  /// exact arithmetic.
  init?(
    from start: DayClose, to end: DayClose, _ splits: [Split], _ dividends: ArraySlice<Dividend>
  ) {
    guard start.close > .zero, end.close > .zero,
      let split = Self.split(splits, from: start.effective, to: end.effective)
    else { return nil }
    if dividends.isEmpty, split == .one {
      let places = max(start.close.places, end.close.places)
      if let over = end.close.digits(places: places), let under = start.close.digits(places: places)
      {
        growth = Double(over) / Double(under)
        simple = Double(over - under) / Double(under)
        return
      }
    }
    let before = Price(start.close).units
    var left = Fraction(before, 1)
    for dividend in dividends {
      // The dividend in units of the close before it.
      guard
        let growth = Adjustments.product(
          splits, after: start.effective, through: dividend.stamp.effective),
        let rest = Fraction(before, 1)
          .subtracting(Price(dividend.amount).units, times: growth),
        rest.over > 0, let weight = rest.multiplied(1, over: before),
        let next = left.multiplied(weight.over, over: weight.under)
      else { return nil }
      left = next
    }
    guard
      let now = Fraction(Price(end.close).units, 1)
        .multiplied(split.numerator, over: split.denominator),
      let step = now.multiplied(left.under, over: left.over)
    else { return nil }
    growth = Double(step.over) / Double(step.under)
    simple = Double(step.over - step.under) / Double(step.under)
  }

  /// Shares that one share became.
  private static func split(_ splits: [Split], from start: Instant, to end: Instant) -> Ratio? {
    if splits.isEmpty { return .one }
    return start <= end
      ? Adjustments.product(splits, after: start, through: end)
      : Adjustments.product(splits, after: end, through: start)?.inverse
  }
}

/// A fraction of whole numbers in lowest terms; its operations are exact, or null out of range.
private struct Fraction {
  let over: Int128
  let under: Int128

  init(_ over: Int128, _ under: Int128) {
    if under == 1 {
      self.over = over
      self.under = under
    } else {
      var (a, b) = (over.magnitude, under.magnitude)
      while b != 0 { (a, b) = (b, a % b) }
      self.over = over / Int128(a)
      self.under = under / Int128(a)
    }
  }

  func multiplied(_ numerator: Int128, over denominator: Int128) -> Fraction? {
    let one = Fraction(over, denominator)
    let two = Fraction(numerator, under)
    guard let over = Self.product(one.over, two.over),
      let under = Self.product(one.under, two.under)
    else { return nil }
    return Fraction(over, under)
  }

  func subtracting(_ number: Int128, times ratio: Ratio) -> Fraction? {
    guard let left = Self.product(over, ratio.denominator),
      let right = Self.product(number, ratio.numerator),
      let right = Self.product(right, under),
      let bottom = Self.product(under, ratio.denominator)
    else { return nil }
    return Fraction(left - right, bottom)
  }

  static func product(_ left: Int128, _ right: Int128) -> Int128? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }
}

extension ExactDecimal {
  /// The number times 10^places, where a double carries it exactly.
  fileprivate func digits(places: UInt8) -> Int64? {
    let (digits, overflow) = coefficient.multipliedReportingOverflow(
      by: powerOfTen(Int(places - self.places)))
    return overflow || digits.magnitude > 1 << 53 ? nil : digits
  }
}
