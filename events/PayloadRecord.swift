import ExactNumbers
public import Records

extension EventPayload {
  public init(
    record: Record, opening: ([UInt8], FieldNumber, UserID) -> String?
  ) throws(EventError) {
    self = .blank
    var fieldIndex = 0
    let fields = Self.fields
    var isRead = [Bool](repeating: false, count: fields.count)
    var unknown: [JSONMember] = []
    for field in record.fields {
      if field.number == .unknownFields {
        guard case .json(let text) = field.value, let value = try? JSONValue(parsing: text) else {
          throw Self.unreadable("unknown fields", expected: "JSON", found: field.value)
        }
        unknownFields = value
        continue
      }
      while fieldIndex < fields.count, fields[fieldIndex].declaration.number < field.number {
        fieldIndex += 1
      }
      guard fieldIndex < fields.count, fields[fieldIndex].declaration.number == field.number else {
        unknown.append(JSONMember("field_\(field.number.rawValue)", field.value.json))
        continue
      }
      let declaration = fields[fieldIndex].declaration
      isRead[fieldIndex] = true
      if declaration.isPersonal, case .bytes(let sealed) = field.value {
        guard var personal = self as? any PersonalPayload else {
          preconditionFailure("\(Self.kind.name) has a personal field and is a PersonalPayload")
        }
        if let text = opening(sealed, field.number, personal.user) {
          guard fields[fieldIndex].readField(.text(text), &self) else {
            throw Self.unreadable(declaration.name, expected: "text", found: field.value)
          }
        } else {
          personal.forgottenFields.append(field)
          if let payload = personal as? Self { self = payload }
        }
        continue
      }
      guard fields[fieldIndex].readField(field.value, &self) else {
        throw Self.unreadable(
          declaration.name, expected: declaration.type.description, found: field.value)
      }
    }
    for (field, isRead) in zip(fields, isRead) where field.declaration.isRequired && !isRead {
      // A personal field may be gone with its person.
      guard field.declaration.isPersonal else {
        throw EventError(
          .unreadableRecord, kind: Self.kind.name, field: field.declaration.name,
          expected: field.declaration.type.description, found: "nothing")
      }
    }
    if !unknown.isEmpty {
      var members: [JSONMember] = unknown
      if case .object(let others)? = unknownFields { members += others }
      unknownFields = JSONValue.object(members).canonical
    }
  }

  public func recordFields(sealing: (PersonalField) -> [UInt8]?) -> [Field] {
    var fields: [Field] = []
    if case .object(let members)? = unknownFields, !members.isEmpty || Self.kind.number == .unknown
    {
      fields.append(
        Field(.unknownFields, .json(JSONValue.object(members).canonical.compactText)))
    }
    let personal = self as? any PersonalPayload
    for field in Self.fields {
      let declaration = field.declaration
      if let value = field.fieldValue(self) {
        if declaration.isPersonal, let personal, case .text(let text) = value,
          let sealed = sealing(
            PersonalField(
              user: personal.user, kind: Self.kind.number, number: declaration.number,
              name: declaration.name, value: text))
        {
          fields.append(Field(declaration.number, .bytes(sealed)))
        } else {
          fields.append(Field(declaration.number, value))
        }
      } else if let forgotten = personal?.forgottenFields.first(where: {
        $0.number == declaration.number
      }) {
        fields.append(forgotten)
      }
    }
    return fields
  }

  private static func unreadable(
    _ name: String, expected: String, found: FieldValue
  ) -> EventError {
    EventError(
      .unreadableRecord, kind: kind.name, field: name, expected: expected,
      found: "a field of type \(found.type)")
  }
}

extension FieldValue {
  /// For a field the catalogue does not know: the nearest JSON.
  var json: JSONValue {
    switch self {
    case .integer(let value): .number(JSONNumber(value))
    case .decimal(let value): .number(JSONNumber(value))
    case .text(let value): .string(value)
    case .boolean(let value): .bool(value)
    case .date(let value): .string(value.description)
    case .instant(let value): .string(value.description)
    case .bytes(let value): .array(value.map { .number(JSONNumber(Int64($0))) })
    case .json(let text): (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }
}
