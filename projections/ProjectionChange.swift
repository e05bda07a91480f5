public import Events
public import ExactNumbers
public import Portfolio
public import Records

/// Where a file of tables stands: the last event it knows, the log root there, and its cut.
public struct ProjectionCheckpoint: Hashable, Sendable {
  public var branch: String
  public var sequence: EventSequence
  /// The log root at `sequence`, in hexadecimal.
  public var logRoot: String
  /// The as-of of its rows: facts with a later effective time do not show.
  public var cut: Instant

  public init(branch: String, sequence: EventSequence, logRoot: String, cut: Instant) {
    self.branch = branch
    self.sequence = sequence
    self.logRoot = logRoot
    self.cut = cut
  }
}

/// What the tables are to be brought to, and where the events come from.
public struct ProjectionChange {
  public typealias EventBody = (Event) throws -> Void

  /// The name of the branch.
  public var branch: String
  /// Where the branch left its parent; null for the first branch.
  public var forkSequence: EventSequence?
  /// The last event that counts: the head, or the known-at of another point.
  public var head: EventSequence
  /// The log root at `head`, in hexadecimal.
  public var logRoot: String
  /// The as-of: the recorded time of the head, or the as-of of another point.
  public var cut: Instant
  /// All events up to `head`, folded.
  ///
  /// For another point than the head it should be folded with the cut as its limit, so that a
  /// price within a day is exact.
  public var state: BookState
  /// Gives every event after a sequence up to `head`, in sequence order, to a body.
  public var events: (_ after: EventSequence, _ body: EventBody) throws -> Void
  /// The event of a sequence: asked for one that was recorded ahead of its effective time, once
  /// the cut has come to it.
  public var event: (EventSequence) throws -> Event?
  /// What a branch that was forked as of a date does not see of its ancestry; the state is without
  /// it already.
  public var horizon: ProjectionHorizon?
  /// What modelling sessions are made from; null where there are none.
  public var modelling: ModellingSource?

  public init(
    branch: String, forkSequence: EventSequence? = nil, head: EventSequence, logRoot: String,
    cut: Instant, state: BookState,
    events: @escaping (_ after: EventSequence, _ body: EventBody) throws -> Void,
    event: @escaping (EventSequence) throws -> Event?
  ) {
    self.branch = branch
    self.forkSequence = forkSequence
    self.head = head
    self.logRoot = logRoot
    self.cut = cut
    self.state = state
    self.events = events
    self.event = event
  }

  /// Whether an event can be the one behind another. Of what flows into a live branch not every event
  /// shows, and so not every number is there.
  func isNext(_ found: EventSequence, after last: EventSequence) -> Bool {
    guard found.isPair else { return found == last.next }
    return found > last && found.own <= last.own.next
  }

  public var checkpoint: ProjectionCheckpoint {
    ProjectionCheckpoint(branch: branch, sequence: head, logRoot: logRoot, cut: cut)
  }
}
