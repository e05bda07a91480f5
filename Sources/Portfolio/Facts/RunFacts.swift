internal import Events

/// Something that runs and ends, or is made once: only its rules need it.
enum RunKey: Hashable, Sendable {
  case batch(BatchID)
  case calculation(CalculationID)
  case session(SessionID)
  case save(SessionID, SaveID)
  /// A session's events were appended to the parent of its branch.
  case promotion(SessionID)
  case export(ExportID)
}

struct RunFact: Hashable, Sendable {
  enum Status: Hashable, Sendable {
    case running
    /// It was completed, or came to its end in another way that is no cancellation.
    case ended
    case cancelled
  }
  var status: Status
  var stamp: Stamp

  mutating func merge(_ other: Self) {
    // An end is final whatever the order.
    if other.status != .running, status == .running { self = other }
  }
}
