import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import Testing

@Suite("A rebase")
struct RebaseTests {
  let fixture: BranchBook
  var main: Book { fixture.main }

  init() throws { fixture = try BranchBook() }

  @Test("moves the branch's events behind what its parent appended since, under their ids")
  func moves() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50), BranchBook.deposit("cash")])
    try main.append([BranchBook.entry("more"), BranchBook.deposit("salary")])
    let report = try expectRebased(branch.rebase(.begin()))
    #expect(report.moved == 3)
    #expect(report.generation == 1)
    #expect(report.from.sequence == EventSequence(2))
    #expect(report.to.sequence == EventSequence(4))
    #expect(report.head == EventSequence(7))
    let renewed = try fixture.open("hedge")
    let forked = try #require(try branch.ownIDs().first)
    #expect(
      try renewed.shownIDs()
        == ["open", "enter-aapl", "enter-more", "salary", forked, "half", "cash"])
    #expect(try renewed.open("aapl") == "50")
    #expect(try renewed.open("more") == "100")
    #expect(renewed.damage == nil)
    guard case .modelForked(let payload)? = try renewed.event(at: EventSequence(5))?.payload else {
      return #expect(Bool(false), "the branch begins with model.forked")
    }
    #expect(payload.baseSequence == 4)
    let times = try (1...7).map { try #require(try renewed.event(at: EventSequence($0))?.recorded) }
    #expect(times == times.sorted())
    #expect(try renewed.append([BranchBook.exit("rest", 50)]).head == EventSequence(8))
    #expect(try standing(renewed.rebase(.begin())) == EventSequence(4))
  }

  @Test("a dry run judges and writes nothing")
  func dryRun() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    try main.append([BranchBook.entry("more")])
    let files = fixture.storage.files
    let report = try expectRebased(branch.rebase(.begin(), isDryRun: true))
    #expect(report.isDryRun)
    #expect(report.moved == 2)
    try main.append([BranchBook.exit("all", nil)])
    let before = fixture.storage.files
    let conflict = try expectConflict(branch.rebase(.begin(), isDryRun: true))
    #expect(conflict.eventID == "half")
    #expect(fixture.storage.files == before)
    #expect(files.keys == before.keys)
    #expect(try branch.rebaseUnderWay() == nil)
    #expect(try branch.append([BranchBook.exit("rest", 50)]).appended == 1)
  }

  @Test("over a live exit of the same position stops, and names both events")
  func conflict() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.deposit("cash"), BranchBook.exit("modelled", 60)])
    try main.append(
      (1...9).map { BranchBook.deposit("before-\($0)") } + [
        BranchBook.exit("small", 30), BranchBook.exit("live", 70, at: "2024-03-04T20:00:00Z"),
      ] + (1...20).map { BranchBook.deposit("after-\($0)") })
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect(conflict.eventID == "modelled")
    #expect(conflict.event.sequence == EventSequence(5))
    #expect((conflict.cause as? RuleError)?.rule == .exitTooLarge)
    #expect(conflict.parentEventID == "live")
    #expect(conflict.parentEvent?.sequence == EventSequence(13))
    #expect(conflict.description.contains("'modelled'"))
    #expect(conflict.description.contains("#13 position.exited 'live'"))
    #expect(conflict.description.contains("--skip"))
    // The branch is what it was, and goes on.
    #expect(try fixture.open("hedge").open("aapl") == "40")
    #expect(try branch.rebaseUnderWay()?.target.sequence == EventSequence(33))
  }

  @Test("is gone on with by leaving the event out")
  func skip() throws {
    let branch = try conflicting()
    let again = try expectConflict(fixture.open("hedge").rebase(.resume))
    #expect(again.eventID == "modelled")
    let report = try expectRebased(fixture.open("hedge").rebase(.skip))
    #expect(report.leftOut.map(\.reason) == [.skipped])
    #expect(report.moved == 2)
    let renewed = try fixture.open("hedge")
    #expect(try renewed.ownIDs().dropFirst() == ["cash"])
    #expect(try renewed.open("aapl") == "0")
    #expect(try renewed.rebaseUnderWay() == nil)
    #expect(throws: BookError.self) { try renewed.rebase(.skip) }
    _ = branch
  }

  @Test("leaves one event out a time, and says which it left out before")
  func skips() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("first", 10), BranchBook.exit("second", 20)])
    try main.append([BranchBook.exit("live", nil)])
    #expect(try expectConflict(branch.rebase(.begin())).eventID == "first")
    let next = try expectConflict(branch.rebase(.skip))
    #expect(next.eventID == "second")
    #expect(next.skipped == ["first"])
    #expect(next.parentEventID == "live")
    let report = try expectRebased(branch.rebase(.skip))
    #expect(report.leftOut.map(\.event.sequence) == [EventSequence(4), EventSequence(5)])
  }

  @Test("leaves out of itself what the branch voids later, and what is about it")
  func voided() throws {
    let branch = try conflicting()
    try branch.append([
      BranchBook.void("undo", "aapl", exit: "modelled"), BranchBook.deposit("later"),
    ])
    let report = try expectRebased(branch.rebase(.resume))
    #expect(report.leftOut.map(\.reason) == [.voided(by: "undo"), .follows("modelled")])
    #expect(try fixture.open("hedge").ownIDs().dropFirst() == ["cash", "later"])
  }

  @Test("leaves out what is about a position that is left out")
  func follows() throws {
    let branch = try main.fork("hedge")
    try branch.append([
      BranchBook.entry("more"), BranchBook.exit("some", of: "more", 10), BranchBook.deposit("cash"),
    ])
    try main.append([
      Event(
        id: .given("other-more"), effective: Instant("2024-02-05T20:00:00Z")!, source: "/tests",
        payload: .positionEntered(
          PositionEntered(
            position: "more", portfolio: "growth", symbol: "IBM", positionType: .long,
            quantity: 5, entryPrice: 100)))
    ])
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect((conflict.cause as? RuleError)?.rule == .idTaken)
    #expect(conflict.parentEventID == "other-more")
    let report = try expectRebased(branch.rebase(.skip))
    #expect(report.leftOut.map(\.reason) == [.skipped, .follows("enter-more")])
    #expect(try fixture.open("hedge").open("more") == "5")
  }

  @Test("is given up, and the branch is what it was")
  func abort() throws {
    let branch = try conflicting()
    guard case .aborted(let plan) = try branch.rebase(.abort) else {
      return #expect(Bool(false), "an abort is one")
    }
    #expect(plan.target.sequence == EventSequence(3))
    #expect(try branch.rebaseUnderWay() == nil)
    #expect(throws: BookError.self) { try branch.rebase(.abort) }
    #expect(throws: BookError.self) { try branch.rebase(.resume) }
    #expect(try branch.append([BranchBook.exit("rest", 40)]).appended == 1)
  }

  @Test("that is under way is not begun to another point")
  func underWay() throws {
    let branch = try conflicting()
    _ = try expectConflict(branch.rebase(.begin()))
    try main.append([BranchBook.deposit("salary")])
    let error = #expect(throws: BookError.self) { try branch.rebase(.begin()) }
    #expect(error?.code == "FB-BOOK-030")
    _ = try expectConflict(branch.rebase(.begin(to: .sequence(EventSequence(3)))))
  }

  @Test("an event that the new past has is left out; one with its id and other content conflicts")
  func present() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.deposit("same"), BranchBook.deposit("other", 5)])
    try main.append([BranchBook.deposit("same"), BranchBook.deposit("other", 6)])
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect((conflict.cause as? BookError)?.code == "FB-BOOK-006")
    #expect(conflict.parentEventID == "other")
    let report = try expectRebased(branch.rebase(.skip))
    #expect(report.present == 1)
    #expect(try fixture.open("hedge").ownIDs().count == 1)
  }

  @Test("leaves behind what speaks of the old numbers")
  func recalculated() throws {
    let branch = try main.fork("hedge")
    try branch.append([
      event(
        "batch", "2024-03-01T21:00:00Z",
        .batchStarted(BatchStarted(batch: "b", date: CivilDate("2024-03-01")!))),
      event(
        "closed", "2024-03-01T21:00:00Z", .dayClosed(DayClosed(date: CivilDate("2024-03-01")!))),
      BranchBook.deposit("cash"),
    ])
    try main.append([BranchBook.entry("more")])
    let report = try expectRebased(branch.rebase(.begin()))
    #expect(report.recalculated == 2)
    #expect(try fixture.open("hedge").ownIDs().dropFirst() == ["cash"])
  }

  @Test(
    "backwards is refused, and to where it stands nothing is done",
    arguments: [(1, "FB-BOOK-029"), (2, "FB-BOOK-029"), (99, "FB-BOOK-010")])
  func backwards(sequence: UInt64, code: String) throws {
    try main.append([BranchBook.entry("more")])
    let branch = try main.fork("hedge")
    let error = #expect(throws: BookError.self) {
      try branch.rebase(.begin(to: .sequence(EventSequence(sequence))))
    }
    #expect(error?.code == code)
    #expect(try standing(branch.rebase(.begin())) == EventSequence(3))
    #expect(try standing(branch.rebase(.begin(to: .event(id: "enter-more")))) == EventSequence(3))
  }

  @Test("of a branch as of a date keeps the date, or moves it forward")
  func cuts() throws {
    let early = Instant("2024-01-31T23:59:59Z")!
    let branch = try main.fork("hedge", ForkRequest(asOf: .instant(early)))
    try branch.append([BranchBook.exit("modelled", 60, at: "2024-01-20T20:00:00Z")])
    try main.append([
      BranchBook.entry("more", at: "2024-02-01T20:00:00Z"),
      BranchBook.exit("live", nil, at: "2024-03-01T20:00:00Z"),
    ])
    let kept = try expectRebased(branch.rebase(.begin()))
    #expect(kept.to.cut == early)
    let second = try fixture.open("hedge")
    #expect(try second.open("more") == nil)
    #expect(try second.open("aapl") == "40")
    let later = Instant("2024-02-10T00:00:00Z")!
    let moved = try expectRebased(second.rebase(.begin(to: .instant(later))))
    #expect(moved.to.cut == later)
    let third = try fixture.open("hedge")
    #expect(third.details.generation == 2)
    #expect(try third.open("more") == "100")
    let back = #expect(throws: BookError.self) { try third.rebase(.begin(to: .instant(early))) }
    #expect(back?.code == "FB-BOOK-029")
    let conflict = try expectConflict(
      third.rebase(.begin(to: .instant(Instant("2024-04-01T00:00:00Z")!))))
    #expect(conflict.eventID == "modelled")
    #expect(conflict.parentEventID == "live")
  }

  @Test("a branch that sees its parent whole is not moved to a date")
  func dateWithoutCut() throws {
    let branch = try main.fork("hedge")
    try main.append([BranchBook.entry("more")])
    let error = #expect(throws: BookError.self) {
      try branch.rebase(.begin(to: .instant(.distantFuture)))
    }
    #expect(error?.code == "FB-BOOK-029")
  }

  @Test("main has no fork to move, and an ended session is not moved")
  func refused() throws {
    #expect(throws: BookError.self) { try main.rebase(.begin()) }
    let branch = try main.fork("hedge")
    try main.append([BranchBook.entry("more")])
    _ = try branch.complete()
    let error = #expect(throws: BookError.self) { try branch.rebase(.begin()) }
    #expect(error?.code == "FB-BOOK-029")
    #expect(fixture.storage.files.keys.allSatisfy { !$0.contains("generation") })
  }

  @Test("a branch that stands on another goes on standing on what that was, and is moved by itself")
  func children() throws {
    let parent = try main.fork("parent")
    try parent.append([BranchBook.exit("half", 50)])
    let child = try parent.fork("child")
    try child.append([BranchBook.exit("quarter", 25)])
    try main.append([BranchBook.entry("more")])
    _ = try expectRebased(parent.rebase(.begin()))
    let before = try fixture.open("child")
    #expect(before.damage == nil)
    #expect(try before.open("aapl") == "25")
    #expect(try before.open("more") == nil)
    #expect(try before.append([BranchBook.deposit("cash")]).appended == 1)
    let report = try expectRebased(before.rebase(.begin()))
    #expect(report.to.parentGeneration == 1)
    let after = try fixture.open("child")
    #expect(try after.open("more") == "100")
    #expect(try after.open("aapl") == "25")
    #expect(after.damage == nil)
    // The grandparent goes on, and so do both.
    try main.append([BranchBook.exit("live", 60)])
    let conflict = try expectConflict(fixture.open("parent").rebase(.begin()))
    #expect(conflict.parentEventID == "live")
    #expect(conflict.eventID == "half")
  }

  @Test("an event of another process is not acknowledged into a generation that was replaced")
  func replaced() throws {
    let branch = try main.fork("hedge")
    let other = try fixture.open("hedge")
    try main.append([BranchBook.entry("more")])
    _ = try expectRebased(branch.rebase(.begin()))
    for stale in [branch, other] {
      let error = #expect(throws: BookError.self) { try stale.append([BranchBook.deposit("cash")]) }
      #expect(error?.code == "FB-BOOK-028")
      #expect(throws: BookError.self) { try stale.appendBulk { BranchBook.deposit("cash") } }
      #expect(throws: BookError.self) { try stale.rebase(.begin()) }
      #expect(throws: BookError.self) { try stale.fork("child") }
    }
    #expect(try fixture.open("hedge").ownIDs().count == 1)
  }

  @Test("what another process appended last comes along")
  func comesAlong() throws {
    let branch = try main.fork("hedge")
    try fixture.open("hedge").append([BranchBook.deposit("cash")])
    try main.append([BranchBook.entry("more")])
    #expect(try expectRebased(branch.rebase(.begin())).moved == 2)
    #expect(try fixture.open("hedge").ownIDs().last == "cash")
  }

  @Test("a live branch goes on living behind its new fork")
  func live() throws {
    let branch = try main.fork("hedge", ForkRequest(mode: .live))
    try branch.append([BranchBook.exit("half", 50)])
    try main.append([BranchBook.price("p1", 170), BranchBook.entry("more")])
    try expectRebased(branch.rebase(.begin()))
    try main.append([BranchBook.price("p2", 180), BranchBook.entry("late")])
    let renewed = try fixture.open("hedge")
    #expect(renewed.damage == nil)
    #expect(try renewed.open("more") == "100")
    #expect(try renewed.open("late") == nil)
    let ids = try renewed.shownIDs()
    #expect(ids.contains("p1") && ids.contains("p2") && ids.contains("half"))
  }

  @Test("many events are moved in blocks, and ids are found in them")
  func bulk() throws {
    let branch = try main.fork("hedge")
    var count: Int32 = 0
    try branch.appendBulk {
      count += 1
      return count <= 12_000 ? BranchBook.price("t\(count)", count) : nil
    }
    try main.append([BranchBook.entry("more")])
    #expect(try expectRebased(branch.rebase(.begin())).moved == 12_001)
    let renewed = try fixture.open("hedge")
    #expect(renewed.head == EventSequence(12_004))
    #expect(try renewed.sequence(ofID: "t12000") == EventSequence(12_004))
  }

  @Test("a crash at any change leaves the branch as it was, or wholly new")
  func crashes() throws {
    let start = try BranchBook()
    let branch = try start.main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50), BranchBook.deposit("cash")])
    try start.main.append([BranchBook.entry("more")])
    let forked = try #require(try branch.ownIDs().first)
    var isDone = false
    var outcomes: Set<Int64> = []
    var changes = 0
    while !isDone {
      for seed in 0..<3 as Range<UInt64> {
        let book = try BranchBook(copyOf: start)
        let handle = try book.open("hedge")
        book.storage.stop(afterChanges: changes)
        isDone = (try? handle.rebase(.begin())) != nil
        book.storage.crash(seed: seed &+ UInt64(changes) &* 31)
        let comment: Comment = "after \(changes) changes, seed \(seed)"
        let after = try book.open("hedge")
        outcomes.insert(after.details.generation)
        #expect(after.damage == nil, comment)
        #expect(try after.ownIDs() == [forked, "half", "cash"], comment)
        #expect(try after.open("aapl") == "50", comment)
        #expect(try after.open("more") == (after.details.generation == 1 ? "100" : nil), comment)
        if isDone { #expect(after.details.generation == 1, comment) }
        // And it goes on.
        try after.append([BranchBook.deposit("next")])
        _ = try after.rebase(.begin())
        #expect(try book.open("hedge").ownIDs() == [forked, "half", "cash", "next"], comment)
        #expect(try book.open("hedge").open("more") == "100", comment)
      }
      changes += 1
    }
    #expect(outcomes == [0, 1])
    #expect(changes > 10)
  }

  @Test("a call that fails leaves the branch as it was, or wholly new")
  func faults() throws {
    let start = try BranchBook()
    let branch = try start.main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    try start.main.append([BranchBook.entry("more")])
    for call in FaultyStorage.Call.allCases {
      var index = 0
      while true {
        let book = try BranchBook(copyOf: start)
        let handle = try book.open("hedge")
        book.storage.plan(.fail(FaultyStorage.inputOutputError), at: index, of: [call])
        let isDone = (try? handle.rebase(.begin())) != nil
        guard book.storage.hasFailed else { break }
        book.storage.killProcesses()
        let comment: Comment = "\(call) number \(index)"
        let after = try book.open("hedge")
        #expect(after.damage == nil, comment)
        #expect(try after.ownIDs().last == "half", comment)
        #expect(try after.open("aapl") == "50", comment)
        if isDone { #expect(after.details.generation == 1, comment) }
        _ = try after.rebase(.begin())
        #expect(try book.open("hedge").open("more") == "100", comment)
        index += call == .read || call == .size || call == .exists ? 7 : 1
      }
    }
  }

  @Test("a damaged parent is said, and nothing is moved")
  func damagedParent() throws {
    let branch = try main.fork("hedge")
    try main.append([BranchBook.entry("more")])
    let journal = "\(BranchBook.path)/branches/main/log/journal"
    fixture.storage.flipBit(3, ofByte: 200, in: journal)
    #expect(throws: LogError.self) { try branch.rebase(.begin()) }
    #expect(try branch.details == fixture.open("hedge").details)
  }

  // MARK: Shared

  /// A branch whose event is refused behind main's, with the rebase stopped at it.
  private func conflicting() throws -> Book {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.deposit("cash"), BranchBook.exit("modelled", 60)])
    try main.append([BranchBook.exit("live", nil)])
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect(conflict.parentEventID == "live")
    return branch
  }

  @discardableResult
  private func expectRebased(_ outcome: RebaseOutcome) throws -> RebaseReport {
    guard case .rebased(let report) = outcome else {
      throw Unexpected(outcome: "\(outcome)")
    }
    return report
  }

  /// Where a branch stands that needed no move.
  private func standing(_ outcome: RebaseOutcome) throws -> EventSequence {
    guard case .unchanged(let fork) = outcome else { throw Unexpected(outcome: "\(outcome)") }
    return fork.sequence
  }

  private func expectConflict(_ outcome: RebaseOutcome) throws -> RebaseConflict {
    guard case .conflict(let conflict) = outcome else {
      throw Unexpected(outcome: "\(outcome)")
    }
    return conflict
  }
}

private struct Unexpected: Error {
  var outcome: String
}
