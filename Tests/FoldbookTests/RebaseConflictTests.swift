import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import Testing

@Suite("A rebase that conflicts")
struct RebaseConflictTests {
  let fixture: BranchBook
  var main: Book { fixture.main }

  init() throws { fixture = try BranchBook() }

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

  @Test("that is begun again to the point of a live parent's own event is the one under way")
  func liveParent() throws {
    let parent = try main.fork("parent", ForkRequest(mode: .live))
    let child = try parent.fork("child")
    try child.append([BranchBook.exit("modelled", 60)])
    try parent.append([BranchBook.exit("live", nil)])
    #expect(try expectConflict(child.rebase(.begin())).eventID == "modelled")
    // The plan is read from its file.
    for book in [child, try fixture.open("child")] {
      #expect(try expectConflict(book.rebase(.begin())).eventID == "modelled")
      #expect(try expectConflict(book.rebase(.resume)).eventID == "modelled")
    }
    let report = try expectRebased(fixture.open("child").rebase(.skip))
    #expect(report.to.sequence == parent.head)
    let renewed = try fixture.open("child")
    #expect(renewed.details.fork == report.to)
    #expect(try renewed.shownIDs().suffix(2).first == "live")
  }

  @Test("never leaves out what a branch begins with")
  func beginning() throws {
    let branch = try main.fork("hedge")
    let forked = try #require(try branch.ownIDs().first)
    try main.append([BranchBook.deposit(forked)])
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect(conflict.eventID == forked)
    let error = #expect(throws: BookError.self) { try branch.rebase(.skip) }
    #expect(error?.code == "FB-BOOK-029")
    #expect(error?.description.contains("model.forked") == true)
    #expect(try fixture.open("hedge").ownIDs() == [forked])
    #expect(try branch.rebaseUnderWay()?.skipped == [])
    guard case .aborted = try branch.rebase(.abort) else {
      return #expect(Bool(false), "it can be given up")
    }
  }

  /// A branch whose event is refused behind main's, with the rebase stopped at it.
  private func conflicting() throws -> Book {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.deposit("cash"), BranchBook.exit("modelled", 60)])
    try main.append([BranchBook.exit("live", nil)])
    let conflict = try expectConflict(branch.rebase(.begin()))
    #expect(conflict.parentEventID == "live")
    return branch
  }
}
