import EventLog
import Events
import Records

extension Book {
  /// Moves the fork point of a what-if branch forward, on its parent as it is now, and judges the
  /// branch's own events anew against the new past.
  ///
  /// The branch's log is written once more, as another generation: the same events with their ids,
  /// under new numbers and recorded times. Batches, calculations, closed days, exports and audits
  /// speak of the old numbers and are left behind. The first event that the new past does not allow
  /// stops it; what is to be done is kept, and a later process goes on with it. The branch is the
  /// old one until the new generation is wholly on disk, and then the new one: this book then stands
  /// on what the branch was, and takes no more events. Branches that were forked from it go on
  /// standing on the old generation.
  ///
  /// - Parameter isDryRun: Everything is judged, nothing is written.
  /// - Throws: ``BookError/notAWhatIf(branch:)``; ``BookError/rebaseRefused(branch:reason:)`` for a
  ///   point that lies before the fork, or a session that has ended;
  ///   ``BookError/rebaseUnderWay(branch:target:)``, ``BookError/noRebaseUnderWay(branch:)``;
  ///   ``BookError/unknownPoint(text:reason:range:)``; `LogError` where the branch or its parent is
  ///   damaged, or the disk fails.
  public func rebase(_ step: RebaseStep, isDryRun: Bool = false) throws -> RebaseOutcome {
    guard let fork = details.fork else { throw BookError.notAWhatIf(branch: branch) }
    guard !isDryRun else {
      try log.refresh()
      return try rebase(step, from: fork) { plan in
        try Rebase(self, from: fork, plan, .onTrial).run(skipsOne: step == .skip)
      }
    }
    return try withBranchesLocked {
      try refuseIfReplaced()
      let outcome = try rebase(step, from: fork) { plan in
        try carryOut(plan, from: fork, skipsOne: step == .skip)
      }
      if case .aborted = outcome { try RebasePlan.remove(in: branchPath, storage: storage) }
      return outcome
    }
  }

  /// The rebase of this branch that has stopped at a conflict; null where there is none.
  public func rebaseUnderWay() throws -> RebasePlan? {
    try RebasePlan.read(for: details, in: branchPath, storage: storage)
  }

  private func rebase(
    _ step: RebaseStep, from fork: ForkPoint, _ judge: (RebasePlan) throws -> RebaseOutcome
  ) throws -> RebaseOutcome {
    let plan = try rebaseUnderWay()
    switch step {
    case .begin(let to, let knownAt):
      try refuseUnsound()
      let target = try rebaseTarget(to, knownAt: knownAt, from: fork)
      if let plan = try plan.map(numbered) {
        guard plan.target == target else {
          throw BookError.rebaseUnderWay(branch: branch, target: plan.target.text)
        }
        return try judge(plan)
      }
      guard target != fork else { return .unchanged(fork) }
      return try judge(RebasePlan(successor, target))
    case .resume, .skip:
      guard let plan else { throw BookError.noRebaseUnderWay(branch: branch) }
      try refuseUnsound()
      return try judge(numbered(plan))
    case .abort:
      guard let plan else { throw BookError.noRebaseUnderWay(branch: branch) }
      return .aborted(plan)
    }
  }

  /// The plan with its target numbered as the parent numbers it.
  ///
  /// The text of a pair at an own event of a live parent is that of a plain number.
  private func numbered(_ plan: RebasePlan) throws -> RebasePlan {
    let parent = try openParent()
    // Another generation has other numbers, and the plan is refused for it.
    guard plan.target.parentGeneration == parent.details.generation else { return plan }
    var target = plan.target
    target.sequence = parent.line.number(target.sequence)
    return RebasePlan(plan.details, target, skipped: plan.skipped)
  }

  /// The branch in its next generation.
  private var successor: BranchDetails {
    var details = details
    details.generation += 1
    return details
  }

  private func refuseUnsound() throws {
    try refuseOnDamagedAncestry()
    if let damage = log.damage { throw LogError.damaged(damage) }
  }

  /// Holds the lock of the branch's log all the time, so that no event of another process comes
  /// between reading the old generation and putting the new one in its place.
  private func carryOut(
    _ plan: RebasePlan, from fork: ForkPoint, skipsOne: Bool
  ) throws -> RebaseOutcome {
    var outcome: RebaseOutcome?
    // Of a rebase that was broken off.
    let newPath = plan.details.logPath(in: branchPath)
    try storage.removeTree(newPath)
    try log.appendBulk { _ in
      let rebase = try Rebase(self, from: fork, plan, .onDisk)
      let found: RebaseOutcome
      do {
        found = try rebase.run(skipsOne: skipsOne)
      } catch {
        // Nobody stands on it; what cannot be removed now is when it is written next.
        try? storage.removeTree(newPath)
        throw error
      }
      switch found {
      case .conflict(let conflict):
        try? storage.removeTree(newPath)
        try RebasePlan(plan.details, plan.target, skipped: conflict.skipped)
          .write(in: branchPath, storage: storage)
      default: try replace(with: plan, rebase.parent)
      }
      outcome = found
    }
    guard let outcome else { preconditionFailure("a bulk append that does not throw has run") }
    return outcome
  }

  /// The branch is its new generation once its `branch.json` says so.
  private func replace(with plan: RebasePlan, _ parent: Book) throws {
    if plan.target.sequence > parent.line.fork {
      try ForkMark.raise(
        to: plan.target.sequence.own, in: parent.branchPath, parent.details, storage)
    }
    try storage.syncDirectory(branchPath)
    try details.writeSuperseded(in: branchPath, storage: storage)
    try plan.details.write(in: branchPath, storage: storage)
    // It is done, whatever becomes of the rest: a plan for a generation that is there counts as none.
    try? RebasePlan.remove(in: branchPath, storage: storage)
  }
}
