public import Records

/// Every kind of event, named once: a case of ``Payload`` and a line here.
public enum EventCatalog {
  static let entries: [any CatalogEntry] = [
    Entry(Payload.userRegistered),
    Entry(Payload.userChanged),
    Entry(Payload.userDeactivated),
    Entry(Payload.userForgotten),
    Entry(Payload.portfolioOpened),
    Entry(Payload.portfolioChanged),
    Entry(Payload.portfolioClosed),
    Entry(Payload.cashMoved),
    Entry(Payload.instrumentDefined),
    Entry(Payload.instrumentSplit),
    Entry(Payload.instrumentDividend),
    Entry(Payload.positionEntered),
    Entry(Payload.positionExited),
    Entry(Payload.positionCorrected),
    Entry(Payload.positionVoided),
    Entry(Payload.positionRelated),
    Entry(Payload.positionUnrelated),
    Entry(Payload.positionAttributed),
    Entry(Payload.tagCreated),
    Entry(Payload.tagChanged),
    Entry(Payload.tagRetired),
    Entry(Payload.positionTagged),
    Entry(Payload.positionUntagged),
    Entry(Payload.strategyCreated),
    Entry(Payload.strategyChanged),
    Entry(Payload.strategyRetired),
    Entry(Payload.strategyJoined),
    Entry(Payload.strategyLeft),
    Entry(Payload.priceTicked),
    Entry(Payload.priceClosed),
    Entry(Payload.quoteUpdated),
    Entry(Payload.volatilityQuoted),
    Entry(Payload.rateSet),
    Entry(Payload.shortReported),
    Entry(Payload.factorDefined),
    Entry(Payload.factorRetired),
    Entry(Payload.scenarioDefined),
    Entry(Payload.scenarioRetired),
    Entry(Payload.parameterSet),
    Entry(Payload.batchStarted),
    Entry(Payload.batchCompleted),
    Entry(Payload.batchFailed),
    Entry(Payload.dayClosed),
    Entry(Payload.calculationStarted),
    Entry(Payload.calculationCompleted),
    Entry(Payload.calculationFailed),
    Entry(Payload.calculationSkipped),
    Entry(Payload.modelForked),
    Entry(Payload.modelChanged),
    Entry(Payload.modelSaved),
    Entry(Payload.modelCompleted),
    Entry(Payload.modelCancelled),
    Entry(Payload.modelPromoted),
    Entry(Payload.exportMade),
    Entry(Payload.auditVerified),
  ]

  /// All kinds, in ascending order of their numbers.
  public static let kinds: [KindDescription] =
    entries.map(\.description).sorted { $0.number < $1.number }

  /// What the log has to know of the kinds.
  public static let registry = KindRegistry(entries.map(\.declaration.traits))

  public static func kind(named name: String) -> KindDescription? {
    entry(named: name)?.description
  }

  public static func kind(_ number: KindNumber) -> KindDescription? {
    entry(number)?.description
  }

  static func entry(named name: String) -> (any CatalogEntry)? { entriesByName[name] }
  static func entry(_ number: KindNumber) -> (any CatalogEntry)? { entriesByNumber[number] }

  private static let entriesByName: [String: any CatalogEntry] =
    Dictionary(uniqueKeysWithValues: entries.map { ($0.declaration.name, $0) })
  private static let entriesByNumber: [KindNumber: any CatalogEntry] =
    Dictionary(uniqueKeysWithValues: entries.map { ($0.declaration.number, $0) })
}

/// A kind with its fields, for whoever prints the catalogue.
public struct KindDescription: Hashable, Sendable {
  public let declaration: KindDeclaration
  /// What `data` may have.
  public let fields: [FieldDeclaration]
  /// What a record may have: the same, and what only the ledger reads and writes.
  public let storedFields: [FieldDeclaration]

  public var number: KindNumber { declaration.number }
  public var name: String { declaration.name }
}

/// A line of the catalogue: from a kind to the code that reads its payload.
protocol CatalogEntry: Sendable {
  var declaration: KindDeclaration { get }
  var description: KindDescription { get }
  func payload(data: JSONValue) throws(EventError) -> Payload
  func payload(
    record: Record, opening: ([UInt8], FieldNumber, UserID) -> String?
  ) throws(EventError) -> Payload
}

struct Entry<Content: EventPayload>: CatalogEntry {
  let embed: @Sendable (Content) -> Payload

  init(_ embed: @escaping @Sendable (Content) -> Payload) { self.embed = embed }

  var declaration: KindDeclaration { Content.kind }
  var description: KindDescription {
    let fields = Content.fields.map(\.declaration)
    return KindDescription(
      declaration: Content.kind, fields: fields.filter { !$0.isHidden }, storedFields: fields)
  }

  func payload(data: JSONValue) throws(EventError) -> Payload {
    embed(try Content(data: data))
  }

  func payload(
    record: Record, opening: ([UInt8], FieldNumber, UserID) -> String?
  ) throws(EventError) -> Payload {
    embed(try Content(record: record, opening: opening))
  }
}
