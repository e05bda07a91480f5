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
    #expect(fixture.storage.files == files)
    try main.append([BranchBook.exit("all", nil)])
    let before = fixture.storage.files
    let conflict = try expectConflict(branch.rebase(.begin(), isDryRun: true))
    #expect(conflict.eventID == "half")
    #expect(fixture.storage.files == before)
    #expect(try branch.rebaseUnderWay() == nil)
    #expect(try branch.append([BranchBook.exit("rest", 50)]).appended == 1)
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
}

// MARK: Shared

@discardableResult
func expectRebased(_ outcome: RebaseOutcome) throws -> RebaseReport {
  guard case .rebased(let report) = outcome else { throw Unexpected(outcome: "\(outcome)") }
  return report
}

func expectConflict(_ outcome: RebaseOutcome) throws -> RebaseConflict {
  guard case .conflict(let conflict) = outcome else { throw Unexpected(outcome: "\(outcome)") }
  return conflict
}

/// Where a branch stands that needed no move.
private func standing(_ outcome: RebaseOutcome) throws -> EventSequence {
  guard case .unchanged(let fork) = outcome else { throw Unexpected(outcome: "\(outcome)") }
  return fork.sequence
}

private struct Unexpected: Error {
  var outcome: String
}
