public import ExactNumbers
public import Records

/// Which events made a row what it is.
///
/// It is a pure function of the facts, so a table kept up to date event by event says the same as
/// one rebuilt. The facts that count for a row at an as-of are those about its identity whose
/// effective time (as corrected) is not later, and corrections and voids whatever their effective
/// time. Of a position these are: its entry and restatements of it, each of its exits with
/// restatements and voids, its own void, and the splits of its symbol that acted on it. Relations,
/// tags, attributes and strategies are rows of their own and do not touch the position's.
public struct Provenance: Hashable, Sendable {
  /// Recorded time of the first event about it: the one with the lowest sequence.
  public private(set) var created: Instant
  /// Recorded time of the event of ``lastSequence``.
  public private(set) var updated: Instant
  /// Recorded time of the event that took it away; null while it is there.
  public var deleted: Instant?
  /// The sequence of the first event about it.
  public private(set) var firstSequence: EventSequence
  /// The highest sequence among the facts that count.
  public private(set) var lastSequence: EventSequence

  public init(_ stamp: Stamp) {
    created = stamp.recorded
    updated = stamp.recorded
    firstSequence = stamp.sequence
    lastSequence = stamp.sequence
  }

  public mutating func add(_ stamp: Stamp) {
    if stamp.sequence > lastSequence {
      lastSequence = stamp.sequence
      updated = stamp.recorded
    }
    if stamp.sequence < firstSequence {
      firstSequence = stamp.sequence
      created = stamp.recorded
    }
  }

  static func add(_ stamp: Stamp, to provenance: inout Provenance?) {
    if provenance == nil { provenance = Provenance(stamp) } else { provenance?.add(stamp) }
  }
}
