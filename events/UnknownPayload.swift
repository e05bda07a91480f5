public import Records

/// An event of a kind the catalogue does not know, taken in because its importer said so. It is
/// kept as it came, and no projection sees it.
public struct UnknownPayload: EventPayload {
  /// CloudEvents' `type`.
  public var type: String
  /// The data, all of it: a JSON object.
  public var unknownFields: JSONValue?

  public init(type: String, data: JSONValue) {
    self.type = type
    unknownFields = data
  }
}

extension UnknownPayload {
  public static let kind = KindDeclaration(0, "unknown", "a kind this catalogue does not know")
  public static let blank = Self(type: "", data: .object([]))
  /// The type is an attribute of the envelope in JSON and a field in the record.
  public static let fields: [PayloadField<Self>] = [
    .hidden(1, "type", \.optionalType, "the kind as its sender named it")
  ]

  private var optionalType: String? {
    get { type }
    set { type = newValue ?? "" }
  }
}
