public import ExactNumbers
public import Records

/// What happened: a kind's payload in an envelope, with its place in the log once it has one.
public struct Event: Hashable, Sendable {
  /// Null until the event is appended.
  public var sequence: EventSequence?
  public var id: RecordID
  /// When it happened in the world: CloudEvents' `time`.
  public var effective: Instant
  /// When the ledger took it in; null until the event is appended.
  public var recorded: Instant?
  /// URI-reference of the producer.
  public var source: String
  /// The portfolio, or the symbol for market data. It agrees with the payload.
  public var subject: String?
  /// Who recorded it.
  public var actor: String?
  /// The request, import or batch it belongs to.
  public var correlation: String?
  /// The id of the event that caused it.
  public var causation: String?
  /// Attributes the catalogue does not know: a JSON object, null when there are none.
  public var extensions: JSONValue?
  public var payload: Payload

  public init(
    sequence: EventSequence? = nil, id: RecordID, effective: Instant, recorded: Instant? = nil,
    source: String, subject: String? = nil, actor: String? = nil, correlation: String? = nil,
    causation: String? = nil, extensions: JSONValue? = nil, payload: Payload
  ) {
    self.sequence = sequence
    self.id = id
    self.effective = effective
    self.recorded = recorded
    self.source = source
    self.subject = subject
    self.actor = actor
    self.correlation = correlation
    self.causation = causation
    self.extensions = extensions
    self.payload = payload
  }

  public var kind: KindNumber { payload.kind }
  /// The kind's dotted name.
  public var kindName: String { payload.kindName }
}
