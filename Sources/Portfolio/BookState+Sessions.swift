public import Events

/// How far a modelling session has come, and the event that says so.
public enum ModelStatus: Hashable, Sendable {
  /// It was forked and takes changes.
  case active(since: Stamp)
  case completed(Stamp)
  case cancelled(Stamp)

  /// As tables and messages write it.
  public var name: String {
    switch self {
    case .active: "active"
    case .completed: "completed"
    case .cancelled: "cancelled"
    }
  }

  /// The fork of an active session, else the event that ended it.
  public var stamp: Stamp {
    switch self {
    case .active(let stamp), .completed(let stamp), .cancelled(let stamp): stamp
    }
  }

  /// It was completed or cancelled, and takes no further changes.
  public var isEnded: Bool {
    if case .active = self { false } else { true }
  }
}

extension BookState {
  /// How far a session has come; null for one whose fork is not in this branch or its ancestry.
  public func sessionStatus(_ session: SessionID) -> ModelStatus? {
    guard let run = runs[.session(session)] else { return nil }
    return switch run.status {
    case .running: .active(since: run.stamp)
    case .ended: .completed(run.stamp)
    case .cancelled: .cancelled(run.stamp)
    }
  }

  /// The event that says that a session's events were appended to its branch's parent; null while
  /// they were not. It stands in both branches, also where the session itself is not known.
  public func promotedAt(_ session: SessionID) -> Stamp? { runs[.promotion(session)]?.stamp }
}
