public import Events
public import ExactNumbers
public import Portfolio
public import Records

/// What the tables of modelling sessions are made from.
public struct ModellingSource {
  /// The session whose branch this is; null for the first branch.
  public var session: SessionID?
  /// The branch's own events up to the head, in order of sequence. Of the first branch those of
  /// sessions (`model.*`) are enough.
  public var events: () throws -> [Event]
  /// The text of an event's id.
  public var idText: (Event) -> String
  /// What the branch would be at a point without its own events: as `Impact` asks for it.
  public var base: (_ asOf: Instant, _ knownAt: EventSequence) throws -> BookState

  public init(
    session: SessionID?, events: @escaping () throws -> [Event],
    idText: @escaping (Event) -> String,
    base: @escaping (_ asOf: Instant, _ knownAt: EventSequence) throws -> BookState
  ) {
    self.session = session
    self.events = events
    self.idText = idText
    self.base = base
  }
}
