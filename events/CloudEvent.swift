public import ExactNumbers
public import Records

/// An event as interchange has it: one CloudEvents 1.0 object in structured mode.
///
/// | attribute | on input |
/// | --- | --- |
/// | `specversion`, `id`, `source`, `type`, `time`, `data` | required |
/// | `subject` | must agree with the data |
/// | `datacontenttype` | JSON, if given |
/// | `actor`, `correlationid`, `causationid` | taken |
/// | `recordedtime`, `sequence` | the ledger's own: handed back apart from the event |
/// | any other | kept in ``Event/extensions`` |
public struct CloudEvent: Hashable, Sendable {
  /// Without sequence and recorded time: those it gets when it is appended.
  public var event: Event
  /// What the input says of its recorded time.
  public var recordedTime: Instant?
  /// What the input says of its sequence.
  public var sequence: EventSequence?

  /// Reads one line.
  ///
  /// - Parameter allowsUnknownKinds: Whether a `type` that is not in the catalogue is kept as it
  ///   is instead of refused.
  /// - Throws: ``EventError`` that names the attribute or field and where it stands.
  public init(parsing line: [UInt8], allowsUnknownKinds: Bool = false) throws(EventError) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: line)
    } catch {
      throw EventError(error)
    }
    try self.init(json, allowsUnknownKinds: allowsUnknownKinds)
  }

  public init(parsing line: String, allowsUnknownKinds: Bool = false) throws(EventError) {
    try self.init(parsing: Array(line.utf8), allowsUnknownKinds: allowsUnknownKinds)
  }

  public init(_ json: JSONValue, allowsUnknownKinds: Bool = false) throws(EventError) {
    var envelope = try EnvelopeReader(json)
    try envelope.checkVersionAndContentType()
    let id = try envelope.required("id")
    let source = try envelope.required("source")
    let type = try envelope.required("type")
    envelope.kind = type
    let time = try envelope.required("time")
    guard let effective = Instant(time) else {
      throw envelope.error(
        .badDate, "time", expected: "a time that exists, 2025-06-30T21:00:00Z", found: time)
    }
    let subject = try envelope.optional("subject")
    let recorded = try envelope.optional("recordedtime")
    recordedTime = recorded.flatMap { Instant($0) }
    if let recorded, recordedTime == nil {
      throw envelope.error(
        .badDate, "recordedtime", expected: "a time that exists, 2025-06-30T21:00:00Z",
        found: recorded)
    }
    sequence = try envelope.sequence()
    let actor = try envelope.optional("actor")
    let correlation = try envelope.optional("correlationid")
    let causation = try envelope.optional("causationid")

    guard let data = envelope.take("data") else {
      throw envelope.error(.missingAttribute, "data", expected: "an object", found: nil)
    }
    let payload: Payload
    do throws(EventError) {
      payload = try Self.payload(
        type, data: data.value, allowsUnknownKinds: allowsUnknownKinds)
    } catch {
      throw error.reason == .unknownKind || error.field == "data"
        ? error.at(error.field == "data" ? data.offset : envelope.offset(of: "type")) : error
    }
    event = Event(
      id: .given(id), effective: effective, source: source, actor: actor,
      correlation: correlation, causation: causation, extensions: try envelope.rest(),
      payload: payload)
    event.subject = subject.map { payload.canonicalSubject($0) } ?? payload.derivedSubject
    do throws(EventError) {
      try event.validate()
    } catch {
      throw error.at(error.field.flatMap { envelope.offset(of: $0) })
    }
  }

  private static func payload(
    _ type: String, data: JSONValue, allowsUnknownKinds: Bool
  ) throws(EventError) -> Payload {
    if let entry = EventCatalog.entry(named: type) { return try entry.payload(data: data) }
    guard allowsUnknownKinds else {
      throw EventError(
        .unknownKind, field: "type", expected: "a kind of the catalogue",
        found: "\"\(shortened(type))\"")
    }
    guard case .object = data else {
      throw EventError(
        .badAttribute, kind: type, field: "data", expected: "an object", found: data.excerpt)
    }
    return .unknown(UnknownPayload(type: type, data: data.canonical))
  }
}

extension Event {
  /// The event as a CloudEvents object, attributes in a fixed order.
  ///
  /// - Parameter idText: The event's id as text. A minted one is worked out by the log from the
  ///   record, so the caller gives it.
  public func cloudEvent(idText: String) -> JSONValue {
    var members = [
      JSONMember("specversion", "1.0"),
      JSONMember("id", .string(idText)),
      JSONMember("source", .string(source)),
      JSONMember("type", .string(kindName)),
    ]
    func add(_ name: String, _ text: String?) {
      if let text { members.append(JSONMember(name, .string(text))) }
    }
    add("subject", subject ?? payload.derivedSubject)
    add("time", effective.description)
    add("datacontenttype", "application/json")
    add("recordedtime", recorded?.description)
    // Of a pair the own number, which is what the event has in its log or stands behind.
    add("sequence", sequence?.own.description)
    add("actor", actor)
    add("correlationid", correlation)
    add("causationid", causation)
    if case .object(let others)? = extensions { members += others }
    members.append(JSONMember("data", payload.content.data))
    return .object(members)
  }

  /// The event as one line of JSON Lines, without the line feed.
  public func cloudEventLine(idText: String) -> [UInt8] {
    cloudEvent(idText: idText).compactBytes
  }

  /// What stands in CloudEvents' `data`.
  public var data: JSONValue { payload.content.data }
}

extension Payload {
  /// A subject in the spelling of the data: symbols are normalised as they are there.
  func canonicalSubject(_ text: String) -> String {
    content.subjectIsSymbol ? InstrumentSubject.canonical(text) : text
  }
}

extension EventPayload {
  fileprivate var subjectIsSymbol: Bool {
    Self.kind.subject == .symbol
      && Self.fields.contains {
        $0.declaration.number == Self.kind.symbolField && $0.declaration.type == .symbol
      }
  }
}

extension EventError {
  fileprivate func at(_ offset: Int?) -> EventError {
    var error = self
    error.offset = error.offset ?? offset
    return error
  }
}
