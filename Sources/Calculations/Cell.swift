public import ExactNumbers
internal import Records

/// A value of a calculated row.
public enum Cell: Hashable, Sendable {
  /// Not known, or not defined. Never zero in disguise.
  case null
  case text(String)
  case integer(Int64)
  /// A statistic: finite, and the same bits on every machine.
  case real(Double)
  /// An exact decimal: its shortest text, and the nearest double.
  case decimal(text: String, value: Double)

  /// Null, and null for a number that is not finite: what is undefined is not written as a number.
  public init(_ value: Double?) {
    if let value, value.isFinite { self = .real(value) } else { self = .null }
  }

  public init(_ value: (some ScaledNumber)?) {
    guard let value else {
      self = .null
      return
    }
    self = .decimal(text: value.description, value: value.doubleValue)
  }

  public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  public init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  public init(_ value: Bool?) { self = value.map { .integer($0 ? 1 : 0) } ?? .null }
  public init(_ value: CivilDate?) { self = value.map { .text($0.description) } ?? .null }
  public init(_ value: Instant?) { self = value.map { .text($0.description) } ?? .null }

  /// The one JSON text of this value.
  public var canonicalText: String {
    switch self {
    case .null: "null"
    case .text(let text): JSONValue.string(text).compactText
    case .integer(let value): String(value)
    // Swift prints the shortest digits that read back as the same double.
    case .real(let value): value == 0 ? "0" : value.description
    case .decimal(let text, _): text
    }
  }

  /// The number; null for what is none.
  public var doubleValue: Double? {
    switch self {
    case .null, .text: nil
    case .integer(let value): Double(value)
    case .real(let value), .decimal(_, let value): value
    }
  }
}
