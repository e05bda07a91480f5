public import Events
public import ExactNumbers
public import Portfolio
public import Records

/// A modelling session (tables.md, 6.1): what a what-if branch is called, what was changed on it, and
/// what became of it.
///
/// Its events act by the known-at clock alone: when they are effective does not matter.
public struct ModelSession: Hashable, Sendable {
  /// A state of the session that was kept by name.
  public struct Save: Hashable, Sendable {
    /// 1, 2, 3 … in the order of the events; column `save_no`.
    public let number: Int
    public let id: SaveID
    public let name: String
    /// Where it stands in the branch: what was known then is what it keeps.
    public let sequence: EventSequence
    /// The as-of that it was made at.
    public let asOf: Instant
    /// Recorded time.
    public let created: Instant
  }

  /// Its events were appended to the parent.
  public struct Promotion: Hashable, Sendable {
    /// The branch they were appended to.
    public let into: String
    /// How many there were.
    public let events: Int64
    /// Recorded time.
    public let recorded: Instant
    public let sequence: EventSequence
  }

  /// The id of its `model.forked`.
  public let id: String
  /// The public handle, which is also the branch's name.
  public let session: SessionID
  public private(set) var name: String
  public private(set) var description: String?
  public let user: UserID?
  /// Null: the whole book.
  public let portfolio: PortfolioID?
  public let mode: ModelMode
  public let baseSnapshotDate: CivilDate
  /// The last event of the parent that the branch shows, in the parent's numbers.
  public let forkSequence: EventSequence
  /// Of a session of another branch, which only its events say of, there are none.
  public let changes: [ModelChange]
  public private(set) var saves: [Save] = []
  /// Its name is column `status`.
  public private(set) var status: ModelStatus
  public private(set) var cancelReason: String?
  public private(set) var promotion: Promotion?
  /// Recorded time of `model.forked`.
  public let created: Instant
  /// Recorded time of the last event that is a change, takes one back, or is about the session.
  public private(set) var updated: Instant
  /// Recorded time of `model.completed` or `model.cancelled`.
  public var completed: Instant? { status.isEnded ? status.stamp.recorded : nil }
  /// The last event that ``updated`` is of.
  public private(set) var lastSequence: EventSequence

  /// The session that events tell of.
  ///
  /// - Parameters:
  ///   - events: A branch's own events in order of sequence, each appended.
  ///   - changes: What they are as changes of this session.
  ///   - idText: The text of an event's id.
  /// - Returns: Null where none of them is the session's `model.forked`.
  public init?(
    _ session: SessionID, of events: [Event], changes: [ModelChange] = [],
    idText: (Event) -> String = Event.givenID
  ) {
    var begin: (event: Event, forked: ModelForked)?
    for event in events {
      if case .modelForked(let forked) = event.payload, forked.session == session {
        begin = (event, forked)
        break
      }
    }
    guard let (event, forked) = begin else { return nil }
    id = idText(event)
    self.session = session
    name = forked.name
    description = forked.description
    user = forked.user
    portfolio = forked.portfolio
    mode = forked.mode
    baseSnapshotDate = forked.baseSnapshotDate
    forkSequence = EventSequence(UInt64(clamping: forked.baseSequence))
    self.changes = changes
    status = .active(since: event.stamp)
    created = event.appended.recorded
    updated = created
    lastSequence = event.appended.sequence
    let changed = Set(changes.map(\.sequence))
    let positions = Set(changes.compactMap(\.position))
    for event in events where event.appended.sequence > lastSequence {
      if take(event) || changed.contains(event.appended.sequence)
        || event.takesBack(oneOf: positions)
      {
        (lastSequence, updated) = event.appended
      }
    }
  }

  /// - Returns: Whether the event is about the session.
  private mutating func take(_ event: Event) -> Bool {
    let (sequence, recorded) = event.appended
    switch event.payload {
    case .modelChanged(let change) where change.session == session:
      name = change.name ?? name
      switch change.description {
      case .set(let text)?: description = text
      case .clear?: description = nil
      case nil: break
      }
    case .modelSaved(let save) where save.session == session:
      saves.append(
        Save(
          number: saves.count + 1, id: save.save, name: save.name, sequence: sequence,
          asOf: event.effective, created: recorded))
    case .modelCompleted(let end) where end.session == session:
      status = .completed(event.stamp)
    case .modelCancelled(let end) where end.session == session:
      status = .cancelled(event.stamp)
      cancelReason = end.reason
    case .modelPromoted(let promoted) where promoted.session == session:
      promotion = Promotion(
        into: promoted.into, events: promoted.events, recorded: recorded, sequence: sequence)
    default: return false
    }
    return true
  }

  /// The sessions that events say the beginning of, in their order.
  public static func begun(in events: [Event]) -> [SessionID] {
    var seen: Set<SessionID> = []
    return events.compactMap { event in
      guard case .modelForked(let forked) = event.payload, seen.insert(forked.session).inserted
      else { return nil }
      return forked.session
    }
  }
}

extension ModelChange {
  /// The last of the events that touched it: its own, or the void that took it back.
  public func lastSequence(in events: [Event]) -> EventSequence {
    guard isReverted else { return sequence }
    let void = events.first { event in
      guard event.appended.sequence > sequence, case .positionVoided(let voided) = event.payload
      else { return false }
      return voided.position == position && (voided.exit == nil || voided.exit == self.event.exit)
    }
    return void?.appended.sequence ?? sequence
  }
}

extension Event {
  fileprivate var appended: (sequence: EventSequence, recorded: Instant) {
    guard let sequence, let recorded else {
      preconditionFailure("an own event of a branch was appended")
    }
    return (sequence, recorded)
  }

  fileprivate var stamp: Stamp {
    let (sequence, recorded) = appended
    return Stamp(effective: effective, sequence: sequence, recorded: recorded)
  }

  fileprivate func takesBack(oneOf positions: Set<PositionID>) -> Bool {
    guard case .positionVoided(let voided) = payload else { return false }
    return positions.contains(voided.position)
  }
}
