/// What opening a log can find, and what is then done: the decision table of recovery.
///
/// The journal's header says where the segments end (its *base*). It is replaced, by a rename
/// after everything is synced, whenever blocks are added. So blocks before the base are
/// acknowledged, and blocks at or behind it are a write in flight: their events are still in the
/// journal, or were never acknowledged. Of the journal, only the last frame can be in flight.
///
/// A reader without the lock takes what is in flight as not there yet, and does nothing.
public enum RecoveryFinding: String, Hashable, Sendable, CaseIterable {
  /// The journal ends inside its last frame.
  case journalTailShort
  /// The journal's last frame is bad, and a 512-byte sector of it was provably never written.
  case journalTailSectorLost
  /// The journal's last frame is bad, though all of it was written.
  case journalTailBad
  /// A bad frame has a valid one behind it.
  case journalFrameBad
  /// A frame that is valid in itself stands where another belongs: stale, or from another log.
  case journalFrameMisplaced
  /// Segments without a journal.
  case journalMissing
  /// The journal's file header does not hold, or is another log's.
  case journalHeaderBad
  /// A new journal that was not yet renamed.
  case journalNewLeftOver
  /// Bytes at the end of a segment that do not belong to acknowledged blocks.
  case segmentTailInFlight
  /// A segment whose first block was not acknowledged.
  case segmentInFlight
  /// A sealed segment that was not yet renamed.
  case segmentTemporaryLeftOver
  /// A segment's file header does not hold, or is another log's.
  case segmentHeaderBad
  /// Events that should be in a segment are not there.
  case segmentMissing
  /// Two segments have the same events.
  case segmentsOverlap
  /// A sealed segment's footer does not hold.
  case footerBad
  /// An acknowledged block does not hold.
  case blockBad
  /// The log ends before what others have already seen of it.
  case headBelowWatermark

  public enum Action: Hashable, Sendable {
    /// Cut off; the bytes are kept in a file `cut-…` beside it.
    case cut
    /// Derived from what is intact, or replaced by it: removed.
    case remove
    /// Damage: the log is opened read-only and nothing is dropped.
    case refuse
  }

  public var action: Action {
    switch self {
    case .journalTailShort, .journalTailSectorLost, .segmentTailInFlight, .segmentInFlight: .cut
    case .journalNewLeftOver, .segmentTemporaryLeftOver: .remove
    case .journalTailBad, .journalFrameBad, .journalFrameMisplaced, .journalMissing,
      .journalHeaderBad, .segmentHeaderBad, .segmentMissing, .segmentsOverlap, .footerBad,
      .blockBad, .headBelowWatermark:
      .refuse
    }
  }
}

/// One thing that opening a log found, and what became of it.
public struct RecoveryNote: Hashable, Sendable {
  public var finding: RecoveryFinding
  /// Where, and which events.
  public var place: LogDamage
  /// How many bytes were, or are to be, cut off.
  public var bytes: UInt64
  /// The file that keeps the bytes that were cut off.
  public var keptIn: String?
  /// False where the action is left to the next one who writes.
  public var isDone: Bool

  public var isDamage: Bool { finding.action == .refuse }

  init(
    _ finding: RecoveryFinding, _ place: LogDamage, bytes: UInt64 = 0, keptIn: String? = nil,
    isDone: Bool = false
  ) {
    self.finding = finding
    self.place = place
    self.bytes = bytes
    self.keptIn = keptIn
    self.isDone = isDone
  }
}

extension RecoveryNote: CustomStringConvertible {
  public var description: String {
    switch finding.action {
    case .refuse: "\(place)"
    case .remove: "left over from a write that was broken off: \(place)"
    case .cut:
      "unfinished write: \(place); \(bytes) bytes "
        + (isDone ? "cut off, kept in \(keptIn ?? "no file: the disk is full")" : "ignored")
    }
  }
}
