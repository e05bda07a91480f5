/// A number of the outside world, exactly as given: at most 15 significant digits and 8 places.
///
/// Every event's numbers are of this type. It is `coefficient / 10^places`, always in lowest form,
/// so equal numbers have equal bits. The limits are those of the event catalogue: such a number
/// is carried by a double without loss, and anything more is refused, never rounded.
public struct ExactDecimal: Hashable, Sendable {
  /// The digits, with sign. Its magnitude is below 10^15.
  public let coefficient: Int64
  /// How many of the digits stand behind the point, 0 … 8. Never more than needed.
  public let places: UInt8

  public static let placesMax = 8
  public static let digitsMax = 15
  public static let magnitudeLimit: Int64 = 1_000_000_000_000_000
  public static let zero = ExactDecimal(0)

  /// - Throws: ``NumberError`` when the number, in lowest form, is outside the limits.
  public init(coefficient: Int64, places: Int) throws(NumberError) {
    precondition(places >= 0, "decimal places are counted from zero")
    var coefficient = coefficient
    var places = places
    while places > 0, coefficient % 10 == 0 {
      if coefficient == 0 {
        places = 0
        break
      }
      coefficient /= 10
      places -= 1
    }
    guard places <= Self.placesMax else { throw .tooManyPlaces(found: places) }
    guard coefficient.magnitude < Self.magnitudeLimit.magnitude else {
      if places == 0 { throw .tooLarge }
      throw .tooManyDigits(found: String(coefficient.magnitude).utf8.count)
    }
    self.coefficient = coefficient
    self.places = UInt8(places)
  }

  /// A small whole number, known when the program is written.
  public init(_ integer: Int32) {
    coefficient = Int64(integer)
    places = 0
  }

  /// The nearest double: one division of two exactly represented numbers, rounded once.
  public var doubleValue: Double { Double(coefficient) / Self.doublePowers[Int(places)] }

  public var isNegative: Bool { coefficient < 0 }

  /// The value as a whole number, or null when it has places.
  public var integerValue: Int64? { places == 0 ? coefficient : nil }

  private static let doublePowers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
}

extension ExactDecimal: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int32) { self.init(value) }
}

extension ExactDecimal: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    // 10^15 · 10^8 < 2^127: the common scale always fits.
    Int128(left.coefficient) * Int128(powerOfTen(Int(right.places)))
      < Int128(right.coefficient) * Int128(powerOfTen(Int(left.places)))
  }
}

extension ExactDecimal: CustomStringConvertible {
  /// The shortest exact text, without exponent: `12.5`, `-0.00000001`, `1000`.
  public var description: String { plainText(units: Int128(coefficient), places: Int(places)) }
}

extension ExactDecimal {
  /// Reads a decimal from its digits, never through a binary float.
  ///
  /// The grammar is JSON's: an optional minus, digits without a superfluous leading zero, an
  /// optional fraction, an optional exponent. Trailing zeros do not count towards the limits.
  public init(_ text: String) throws(NumberError) {
    try self.init(utf8: Array(text.utf8))
  }

  /// As ``init(_:)``, from UTF-8 bytes.
  public init(utf8 bytes: some RandomAccessCollection<UInt8>) throws(NumberError) {
    var index = bytes.startIndex
    let end = bytes.endIndex
    func offset() -> Int { bytes.distance(from: bytes.startIndex, to: index) }
    guard index != end else { throw .empty }
    var isNegative = false
    if bytes[index] == 0x2D {
      isNegative = true
      index = bytes.index(after: index)
    }
    // `digits` holds the significant digits met so far; zeros are held back until a later digit
    // shows that they count.
    var digits: UInt64 = 0
    var digitCount = 0
    var pendingZeros = 0
    var fractionLength = 0
    func take(_ digit: UInt8) {
      if digit == 0 {
        pendingZeros = min(pendingZeros + 1, 1 << 40)
        return
      }
      let shift = digitCount == 0 ? 0 : pendingZeros
      // Beyond 18 digits only the count matters: the number is refused below.
      if digitCount + shift + 1 <= 18 {
        for _ in 0..<shift { digits *= 10 }
        digits = digits * 10 + UInt64(digit)
      }
      digitCount += shift + 1
      pendingZeros = 0
    }
    let integerStart = index
    while index != end, case let digit = bytes[index] &- 0x30, digit < 10 {
      take(digit)
      index = bytes.index(after: index)
    }
    let integerLength = bytes.distance(from: integerStart, to: index)
    guard integerLength > 0 else { throw .malformed(offset: offset()) }
    if integerLength > 1, bytes[integerStart] == 0x30 {
      throw .malformed(offset: bytes.distance(from: bytes.startIndex, to: integerStart))
    }
    if index != end, bytes[index] == 0x2E {
      index = bytes.index(after: index)
      let fractionStart = index
      while index != end, case let digit = bytes[index] &- 0x30, digit < 10 {
        take(digit)
        index = bytes.index(after: index)
      }
      fractionLength = bytes.distance(from: fractionStart, to: index)
      guard fractionLength > 0 else { throw .malformed(offset: offset()) }
    }
    var exponent = 0
    if index != end, bytes[index] | 0x20 == 0x65 {
      index = bytes.index(after: index)
      var exponentIsNegative = false
      if index != end, bytes[index] == 0x2B || bytes[index] == 0x2D {
        exponentIsNegative = bytes[index] == 0x2D
        index = bytes.index(after: index)
      }
      let exponentStart = index
      while index != end, case let digit = bytes[index] &- 0x30, digit < 10 {
        exponent = min(exponent * 10 + Int(digit), 1 << 40)
        index = bytes.index(after: index)
      }
      guard index != exponentStart else { throw .malformed(offset: offset()) }
      if exponentIsNegative { exponent = -exponent }
    }
    guard index == end else { throw .malformed(offset: offset()) }
    guard digitCount > 0 else {
      self = .zero
      return
    }
    // value = digits · 10^(pendingZeros − fractionLength + exponent)
    let scale = pendingZeros - fractionLength + exponent
    if digitCount + scale > Self.digitsMax { throw .tooLarge }
    if -scale > Self.placesMax { throw .tooManyPlaces(found: -scale) }
    if digitCount > Self.digitsMax { throw .tooManyDigits(found: digitCount) }
    var magnitude = Int64(digits)
    if scale > 0 { magnitude *= powerOfTen(scale) }
    coefficient = isNegative ? -magnitude : magnitude
    places = UInt8(max(0, -scale))
  }
}

/// 10 to the power of `exponent`, 0 … 18.
@inlinable
public func powerOfTen(_ exponent: Int) -> Int64 {
  var result: Int64 = 1
  for _ in 0..<exponent { result *= 10 }
  return result
}

/// `units / 10^places` as the shortest exact decimal text.
func plainText(units: Int128, places: Int) -> String {
  var magnitude = units.magnitude
  var places = places
  while places > 0, magnitude % 10 == 0 {
    magnitude /= 10
    places -= 1
  }
  var digits = String(magnitude)
  if places > 0 {
    if digits.utf8.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.utf8.count) + digits
    }
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
  }
  return units < 0 ? "-" + digits : digits
}
