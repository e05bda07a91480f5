public import Records

/// The data of one event kind: a plain value, and the one list that says how it is read and written.
public protocol EventPayload: Hashable, Sendable {
  static var kind: KindDeclaration { get }
  /// In ascending order of their numbers, which is also the order in which JSON writes them.
  static var fields: [PayloadField<Self>] { get }
  /// What has to hold between fields; of one field alone, its constraints speak.
  static var rules: [PayloadRule<Self>] { get }
  /// A payload of blank required fields, before anything has been read into it.
  static var blank: Self { get }
  /// Fields the catalogue does not know: a JSON object, null when there are none.
  var unknownFields: JSONValue? { get set }

  // All payloads get what follows from their lists. It is asked for here, and not only given in
  // extensions, so that the compiler makes one fast version of it a kind.

  /// Reads CloudEvents' `data`.
  ///
  /// - Throws: ``EventError`` that names the field: missing, of another type, or against a
  ///   constraint of the field or a rule of the payload.
  init(data: JSONValue) throws(EventError)
  /// CloudEvents' `data`: the fields in the order of their numbers, then the unknown ones.
  var data: JSONValue { get }
  /// Reads the fields of a record.
  ///
  /// History is taken as it is: types are checked, constraints are not, because a limit may have
  /// been another one when the event was judged.
  ///
  /// - Parameter opening: Opens a sealed personal field; null when its key is gone.
  init(
    record: Record, opening: ([UInt8], FieldNumber, UserID) -> String?
  ) throws(EventError)
  /// The fields of a record, in ascending order of their numbers.
  ///
  /// - Parameter sealing: Seals a personal field; null to store it as text.
  func recordFields(sealing: (PersonalField) -> [UInt8]?) -> [Field]
  /// Holds the payload against its fields' constraints and its rules.
  func validate() throws(EventError)
  /// The subject as far as the payload says it: its portfolio, or its symbol.
  var derivedSubject: String? { get }
  /// Whether the other payload says what this one says: see ``Event/hasSameContent(as:)``.
  func hasSameContent(as other: any EventPayload) -> Bool
}

extension EventPayload {
  public static var rules: [PayloadRule<Self>] { [] }
}

/// A payload with fields of a person.
public protocol PersonalPayload: EventPayload {
  /// Whose fields they are.
  var user: UserID { get }
  /// The sealed fields that cannot be opened any more, as the record keeps them: the person is
  /// forgotten. Their properties are null.
  var forgottenFields: [Field] { get set }
}

/// What a kind is, apart from its fields.
public struct KindDeclaration: Hashable, Sendable {
  /// Never reused.
  public let number: KindNumber
  /// The dotted name: CloudEvents' `type`.
  public let name: String
  public let meaning: String
  /// All records of the kind in a block make one leaf.
  public let isMarketData: Bool
  /// What a CloudEvents `subject` of this kind names.
  public let subject: SubjectRule
  /// The fields by which the log finds its records.
  public let portfolioField: FieldNumber?
  public let symbolField: FieldNumber?

  /// - Parameters:
  ///   - portfolio: Number of the field that names the portfolio, where there is one.
  ///   - symbol: Number of the field that names the symbol, where there is one.
  public init(
    _ number: UInt16, _ name: String, _ meaning: String, isMarketData: Bool = false,
    subject: SubjectRule = .portfolio, portfolio: UInt16? = nil, symbol: UInt16? = nil
  ) {
    self.number = KindNumber(number)
    self.name = name
    self.meaning = meaning
    self.isMarketData = isMarketData
    self.subject = subject
    portfolioField = portfolio.map { FieldNumber($0) }
    symbolField = symbol.map { FieldNumber($0) }
  }

  public var traits: KindTraits {
    KindTraits(
      number: number, name: name, isMarketData: isMarketData, portfolioField: portfolioField,
      symbolField: symbolField)
  }
}

/// What a CloudEvents `subject` names. It must agree with the data.
public enum SubjectRule: Hashable, Sendable {
  /// The portfolio. Where the data name none, the rules of the ledger know which it is.
  case portfolio
  /// The symbol in the data.
  case symbol
}

/// Something that has to hold between the fields of a payload.
public struct PayloadRule<Payload: EventPayload>: Sendable {
  /// The field a message names.
  public let field: String
  public let expectation: String
  /// Null when the rule holds; otherwise what was found.
  let violation: @Sendable (Payload) -> String?

  public init(
    _ field: String, expects expectation: String,
    violation: @escaping @Sendable (Payload) -> String?
  ) {
    self.field = field
    self.expectation = expectation
    self.violation = violation
  }
}
