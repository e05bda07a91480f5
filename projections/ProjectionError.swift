public import Records

/// Why the tables of a branch could not be read or written.
///
/// None of these loses anything: every table can be made again from the log.
public enum ProjectionError: Error, Hashable, Sendable {
  /// Another process writes the file, or holds a lock on it, for longer than was waited.
  case locked(path: String)
  /// The file is no usable SQLite database.
  case damaged(path: String, reason: String)
  case notFound(path: String)
  /// A newer Foldbook wrote the file.
  case newerFormat(path: String, found: Int64, known: Int64)
  /// The file has to be made again before it can be caught up.
  case needsRebuild(path: String, reason: RebuildReason)
  /// The file system or SQLite refused: a full disk, a read-only one, a failed read.
  case storage(path: String, operation: String, code: Int32, message: String)
  /// A row broke a constraint of its table. The rules that judge events should have prevented it.
  case refusedRow(table: String, message: String)
  /// Events did not continue where the file stands.
  case gap(expected: EventSequence, found: EventSequence)
  /// A query that SQLite does not accept, or one that would write.
  case query(message: String)
  /// No projection has this name.
  case unknownProjection(name: String, known: [String])
  /// A number of the book is out of range for exact arithmetic.
  case arithmetic(String)

  /// Stable, for scripts.
  public var code: String {
    switch self {
    case .locked: "FB-PROJ-001"
    case .damaged: "FB-PROJ-002"
    case .notFound: "FB-PROJ-003"
    case .newerFormat: "FB-PROJ-004"
    case .needsRebuild: "FB-PROJ-005"
    case .storage: "FB-PROJ-006"
    case .refusedRow: "FB-PROJ-007"
    case .gap: "FB-PROJ-008"
    case .query: "FB-PROJ-009"
    case .unknownProjection: "FB-PROJ-010"
    case .arithmetic: "FB-PROJ-011"
    }
  }
}

extension ProjectionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path):
      "\(path) is being written by another process: try again in a moment"
    case .damaged(let path, let reason):
      "\(path) is damaged (\(reason)); the log is not: make the tables again with "
        + "'foldbook project rebuild'"
    case .notFound(let path):
      "there is no \(path): make the tables with 'foldbook project rebuild'"
    case .newerFormat(let path, let found, let known):
      "\(path) has format \(found), this program knows up to \(known): use the newer program, or "
        + "make the tables again with 'foldbook project rebuild'"
    case .needsRebuild(let path, let reason):
      "\(path) cannot be caught up (\(reason)): make the tables again with "
        + "'foldbook project rebuild'"
    case .storage(let path, let operation, let code, let message):
      "could not \(operation) \(path): \(message) (\(code)); what stood in it before is unchanged"
    case .refusedRow(let table, let message):
      "a row of \(table) breaks a constraint (\(message)); the tables are unchanged. This is a "
        + "defect of the rules that judge events: please report it"
    case .gap(let expected, let found):
      "the tables go on at event \(expected), but event \(found) was given"
    case .query(let message):
      "SQLite does not take the query: \(message)"
    case .unknownProjection(let name, let known):
      "there is no projection '\(name)': expected one of \(known.joined(separator: ", "))"
    case .arithmetic(let what):
      "\(what); the tables are unchanged"
    }
  }
}

/// Why a file of tables has to be made again from the first event.
public enum RebuildReason: Hashable, Sendable {
  case missing
  /// Not a file of ours, or not one that was finished.
  case foreign
  case damaged(String)
  /// A projector changed since: its version or its schema.
  case projectorChanged(name: String)
  /// It holds another branch.
  case otherBranch(found: String)
  /// It was made for one point on the two clocks and does not move.
  case fixedPoint
  /// It stands past the head.
  case pastHead(EventSequence)
  /// The log has another history than the one the file was made from.
  case otherHistory(EventSequence)
  /// The cut would have to move back.
  case earlierCut
  /// Two rows have what a unique index of the file holds apart.
  case namesMeet(String)
}

extension RebuildReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "it does not exist"
    case .foreign: "it was not made by Foldbook, or never finished"
    case .damaged(let what): "it is damaged: \(what)"
    case .projectorChanged(let name): "the projection '\(name)' has changed since"
    case .otherBranch(let found): "it holds branch '\(found)'"
    case .fixedPoint: "it was made for one point in time"
    case .pastHead(let sequence): "it stands at event \(sequence), past the head"
    case .otherHistory(let sequence): "the log had another root at event \(sequence)"
    case .earlierCut: "its cut lies after the one asked for"
    case .namesMeet(let what): "two rows have one name (\(what))"
    }
  }
}
