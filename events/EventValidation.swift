import ExactNumbers
import Records

extension Event {
  /// Holds the event against everything that can be said of it alone: the limits of its attributes,
  /// its fields' constraints, its payload's rules, and that its subject agrees with its data.
  ///
  /// What depends on other events is for the rules of the ledger.
  ///
  /// - Throws: The first ``EventError`` met.
  public func validate() throws(EventError) {
    if case .given(let id) = id { try check("id", id, EnvelopeLimits.idBytes) }
    try checkSource()
    if case .unknown(let payload) = payload {
      try check("type", payload.type, EnvelopeLimits.attributeBytes)
    }
    if let actor { try check("actor", actor, EnvelopeLimits.attributeBytes) }
    if let correlation { try check("correlationid", correlation, EnvelopeLimits.attributeBytes) }
    if let causation { try check("causationid", causation, EnvelopeLimits.attributeBytes) }
    if let extensions {
      let count = extensions.compactBytes.count
      guard count <= FieldDeclaration.jsonBytesMax else {
        throw attribute(
          "unknown attributes", "at most \(FieldDeclaration.jsonBytesMax) bytes",
          found: "\(count) bytes")
      }
    }
    try payload.content.validate()
    try checkSubject()
  }

  private func checkSubject() throws(EventError) {
    guard let subject else { return }
    try check("subject", subject, EnvelopeLimits.idBytes)
    guard let derived = payload.derivedSubject, derived != subject else { return }
    throw EventError(
      .subject, kind: kindName, field: "subject", expected: "\"\(derived)\", as the data say",
      found: "\"\(shortened(subject))\"")
  }

  /// A URI-reference, by the characters it cannot have. Letters beyond ASCII are let through.
  private func checkSource() throws(EventError) {
    try check("source", source, EnvelopeLimits.attributeBytes)
    let isAllowed = source.unicodeScalars.allSatisfy {
      $0.isASCII ? !"<>\"\\^`{|} ".utf8.contains(UInt8($0.value)) : !$0.properties.isWhitespace
    }
    guard isAllowed else {
      throw attribute(
        "source", "a URI-reference, other characters written as %XX",
        found: "\"\(shortened(source))\"")
    }
  }

  private func check(
    _ name: String, _ text: String, _ bytes: ClosedRange<Int>
  ) throws(EventError) {
    guard bytes.contains(text.utf8.count) else {
      throw attribute(
        name, "\(bytes.lowerBound) to \(bytes.upperBound) bytes of UTF-8",
        found: "\(text.utf8.count) bytes")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || 0x7F...0x9F ~= $0.value })
    else {
      throw attribute(name, "a text without control characters", found: "\"\(shortened(text))\"")
    }
  }

  private func attribute(_ name: String, _ expected: String, found: String) -> EventError {
    EventError(.badAttribute, kind: kindName, field: name, expected: expected, found: found)
  }
}

/// How long attributes may be, in bytes of UTF-8.
enum EnvelopeLimits {
  static let idBytes = 1...64
  static let attributeBytes = 1...1_024
}
