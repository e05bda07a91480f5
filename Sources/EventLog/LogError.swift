public import Records

/// Bytes of the log that are not what they should be, and what they stand for.
public struct LogDamage: Hashable, Sendable {
  public var file: String
  /// In bytes from the start of the file.
  public var offset: UInt64
  /// The events that are affected, as far as that is known.
  public var sequences: ClosedRange<EventSequence>?
  public var reason: String

  public init(
    file: String, offset: UInt64, sequences: ClosedRange<EventSequence>?, reason: String
  ) {
    self.file = file
    self.offset = offset
    self.sequences = sequences
    self.reason = reason
  }

  init(_ error: BlockError, in file: String, at base: UInt64, _ range: ClosedRange<EventSequence>?)
  {
    self.init(
      file: file, offset: base + UInt64(max(0, error.offset)), sequences: range,
      reason: error.description)
  }
}

extension LogDamage: CustomStringConvertible {
  public var description: String {
    let events =
      switch sequences {
      case nil: ""
      case let range? where range.lowerBound == range.upperBound: ", event #\(range.lowerBound)"
      case let range?: ", events #\(range.lowerBound) to #\(range.upperBound)"
      }
    return "\(file), byte \(offset)\(events): \(reason)"
  }
}

/// Why the log did not do what it was asked for.
public enum LogError: Error, Hashable, Sendable {
  /// The log is damaged here. It can be read up to there, and is not written to.
  case damaged(LogDamage)
  /// Other processes held the lock all the time.
  case locked(path: String, waitedMilliseconds: Int)
  /// The file system failed. What was acknowledged before is intact.
  case storage(StorageError)
  /// There is no log.
  case notFound(path: String)
  /// There is a log already.
  case exists(path: String)
  /// Written by a later version.
  case newerFormat(path: String, found: Int, known: Int)
  /// A sync failed earlier, so this handle no longer acknowledges anything.
  case latched(StorageError)
  /// The log was opened for reading.
  case readOnly(path: String)
  /// A record the format has no room for.
  case recordRefused(BlockError)
  /// Recorded times never decrease along a log.
  case recordedBackwards(sequence: EventSequence)
  /// Asked for something behind the head, or before the first event.
  case outside(sequence: EventSequence, first: EventSequence, head: EventSequence)
  /// Nothing can flow into a branch from there.
  case flowRefused(reason: String)
}

extension LogError {
  /// Stable across versions.
  public var code: String {
    switch self {
    case .damaged: "FB-LOG-001"
    case .locked: "FB-LOG-002"
    case .storage(let error) where error.isDiskFull: "FB-LOG-004"
    case .storage(let error) where error.isReadOnly: "FB-LOG-005"
    case .storage: "FB-LOG-003"
    case .notFound: "FB-LOG-006"
    case .exists: "FB-LOG-007"
    case .newerFormat: "FB-LOG-008"
    case .latched: "FB-LOG-009"
    case .readOnly: "FB-LOG-010"
    case .recordRefused: "FB-LOG-011"
    case .recordedBackwards: "FB-LOG-012"
    case .outside: "FB-LOG-013"
    case .flowRefused: "FB-LOG-014"
    }
  }

  /// What is damaged, if that is it.
  public var damage: LogDamage? {
    if case .damaged(let damage) = self { damage } else { nil }
  }
}

extension LogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let damage):
      "the log is damaged: \(damage). Nothing was dropped; the events before can be read. "
        + "'foldbook verify --deep' lists all damage; restore the file from a backup"
    case .locked(let path, let waited):
      "another process holds \(path) (waited \(waited) ms): try again"
    case .storage(let error) where error.isDiskFull:
      "\(error). Nothing of this append was kept; make room and try again"
    case .storage(let error): "\(error)"
    case .notFound(let path): "there is no log at \(path)"
    case .exists(let path): "there is a log at \(path) already"
    case .newerFormat(let path, let found, let known):
      "\(path) has format \(found), this program knows up to \(known): use a newer foldbook"
    case .latched(let cause):
      "an earlier sync failed (\(cause)), so nothing more is acknowledged: check the disk, "
        + "then open the book again"
    case .readOnly(let path): "the log at \(path) is open for reading only"
    case .recordRefused(let error): "an event cannot be kept: \(error)"
    case .recordedBackwards(let sequence):
      "event #\(sequence) would be recorded before the event in front of it"
    case .outside(let sequence, let first, let head):
      "sequence #\(sequence) is outside the log, which has #\(first) to #\(head)"
    case .flowRefused(let reason):
      "no market data can flow into the branch: \(reason); fork it frozen"
    }
  }
}

/// Runs what may fail in the file system or in the log, and says it as an error of the log.
func asLogError<Result>(_ body: () throws -> Result) throws(LogError) -> Result {
  do {
    return try body()
  } catch let error as LogError {
    throw error
  } catch let error as StorageError {
    throw .storage(error)
  } catch let error as BlockError {
    throw .recordRefused(error)
  } catch {
    preconditionFailure("only the log's own errors are expected here, not \(error)")
  }
}
