public import Records

extension EventCatalog {
  /// A JSON Schema (2020-12) of one kind's CloudEvents object, as the ledger writes it.
  ///
  /// Input is read a little more generously: numbers also as text, `tag_type` in any case, an
  /// optional field also as null.
  public static func jsonSchema(of kind: KindDescription) -> JSONValue {
    var attributes = envelopeProperties
    attributes.append(JSONMember("type", ["const": .string(kind.name)]))
    attributes.append(JSONMember("data", dataSchema(of: kind)))
    return schema(
      title: kind.name, meaning: kind.declaration.meaning, properties: attributes,
      required: requiredAttributes)
  }

  /// A JSON Schema of what all kinds have in common.
  public static var envelopeSchema: JSONValue {
    var attributes = envelopeProperties
    attributes.append(
      JSONMember(
        "type",
        [
          "type": "string", "description": "the event's kind",
          "enum": .array(kinds.map { .string($0.name) }),
        ]))
    attributes.append(
      JSONMember("data", ["type": "object", "description": "the payload of that kind"]))
    return schema(
      title: "event", meaning: "the envelope: one CloudEvents 1.0 object in structured mode",
      properties: attributes, required: requiredAttributes)
  }

  private static func schema(
    title: String, meaning: String, properties: [JSONMember], required: [String]
  ) -> JSONValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": .string(title),
      "description": .string(meaning),
      "type": "object",
      "required": .array(required.map { .string($0) }),
      "properties": .object(properties),
    ]
  }

  private static let requiredAttributes = [
    "specversion", "id", "source", "type", "time", "data",
  ]

  private static var envelopeProperties: [JSONMember] {
    func text(_ name: String, _ meaning: String, _ more: JSONMember...) -> JSONMember {
      JSONMember(
        name,
        .object([JSONMember("type", "string"), JSONMember("description", .string(meaning))] + more))
    }
    return [
      JSONMember("specversion", ["const": "1.0"]),
      text(
        "id", "idempotency key, 1 to 64 bytes of UTF-8; a UUID by habit",
        JSONMember("minLength", 1), JSONMember("maxLength", 64)),
      text("source", "URI-reference of the producer", JSONMember("format", "uri-reference")),
      text("subject", "the portfolio, or the symbol for market data; agrees with data"),
      text(
        "time", "effective time: when it happened in the world", JSONMember("format", "date-time")
      ),
      JSONMember("datacontenttype", ["const": "application/json"]),
      text(
        "recordedtime", "recorded time: when the ledger took it in; written by the ledger",
        JSONMember("format", "date-time")),
      text(
        "sequence", "number within the branch; written by the ledger",
        JSONMember("pattern", "^[0-9]+$")),
      text("actor", "who recorded it"),
      text("correlationid", "the request, import or batch it belongs to"),
      text("causationid", "the event that caused it"),
    ]
  }

  private static func dataSchema(of kind: KindDescription) -> JSONValue {
    [
      "type": "object",
      "required": .array(kind.fields.filter(\.isRequired).map { .string($0.name) }),
      "properties": .object(kind.fields.map { JSONMember($0.name, $0.jsonSchema) }),
    ]
  }
}

extension FieldDeclaration {
  /// The field's meaning and unit in one line.
  public var summary: String { unit.map { "\(meaning) (\($0))" } ?? meaning }

  var jsonSchema: JSONValue {
    var members = type.jsonSchema
    if isClearable {
      members = members.map { member in
        switch (member.name, member.value) {
        case ("type", .string(let name)): JSONMember("type", [.string(name), "null"])
        case ("enum", .array(let words)): JSONMember("enum", .array(words + [.null]))
        default: member
        }
      }
    }
    for constraint in constraints {
      members = members.filter { old in !constraint.jsonSchema.contains { $0.name == old.name } }
      members += constraint.jsonSchema
    }
    members.append(JSONMember("description", .string(summary)))
    return .object(members)
  }
}

extension PayloadFieldType {
  var jsonSchema: [JSONMember] {
    func type(_ name: String, _ more: JSONMember...) -> [JSONMember] {
      [JSONMember("type", .string(name))] + more
    }
    return switch self {
    case .text: type("string")
    case .identifier: type("string", JSONMember("minLength", 1), JSONMember("maxLength", 64))
    case .symbol: type("string", JSONMember("minLength", 1), JSONMember("maxLength", 30))
    case .decimal: type("number")
    case .integer: type("integer")
    case .boolean: type("boolean")
    case .date: type("string", JSONMember("format", "date"))
    case .instant: type("string", JSONMember("format", "date-time"))
    case .enumeration(let words): [JSONMember("enum", .array(words.map { .string($0) }))]
    case .shocks:
      type(
        "array",
        JSONMember(
          "items",
          [
            "type": "object",
            "required": ["factor", "shock"],
            "properties": [
              "factor": ["type": "string"], "shock": ["type": "number"],
              "pinned": ["type": "boolean", "default": true],
            ],
          ]))
    case .json: []
    }
  }
}

extension FieldConstraint {
  var jsonSchema: [JSONMember] {
    switch self {
    case .positive: [JSONMember("exclusiveMinimum", 0)]
    case .notNegative: [JSONMember("minimum", 0)]
    case .characters(let range):
      [
        JSONMember("minLength", .number(JSONNumber(Int64(range.lowerBound)))),
        JSONMember("maxLength", .number(JSONNumber(Int64(range.upperBound)))),
      ]
    case .currency: [JSONMember("pattern", "^[A-Z]{3}$")]
    case .color: [JSONMember("pattern", "^#[0-9A-Fa-f]{6}$")]
    case .tagName: [JSONMember("pattern", "^(#strategy:)?[\\p{L}\\p{N}_-][\\p{L}\\p{N} _-]*$")]
    case .sha256: [JSONMember("pattern", "^[0-9a-f]{64}$")]
    case .textNumberOrNull: [JSONMember("type", ["string", "number", "null"])]
    case .scalar: [JSONMember("type", ["string", "number", "boolean"])]
    case .object: [JSONMember("type", "object")]
    case .array: [JSONMember("type", "array")]
    }
  }
}
