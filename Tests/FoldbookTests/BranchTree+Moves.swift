import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

extension BranchTree {
  // MARK: Rebase

  mutating func rebase(_ name: String) throws {
    guard let branch = naive[name], let book = real[name], let old = branch.parent,
      let parent = naive[old.name]
    else { return }
    var (at, cut, to) = (parent.head, branch.cut, TimeReference?.none)
    if chance(3) {
      let items = parent.items
      at = items[Int.random(in: 3..<items.count, using: &random)].number
      to = .sequence(at)
    } else if let was = branch.cut, chance(2) {
      let time = max(was, events.time())
      cut = time
      to = .instant(time)
    }
    note("rebase \(name) on \(parent.name) to #\(at) cut \(cut.map { "\($0)" } ?? "-")")
    if hasTies, parent.hasPairs { return }
    let least = old === parent ? branch.fork : parent.fork
    let trial = try? book.rebase(.begin(to: to), isDryRun: true)
    let outcome: RebaseOutcome
    do {
      outcome = try book.rebase(.begin(to: to))
    } catch {
      let isUnchanged = old === parent && at == branch.fork && cut == branch.cut
      if branch.end == nil || isUnchanged, at >= least,
        branch.mode == .frozen || parent.source(at: at) != nil
      {
        disagree("rebase: \(error)")
      }
      count("rebase refused")
      return
    }
    if at < least { return disagree("rebased backwards") }
    if !(trial.map { isAlike($0, outcome) } ?? false) { return disagree("a dry run of it differs") }
    try settle(outcome, of: name, at: at, cut: cut)
  }

  private func isAlike(_ one: RebaseOutcome, _ other: RebaseOutcome) -> Bool {
    switch (one, other) {
    case (.unchanged, .unchanged): return true
    case (.rebased(let one), .rebased(let other)):
      return one.moved == other.moved && one.present == other.present && one.head == other.head
        && one.leftOut == other.leftOut
    case (.conflict(let one), .conflict(let other)):
      return one.eventID == other.eventID && one.parentEventID == other.parentEventID
    default: return false
    }
  }

  /// Skips or aborts at each conflict, until it is done or given up.
  private mutating func settle(
    _ outcome: RebaseOutcome, of name: String, at: EventSequence, cut: Instant?
  ) throws {
    guard let branch = naive[name], let book = real[name], let old = branch.parent,
      let parent = naive[old.name]
    else { return }
    switch outcome {
    case .unchanged:
      if old !== parent || at != branch.fork || cut != branch.cut {
        disagree("nothing was to be rebased")
      }
    case .aborted: count("rebase aborted")
    case .conflict(let conflict):
      count("rebase conflict")
      let (_, refused, isJudged) = rebased(
        branch, on: parent, at: at, cut: cut, leftOut: Set(conflict.skipped))
      // What is voided later, and what follows from what was skipped, is left out without asking.
      if isJudged, conflict.skipped.isEmpty, !branch.hasVoids, refused != conflict.eventID {
        return disagree("it stopped at \(conflict.eventID), expected \(refused ?? "nothing")")
      }
      note("conflict at \(conflict.eventID)")
      let step: RebaseStep = chance(3) ? .abort : .skip
      try settle(book.rebase(step), of: name, at: at, cut: cut)
    case .rebased(let report):
      count("rebase")
      let leftOut = Set(report.leftOut.map { idText($0.event) })
      let (renewed, refused, _) = rebased(
        branch, on: parent, at: at, cut: cut, leftOut: leftOut)
      if let refused { return disagree("\(refused) may not happen on the new past") }
      if report.moved != renewed.own.count
        || report.present != branch.own.count - renewed.own.count - leftOut.count
      {
        return disagree(
          "moved \(report.moved) and found \(report.present), expected \(renewed.own.count)")
      }
      let opened = try Book.open(at: path, branch: name, environment: environment)
      let expected = renewed.own
      renewed.takeBack(to: 0)
      try takeOver(report.head, opened, renewed)
      for (new, was) in zip(renewed.own, expected) {
        if case .modelForked = new.event.payload { continue }
        if new.id != was.id || !new.event.hasSameContent(as: was.event) {
          return disagree("\(was.id) became \(new.event)")
        }
      }
      if renewed.own.count != expected.count { return disagree("\(name) has other events") }
      naive[name] = renewed
      real[name] = opened
    }
  }

