import ExactNumbers
public import Records

/// What a field's value has to satisfy beyond its type.
public enum FieldConstraint: Hashable, Sendable {
  case positive
  case notNegative
  /// A number of Unicode scalars, as SQLite and PostgreSQL count characters.
  case characters(ClosedRange<Int>)
  /// Three capital letters: ISO 4217.
  case currency
  /// `#RRGGBB`.
  case color
  /// Letters, digits, space, `_`, `-`, the whole optionally behind `#strategy:`.
  case tagName
  /// 64 lower-case hexadecimal digits.
  case sha256
  /// A text, a number, or null.
  case textNumberOrNull
  /// A text, a number, or a boolean.
  case scalar
  case object
  case array

  /// In words, for messages and for the catalogue.
  public var expectation: String {
    switch self {
    case .positive: "> 0"
    case .notNegative: ">= 0"
    case .characters(let range):
      range.lowerBound == 0
        ? "at most \(range.upperBound) characters"
        : "\(range.lowerBound) to \(range.upperBound) characters"
    case .currency: "three capital letters (ISO 4217)"
    case .color: "a colour #RRGGBB"
    case .tagName: "letters, digits, spaces, _ and - (a strategy tag may begin with #strategy:)"
    case .sha256: "a SHA-256 of 64 lower-case hexadecimal digits"
    case .textNumberOrNull: "a text, a number or null"
    case .scalar: "a text, a number, true or false"
    case .object: "an object"
    case .array: "an array"
    }
  }

  /// Whether a value satisfies this. A value of a type this says nothing about does.
  public func isSatisfied(by value: FieldValue) -> Bool {
    switch (self, value) {
    case (.positive, .decimal(let number)): number > .zero
    case (.positive, .integer(let number)): number > 0
    case (.notNegative, .decimal(let number)): !number.isNegative
    case (.notNegative, .integer(let number)): number >= 0
    case (.characters(let range), .text(let text)):
      // Bytes are at least as many as characters: short texts need no counting.
      (range.lowerBound <= 1 && range.contains(text.utf8.count))
        || range.contains(text.unicodeScalars.count)
    case (.currency, .text(let text)): text.utf8.count == 3 && text.utf8.allSatisfy(isCapital)
    case (.color, .text(let text)):
      text.utf8.count == 7 && text.utf8.first == 0x23
        && text.utf8.dropFirst().allSatisfy(isHexadecimalDigit)
    case (.tagName, .text(let text)): Self.isTagName(text)
    case (.sha256, .text(let text)):
      text.utf8.count == 64 && text.utf8.allSatisfy { isHexadecimalDigit($0) && !isCapital($0) }
    case (.textNumberOrNull, .json(let text)):
      text.utf8.first.map { !"{[tf".utf8.contains($0) } ?? false
    case (.scalar, .json(let text)): text.utf8.first.map { !"{[n".utf8.contains($0) } ?? false
    case (.object, .json(let text)): text.utf8.first == 0x7B
    case (.array, .json(let text)): text.utf8.first == 0x5B
    default: true
    }
  }

  /// What a strategy tag's name may begin with.
  public static let strategyPrefix = "#strategy:"

  private static func isTagName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    let rest =
      text.utf8.starts(with: strategyPrefix.utf8)
      ? scalars.dropFirst(strategyPrefix.unicodeScalars.count) : scalars[...]
    guard let first = rest.first, let last = rest.last, first != " ", last != " " else {
      return false
    }
    return rest.allSatisfy {
      $0 == " " || $0 == "_" || $0 == "-" || $0.properties.isAlphabetic
        || $0.properties.numericType == .decimal
    }
  }
}

private func isHexadecimalDigit(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
}
