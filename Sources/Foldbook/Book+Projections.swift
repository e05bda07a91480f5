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
  /// The parent whose tables they were started from; null where they were not.
  public var parent: String? = nil
  /// Rows whose parent is missing, as `table -> parent`.
  public var orphans: [String]
  /// What recalculating every completed calculation found; null where the tables were caught up.
  public var calculations: CalculationReview? = nil
}

extension Book {
  /// The tables of this branch, at its head.
  public var projections: ProjectionStore {
    ProjectionStore(path: Self.projectionsPath(details, in: branchPath))
  }

  /// Each generation of a branch has its own: the tables of another one say nothing of how far the
  /// log goes.
  static func projectionsPath(_ details: BranchDetails, in branchPath: String) -> String {
    details.logPath(in: branchPath) + "/projections.sqlite"
  }

  /// Brings the tables to the head; makes them anew where they cannot be caught up.
  ///
  /// - Throws: `ProjectionError` where the file is locked or cannot be written, `LogError` where
  ///   the log is damaged. The tables are as they were.
  @discardableResult
  public func catchUp(
    progress: @escaping (EventSequence) -> Void = { _ in }
  ) throws -> ProjectionOutcome {
    try refresh()
    let change: ProjectionChange
    var parent: String?
    switch try standing() {
    case .needsRebuild(let reason):
      change = try headChange(progress)
      parent = reason == .missing ? try startFromParent(asOf: change.cut) : nil
      if parent == nil { return try rebuild(change, because: reason) }
    case .usable(let checkpoint):
      if checkpoint.sequence == head, checkpoint.cut == (try headPoint().asOf) {
        return ProjectionOutcome(checkpoint: checkpoint, events: 0, orphans: [])
      }
      change = try headChange(progress)
    }
    do {
      let outcome = try projections.catchUp(change)
      return ProjectionOutcome(
        checkpoint: outcome.checkpoint, events: outcome.events, parent: parent,
        orphans: outcome.orphans)
    } catch ProjectionError.needsRebuild(_, let reason) {
      return try rebuild(change, because: reason)
    }
  }

  /// Where the branch has no tables yet, and its parent's stand at the fork, it starts from these.
  ///
  /// - Returns: The parent's name; null where they are of no use.
  private func startFromParent(asOf: Instant) throws -> String? {
    guard let fork = details.fork, fork.cut == nil, fork.mode == .frozen, ancestry.count > 1 else {
      return nil
    }
    let parent = ancestry[ancestry.count - 2]
    let tables = ProjectionStore(
      path: Self.projectionsPath(parent, in: BranchChain.folder(parent.name, at: path)))
    guard case .usable? = try? tables.condition() else { return nil }
    let isStarted = try projections.start(
      from: tables,
      at: ProjectionCheckpoint(
        branch: parent.name, sequence: fork.sequence, logRoot: fork.logRoot, cut: asOf),
      as: branch)
    return isStarted ? parent.name : nil
  }

  /// Makes the tables anew from the first event, and puts them in the old ones' place.
  ///
  /// A rebuild is also a check: every completed calculation is made again, and what does not meet
  /// the digest that the log keeps is in the outcome.
  @discardableResult
  public func rebuild(
    progress: @escaping (EventSequence) -> Void = { _ in }
  ) throws -> ProjectionOutcome {
    try refresh()
    return try rebuild(headChange(progress), because: nil)
  }

  /// Makes the tables of any point, in a file that is the caller's.
  public func buildTables(at path: String, of point: ReplayPoint) throws {
    _ = try ProjectionStore.build(at: path, change(at: point) { _ in })
  }

  private func rebuild(
    _ change: ProjectionChange, because reason: RebuildReason?
  ) throws -> ProjectionOutcome {
    let outcome = try projections.rebuild(change)
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
    guard try rootText(at: checkpoint.sequence) == checkpoint.logRoot else {
      return .needsRebuild(.otherHistory(checkpoint.sequence))
    }
    return condition
  }

  /// Where the tables of the head stand on both clocks.
  private func headPoint() throws -> ReplayPoint {
    ReplayPoint(asOf: try defaultAsOf() ?? .distantPast, knownAt: head)
  }

  private func headChange(
    _ progress: @escaping (EventSequence) -> Void
  ) throws -> ProjectionChange {
    try change(at: headPoint(), progress)
  }

  private func change(
    at point: ReplayPoint, _ progress: @escaping (EventSequence) -> Void
  ) throws -> ProjectionChange {
    var state = emptyState(asOf: point.asOf)
    try fold([Part()], through: point.knownAt, into: &state)
    var change = ProjectionChange(
      branch: branch, forkSequence: isWhatIf ? line.fork : nil, head: point.knownAt,
      logRoot: try rootText(at: point.knownAt), cut: point.asOf, state: state,
      events: { after, body in
        var cursor = self.allEvents(from: after.next, through: point.knownAt)
        while let event = try cursor.next() {
          try body(event)
          if let sequence = event.sequence { progress(sequence) }
        }
      },
      event: { try self.event(at: $0) })
    change.horizon = tablesHorizon
    change.modelling = ModellingSource(
      session: isWhatIf ? SessionID(branch) : nil,
      events: { try self.ownEvents(knownAt: point.knownAt) },
      idText: { self.sessionIDText($0) },
      base: { try self.baseState(at: ReplayPoint(asOf: $0, knownAt: $1)) })
    return change
  }

  private var tablesHorizon: ProjectionHorizon? {
    guard !horizon.cuts.isEmpty else { return nil }
    let horizon = horizon
    return ProjectionHorizon(
      cuts: horizon.cuts.map { cut in
        ProjectionHorizon.Cut(
          fork: cut.fork, time: cut.time, flowing: cut.keepsMarket ? EventCatalog.flowingKinds : [])
      },
      hides: { horizon.hides($0) })
  }

  /// Also of the events that a fork as of a date hides, so that no number is missing.
  private func allEvents(from: EventSequence, through: EventSequence) -> EventCursor {
    EventCursor(
      line.cursor(from: from, through: through), book: self, isHidden: { _, _ in false })
  }
}
