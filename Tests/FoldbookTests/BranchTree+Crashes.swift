import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records

extension BranchTree {
  /// Begins a move, lets the machine stop after some changes of its disk, starts it again, holds all
  /// branches against the model, and makes the move once more.
  mutating func breakOff(_ storage: FaultyStorage) throws {
    guard disagreement == nil else { return }
    let changes = Int.random(in: 0..<20, using: &random)
    let stop = { storage.stop(afterChanges: changes) }
    let restart = { [seed] in storage.crash(seed: seed &+ UInt64(changes)) }
    note("stop after \(changes) changes")
    let move = Int.random(in: 0..<5, using: &random)
    // A move that may not be made of one branch may be made of another.
    for name in branchNames.shuffled(using: &random) {
      let noted = trace.count
      switch move {
      case 0: try breakOffFork(from: name, stop, restart)
      case 1: try breakOffDelete(name, stop, restart)
      case 2: try breakOffRebase(name, stop, restart)
      default: try breakOffPromotion(name, stop, restart)
      }
      if trace.count > noted { break }
    }
    try compareReopened()
  }

  private mutating func breakOffFork(
    from name: String, _ stop: () -> Void, _ restart: () -> Void
  ) throws {
    guard let parent = naive[name], let book = real[name] else { return }
    let child = newName()
    note("fork \(child) from \(name)")
    stop()
    let isDone = (try? book.fork(child)) != nil
    restart()
    if !isDone { count("fork broken off") }
    try compareReopened()
    let opened = try Book.open(at: path, branch: name, environment: environment)
    if try !opened.branches().contains(child) {
      if isDone { return disagree("\(child) was forked and is gone") }
      _ = try opened.fork(child)
    }
    let branch = NaiveBranch(child, from: parent, at: parent.head, cut: nil, .frozen)
    let forked = try Book.open(at: path, branch: child, environment: environment)
    naive[child] = branch
    real[child] = forked
    try takeOver(forked.head, forked, branch)
  }

  private mutating func breakOffDelete(
    _ name: String, _ stop: () -> Void, _ restart: () -> Void
  ) throws {
    guard name != "main", !naive.values.contains(where: { $0.parent?.name == name }) else { return }
    note("delete \(name)")
    stop()
    let isDone = (try? Book.deleteBranch(name, at: path, environment: environment)) != nil
    restart()
    if !isDone { count("delete broken off") }
    let main = try Book.open(at: path, environment: environment)
    if try main.branches().contains(name) {
      if isDone { return disagree("\(name) was deleted and is there") }
      try compareReopened()
      _ = try Book.deleteBranch(name, at: path, environment: environment)
    }
    naive[name] = nil
    real[name] = nil
    if try main.branches().sorted() != branchNames { disagree("\(name) was not deleted") }
  }

  private mutating func breakOffRebase(
    _ name: String, _ stop: () -> Void, _ restart: () -> Void
  ) throws {
    guard let branch = naive[name], let book = real[name], let old = branch.parent,
      let parent = naive[old.name],
      case .rebased(let report)? = try unlessRefused({
        try book.rebase(.begin(), isDryRun: true)
      })
    else { return }
    note("rebase \(name)")
    stop()
    let isDone = (try? book.rebase(.begin())) != nil
    restart()
    if !isDone { count("rebase broken off") }
    var opened = try Book.open(at: path, branch: name, environment: environment)
    if opened.details.generation == book.details.generation {
      if isDone { return disagree("\(name) was rebased and is the old one") }
      try compareReopened()
      guard case .rebased = try opened.rebase(.begin()) else {
        return disagree("\(name) cannot be rebased any more")
      }
      opened = try Book.open(at: path, branch: name, environment: environment)
    }
    let renewed = NaiveBranch(
      name, from: parent, at: report.to.sequence, cut: branch.cut, branch.mode ?? .frozen)
    naive[name] = renewed
    real[name] = opened
    try takeOver(opened.head, opened, renewed)
    let leftOut = Set(report.leftOut.map { idText($0.event) })
    let present = Set(renewed.past.map(\.id))
    let expected = branch.own.map(\.id).filter { !leftOut.contains($0) && !present.contains($0) }
    if renewed.own.map(\.id) != expected { disagree("\(name) has \(renewed.own.map(\.id))") }
  }

  private mutating func breakOffPromotion(
    _ name: String, _ stop: () -> Void, _ restart: () -> Void
  ) throws {
    guard let branch = naive[name], let book = real[name], let old = branch.parent,
      let parent = naive[old.name],
      let preview = try unlessRefused({ try book.promote(isDryRun: true) })
    else { return }
    note("promote \(name) to \(parent.name)")
    stop()
    let isDone = (try? book.promote()) != nil
    restart()
    if !isDone { count("promote broken off") }
    let opened = try Book.open(at: path, branch: name, environment: environment)
    let into = try Book.open(at: path, branch: parent.name, environment: environment)
    let hasBegun = into.log.head > (parent.own.last?.number ?? parent.fork).own
    let hasEnded = opened.log.head > (branch.own.last?.number ?? branch.fork).own
    if isDone, !hasEnded { return disagree("\(name) was promoted and is not completed") }
    if hasEnded, !hasBegun {
      return disagree("\(name) is completed, and \(parent.name) has nothing")
    }
    if !hasBegun || !hasEnded {
      let outcome = try opened.promote()
      if outcome.isResumed != hasBegun { return disagree("\(name) was resumed, or not") }
    }
    let before = (parent.own.count, branch.own.count)
    try takeOver(into.line.number(ofOwn: refreshed(into)), into, parent)
    try takeOver(opened.line.number(ofOwn: refreshed(opened)), opened, branch)
    let new = parent.own.dropFirst(before.0)
    if new.count != preview.appended + 1 || new.last?.id != preview.promotion {
      return disagree("\(parent.name) got \(new.map(\.id))")
    }
    if branch.end == nil || !branch.isPromoted { disagree("\(name) is not completed") }
  }

  /// Null where it is refused, as it may be; whether rightly is asked without a crash.
  private func unlessRefused<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch let error where error is RuleError || error is BookError {
      return nil
    } catch LogError.flowRefused {
      return nil
    }
  }

  private func refreshed(_ book: Book) throws -> EventSequence {
    try book.log.refresh()
    return book.log.head
  }
}
