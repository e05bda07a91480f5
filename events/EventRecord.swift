public import Records

/// A field that says something about a person, on its way into a record.
public struct PersonalField: Hashable, Sendable {
  /// Whose key seals it.
  public let user: UserID
  public let kind: KindNumber
  public let number: FieldNumber
  public let name: String
  public let value: String
}

extension Event {
  /// The event as the log keeps it.
  ///
  /// A subject that the payload says anyway is left out; ``init(record:sequence:opening:)`` puts it
  /// back.
  ///
  /// - Parameter sealing: Seals a personal field; null to store it as text.
  /// - Precondition: The event has its recorded time.
  public func record(sealing: (PersonalField) -> [UInt8]? = { _ in nil }) -> Record {
    guard let recorded else {
      preconditionFailure("an event has its recorded time before it becomes a record")
    }
    return Record(
      kind: payload.kind, id: id, effective: effective, recorded: recorded, source: source,
      subject: payload.derivedSubject == nil ? subject : nil, actor: actor,
      correlation: correlation, causation: causation,
      extensions: extensions.map { $0.canonical.compactText },
      fields: payload.content.recordFields(sealing: sealing))
  }

  /// The event a record keeps.
  ///
  /// - Parameters:
  ///   - sequence: Its place in the log.
  ///   - opening: Opens a sealed personal field of a user; null when its key is gone. Then the
  ///     property is null and the payload's `forgottenFields` says so.
  /// - Throws: ``EventError`` with the reason `unreadableRecord`.
  public init(
    record: Record, sequence: EventSequence? = nil,
    opening: ([UInt8], FieldNumber, UserID) -> String? = { _, _, _ in nil }
  ) throws(EventError) {
    let payload: Payload
    if record.kind == .unknown {
      payload = .unknown(try UnknownPayload(record: record, opening: opening))
    } else if let entry = EventCatalog.entry(record.kind) {
      payload = try entry.payload(record: record, opening: opening)
    } else {
      throw EventError(
        .unreadableRecord, expected: "a kind of the catalogue",
        found: "kind number \(record.kind.rawValue)")
    }
    var extensions: JSONValue?
    if let text = record.extensions {
      guard let value = try? JSONValue(parsing: text) else {
        throw EventError(
          .unreadableRecord, kind: payload.kindName, field: "extensions", expected: "JSON",
          found: "\"\(shortened(text))\"")
      }
      extensions = value
    }
    self.init(
      sequence: sequence, id: record.id, effective: record.effective, recorded: record.recorded,
      source: record.source, subject: record.subject ?? payload.derivedSubject,
      actor: record.actor, correlation: record.correlation, causation: record.causation,
      extensions: extensions, payload: payload)
  }
}

extension Payload {
  /// The subject as far as the payload says it: its portfolio, or its symbol.
  public var derivedSubject: String? { content.derivedSubject }
}

extension EventPayload {
  public var derivedSubject: String? {
    let number =
      switch Self.kind.subject {
      case .portfolio: Self.kind.portfolioField
      case .symbol: Self.kind.symbolField
      }
    guard let number, let field = Self.fields.first(where: { $0.declaration.number == number }),
      case .text(let text)? = field.fieldValue(self)
    else { return nil }
    return text
  }
}
