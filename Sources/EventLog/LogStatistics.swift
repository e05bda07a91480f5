import Synchronization

/// What a log handle has done since it was opened.
public struct LogStatistics: Hashable, Sendable {
  /// Appends that were acknowledged, and the frames and blocks written for them.
  public var appends = 0
  public var framesWritten = 0
  public var blocksWritten = 0
  public var segmentsSealed = 0
  /// Calls that made something durable, of files and directories.
  public var syncs = 0
  /// Blocks of which something was decoded, and blocks passed over by their header.
  public var blocksRead = 0
  public var blocksSkipped = 0
  /// Column groups (one a kind and block) that were read, and those passed over in blocks read.
  public var groupsRead = 0
  public var groupsSkipped = 0
  /// Bytes read from files.
  public var bytesRead = 0

  public init() {}
}

final class LogCounters: Sendable {
  private let values = Mutex(LogStatistics())
  func count(_ change: (inout LogStatistics) -> Void) { values.withLock { change(&$0) } }
  var current: LogStatistics { values.withLock { $0 } }
}
