public import Records

/// One field of a payload, declared once. JSON in and out, records in and out, the schema and the
/// catalogue are all read off these declarations.
public struct PayloadField<Payload: EventPayload>: Sendable {
  public let declaration: FieldDeclaration
  /// Where the field is in the payload.
  let path: any PartialKeyPath<Payload> & Sendable
  /// Puts a JSON value into the payload. Null has been dealt with before, unless `takesNull`.
  let readJSON: @Sendable (JSONValue, inout Payload) throws(ValueProblem) -> Void
  /// What a record keeps, or null where the payload does not have the field.
  let fieldValue: @Sendable (Payload) -> FieldValue?
  /// False when the value is of another type than the field.
  let readField: @Sendable (FieldValue, inout Payload) -> Bool
  /// Null where the payload does not have the field.
  let json: @Sendable (Payload) -> JSONValue?

  func isAt(_ path: PartialKeyPath<Payload>) -> Bool { self.path as PartialKeyPath == path }

  /// A field every event of the kind has.
  public static func required<Value: PayloadValue>(
    _ number: UInt16, _ name: String, _ path: any WritableKeyPath<Payload, Value> & Sendable,
    _ meaning: String, unit: String? = nil, _ constraints: FieldConstraint...
  ) -> Self {
    Self(
      declaration: FieldDeclaration(
        number: FieldNumber(number), name: name, type: Value.fieldType, isRequired: true,
        meaning: meaning, unit: unit, constraints: constraints),
      path: path,
      readJSON: { json, payload throws(ValueProblem) in
        payload[keyPath: path] = try Value(json: json)
      },
      fieldValue: { $0[keyPath: path].fieldValue },
      readField: { value, payload in
        guard let value = Value(fieldValue: value) else { return false }
        payload[keyPath: path] = value
        return true
      },
      json: { $0[keyPath: path].json })
  }

  /// A field that an event may leave out. In JSON, `null` is the same as leaving it out.
  public static func optional<Value: PayloadValue>(
    _ number: UInt16, _ name: String, _ path: any WritableKeyPath<Payload, Value?> & Sendable,
    _ meaning: String, unit: String? = nil, _ constraints: FieldConstraint...
  ) -> Self {
    optional(
      path: path,
      FieldDeclaration(
        number: FieldNumber(number), name: name, type: Value.fieldType, meaning: meaning,
        unit: unit, constraints: constraints))
  }

  /// A field of a person: sealed in the record, and absent once the person is forgotten.
  ///
  /// - Parameter isRequired: Whether input has to give it.
  public static func personal(
    _ number: UInt16, _ name: String, _ path: any WritableKeyPath<Payload, String?> & Sendable,
    _ meaning: String, isRequired: Bool = false, _ constraints: FieldConstraint...
  ) -> Self {
    optional(
      path: path,
      FieldDeclaration(
        number: FieldNumber(number), name: name, type: .text, isRequired: isRequired,
        isPersonal: true, meaning: meaning, constraints: constraints))
  }

  /// A field that an event may leave as it is, set, or with JSON's `null` empty.
  public static func clearable<Value: PayloadValue>(
    _ number: UInt16, _ name: String,
    _ path: any WritableKeyPath<Payload, Change<Value>?> & Sendable,
    _ meaning: String, unit: String? = nil, isPersonal: Bool = false,
    _ constraints: FieldConstraint...
  ) -> Self {
    Self(
      declaration: FieldDeclaration(
        number: FieldNumber(number), name: name, type: Value.fieldType, isClearable: true,
        isPersonal: isPersonal, meaning: meaning, unit: unit, constraints: constraints),
      path: path,
      readJSON: { json, payload throws(ValueProblem) in
        payload[keyPath: path] = json == .null ? .clear : .set(try Value(json: json))
      },
      fieldValue: { payload in
        switch payload[keyPath: path] {
        case .set(let value): value.fieldValue
        case .clear: .cleared
        case nil: nil
        }
      },
      readField: { value, payload in
        if value == .cleared {
          payload[keyPath: path] = .clear
          return true
        }
        guard let value = Value(fieldValue: value) else { return false }
        payload[keyPath: path] = .set(value)
        return true
      },
      json: { payload in
        switch payload[keyPath: path] {
        case .set(let value): value.json
        case .clear: .null
        case nil: nil
        }
      })
  }

  /// A required field whose values include JSON's `null`.
  public static func requiredNullable(
    _ number: UInt16, _ name: String, _ path: any WritableKeyPath<Payload, JSONValue> & Sendable,
    _ meaning: String, unit: String? = nil, _ constraints: FieldConstraint...
  ) -> Self {
    let field = required(number, name, path, meaning, unit: unit)
    return Self(
      declaration: FieldDeclaration(
        number: FieldNumber(number), name: name, type: JSONValue.fieldType, isRequired: true,
        isClearable: true, meaning: meaning, unit: unit, constraints: constraints),
      path: path, readJSON: field.readJSON, fieldValue: field.fieldValue,
      readField: field.readField, json: field.json)
  }

  /// What the ledger keeps beside what the sender gave. JSON neither shows nor reads it.
  public static func hidden<Value: PayloadValue>(
    _ number: UInt16, _ name: String, _ path: any WritableKeyPath<Payload, Value?> & Sendable,
    _ meaning: String
  ) -> Self {
    optional(
      path: path,
      FieldDeclaration(
        number: FieldNumber(number), name: name, type: Value.fieldType, isHidden: true,
        meaning: meaning))
  }

  private static func optional<Value: PayloadValue>(
    path: any WritableKeyPath<Payload, Value?> & Sendable, _ declaration: FieldDeclaration
  ) -> Self {
    Self(
      declaration: declaration, path: path,
      readJSON: { json, payload throws(ValueProblem) in
        payload[keyPath: path] = try Value(json: json)
      },
      fieldValue: { $0[keyPath: path]?.fieldValue },
      readField: { value, payload in
        guard let value = Value(fieldValue: value) else { return false }
        payload[keyPath: path] = value
        return true
      },
      json: { $0[keyPath: path]?.json })
  }
}

/// What a field is, without the way into its payload's type.
public struct FieldDeclaration: Hashable, Sendable {
  /// Never reused within a kind.
  public let number: FieldNumber
  public let name: String
  public let type: PayloadFieldType
  /// Whether input has to give it.
  public let isRequired: Bool
  /// Whether JSON's `null` empties it, as distinct from leaving it out.
  public let isClearable: Bool
  /// Whether it says something about a person and is sealed in the log.
  public let isPersonal: Bool
  /// Whether only the ledger reads and writes it.
  public let isHidden: Bool
  public let meaning: String
  public let unit: String?
  public let constraints: [FieldConstraint]

  init(
    number: FieldNumber, name: String, type: PayloadFieldType, isRequired: Bool = false,
    isClearable: Bool = false, isPersonal: Bool = false, isHidden: Bool = false, meaning: String,
    unit: String? = nil, constraints: [FieldConstraint] = []
  ) {
    self.number = number
    self.name = name
    self.type = type
    self.isRequired = isRequired
    self.isClearable = isClearable
    self.isPersonal = isPersonal
    self.isHidden = isHidden
    self.meaning = meaning
    self.unit = unit
    self.constraints = constraints
  }
}

extension FieldValue {
  /// How a record says that a field is emptied.
  static let cleared = FieldValue.json("null")
}
