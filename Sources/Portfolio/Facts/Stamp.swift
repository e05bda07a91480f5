public import ExactNumbers
public import Records

/// Where a fact stands on the two clocks.
///
/// Stamps are ordered by effective time, then by sequence: of two facts about the same thing, the
/// greater stamp wins.
public struct Stamp: Hashable, Sendable {
  /// When it is so in the world.
  public let effective: Instant
  /// The event that says so.
  public let sequence: EventSequence
  /// When that event was recorded.
  public let recorded: Instant

  public init(effective: Instant, sequence: EventSequence, recorded: Instant) {
    self.effective = effective
    self.sequence = sequence
    self.recorded = recorded
  }
}

extension Stamp: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.effective, left.sequence) < (right.effective, right.sequence)
  }
}
