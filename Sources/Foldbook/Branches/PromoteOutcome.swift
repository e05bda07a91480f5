public import Events
public import Records

/// What a promotion has done, or would do.
public struct PromoteOutcome: Hashable, Sendable {
  /// How many of the events ``events`` keeps.
  public static let eventsMax = 10_000

  /// The branch that the events were appended to.
  public var into: String
  /// The id of the `model.promoted` that is in both branches, and the cause of each event.
  public var promotion: String
  /// What was appended to the parent, completed, but for the `model.promoted`; the first of very many.
  public var events: [Event] = []
  /// How many events were appended to the parent, without the `model.promoted`.
  public var appended = 0
  /// How many were in the parent already, with the same content.
  public var unchanged = 0
  /// How many were neither: what the branch itself has voided, with what is about it. The parent has
  /// seen none of it.
  public var leftOut = 0
  /// Of the parent; in a dry run what it would be.
  public var parentHead: EventSequence
  /// Of this branch.
  public var head: EventSequence
  public var isDryRun: Bool
  /// A promotion that was broken off between the two branches was completed.
  public var isResumed = false
}
