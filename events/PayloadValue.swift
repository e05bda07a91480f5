public import ExactNumbers
public import Records

/// A type that a payload's field can have: how it is read and written, as JSON and in a record.
public protocol PayloadValue: Hashable, Sendable {
  static var fieldType: PayloadFieldType { get }
  /// What stands in a required field until it has been read.
  static var blank: Self { get }
  init(json: JSONValue) throws(ValueProblem)
  var json: JSONValue { get }
  /// Null for a value of another type than the field's.
  init?(fieldValue: FieldValue)
  var fieldValue: FieldValue { get }
}

/// What can stand in a field, for messages and for the schema.
public enum PayloadFieldType: Hashable, Sendable {
  case text
  /// An id; the words say of what.
  case identifier(String)
  case symbol
  case decimal
  case integer
  case boolean
  case date
  case instant
  case enumeration([String])
  /// `[{factor, shock, pinned?}]`.
  case shocks
  case json

  /// What a record stores it as. A cleared field is stored as `.json("null")`, a sealed one as
  /// `.bytes`, whatever its type.
  public var stored: FieldType {
    switch self {
    case .text, .identifier, .symbol, .enumeration: .text
    case .decimal: .decimal
    case .integer: .integer
    case .boolean: .boolean
    case .date: .date
    case .instant: .instant
    case .shocks, .json: .json
    }
  }

  public var description: String {
    switch self {
    case .text: "text"
    case .identifier(let name): name
    case .symbol: "symbol"
    case .decimal: "decimal"
    case .integer: "whole number"
    case .boolean: "true or false"
    case .date: "date"
    case .instant: "time"
    case .enumeration: "one of a list"
    case .shocks: "list of {factor, shock, pinned?}"
    case .json: "JSON"
    }
  }
}

/// Why a value is not one of the field's type, without saying where: the caller knows.
public struct ValueProblem: Error, Hashable, Sendable {
  public enum Aspect: Hashable, Sendable { case type, number, date, value }
  public var aspect: Aspect
  public var expected: String
  public var found: String

  public init(_ aspect: Aspect, expected: String, found: String) {
    self.aspect = aspect
    self.expected = expected
    self.found = found
  }

  static func type(expected: String, found: JSONValue) -> ValueProblem {
    ValueProblem(.type, expected: expected, found: found.excerpt)
  }
}

extension JSONValue {
  /// A short form for messages.
  var excerpt: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): shortened(number.text)
    case .string(let text): "\"\(shortened(text))\""
    case .array, .object: kindName
    }
  }
}

func shortened(_ text: String) -> String {
  text.unicodeScalars.count <= 60 ? text : String(text.unicodeScalars.prefix(57)) + "…"
}

extension String: PayloadValue {
  public static var fieldType: PayloadFieldType { .text }
  public static var blank: String { "" }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .string(let text) = json else { throw .type(expected: "a text", found: json) }
    self = text
  }
  public var json: JSONValue { .string(self) }
  public init?(fieldValue: FieldValue) {
    guard case .text(let text) = fieldValue else { return nil }
    self = text
  }
  public var fieldValue: FieldValue { .text(self) }
}

extension Identifier: PayloadValue {
  public static var fieldType: PayloadFieldType { Subject.fieldType }
  public static var blank: Self { Self("") }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .string(let text) = json else {
      throw .type(expected: "a \(Subject.name) as text", found: json)
    }
    self.init(rawValue: Subject.canonical(text))
  }
  public var json: JSONValue { .string(rawValue) }
  public init?(fieldValue: FieldValue) {
    guard case .text(let text) = fieldValue else { return nil }
    self.init(rawValue: text)
  }
  public var fieldValue: FieldValue { .text(rawValue) }
}

extension ExactDecimal: PayloadValue {
  public static var fieldType: PayloadFieldType { .decimal }
  public static var blank: ExactDecimal { .zero }
  public init(json: JSONValue) throws(ValueProblem) {
    let digits: String
    switch json {
    case .number(let number): digits = number.text
    case .string(let text): digits = text
    default: throw .type(expected: "a number", found: json)
    }
    do throws(NumberError) {
      try self.init(digits)
    } catch {
      throw ValueProblem(
        .number, expected: "a decimal of at most 8 places and 15 digits, below 10^15",
        found: "\(json.excerpt) (\(error))")
    }
  }
  public var json: JSONValue { .number(JSONNumber(self)) }
  public init?(fieldValue: FieldValue) {
    guard case .decimal(let decimal) = fieldValue else { return nil }
    self = decimal
  }
  public var fieldValue: FieldValue { .decimal(self) }
}

