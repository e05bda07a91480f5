import EventLog
import Events
import ExactNumbers
import Portfolio
public import Projections
public import Records

/// What was done to the tables.
public struct ProjectionOutcome: Sendable {
  public var checkpoint: ProjectionCheckpoint
  /// How many events were new to the tables.
  public var events: Int
  /// Why the tables were made anew; null where they were caught up.
  public var rebuilt: RebuildReason?
  /// Rows whose parent is missing, as `table -> parent`.
  public var orphans: [String]
  /// What recalculating every completed calculation found; null where the tables were caught up.
  public var calculations: CalculationReview? = nil
}

extension Book {
  /// The tables of this branch, at its head.
  public var projections: ProjectionStore {
    ProjectionStore(path: Self.projectionsPath(branchPath))
  }

  static func projectionsPath(_ branchPath: String) -> String {
    branchPath + "/projections.sqlite"
  }

  /// Brings the tables to the head; makes them anew where they cannot be caught up.
  ///
  /// - Throws: `ProjectionError` where the file is locked or cannot be written, `LogError` where
  ///   the log is damaged. The tables are as they were.
  @discardableResult
  public func catchUp(
    progress: @escaping (EventSequence) -> Void = { _ in }
  ) throws -> ProjectionOutcome {
    try log.refresh()
    switch try standing() {
    case .needsRebuild(let reason): return try rebuild(because: reason, progress: progress)
    case .usable(let checkpoint):
      if checkpoint.sequence == head, checkpoint.cut == headPoint.asOf {
        return ProjectionOutcome(checkpoint: checkpoint, events: 0, orphans: [])
      }
    }
    do {
      let outcome = try projections.catchUp(headChange(progress))
      return ProjectionOutcome(
        checkpoint: outcome.checkpoint, events: outcome.events, orphans: outcome.orphans)
    } catch ProjectionError.needsRebuild(_, let reason) {
      return try rebuild(because: reason, progress: progress)
    }
  }

  /// Makes the tables anew from the first event, and puts them in the old ones' place.
  ///
  /// A rebuild is also a check: every completed calculation is made again, and what does not meet
  /// the digest that the log keeps is in the outcome.
  @discardableResult
  public func rebuild(
    progress: @escaping (EventSequence) -> Void = { _ in }
  ) throws -> ProjectionOutcome {
    try log.refresh()
    return try rebuild(because: nil, progress: progress)
  }

  /// Makes the tables of any point, in a file that is the caller's.
  public func buildTables(at path: String, of point: ReplayPoint) throws {
    _ = try ProjectionStore.build(at: path, change(at: point) { _ in })
  }

  private func rebuild(
    because reason: RebuildReason?, progress: @escaping (EventSequence) -> Void
  ) throws -> ProjectionOutcome {
    let outcome = try projections.rebuild(headChange(progress))
    return ProjectionOutcome(
      checkpoint: outcome.checkpoint, events: outcome.events, rebuilt: reason,
      orphans: outcome.orphans, calculations: try reviewCalculations(outcome.differences))
  }

  /// The tables know the root of the log they were made from: another one means that they belong
  /// to another history.
  private func standing() throws -> ProjectionStore.Condition {
    let condition = try projections.condition()
    guard case .usable(let checkpoint) = condition else { return condition }
    guard checkpoint.sequence <= head else { return .needsRebuild(.pastHead(checkpoint.sequence)) }
    guard try logRoot(at: checkpoint.sequence).description == checkpoint.logRoot else {
      return .needsRebuild(.otherHistory(checkpoint.sequence))
    }
    return condition
  }

  /// Where the tables of the head stand on both clocks.
  private var headPoint: ReplayPoint {
    ReplayPoint(asOf: headRecorded ?? .distantPast, knownAt: head)
  }

  private func headChange(
    _ progress: @escaping (EventSequence) -> Void
  ) throws -> ProjectionChange {
    try change(at: headPoint, progress)
  }

  private func change(
    at point: ReplayPoint, _ progress: @escaping (EventSequence) -> Void
  ) throws -> ProjectionChange {
    var state = BookState(asOf: point.asOf)
    var cursor = events(through: point.knownAt)
    while let event = try cursor.next() { state.fold(event) }
    return ProjectionChange(
      branch: branch, head: point.knownAt, logRoot: try logRoot(at: point.knownAt).description,
      cut: point.asOf, state: state,
      events: { after, body in
        var cursor = self.events(from: after.next, through: point.knownAt)
        while let event = try cursor.next() {
          try body(event)
          if let sequence = event.sequence { progress(sequence) }
        }
      },
      event: { try self.event(at: $0) })
  }
}
