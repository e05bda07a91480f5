public import Records

extension EventPayload {
  public init(data: JSONValue) throws(EventError) {
    guard case .object(let members) = data else {
      throw EventError(
        .badAttribute, kind: Self.kind.name, field: "data", expected: "an object",
        found: data.excerpt)
    }
    self = .blank
    var unknown: [JSONMember] = []
    let fields = Self.fields
    var isRead = [Bool](repeating: false, count: fields.count)
    for member in members {
      guard
        let index = fields.firstIndex(where: {
          $0.declaration.name == member.name && !$0.declaration.isHidden
        })
      else {
        unknown.append(member)
        continue
      }
      let declaration = fields[index].declaration
      if member.value == .null, !declaration.isClearable {
        if declaration.isRequired { continue }
        // For an optional field, null is another way to leave it out: but not where leaving it out
        // means that it stays, and the sender may have meant to empty it.
        guard Self.isChange else { continue }
        throw Self.problem(
          ValueProblem(
            .value, expected: "\(declaration.type.description): it cannot be emptied",
            found: "null"), declaration, member.offset)
      }
      do throws(ValueProblem) {
        try fields[index].readJSON(member.value, &self)
      } catch {
        throw Self.problem(error, declaration, member.offset)
      }
      isRead[index] = true
    }
    for (field, isRead) in zip(fields, isRead) where field.declaration.isRequired && !isRead {
      throw EventError(
        .missingField, kind: Self.kind.name, field: field.declaration.name,
        expected: field.declaration.type.description, found: "nothing")
    }
    if !unknown.isEmpty { unknownFields = JSONValue.object(unknown).canonical }
    do throws(EventError) {
      try validate()
    } catch {
      var error = error
      error.offset = members.first { $0.name == error.field }?.offset
      throw error
    }
  }

  public var data: JSONValue {
    var members: [JSONMember] = []
    for field in Self.fields where !field.declaration.isHidden {
      if let json = field.json(self) { members.append(JSONMember(field.declaration.name, json)) }
    }
    if case .object(let unknown)? = unknownFields { members += unknown }
    return .object(members)
  }

  public func validate() throws(EventError) {
    for field in Self.fields {
      let declaration = field.declaration
      guard let value = field.fieldValue(self) else {
        // Only a personal field can be required and still be absent: once its person is forgotten.
        if declaration.isRequired, !isForgotten(declaration.number) {
          throw EventError(
            .missingField, kind: Self.kind.name, field: declaration.name,
            expected: declaration.type.description, found: "nothing")
        }
        continue
      }
      if let expectation = declaration.expectation(violatedBy: value) {
        throw EventError(
          .constraint, kind: Self.kind.name, field: declaration.name, expected: expectation,
          found: value.excerpt)
      }
    }
    if let count = unknownFields?.compactBytes.count, count > FieldDeclaration.jsonBytesMax {
      throw EventError(
        .constraint, kind: Self.kind.name, field: "data",
        expected: "at most \(FieldDeclaration.jsonBytesMax) bytes of unknown fields",
        found: "\(count) bytes")
    }
    for rule in Self.rules {
      guard let found = rule.violation(self) else { continue }
      throw EventError(
        .disagreement, kind: Self.kind.name, field: rule.field, expected: rule.expectation,
        found: found)
    }
  }

  private func isForgotten(_ field: FieldNumber) -> Bool {
    (self as? any PersonalPayload)?.forgottenFields.contains { $0.number == field } ?? false
  }

  /// Whether leaving a field out means that it stays as it is.
  private static var isChange: Bool { kind.name.hasSuffix(".changed") }

  private static func problem(
    _ problem: ValueProblem, _ field: FieldDeclaration, _ offset: Int?
  ) -> EventError {
    let reason: EventError.Reason =
      switch problem.aspect {
      case .type: .wrongType
      case .number: .badNumber
      case .date: .badDate
      case .value: .badValue
      }
    return EventError(
      reason, kind: kind.name, field: field.name, expected: problem.expected, found: problem.found,
      offset: offset)
  }
}

extension FieldDeclaration {
  /// What a value fails to be, in words; null when it may stand in the field.
  func expectation(violatedBy value: FieldValue) -> String? {
    if isClearable, value == .cleared { return nil }
    if case .text(let text) = value {
      let expectation: String? =
        switch type {
        case .identifier: UserSubject.expectation(violatedBy: text)
        case .symbol: InstrumentSubject.expectation(violatedBy: text)
        default: nil
        }
      if let expectation { return expectation }
      if text.utf8.count > Self.textBytesMax { return "at most \(Self.textBytesMax) bytes" }
      if text.utf8.contains(0) { return "a text without the character U+0000" }
    }
    if case .json(let text) = value, text.utf8.count > Self.jsonBytesMax {
      return "at most \(Self.jsonBytesMax) bytes of JSON"
    }
    return constraints.first { !$0.isSatisfied(by: value) }?.expectation
  }

  /// No text of an event is longer, in bytes of UTF-8.
  public static let textBytesMax = 65_536
  /// Nothing nested is longer, as canonical JSON.
  public static let jsonBytesMax = 1_048_576
}

extension FieldValue {
  /// A short form for messages.
  var excerpt: String {
    switch self {
    case .text(let text): "\"\(shortened(text))\""
    case .json(let text): shortened(text)
    case .bytes(let bytes): "\(bytes.count) sealed bytes"
    default: json.excerpt
    }
  }
}
