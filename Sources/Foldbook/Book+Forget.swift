import EventLog
public import Events
public import ExactNumbers
import Projections
import Records
import Synchronization

extension Book {
  /// Forgets a person: records `user.forgotten`, destroys the key of the personal fields, and makes
  /// the tables forget them too where there are tables.
  ///
  /// The events of that person stay, their personal fields absent; no hash of the log changes. An
  /// appended `user.forgotten` does the same, but for the tables, which follow when they are caught
  /// up.
  ///
  /// - Parameters:
  ///   - effective: Null for now.
  ///   - id: Of the event; drawn at random where it is null.
  /// - Throws: `RuleError` when there is no such user, or it is forgotten already;
  ///   ``BookError/keyNotDestroyed(user:reason:)`` when the event is in the log and the key is
  ///   still on disk; what ``append(_:expecting:recordedTimes:)`` throws.
  @discardableResult
  public func forget(
    user: UserID, effective: Instant? = nil, id: String? = nil, source: String = "/foldbook",
    actor: String? = nil
  ) throws -> AppendOutcome {
    let event = Event(
      id: .given(id ?? randomUUID(environment.randomBytes(16))),
      effective: effective ?? environment.now(), source: source, actor: actor,
      payload: .userForgotten(UserForgotten(user: user)))
    let outcome = try append([event])
    if case .usable(_) = try projections.condition() { try catchUp() }
    return outcome
  }

  /// Destroys the keys of those whom events forget that are in the log now, new or not.
  func destroyKeys(forgottenBy events: [Event]) throws {
    try destroyKeys(
      of: events.compactMap {
        if case .userForgotten(let payload) = $0.payload { payload.user } else { nil }
      })
  }

  func destroyKeys(of users: [UserID]) throws {
    if users.isEmpty { return }
    // They hold the persons' names, which the log no longer gives to anyone.
    headState.withLock { $0 = HeadState() }
    for user in users {
      do {
        try keys.destroy(user)
      } catch {
        throw BookError.keyNotDestroyed(user: user.rawValue, reason: "\(error)")
      }
    }
  }

  /// Completes what a crash between the forgetting and the destroying of a key has left: such a key
  /// is not used, and who may write destroys it.
  func completeForgetting() {
    guard damage == nil, (try? keys.hasAny()) ?? true else { return }
    var cursor = events(EventFilter(kinds: [UserForgotten.kind.number]))
    // A damaged log is opened all the same: whoever reads the damage is told of it.
    while let event = try? cursor.next() {
      guard case .userForgotten(let payload) = event.payload else { continue }
      keys.ignore(payload.user)
      // On a disk that refuses it now, the next opening tries again.
      if log.mode == .readWrite { try? keys.destroy(payload.user) }
    }
  }
}
