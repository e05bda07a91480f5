import Records

/// The numbers of a column as bars, for where a person would rather look than read.
///
/// The longest bar is that of the largest number. With numbers on both sides of zero there is an
/// axis, and what is below zero goes to the left of it.
struct BarScale {
  private static let width = 12
  private let largest: Double
  private let hasNegative: Bool
  private let hasPositive: Bool

  /// - Parameter values: Those of the column; what is no number has no bar.
  init(_ values: [JSONValue]) {
    let numbers = values.compactMap(Self.number)
    largest = numbers.reduce(0) { max($0, abs($1)) }
    hasNegative = numbers.contains { $0 < 0 }
    hasPositive = numbers.contains { $0 > 0 }
  }

  static func number(_ value: JSONValue) -> Double? {
    guard case .number(let number) = value, let double = Double(number.text), double.isFinite
    else { return nil }
    return double
  }

  /// A text, such as a line of blocks, is shown as it is.
  func text(of value: JSONValue) -> String {
    guard let number = Self.number(value) else {
      if case .string(let text) = value { return text }
      return ""
    }
    // Half a block is the smallest step.
    let halves =
      largest > 0
      ? min(2 * Self.width, Int((abs(number) / largest * Double(2 * Self.width)).rounded())) : 0
    let blocks = String(repeating: "█", count: halves / 2)
    if number < 0 {
      let bar = halves == 0 ? "▕" : (halves % 2 == 1 ? "▐" : "") + blocks
      return String(repeating: " ", count: max(0, Self.width - bar.count)) + bar + "│"
    }
    let bar = number > 0 && halves == 0 ? "▏" : blocks + (halves % 2 == 1 ? "▌" : "")
    return hasNegative ? String(repeating: " ", count: Self.width) + "│" + bar : bar
  }
}

/// A series as one line of blocks, the lowest number the lowest block.
///
/// - Parameters:
///   - values: In order of time; what is not known leaves a gap.
///   - width: A longer series is thinned to it: each block is the last number of its stretch.
func sparkline(_ values: [Double?], width: Int = 48) -> String {
  let count = min(width, values.count)
  guard count > 0 else { return "" }
  let shown = (1...count).map { place in values[place * values.count / count - 1] }
  let known = shown.compactMap { $0 }
  guard let low = known.min(), let high = known.max() else { return "" }
  let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  return String(
    shown.map { value in
      guard let value else { return " " }
      guard high > low else { return "▄" }
      return blocks[min(7, Int((value - low) / (high - low) * 8))]
    })
}