  /// The branch with its own events, but for those left out, behind another fork; and the first one
  /// that is not accepted there; and whether the definition says something of all of them.
  private func rebased(
    _ branch: NaiveBranch, on parent: NaiveBranch, at: EventSequence, cut: Instant?,
    leftOut: Set<String>
  ) -> (NaiveBranch, refused: String?, isJudged: Bool) {
    let renewed = NaiveBranch(
      branch.name, from: parent, at: at, cut: cut, branch.mode ?? .frozen)
    var isAllJudged = true
    for item in branch.own where !leftOut.contains(item.id) {
      if case .modelForked = item.event.payload {
        renewed.append(item.event, id: item.id)
        continue
      }
      let (isAccepted, isJudged) = take([item.event], into: renewed)
      if !isAccepted, isJudged { return (renewed, item.id, isAllJudged) }
      if !isJudged {
        isAllJudged = false
        renewed.append(item.event, id: item.id)
      }
    }
    return (renewed, nil, isAllJudged)
  }

  // MARK: Promote

  mutating func promote(_ name: String) throws {
    guard let branch = naive[name], let book = real[name], let old = branch.parent,
      let parent = naive[old.name], let into = real[old.name]
    else { return }
    note("promote \(name) to \(parent.name)")
    let promotable = promoted(branch, to: parent)
    let voided = branch.own.filter(\.event.isPromotable).count - promotable.count
    if voided > 0 { count("promote without what was voided") }
    let before = parent.own.count
    let (isAccepted, isJudged) = take(promotable, into: parent)
    let expected = Array(parent.own.dropFirst(before))
    parent.takeBack(to: before)
    let isAllowed = !promotable.isEmpty && !branch.isCancelled && !branch.isPromoted && isAccepted
    let outcome: PromoteOutcome
    do {
      if chance(3) { _ = try book.promote(isDryRun: true) }
      outcome = try book.promote(expecting: parent.head)
    } catch {
      count("promote refused")
      if isAllowed, isJudged { disagree("promote: \(error)") }
      return
    }
    count("promote")
    guard isAllowed || !isJudged else { return disagree("\(name) was promoted") }
    try takeOver(outcome.parentHead, into, parent)
    try takeOver(outcome.head, book, branch)
    let new = parent.own.dropFirst(before)
    guard case .modelPromoted(let told)? = new.last?.event.payload,
      told.events == Int64(new.count - 1), outcome.appended == new.count - 1
    else { return disagree("\(parent.name) tells of another promotion") }
    guard isJudged else { return }
    if new.dropLast().map(\.id) != expected.map(\.id)
      || outcome.unchanged != promotable.count - expected.count || outcome.leftOut != voided
    {
      return disagree("\(parent.name) got \(new.map(\.id)), expected \(expected.map(\.id))")
    }
    for (new, was) in zip(new, expected) where !new.event.hasSameContent(as: was.event) {
      return disagree("\(was.id) became \(new.event)")
    }
    if new.contains(where: { $0.event.causation != outcome.promotion && $0.id != outcome.promotion }
    ) {
      disagree("an event was promoted without its cause")
    }
    if branch.end == nil || !branch.isPromoted { disagree("\(name) is not completed") }
  }
}

extension BranchTree {
  /// What a promotion takes along: not what the branch has voided itself, nor what is about it, where
  /// the parent has none of it.
  private func promoted(_ branch: NaiveBranch, to parent: NaiveBranch) -> [Event] {
    var (positions, exits): (Set<PositionID>, Set<ExitID>) = ([], [])
    for item in branch.own {
      guard case .positionVoided(let void) = item.event.payload else { continue }
      if let exit = void.exit { exits.insert(exit) } else { positions.insert(void.position) }
    }
    var (gonePositions, goneExits): (Set<PositionID>, Set<ExitID>) = ([], [])
    return branch.own.filter { item in
      let isNew = parent.item(id: item.id) == nil
      switch item.event.payload {
      case .positionEntered(let entry):
        if isNew, positions.contains(entry.position) { gonePositions.insert(entry.position) }
        return !gonePositions.contains(entry.position)
      case .positionExited(let exit):
        if isNew, exits.contains(ExitID(item.id)) { goneExits.insert(ExitID(item.id)) }
        return !gonePositions.contains(exit.position) && !goneExits.contains(ExitID(item.id))
      case .positionCorrected(let fix):
        return !gonePositions.contains(fix.position)
          && !(fix.exit.map { goneExits.contains($0) } ?? false)
      case .positionVoided(let void):
        return !gonePositions.contains(void.position)
          && !(void.exit.map { goneExits.contains($0) } ?? false)
      case .positionTagged(let tagged): return !gonePositions.contains(tagged.position)
      case .positionUntagged(let untagged): return !gonePositions.contains(untagged.position)
      case .cashMoved: return true
      default: return false
      }
    }.map(\.event)
  }
}

extension Event {
  /// What is done, and not supposed: positions, cash, tags.
  var isPromotable: Bool {
    switch payload {
    case .positionEntered, .positionExited, .positionCorrected, .positionVoided, .positionTagged,
      .positionUntagged, .cashMoved:
      true
    default: false
    }
  }
}
