public import ExactNumbers
public import Records

/// A point on the two clocks: what was effective up to `asOf`, among what was recorded up to
/// `knownAt`.
public struct ReplayPoint: Hashable, Sendable {
  public var asOf: Instant
  public var knownAt: EventSequence

  public init(asOf: Instant, knownAt: EventSequence) {
    self.asOf = asOf
    self.knownAt = knownAt
  }
}

/// How somebody names a time on one of the clocks.
public enum TimeReference: Hashable, Sendable {
  /// The last instant that counts.
  case instant(Instant)
  /// An event's number: as an as-of its effective time, as a known-at itself.
  case sequence(EventSequence)
  /// An event's id, read likewise.
  case event(id: String)
}
