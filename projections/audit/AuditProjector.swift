import Events
import ExactNumbers
import Portfolio
import Records

/// Writes what was calculated, run, exported and imported.
///
/// The events of a calculation, a batch and an export are kept by their key, and its row is folded
/// from them in order of (effective time, sequence): a late one finds its place.
struct AuditProjector: Projector {
  static let name = "audit"
  static let version = 1
  static var schema: [UInt8] { PackageResources.audit_sql }
  /// Every kind may come from an import.
  static var kinds: Set<KindNumber> { Set(EventCatalog.kinds.map(\.number)).union([.unknown]) }

  private var imports = ImportRows()
  private var calculations: Set<String> = []
  private var batches: Set<String> = []
  private var exports: Set<String> = []

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    imports.add(event)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    guard let key = AuditKey(event) else { return }
    try context.keep(event, under: key)
    switch key.family {
    case .calculation: calculations.insert(key.id)
    case .batch: batches.insert(key.id)
    case .export: exports.insert(key.id)
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    try imports.settle(in: context)
    try CalculationRows.write(calculations, &batches, in: context)
    for id in batches.sorted() { try BatchRows.write(id, in: context) }
    for id in exports.sorted() { try ExportRows.write(id, in: context) }
  }
}

extension Event {
  /// Its id where it was given; the text of a minted one is the log's to work out.
  fileprivate var keptID: String {
    if case .given(let text) = id { text } else { "#\(place.sequence)" }
  }
}

/// What an event of the audit tables is about.
struct AuditKey {
  enum Family: String { case calculation, batch, export }
  var family: Family
  var id: String

  init?(_ event: Event) {
    switch event.payload {
    case .calculationStarted(let payload): self.init(.calculation, payload.calculation.rawValue)
    case .calculationCompleted(let payload): self.init(.calculation, payload.calculation.rawValue)
    case .calculationFailed(let payload): self.init(.calculation, payload.calculation.rawValue)
    case .calculationSkipped(let payload): self.init(.calculation, payload.calculation.rawValue)
    case .auditVerified(let payload):
      guard payload.scope.hasPrefix(Self.verifiedScope) else { return nil }
      self.init(.calculation, String(payload.scope.dropFirst(Self.verifiedScope.count)))
    case .batchStarted(let payload): self.init(.batch, payload.batch.rawValue)
    case .batchCompleted(let payload): self.init(.batch, payload.batch.rawValue)
    case .batchFailed(let payload): self.init(.batch, payload.batch.rawValue)
    case .exportMade(let payload): self.init(.export, payload.export.rawValue)
    default: return nil
    }
  }

  private init(_ family: Family, _ id: String) {
    self.family = family
    self.id = id
  }

  /// What the scope of an `audit.verified` begins with that speaks of one calculation.
  static let verifiedScope = "calculation:"
}

extension ProjectionContext {
  /// Keeps an event of the audit tables in the file.
  fileprivate func keep(_ event: Event, under key: AuditKey) throws(ProjectionError) {
    let line = event.cloudEventLine(idText: event.keptID)
    try rows.upsert("internal_audit_facts") { row in
      row.text(key.family.rawValue)
      row.text(key.id)
      row.nanoseconds(event.effective)
      row.sequence(event.place.sequence)
      row.nanoseconds(event.place.recorded)
      row.text(String(decoding: line, as: UTF8.self))
    }
  }

  /// The events kept under a key, in order of (effective time, sequence).
  func kept(_ family: AuditKey.Family, _ id: String) throws -> [Event] {
    var events: [Event] = []
    try rows.statement(
      """
      SELECT event, src_seq, recorded FROM internal_audit_facts
      WHERE family = ? AND key = ? ORDER BY effective, src_seq
      """
    ).rows({ row in
      row.text(family.rawValue)
      row.text(id)
    }) { row in
      let line: CloudEvent
      do throws(EventError) {
        line = try CloudEvent(parsing: row.text(0), allowsUnknownKinds: true)
      } catch {
        throw ProjectionError.damaged(path: rows.path, reason: "internal_audit_facts: \(error)")
      }
      var event = line.event
      event.sequence = row.sequence(1)
      event.recorded = row.nanoseconds(2)
      events.append(event)
    }
    return events
  }
}
