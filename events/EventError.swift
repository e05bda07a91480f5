public import Records

/// Why an event was refused: what, where, what was expected and what was found.
public struct EventError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// The text is no JSON.
    case json(JSONError)
    /// The text is JSON, but no object.
    case notAnObject
    case missingAttribute
    case badAttribute
    case unknownKind
    case missingField
    case wrongType
    case badNumber
    case badDate
    case badValue
    case constraint
    case disagreement
    case subject
    /// A record that this catalogue cannot read.
    case unreadableRecord
  }

  public var reason: Reason
  /// The event's kind, as far as it is known.
  public var kind: String?
  /// The attribute or the field of `data`; a field of something nested is named by its outermost.
  public var field: String?
  public var expected: String
  public var found: String
  /// Of the value, in bytes from the beginning of the text it was read from.
  public var offset: Int?
  /// From 1; known where the event was a line of a file.
  public var line: Int?

  public init(
    _ reason: Reason, kind: String? = nil, field: String? = nil, expected: String, found: String,
    offset: Int? = nil, line: Int? = nil
  ) {
    self.reason = reason
    self.kind = kind
    self.field = field
    self.expected = expected
    self.found = found
    self.offset = offset
    self.line = line
  }

  public init(_ error: JSONError) {
    self.init(
      .json(error), expected: "one JSON object on a line", found: "\(error)", offset: error.offset)
  }

  /// Stable: what a message is looked up by. A text that is no JSON has the code of ``JSONError``.
  public var code: String {
    switch reason {
    case .json(let error): error.code
    case .notAnObject: "FB-EVENT-001"
    case .missingAttribute: "FB-EVENT-002"
    case .badAttribute: "FB-EVENT-003"
    case .unknownKind: "FB-EVENT-004"
    case .missingField: "FB-EVENT-005"
    case .wrongType: "FB-EVENT-006"
    case .badNumber: "FB-EVENT-007"
    case .badDate: "FB-EVENT-008"
    case .badValue: "FB-EVENT-009"
    case .constraint: "FB-EVENT-010"
    case .disagreement: "FB-EVENT-011"
    case .subject: "FB-EVENT-012"
    case .unreadableRecord: "FB-EVENT-013"
    }
  }

  /// The same error in a line of a file.
  public func onLine(_ line: Int) -> EventError {
    var error = self
    error.line = line
    return error
  }
}

extension EventError: CustomStringConvertible {
  public var description: String {
    var place: [String] = []
    if let line { place.append("line \(line)") }
    if let offset { place.append("byte \(offset)") }
    if let kind { place.append(kind) }
    if let field { place.append(field) }
    let head = ([code] + (place.isEmpty ? [] : [place.joined(separator: ", ")]))
    if case .json(let error) = reason {
      return (head + ["column \(error.column): \(error.problem)"]).joined(separator: ": ")
    }
    return (head + ["expected \(expected), found \(found)"]).joined(separator: ": ") + wayOut
  }

  private var wayOut: String {
    switch reason {
    case .unknownKind:
      " (`foldbook schema` lists the kinds; --allow-unknown-kinds keeps others without reading them)"
    case .missingField, .wrongType, .badValue, .constraint, .disagreement:
      kind.map { " (see `foldbook schema \($0)`)" } ?? ""
    case .unreadableRecord: " (a newer version may have written it)"
    default: ""
    }
  }
}
