import Records

/// Takes the attributes of a CloudEvents object one by one; what is left over is unknown.
struct EnvelopeReader {
  /// The kind, once it is known, for messages.
  var kind: String?
  private var members: [JSONMember]
  private let offsets: [JSONMember]

  init(_ json: JSONValue) throws(EventError) {
    guard case .object(let members) = json else {
      throw EventError(
        .notAnObject, expected: "one CloudEvents object", found: json.kindName)
    }
    // CloudEvents' JSON format has null as another way to leave an attribute out.
    self.members = members.filter { $0.value != .null || $0.name == "data" }
    offsets = members
  }

  mutating func take(_ name: String) -> JSONMember? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    return members.remove(at: index)
  }

  mutating func optional(_ name: String) throws(EventError) -> String? {
    guard let member = take(name) else { return nil }
    guard case .string(let text) = member.value else {
      throw error(.badAttribute, name, expected: "a text", found: member.value.excerpt)
    }
    return text
  }

  mutating func required(_ name: String) throws(EventError) -> String {
    guard let text = try optional(name) else {
      throw error(.missingAttribute, name, expected: "a text", found: nil)
    }
    return text
  }

  mutating func checkVersionAndContentType() throws(EventError) {
    let version = try required("specversion")
    guard version == "1.0" else {
      throw error(.badAttribute, "specversion", expected: "1.0", found: version)
    }
    if let member = take("data_base64") {
      throw error(
        .badAttribute, "data_base64", expected: "the data as JSON in data",
        found: member.value.kindName)
    }
    guard let contentType = try optional("datacontenttype") else { return }
    let mediaType = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard mediaType == "application/json" else {
      throw error(
        .badAttribute, "datacontenttype", expected: "application/json", found: contentType)
    }
  }

  /// A decimal string, as the ledger writes it. A plain number is read as well.
  mutating func sequence() throws(EventError) -> EventSequence? {
    guard let member = take("sequence") else { return nil }
    let digits: String? =
      switch member.value {
      case .string(let text): text
      case .number(let number): number.text
      default: nil
      }
    guard let digits, !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
      let value = UInt64(digits)
    else {
      throw error(
        .badAttribute, "sequence", expected: "a whole number as text", found: member.value.excerpt)
    }
    return EventSequence(value)
  }

  /// What has not been taken, as one canonical object; null when nothing is left.
  func rest() throws(EventError) -> JSONValue? {
    for member in members {
      guard !member.name.isEmpty,
        member.name.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 &- 0x30 < 10 })
      else {
        throw error(
          .badAttribute, member.name,
          expected: "attribute names of lower-case letters and digits",
          found: "\"\(shortened(member.name))\"", isQuoted: true)
      }
    }
    return members.isEmpty ? nil : JSONValue.object(members).canonical
  }

  func offset(of name: String) -> Int? { offsets.first { $0.name == name }?.offset }

  func error(
    _ reason: EventError.Reason, _ name: String, expected: String, found: String?,
    isQuoted: Bool = false
  ) -> EventError {
    EventError(
      reason, kind: kind, field: name, expected: expected,
      found: found.map { isQuoted ? $0 : shortened($0) } ?? "nothing", offset: offset(of: name))
  }
}
