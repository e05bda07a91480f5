public import ExactNumbers

/// An event as the log keeps it: an envelope, and numbered fields without names.
///
/// The log packs, hashes and finds records without knowing what they mean. The event catalogue
/// gives the kinds and the fields their names and their meaning.
public struct Record: Hashable, Sendable {
  public var kind: KindNumber
  public var id: RecordID
  /// When it happened in the world.
  public var effective: Instant
  /// When the ledger took it in. Never decreases along a log.
  public var recorded: Instant
  /// URI-reference of the producer.
  public var source: String
  /// The portfolio, or the symbol for market data; null where the payload already says it.
  public var subject: String?
  public var actor: String?
  public var correlation: String?
  public var causation: String?
  /// Attributes the catalogue does not know, as one canonical JSON object; null when there are none.
  public var extensions: String?
  /// In ascending order of their numbers, each number once.
  public var fields: [Field]

  public init(
    kind: KindNumber, id: RecordID, effective: Instant, recorded: Instant, source: String,
    subject: String? = nil, actor: String? = nil, correlation: String? = nil,
    causation: String? = nil, extensions: String? = nil, fields: [Field]
  ) {
    self.kind = kind
    self.id = id
    self.effective = effective
    self.recorded = recorded
    self.source = source
    self.subject = subject
    self.actor = actor
    self.correlation = correlation
    self.causation = causation
    self.extensions = extensions
    self.fields = fields
  }

  /// The value of a field, or null where the record does not have it.
  public subscript(field: FieldNumber) -> FieldValue? {
    fields.first { $0.number == field }?.value
  }
}

/// A record together with its place in the log.
public struct SequencedRecord: Hashable, Sendable {
  public var sequence: EventSequence
  public var record: Record
  public init(sequence: EventSequence, record: Record) {
    self.sequence = sequence
    self.record = record
  }
}

/// The number that stands for an event kind in the log. Never reused.
public struct KindNumber: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }
  /// A kind the catalogue does not know: its type and its data are kept as they came.
  public static let unknown = KindNumber(0)
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a payload field within its kind, from 1; 0 holds what the catalogue does not
/// know, as one JSON object. Never reused. Numbers from 0xFF00 on belong to the log's envelope.
public struct FieldNumber: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }
  public static let unknownFields = FieldNumber(0)
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How a record is identified for idempotency.
public enum RecordID: Hashable, Sendable {
  /// 1 to 64 bytes of UTF-8, chosen by the sender.
  case given(String)
  /// Derived from the record's content and how many equal ones came before it in its import.
  /// Stored as that number alone; the text is worked out when it is asked for.
  case minted(occurrence: UInt32)
}

public struct Field: Hashable, Sendable {
  public var number: FieldNumber
  public var value: FieldValue
  public init(_ number: FieldNumber, _ value: FieldValue) {
    self.number = number
    self.value = value
  }
}

/// What a field can hold. The raw values of ``FieldType`` are part of the file format.
public enum FieldValue: Hashable, Sendable {
  case integer(Int64)
  case decimal(ExactDecimal)
  case text(String)
  case boolean(Bool)
  case date(CivilDate)
  case instant(Instant)
  /// Opaque bytes: a sealed personal field.
  case bytes([UInt8])
  /// Canonical JSON of something nested.
  case json(String)

  public var type: FieldType {
    switch self {
    case .integer: .integer
    case .decimal: .decimal
    case .text: .text
    case .boolean: .boolean
    case .date: .date
    case .instant: .instant
    case .bytes: .bytes
    case .json: .json
    }
  }
}

public enum FieldType: UInt8, Hashable, Sendable, CaseIterable {
  case integer = 1
  case decimal = 2
  case text = 3
  case boolean = 4
  case date = 5
  case instant = 6
  case bytes = 7
  case json = 8
}
