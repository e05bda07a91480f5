public import Events
import Portfolio
public import Records

/// What a rebase does next.
public enum RebaseStep: Hashable, Sendable {
  /// Begins one.
  ///
  /// `to` names the new fork point: null is the parent's head. A sequence or an event's id is a
  /// point of the parent. A time moves the effective cut of a branch that has one, and `knownAt`
  /// then is the sequence: null for the parent's head.
  case begin(to: TimeReference? = nil, knownAt: TimeReference? = nil)
  /// Judges all anew, after a conflict was resolved on the branch.
  case resume
  /// Leaves out the event that conflicts, and goes on.
  case skip
  /// Gives it up. The branch is what it was.
  case abort
}

/// How far a rebase has come.
public enum RebaseOutcome: Sendable {
  /// The branch stands there already.
  case unchanged(ForkPoint)
  /// It is done, or could be: in a dry run nothing was written.
  case rebased(RebaseReport)
  /// It has stopped at an event, and the branch is what it was.
  case conflict(RebaseConflict)
  case aborted(RebasePlan)
}

/// What a rebase has done.
public struct RebaseReport: Hashable, Sendable {
  public var from: ForkPoint
  public var to: ForkPoint
  /// Of the branch's log.
  public var generation: Int64
  /// Own events that were judged anew and are in the new generation, `model.forked` among them.
  public var moved = 0
  /// Own events that the new past has already, with the same content.
  public var present = 0
  /// Batches, calculations, closed days, exports and audits. They speak of sequences of the old
  /// generation and are made anew, by the next batch for one.
  public var recalculated = 0
  public var leftOut: [RebaseOmission] = []
  /// Of the branch in its new generation.
  public var head: EventSequence
  public var isDryRun: Bool
}

/// An own event that a rebase leaves out.
public struct RebaseOmission: Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// Somebody said so.
    case skipped
    /// It conflicts, and an own event with this id voids it later.
    case voided(by: String)
    /// It is about what the event with this id began, which is left out.
    case follows(String)
  }

  /// Its sequence is the one it has in the old generation.
  public var event: Event
  public var reason: Reason
}

/// An own event that the new past does not allow.
public struct RebaseConflict: Sendable {
  /// Its sequence is the one it has now.
  public var event: Event
  public var eventID: String
  /// The rule's `RuleError`, or ``BookError/idConflict(id:sequence:)``.
  public var cause: any Error
  /// The first event of the new past after which the own event is refused; null where none alone
  /// is the reason: an event that was left out, for one.
  public var parentEvent: Event?
  public var parentEventID: String?
  public var from: ForkPoint
  public var to: ForkPoint
  /// The ids of own events that were left out by ``RebaseStep/skip`` so far.
  public var skipped: [String]
  public var isDryRun: Bool

  /// What can be done about it.
  public var remedy: String {
    "leave the branch's event out (--skip); or void it on the branch, record there what shall be "
      + "instead, and go on (--continue); or give the rebase up (--abort)"
  }
}

extension RebaseConflict: CustomStringConvertible {
  public var description: String {
    var text =
      "the branch's event \(Self.place(event, eventID)) may not happen after '\(to.parent)' "
      + "#\(to.sequence): \(cause)"
    if let parentEvent, let parentEventID {
      text +=
        "; it conflicts with '\(to.parent)' event \(Self.place(parentEvent, parentEventID))"
    } else if !skipped.isEmpty {
      text += "; no event of '\(to.parent)' is the reason, but one of those that are left out"
    }
    return text + "; " + remedy
  }

  private static func place(_ event: Event, _ id: String) -> String {
    let sequence = event.sequence.map { "#\($0) " } ?? ""
    return "\(sequence)\(event.kindName) '\(id)' of \(event.effective)"
  }
}
