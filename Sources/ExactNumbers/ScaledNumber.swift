/// A number of the ledger: whole units of a fixed decimal place, in 128 bits.
///
/// Prices and quantities have eight places, money four. Sums and products are exact or an error;
/// where a result has more places than its type, it is rounded half to even, once.
public protocol ScaledNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  static var places: Int { get }
  /// The number times 10^places.
  var units: Int128 { get }
  init(units: Int128)
}

extension ScaledNumber {
  public static var zero: Self { Self(units: 0) }
  public var isZero: Bool { units == 0 }
  public var isNegative: Bool { units < 0 }
  public var magnitude: Self { units < 0 ? Self(units: -units) : self }

  /// The given decimal, rounded half to even where it has more places than this type.
  public init(_ decimal: ExactDecimal) {
    let shift = Self.places - Int(decimal.places)
    // 10^15 · 10^8 fits 128 bits with room to spare.
    let units =
      shift >= 0
      ? Int128(decimal.coefficient) * Int128(powerOfTen(shift))
      : dividedHalfEven(Int128(decimal.coefficient), by: Int128(powerOfTen(-shift)))
    self.init(units: units)
  }

  /// The decimal of the event catalogue, when the number is within its limits.
  public func exactDecimal() throws(NumberError) -> ExactDecimal {
    var units = units
    var places = Self.places
    while places > 0, units % 10 == 0 {
      if units == 0 { return .zero }
      units /= 10
      places -= 1
    }
    guard let coefficient = Int64(exactly: units) else { throw .tooLarge }
    return try ExactDecimal(coefficient: coefficient, places: places)
  }

  /// The nearest double.
  public var doubleValue: Double {
    // Below 2^53 numerator and denominator are exact, so the one division rounds once; above it
    // the decimal text is read, which rounds once as well.
    if units.magnitude < 1 << 53 { return Double(units) / Double(powerOfTen(Self.places)) }
    return Double(description) ?? Double(units) / Double(powerOfTen(Self.places))
  }

  /// The shortest exact text.
  public var description: String { plainText(units: units, places: Self.places) }

  public static func < (left: Self, right: Self) -> Bool { left.units < right.units }

  public static prefix func - (value: Self) -> Self { Self(units: -value.units) }

  public static func + (left: Self, right: Self) throws(NumberError) -> Self {
    let (units, overflow) = left.units.addingReportingOverflow(right.units)
    guard !overflow else { throw .overflow(operation: "\(left) + \(right)") }
    return Self(units: units)
  }

  public static func - (left: Self, right: Self) throws(NumberError) -> Self {
    let (units, overflow) = left.units.subtractingReportingOverflow(right.units)
    guard !overflow else { throw .overflow(operation: "\(left) - \(right)") }
    return Self(units: units)
  }

  /// The number times a ratio, rounded half to even at this type's last place.
  public func multiplied(by ratio: Ratio) throws(NumberError) -> Self {
    let (product, overflow) = units.multipliedReportingOverflow(by: ratio.numerator)
    guard !overflow else { throw .overflow(operation: "\(self) * \(ratio)") }
    return Self(units: dividedHalfEven(product, by: ratio.denominator))
  }
}

/// Shares or contracts, to eight places. Signed: short is negative.
public struct Quantity: ScaledNumber {
  public static let places = 8
  public let units: Int128
  public init(units: Int128) { self.units = units }
}

/// Currency per share, to eight places.
public struct Price: ScaledNumber {
  public static let places = 8
  public let units: Int128
  public init(units: Int128) { self.units = units }
}

/// An amount of currency, to four places.
public struct Money: ScaledNumber {
  public static let places = 4
  public let units: Int128
  public init(units: Int128) { self.units = units }

  /// `quantity · price · multiplier`, rounded half to even at the fourth place.
  public init(_ quantity: Quantity, at price: Price, multiplier: Int64 = 1) throws(NumberError) {
    let (product, first) = quantity.units.multipliedReportingOverflow(by: price.units)
    let (scaled, second) = product.multipliedReportingOverflow(by: Int128(multiplier))
    guard !first, !second else {
      throw .overflow(operation: "\(quantity) * \(price) * \(multiplier)")
    }
    // 8 + 8 places to 4.
    units = dividedHalfEven(scaled, by: 1_000_000_000_000)
  }
}

/// A positive fraction in lowest terms, for splits.
public struct Ratio: Hashable, Sendable {
  public let numerator: Int128
  public let denominator: Int128

  public static let one = Ratio(1, 1)

  private init(_ numerator: Int128, _ denominator: Int128) {
    let divisor = greatestCommonDivisor(numerator, denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// `numerator / denominator`; both must be positive.
  public init(_ numerator: ExactDecimal, over denominator: ExactDecimal) {
    precondition(
      numerator.coefficient > 0 && denominator.coefficient > 0, "a split's ratio is positive")
    let places = max(numerator.places, denominator.places)
    self.init(
      Int128(numerator.coefficient) * Int128(powerOfTen(Int(places - numerator.places))),
      Int128(denominator.coefficient) * Int128(powerOfTen(Int(places - denominator.places))))
  }

  public var inverse: Ratio { Ratio(denominator, numerator) }

  public static func * (left: Self, right: Self) throws(NumberError) -> Self {
    // Cancel across first, so that only a result too large overflows.
    let one = Ratio(left.numerator, right.denominator)
    let two = Ratio(right.numerator, left.denominator)
    let (numerator, first) = one.numerator.multipliedReportingOverflow(by: two.numerator)
    let (denominator, second) = one.denominator.multipliedReportingOverflow(by: two.denominator)
    guard !first, !second else { throw .overflow(operation: "\(left) * \(right)") }
    return Ratio(numerator, denominator)
  }
}

extension Ratio: CustomStringConvertible {
  public var description: String { "\(numerator)/\(denominator)" }
}

/// `numerator / denominator` rounded to the nearest whole number, of two equally near the even one.
///
/// - Parameter denominator: Positive.
public func dividedHalfEven(_ numerator: Int128, by denominator: Int128) -> Int128 {
  precondition(denominator > 0, "a divisor is positive")
  let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
  let rest = remainder.magnitude
  let complement = denominator.magnitude - rest
  if rest < complement || (rest == complement && quotient % 2 == 0) { return quotient }
  return numerator < 0 ? quotient - 1 : quotient + 1
}

private func greatestCommonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
  var (a, b) = (left, right)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
