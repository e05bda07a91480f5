public import Records

/// What a tag is for.
public enum TagType: String, PayloadEnumeration, Sendable {
  case regular, strategy

  public static let isReadInAnyCase = true
}

/// A tag exists from here on.
public struct TagCreated: EventPayload {
  public var tag: TagID
  public var name: String
  public var tagType: TagType
  public var owner: UserID?
  public var color: String?
  public var description: String?
  public var unknownFields: JSONValue?

  public init(
    tag: TagID, name: String, tagType: TagType, owner: UserID? = nil, color: String? = nil,
    description: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.tag = tag
    self.name = name
    self.tagType = tagType
    self.owner = owner
    self.color = color
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension TagCreated {
  public static let kind = KindDeclaration(80, "tag.created", "a tag exists from here on")

  public static let blank = Self(tag: .blank, name: .blank, tagType: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "tag", \.tag, "id of the tag"),
    .required(2, "name", \.name, "what it is called", .characters(1...50), .tagName),
    .required(3, "tag_type", \.tagType, "what it is for"),
    .optional(4, "owner", \.owner, "whose tag it is"),
    .optional(5, "color", \.color, "#6B7280 where not given", .color),
    .optional(6, "description", \.description, "in words", .characters(0...255)),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("name", expects: "#strategy: only before the name of a strategy tag") { payload in
      payload.tagType == .regular && payload.name.hasPrefix(FieldConstraint.strategyPrefix)
        ? "\"\(shortened(payload.name))\" of a regular tag" : nil
    }
  ]
}

/// Fields of a tag change. What is null stays as it is.
public struct TagChanged: EventPayload {
  public var tag: TagID
  public var name: String?
  public var tagType: TagType?
  public var owner: Change<UserID>?
  public var color: String?
  public var description: Change<String>?
  public var unknownFields: JSONValue?

  public init(
    tag: TagID, name: String? = nil, tagType: TagType? = nil, owner: Change<UserID>? = nil,
    color: String? = nil, description: Change<String>? = nil, unknownFields: JSONValue? = nil
  ) {
    self.tag = tag
    self.name = name
    self.tagType = tagType
    self.owner = owner
    self.color = color
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension TagChanged {
  public static let kind = KindDeclaration(81, "tag.changed", "fields of a tag change")

  public static let blank = Self(tag: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "tag", \.tag, "the tag"),
    .optional(2, "name", \.name, "the new name", .characters(1...50), .tagName),
    .optional(3, "tag_type", \.tagType, "what it is for from here on"),
    .clearable(4, "owner", \.owner, "the new owner"),
    .optional(5, "color", \.color, "the new colour", .color),
    .clearable(6, "description", \.description, "the new description", .characters(0...255)),
  ]
}

/// A tag is taken off everything and used no more.
public struct TagRetired: EventPayload {
  public var tag: TagID
  public var unknownFields: JSONValue?

  public init(tag: TagID, unknownFields: JSONValue? = nil) {
    self.tag = tag
    self.unknownFields = unknownFields
  }
}

extension TagRetired {
  public static let kind = KindDeclaration(82, "tag.retired", "a tag is taken off everything")

  public static let blank = Self(tag: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "tag", \.tag, "the tag")
  ]
}

/// A position gets a tag.
public struct PositionTagged: EventPayload {
  public var position: PositionID
  public var tag: TagID
  public var unknownFields: JSONValue?

  public init(position: PositionID, tag: TagID, unknownFields: JSONValue? = nil) {
    self.position = position
    self.tag = tag
    self.unknownFields = unknownFields
  }
}

extension PositionTagged {
  public static let kind = KindDeclaration(67, "position.tagged", "a position gets a tag")

  public static let blank = Self(position: .blank, tag: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .required(2, "tag", \.tag, "the tag"),
  ]
}

/// A position loses a tag.
public struct PositionUntagged: EventPayload {
  public var position: PositionID
  public var tag: TagID
  public var unknownFields: JSONValue?

  public init(position: PositionID, tag: TagID, unknownFields: JSONValue? = nil) {
    self.position = position
    self.tag = tag
    self.unknownFields = unknownFields
  }
}

extension PositionUntagged {
  public static let kind = KindDeclaration(68, "position.untagged", "a position loses a tag")

  public static let blank = Self(position: .blank, tag: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "position", \.position, "the position"),
    .required(2, "tag", \.tag, "the tag"),
  ]
}