extension Int64: PayloadValue {
  public static var fieldType: PayloadFieldType { .integer }
  public static var blank: Int64 { 0 }
  public init(json: JSONValue) throws(ValueProblem) {
    let decimal = try ExactDecimal(json: json)
    guard let integer = decimal.integerValue else {
      throw ValueProblem(.number, expected: "a whole number", found: json.excerpt)
    }
    self = integer
  }
  public var json: JSONValue { .number(JSONNumber(self)) }
  public init?(fieldValue: FieldValue) {
    guard case .integer(let integer) = fieldValue else { return nil }
    self = integer
  }
  public var fieldValue: FieldValue { .integer(self) }
}

extension Bool: PayloadValue {
  public static var fieldType: PayloadFieldType { .boolean }
  public static var blank: Bool { false }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .bool(let value) = json else {
      throw .type(expected: "true or false", found: json)
    }
    self = value
  }
  public var json: JSONValue { .bool(self) }
  public init?(fieldValue: FieldValue) {
    guard case .boolean(let value) = fieldValue else { return nil }
    self = value
  }
  public var fieldValue: FieldValue { .boolean(self) }
}

extension CivilDate: PayloadValue {
  public static var fieldType: PayloadFieldType { .date }
  public static var blank: CivilDate { CivilDate(daysSinceEpoch: 0) }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .string(let text) = json else {
      throw .type(expected: "a date as text, YYYY-MM-DD", found: json)
    }
    guard let date = CivilDate(text) else {
      throw ValueProblem(
        .date, expected: "a date that exists, YYYY-MM-DD, in the years 1678 to 2261",
        found: json.excerpt)
    }
    self = date
  }
  public var json: JSONValue { .string(description) }
  public init?(fieldValue: FieldValue) {
    guard case .date(let date) = fieldValue else { return nil }
    self = date
  }
  public var fieldValue: FieldValue { .date(self) }
}

extension Instant: PayloadValue {
  public static var fieldType: PayloadFieldType { .instant }
  public static var blank: Instant { Instant(nanosecondsSinceEpoch: 0) }
  /// A date alone means the end of that day, UTC.
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .string(let text) = json else {
      throw .type(expected: "a time as text, 2025-06-30T21:00:00Z", found: json)
    }
    guard let instant = Instant(text) ?? CivilDate(text)?.end else {
      throw ValueProblem(
        .date,
        expected: "a time that exists, 2025-06-30T21:00:00Z with up to 9 places of a second, "
          + "in the years 1678 to 2261",
        found: json.excerpt)
    }
    self = instant
  }
  public var json: JSONValue { .string(description) }
  public init?(fieldValue: FieldValue) {
    guard case .instant(let instant) = fieldValue else { return nil }
    self = instant
  }
  public var fieldValue: FieldValue { .instant(self) }
}

extension JSONValue: PayloadValue {
  public static var fieldType: PayloadFieldType { .json }
  public static var blank: JSONValue { .null }
  public init(json: JSONValue) throws(ValueProblem) { self = json.canonical }
  public var json: JSONValue { self }
  public init?(fieldValue: FieldValue) {
    guard case .json(let text) = fieldValue, let value = try? JSONValue(parsing: text) else {
      return nil
    }
    self = value
  }
  public var fieldValue: FieldValue { .json(canonical.compactText) }
}

/// An enumeration whose cases are words of the catalogue.
public protocol PayloadEnumeration: PayloadValue, CaseIterable, RawRepresentable<String> {
  /// Whether input may write the words in any case. Output never does.
  static var isReadInAnyCase: Bool { get }
}

extension PayloadEnumeration {
  public static var isReadInAnyCase: Bool { false }
  public static var fieldType: PayloadFieldType { .enumeration(allCases.map(\.rawValue)) }
  public static var blank: Self { allCases[allCases.startIndex] }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .string(let text) = json else {
      throw .type(expected: Self.expectation, found: json)
    }
    guard let value = Self(rawValue: Self.isReadInAnyCase ? text.lowercased() : text) else {
      throw ValueProblem(.value, expected: Self.expectation, found: json.excerpt)
    }
    self = value
  }
  public var json: JSONValue { .string(rawValue) }
  public init?(fieldValue: FieldValue) {
    guard case .text(let text) = fieldValue else { return nil }
    self.init(rawValue: text)
  }
  public var fieldValue: FieldValue { .text(rawValue) }
  private static var expectation: String {
    "one of " + allCases.map(\.rawValue).joined(separator: ", ")
  }
}

/// What an event does to a field that can be emptied: in JSON `null` clears it.
public enum Change<Value: PayloadValue>: Hashable, Sendable {
  case set(Value)
  case clear

  /// The new value; null where the field is emptied.
  public var value: Value? {
    guard case .set(let value) = self else { return nil }
    return value
  }
}
