import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import Synchronization
import Testing

@Suite("A promotion")
struct PromoteTests {
  let fixture: BranchBook
  var main: Book { fixture.main }

  init() throws { fixture = try BranchBook() }

  @Test("appends the branch's trades to its parent, ids kept, each with its cause, and no prices")
  func promotes() throws {
    let branch = try traded()
    try main.append([BranchBook.deposit("salary")])
    let outcome = try branch.promote()
    #expect(outcome.into == "main")
    #expect(outcome.appended == 4)
    #expect(outcome.unchanged == 0)
    #expect(outcome.parentHead == EventSequence(8))
    #expect(
      try main.refreshedIDs().suffix(5)
        == ["enter-more", "half", "cash", "tag", outcome.promotion])
    for sequence in 4...7 as ClosedRange<UInt64> {
      let event = try #require(try main.event(at: EventSequence(sequence)))
      #expect(event.causation == outcome.promotion)
    }
    #expect(
      try main.event(at: EventSequence(4))?.effective == Instant("2024-02-01T20:00:00Z"))
    #expect(try main.open("aapl") == branch.open("aapl"))
    #expect(try main.open("more") == branch.open("more"))
    for book in [main, try fixture.open("hedge")] {
      let sequence = try #require(try book.sequence(ofID: outcome.promotion))
      guard case .modelPromoted(let payload)? = try book.event(at: sequence)?.payload else {
        return #expect(Bool(false), "the promotion is in both branches")
      }
      #expect(payload.session == "hedge")
      #expect(payload.into == "main")
      #expect(payload.events == 4)
    }
    #expect(try branch.sessionStatus() == "completed")
  }

  @Test("twice is refused")
  func twice() throws {
    let branch = try traded()
    _ = try branch.promote()
    for book in [branch, try fixture.open("hedge")] {
      #expect(try refusal { try book.promote() }.contains("promoted once"))
    }
    #expect(try main.refreshedIDs().count == 7)
  }

  @Test("a completed session is promoted, a cancelled one is not")
  func ended() throws {
    let completed = try traded()
    _ = try completed.complete()
    #expect(try completed.promote().appended == 4)
    let cancelled = try main.fork("other")
    try cancelled.append([BranchBook.deposit("other-cash")])
    _ = try cancelled.cancel()
    #expect(try refusal { try cancelled.promote() }.contains("cancelled"))
  }

  @Test("where one event may not happen at the parent's head, nothing is appended")
  func refused() throws {
    let branch = try traded()
    try main.append([BranchBook.exit("live", nil)])
    let before = try main.refreshedIDs()
    let error = #expect(throws: BookError.self) { try branch.promote() }
    guard case .promoteRefused("hedge", "main", let id, let reason)? = error else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
    #expect(id == "half")
    #expect(reason.contains("FB-RULE-050"))
    #expect(error?.description.contains("nothing was appended") == true)
    #expect(try main.refreshedIDs() == before)
    #expect(try branch.sessionStatus() == "active")
    try branch.append([BranchBook.deposit("goes-on")])
  }

  @Test("an expected head that is older is refused, the right one taken")
  func expecting() throws {
    let branch = try traded()
    try main.append([BranchBook.deposit("salary")])
    let error = #expect(throws: BookError.self) {
      try branch.promote(expecting: EventSequence(2))
    }
    #expect(error?.code == "FB-BOOK-007")
    #expect(try main.refreshedIDs().count == 3)
    #expect(try branch.sessionStatus() == "active")
    #expect(try branch.promote(expecting: EventSequence(3)).appended == 4)
  }

  @Test("a dry run gives what would be appended, and writes nothing")
  func dryRun() throws {
    let branch = try traded()
    let files = fixture.storage.files
    let outcome = try branch.promote(isDryRun: true)
    #expect(outcome.isDryRun)
    #expect(
      try outcome.events.map { try main.idText(of: $0) } == ["enter-more", "half", "cash", "tag"])
    #expect(outcome.events.allSatisfy { $0.causation == outcome.promotion })
    #expect(fixture.storage.files == files)
    try main.append([BranchBook.exit("live", nil)])
    #expect(throws: BookError.self) { try branch.promote(isDryRun: true) }
    #expect(try branch.sessionStatus() == "active")
  }

  @Test("with nothing to promote is refused")
  func nothing() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.price("p1", 170)])
    #expect(try refusal { try branch.promote() }.contains("nothing to promote"))
    #expect(try main.refreshedIDs().count == 2)
    #expect(throws: BookError.self) { try main.promote() }
  }

  @Test("what the parent has already counts as there")
  func unchanged() throws {
    let branch = try traded()
    try main.append([BranchBook.deposit("cash")])
    let outcome = try branch.promote()
    #expect(outcome.appended == 3)
    #expect(outcome.unchanged == 1)
    #expect(try main.refreshedIDs().filter { $0 == "cash" }.count == 1)
    let other = try main.fork("other")
    try other.append([BranchBook.deposit("gift", 5)])
    try main.append([BranchBook.deposit("gift", 6)])
    let refusal = try refusal { try other.promote() }
    #expect(refusal.contains("FB-BOOK-006") || refusal.contains("other content"))
  }

  @Test("goes into a branch that is a what-if itself, and from there on")
  func nested() throws {
    let parent = try traded()
    let child = try parent.fork("child")
    try child.append([BranchBook.exit("rest", 10)])
    #expect(try child.promote().into == "hedge")
    #expect(try fixture.open("hedge").open("aapl") == "40")
    let outcome = try fixture.open("hedge").promote()
    #expect(outcome.appended == 5)
    #expect(try fixture.open("main").open("aapl") == "40")
    let sequence = try #require(try fixture.open("main").sequence(ofID: "rest"))
    #expect(try fixture.open("main").event(at: sequence)?.causation == outcome.promotion)
  }

  @Test("from a live branch")
  func live() throws {
    let branch = try main.fork("hedge", ForkRequest(mode: .live))
    try main.append([BranchBook.price("p1", 170)])
    try branch.append([BranchBook.exit("half", 50)])
    #expect(try branch.promote().appended == 1)
    #expect(try main.refreshedIDs().contains("half"))
    #expect(try fixture.open("hedge").sessionStatus() == "completed")
    // Nothing flows in behind the end, in this handle as in another.
    try main.append([BranchBook.price("p2", 180)])
    try branch.refresh()
    for book in [branch, try fixture.open("hedge")] {
      let ids = try book.shownIDs()
      #expect(ids.contains("p1") && !ids.contains("p2"))
    }
    #expect(try branch.head == fixture.open("hedge").head)
  }

  @Test("of many events goes through in one append")
  func bulk() throws {
    let branch = try main.fork("hedge")
    var count: Int32 = 0
    try branch.appendBulk {
      count += 1
      return count <= 11_000 ? BranchBook.deposit("d\(count)", count) : nil
    }
    let outcome = try branch.promote()
    #expect(outcome.appended == 11_000)
    #expect(outcome.events.count == PromoteOutcome.eventsMax)
    #expect(try fixture.open("main").head == EventSequence(11_003))
  }

  @Test("a crash at any change leaves both as they were, or promoting again completes it")
  func crashes() throws {
    _ = try traded()
    var isDone = false
    var changes = 0
    var seen: Set<String> = []
    while !isDone {
      for seed in 0..<3 as Range<UInt64> {
        let book = try BranchBook(copyOf: fixture)
        let branch = try book.open("hedge")
        book.storage.stop(afterChanges: changes)
        isDone = (try? branch.promote()) != nil
        book.storage.crash(seed: seed &+ UInt64(changes) &* 17)
        let comment: Comment = "after \(changes) changes, seed \(seed)"
        let main = try book.open("main")
        let after = try book.open("hedge")
        #expect(main.damage == nil && after.damage == nil, comment)
        let count = try main.shownIDs().count
        #expect([2, 7].contains(count), comment)
        let isCompleted = try after.sessionStatus() == "completed"
        seen.insert("\(count) \(isCompleted)")
        #expect(!isCompleted || count == 7, comment)
        if isDone { #expect(isCompleted, comment) }
        if !isCompleted {
          let outcome = try after.promote()
          #expect(outcome.isResumed == (count == 7), comment)
          #expect(outcome.appended == (count == 7 ? 0 : 4), comment)
        }
        #expect(try book.open("main").shownIDs().count == 7, comment)
        #expect(try book.open("hedge").sessionStatus() == "completed", comment)
        let promotions = try book.open("hedge").ownIDs().filter { $0.hasPrefix("promotion-") }
        #expect(promotions.count == 1, comment)
      }
      changes += 1
    }
    #expect(seen == ["2 false", "7 false", "7 true"])
  }

  @Test("what was appended after one that was broken off is promoted with the rest")
  func resumed() throws {
    _ = try traded()
    // Fails with the first change of the branch's log, behind the parent's append.
    for changes in 0..<200 {
      let book = try BranchBook(copyOf: fixture)
      let branch = try book.open("hedge")
      book.storage.stop(afterChanges: changes)
      _ = try? branch.promote()
      book.storage.killProcesses()
      guard try book.open("main").shownIDs().count == 7 else { continue }
      let after = try book.open("hedge")
      guard try after.sessionStatus() == "active" else {
        return #expect(Bool(false), "some change is between the two branches")
      }
      try after.append([BranchBook.deposit("late")])
      // The parent is not where the first attempt found it.
      let error = #expect(throws: BookError.self) {
        try after.promote(expecting: EventSequence(2))
      }
      #expect(error?.code == "FB-BOOK-007")
      let outcome = try after.promote(expecting: EventSequence(7))
      #expect(outcome.isResumed)
      #expect(outcome.appended == 1)
      let main = try book.open("main")
      #expect(try main.shownIDs().last == "late")
      #expect(try main.event(at: main.head)?.causation == outcome.promotion)
      return
    }
    #expect(Bool(false), "the parent's append was never reached")
  }

  @Test("is completed whatever head was expected, where nothing is left to append")
  func completedOnly() throws {
    _ = try traded()
    for changes in 0..<200 {
      let book = try BranchBook(copyOf: fixture)
      book.storage.stop(afterChanges: changes)
      _ = try? book.open("hedge").promote()
      book.storage.killProcesses()
      guard try book.open("main").shownIDs().count == 7 else { continue }
      let outcome = try book.open("hedge").promote(expecting: EventSequence(2))
      #expect(outcome.isResumed)
      #expect(outcome.appended == 0)
      return
    }
    #expect(Bool(false), "the parent's append was never reached")
  }

  @Test("holds the branch meanwhile: what is acknowledged on it is promoted, and told of once")
  func holdsBranch() throws {
    _ = try traded()
    let other = try fixture.open("hedge")
    let attempts = Mutex<(isArmed: Bool, count: Int, kept: [String])>((false, 0, []))
    var environment = fixture.environment
    // Somebody appends to the branch whenever the promotion looks at the clock.
    environment.now = { [fixture] in
      let attempt = attempts.withLock { attempts -> Int? in
        guard attempts.isArmed else { return nil }
        attempts.isArmed = false
        attempts.count += 1
        return attempts.count
      }
      if let attempt {
        let isKept = (try? other.append([BranchBook.deposit("late-\(attempt)")])) != nil
        attempts.withLock { attempts in
          if isKept { attempts.kept.append("late-\(attempt)") }
          attempts.isArmed = true
        }
      }
      return fixture.environment.now()
    }
    let branch = try Book.open(at: BranchBook.path, branch: "hedge", environment: environment)
    attempts.withLock { $0.isArmed = true }
    let outcome = try branch.promote()
    let (count, kept) = attempts.withLock { attempts in
      attempts.isArmed = false
      return (attempts.count, attempts.kept)
    }
    #expect(count > kept.count && count > 2)
    #expect(outcome.appended == 4 + kept.count)
    let ids = try main.refreshedIDs()
    #expect(ids.filter { $0.hasPrefix("late-") } == kept)
    #expect(ids.last == outcome.promotion)
    let own = try fixture.open("hedge").ownIDs()
    #expect(own.last == outcome.promotion)
    #expect(own.filter { $0.hasPrefix("late-") } == kept)
    // The handle goes on from there.
    #expect(throws: RuleError.self) { try branch.append([BranchBook.deposit("later")]) }
  }

  @Test("leaves out what the branch has voided itself, with the void and what is about it")
  func leavesOutVoided() throws {
    let branch = try traded()
    try branch.append([
      BranchBook.exit("some", of: "more", 10), BranchBook.void("undo-more", "more"),
      BranchBook.void("undo-half", "aapl", exit: "half"),
    ])
    // What was refused for the parent's sake is not asked about.
    try main.append([BranchBook.exit("live", nil)])
    let outcome = try branch.promote()
    #expect(outcome.appended == 2)
    #expect(outcome.leftOut == 5)
    #expect(outcome.unchanged == 0)
    #expect(
      try main.refreshedIDs().dropFirst(2) == ["live", "cash", "tag", outcome.promotion])
  }

  @Test("takes along the void of what the parent has")
  func voidsOfParent() throws {
    let branch = try main.fork("hedge")
    let entry = BranchBook.entry("more")
    try branch.append([
      BranchBook.void("undo", "aapl"), entry, BranchBook.void("undo-more", "more"),
    ])
    try main.append([entry])
    let outcome = try branch.promote()
    #expect(outcome.appended == 2)
    #expect(outcome.leftOut == 0)
    #expect(outcome.unchanged == 1)
    #expect(
      try main.refreshedIDs().suffix(3) == ["undo", "undo-more", outcome.promotion])
  }

  @Test("of what was all voided is refused")
  func allVoided() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.entry("more"), BranchBook.void("undo", "more")])
    let refusal = try refusal { try branch.promote() }
    #expect(refusal.contains("nothing to promote") && refusal.contains("voided"))
  }

  // MARK: Shared

  /// A branch with four events to promote and three that stay on it.
  private func traded() throws -> Book {
    let branch = try main.fork("hedge")
    try branch.append([
      BranchBook.price("p1", 170),
      BranchBook.entry("more", at: "2024-02-01T20:00:00Z"), BranchBook.exit("half", 50),
      event(
        "parameter", "2024-02-01T20:00:00Z",
        .parameterSet(ParameterSet(name: "risk.confidence", value: 1))),
      BranchBook.deposit("cash"),
      event(
        "tag", "2024-02-01T20:00:00Z",
        .tagCreated(TagCreated(tag: "hedges", name: "Hedges", tagType: .regular))),
    ])
    return branch
  }

  private func refusal(_ body: () throws -> PromoteOutcome) throws -> String {
    let error = #expect(throws: BookError.self) { try body() }
    #expect(error?.code == "FB-BOOK-032")
    return error?.description ?? ""
  }
}

extension Book {
  /// How far the session of the branch has come.
  fileprivate func sessionStatus() throws -> String? {
    try facts().sessionStatus(SessionID(branch))?.name
  }

  fileprivate func refreshedIDs() throws -> [String] {
    try line.refresh()
    return try shownIDs()
  }
}
