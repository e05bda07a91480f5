import ExactNumbers
import Records

/// The log as it was at one moment: what readers read, whatever is appended meanwhile.
struct LogView: Sendable {
  /// A stretch of the log before the journal.
  enum Piece: Sendable {
    case segment(Segment)
    /// Events that are damaged or missing.
    case hole(ClosedRange<EventSequence>, LogDamage)

    var first: EventSequence {
      switch self {
      case .segment(let segment): segment.first
      case .hole(let range, _): range.lowerBound
      }
    }
    var last: EventSequence {
      switch self {
      case .segment(let segment): segment.last
      case .hole(let range, _): range.upperBound
      }
    }
  }

  /// In ascending order, without gaps, up to the journal's base.
  var pieces: [Piece] = []
  /// Null only where it is damaged as a whole.
  var journal: Journal?
  var notes: [RecoveryNote] = []
  /// When the last event before the journal's base was recorded.
  var baseRecorded: Instant?
  /// The number of the log's first event, there or not.
  var first = EventSequence(1)

  var segments: [Segment] {
    pieces.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
  }

  /// The last event that can be read.
  var head: EventSequence {
    if let journal, journal.count > 0 { return journal.head }
    for piece in pieces.reversed() {
      if case .segment(let segment) = piece { return segment.last }
    }
    return EventSequence(first.rawValue - 1)
  }

  /// When the head was recorded; null for an empty log.
  var headRecorded: Instant? {
    if let journal, journal.count > 0 {
      return journal.record(at: journal.head)?.record.recorded
    }
    return baseRecorded
  }

  /// Looks up when the last event in a block was recorded.
  mutating func findBaseRecorded(_ context: LogContext) throws(LogError) {
    guard let segment = segments.last, !segment.blocks.isEmpty else { return }
    // Recorded times never decrease, so the greatest of the last block is the last event's.
    baseRecorded = try segment.blockHeader(segment.blocks.count - 1, context).recorded.upperBound
  }

  var firstDamage: LogDamage? { notes.first { $0.isDamage }?.place }

  /// The damage that follows the head: what a reader that wants all runs into.
  var damageBehindHead: LogDamage? {
    let head = head
    for note in notes where note.isDamage {
      if let range = note.place.sequences, range.upperBound > head { return note.place }
    }
    return nil
  }

  /// The piece that holds a sequence; null for one that is in the journal or behind the head.
  func pieceIndex(of sequence: EventSequence) -> Int? {
    let index = partition(pieces.indices) { pieces[$0].last < sequence }
    return index < pieces.count && pieces[index].first <= sequence ? index : nil
  }
}
