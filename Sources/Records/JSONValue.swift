public import ExactNumbers

/// A JSON value that keeps what a sender wrote: members in order, numbers digit by digit.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])
}

/// A name and its value in a JSON object.
public struct JSONMember: Sendable {
  public var name: String
  public var value: JSONValue
  /// Where the value begins in the text it was read from, in bytes. Not part of equality.
  public var offset: Int?

  public init(_ name: String, _ value: JSONValue, offset: Int? = nil) {
    self.name = name
    self.value = value
    self.offset = offset
  }
}

extension JSONMember: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.value == right.value
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(value)
  }
}

/// A JSON number as the digits it was written with. It never passes through a binary float.
public struct JSONNumber: Hashable, Sendable {
  /// Always of JSON's number grammar.
  public let text: String

  /// - Parameter text: Of JSON's number grammar; whoever calls this has checked it.
  init(checked text: String) { self.text = text }

  public init(_ decimal: ExactDecimal) { text = decimal.description }
  public init(_ integer: Int64) { text = String(integer) }

  /// The value within the limits of event numbers.
  ///
  /// - Throws: ``NumberError`` for more than 8 places or 15 digits, or a magnitude of 10^15 on.
  public func decimal() throws(NumberError) -> ExactDecimal { try ExactDecimal(text) }

  /// The same number in shortest exact form; as it was written where it is outside the limits.
  public var canonical: JSONNumber {
    guard let decimal = try? decimal() else { return self }
    return JSONNumber(decimal)
  }
}

extension JSONValue {
  /// The member of that name, or null where this is no object or has no such member.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The number within the limits of event numbers; null for anything else.
  public var decimal: ExactDecimal? {
    guard case .number(let number) = self else { return nil }
    return try? number.decimal()
  }

  /// Names sorted by their bytes, numbers in shortest exact form: equal values become equal texts.
  public var canonical: JSONValue {
    switch self {
    case .null, .bool, .string: self
    case .number(let number): .number(number.canonical)
    case .array(let values): .array(values.map(\.canonical))
    case .object(let members):
      .object(
        members
          .map { JSONMember($0.name, $0.value.canonical) }
          .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }
  }

  /// What this is, in a word for messages: `a number`, `an object` …
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember($0.0, $0.1) })
  }
}
