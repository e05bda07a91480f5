import EventLog
import Events
import ExactNumbers
import Records

extension Book {
  /// The parent as it is now, for reading.
  func openParent(_ mode: EventLog.Mode = .readOnly) throws -> Book {
    guard let fork = details.fork else { throw BookError.notAWhatIf(branch: branch) }
    return try Book.open(at: path, branch: fork.parent, mode: mode, environment: environment)
  }

  /// Where a rebase is to put the fork.
  ///
  /// - Throws: ``BookError/rebaseRefused(branch:reason:)`` for what lies before the fork.
  func rebaseTarget(
    _ to: TimeReference?, knownAt: TimeReference?, from fork: ForkPoint
  ) throws -> ForkPoint {
    let parent = try openParent()
    if let damage = parent.damage { throw LogError.damaged(damage) }
    var target = fork
    target.parentGeneration = parent.details.generation
    if case .instant(let cut)? = to {
      target.sequence =
        try knownAt.map { try parent.point(knownAt: $0).point.knownAt } ?? parent.head
      target.cut = try laterCut(cut, than: fork.cut)
    } else {
      target.sequence = try to.map { try parent.point(knownAt: $0).point.knownAt } ?? parent.head
    }
    try refuseBackwards(target, from: fork, parent)
    target.logRoot = try parent.rootText(at: target.sequence)
    target.flowedThrough = try parent.line.flowedSequence(through: target.sequence)
    return target
  }

  private func laterCut(_ cut: Instant, than old: Instant?) throws -> Instant {
    guard let old else {
      throw refusal(
        "it sees its parent whole, and a time would hide some of it; name the event to go on to as "
          + "#N or @ID")
    }
    guard cut >= old else {
      throw refusal("\(cut) is before \(old), as of which it was forked; a fork only moves forward")
    }
    return cut
  }

  private func refuseBackwards(
    _ target: ForkPoint, from fork: ForkPoint, _ parent: Book
  ) throws {
    // The parent's new generation has other numbers behind its own fork.
    let least =
      target.parentGeneration == fork.parentGeneration ? fork.sequence : parent.line.fork
    guard target.sequence >= least else {
      throw refusal(
        "#\(target.sequence) of '\(fork.parent)' is before #\(least), where it "
          + (least == fork.sequence ? "was forked" : "goes on since its own rebase")
          + "; a fork only moves forward")
    }
  }

  private func refusal(_ reason: String) -> BookError {
    .rebaseRefused(branch: branch, reason: reason)
  }
}
