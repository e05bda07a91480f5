import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import Testing

@Suite("A rebase beside other processes and on a failing disk")
struct RebaseFaultTests {
  let fixture: BranchBook
  var main: Book { fixture.main }

  init() throws { fixture = try BranchBook() }

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
      while index < 1_000 {
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
}
