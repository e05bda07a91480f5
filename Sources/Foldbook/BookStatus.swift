public import EventLog
import Events
public import ExactNumbers
public import Projections
public import Records

/// How a book stands: what it holds, how far its tables are, what was checked last.
public struct BookStatus: Sendable {
  public var head: EventSequence
  /// When the last event was recorded; null for an empty book.
  public var headRecorded: Instant?
  /// Null where the log is damaged.
  public var logRoot: Digest?
  public var branches: [String]
  /// Empty where there are no tables yet.
  public var projections: [ProjectionStatus]
  /// Why the tables cannot be asked; null when they can.
  public var projectionsProblem: String?
  /// As far as the tables know.
  public var lastImport: LastImport?
  public var lastAudit: LastAudit?

  public struct LastImport: Hashable, Sendable {
    public var id: String
    public var fileName: String
    public var events: Int64
    public var lastSequence: Int64
    /// When its first event was recorded.
    public var recorded: String
  }

  /// The last verification that was recorded.
  public struct LastAudit: Hashable, Sendable {
    public var sequence: EventSequence
    public var recorded: Instant
    public var scope: String
    public var isSound: Bool
  }
}

extension Book {
  /// The branches of this book, by name.
  public func branches() throws -> [String] { try Self.names(at: path, storage) }

  /// How the book stands now.
  ///
  /// - Throws: `LogError` where the log cannot be read. Tables that cannot be read are said.
  public func status() throws -> BookStatus {
    var status = BookStatus(
      head: head, headRecorded: headRecorded, branches: try branches(), projections: [])
    if damage == nil { status.logRoot = try logRoot() }
    do {
      status.projections = try projections.status(head: head)
      status.lastImport = try lastImport()
    } catch let error as ProjectionError {
      status.projectionsProblem = "\(error)"
    }
    status.lastAudit = try lastAudit()
    return status
  }

  private func lastImport() throws -> BookStatus.LastImport? {
    guard case .usable = try projections.condition() else { return nil }
    var found: BookStatus.LastImport?
    try projections.query(
      """
      SELECT id, file_name, events, last_seq, created_at FROM imports
      ORDER BY last_seq DESC LIMIT 1
      """,
      columns: { _ in }
    ) { row in
      guard case .text(let id) = row[0], case .text(let fileName) = row[1],
        case .integer(let events) = row[2], case .integer(let last) = row[3],
        case .text(let recorded) = row[4]
      else { return }
      found = BookStatus.LastImport(
        id: id, fileName: fileName, events: events, lastSequence: last, recorded: recorded)
    }
    return found
  }

  /// Blocks without such an event are not read.
  private func lastAudit() throws -> BookStatus.LastAudit? {
    var cursor = events(EventFilter(kinds: [AuditVerified.kind.number]))
    var last: BookStatus.LastAudit?
    while let event = try cursor.next() {
      guard case .auditVerified(let audit) = event.payload, let sequence = event.sequence,
        let recorded = event.recorded
      else { continue }
      last = BookStatus.LastAudit(
        sequence: sequence, recorded: recorded, scope: audit.scope, isSound: audit.passed)
    }
    return last
  }
}
