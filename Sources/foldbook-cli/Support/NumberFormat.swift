import Records

/// How a number is shown to people. Programs get all of its digits, whatever this says.
enum NumberFormat: Hashable, Sendable {
  /// As it is.
  case exact
  /// With all of its places, the whole part in groups of three.
  case grouped
  /// In groups, rounded to so many places, half to even.
  case places(Int)
  /// A fraction as hundredths, rounded likewise; the column's unit is `%`.
  case percent(Int)
  /// Of a text, such as a digest, so many characters.
  case beginning(Int)
}

extension NumberFormat {
  /// What stands for a value that is not known.
  static let unknown = "–"

  func text(of value: JSONValue) -> String {
    switch (value, self) {
    case (.null, _): Self.unknown
    case (.number(let number), .grouped):
      DecimalDigits(number.text).map { $0.text(grouped: true) } ?? number.text
    case (.number(let number), .places(let places)):
      DecimalDigits(number.text).map { $0.rounded(to: places).text(grouped: true) } ?? number.text
    case (.number(let number), .percent(let places)):
      DecimalDigits(number.text).map { digits in
        digits.shifted(by: 2).rounded(to: places).text(grouped: true)
      } ?? number.text
    case (.string(let text), .beginning(let count)): String(text.prefix(count))
    default: value.plainText
    }
  }
}

/// The digits of a number's text, so that it is rounded as it was written and not as a binary
/// fraction near it.
private struct DecimalDigits {
  private var isNegative: Bool
  /// Without leading zeros.
  private var digits: [UInt8]
  /// How many of the digits, or of zeros before them, stand behind the point; negative: so many
  /// zeros follow them.
  private var places: Int

  /// Beyond it a number is shown as it is written.
  private static let exponentMax = 400

  init?(_ text: String) {
    var rest = text[...]
    isNegative = rest.hasPrefix("-")
    if isNegative { rest.removeFirst() }
    var exponent = 0
    if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let number = Int(rest[rest.index(after: mark)...]),
        abs(number) <= Self.exponentMax
      else { return nil }
      exponent = number
      rest = rest[..<mark]
    }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2 else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    let all = Array((whole + fraction).utf8)
    guard !all.isEmpty, all.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    digits = Array(all.map { $0 - 0x30 }.drop { $0 == 0 })
    places = fraction.utf8.count - exponent
  }

  /// Times a power of ten.
  func shifted(by power: Int) -> Self {
    var result = self
    result.places -= power
    return result
  }

  /// With exactly so many places.
  func rounded(to wanted: Int) -> Self {
    var result = self
    if places <= wanted {
      if !digits.isEmpty { result.digits += [UInt8](repeating: 0, count: wanted - places) }
      result.places = wanted
      return result
    }
    let dropped = places - wanted
    let kept = Array(digits.dropLast(dropped))
    let tail =
      digits.count < dropped
      ? [0] + digits : Array(digits.suffix(dropped))
    let half = tail.first.map { ($0, tail.dropFirst().contains { $0 > 0 }) } ?? (0, false)
    let isUp = half.0 > 5 || half.0 == 5 && (half.1 || (kept.last ?? 0) % 2 == 1)
    result.digits = isUp ? Self.next(kept) : kept
    result.places = wanted
    return result
  }

  private static func next(_ digits: [UInt8]) -> [UInt8] {
    var digits = digits
    for index in digits.indices.reversed() {
      if digits[index] < 9 {
        digits[index] += 1
        return digits
      }
      digits[index] = 0
    }
    return [1] + digits
  }

  /// Zero has no sign.
  func text(grouped isGrouped: Bool) -> String {
    var all = digits
    if places < 0 { all += [UInt8](repeating: 0, count: all.isEmpty ? 0 : -places) }
    let fractionCount = max(places, 0)
    if all.count <= fractionCount {
      all = [UInt8](repeating: 0, count: fractionCount + 1 - all.count) + all
    }
    let whole = all.dropLast(fractionCount)
    var text = isNegative && all.contains { $0 > 0 } ? "-" : ""
    for (index, digit) in whole.enumerated() {
      if isGrouped, index > 0, (whole.count - index) % 3 == 0 { text += "," }
      text += String(digit)
    }
    if fractionCount > 0 { text += "." + all.suffix(fractionCount).map { String($0) }.joined() }
    return text
  }
}

/// A number times a hundred, with all of its digits: of a fraction the percentage.
func hundredfold(_ value: JSONValue) -> JSONValue {
  guard case .number(let number) = value, let digits = DecimalDigits(number.text) else {
    return .null
  }
  return (try? JSONValue(parsing: digits.shifted(by: 2).text(grouped: false))) ?? .null
}
