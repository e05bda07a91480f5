import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Records
import Testing

@Suite("Deleting a branch")
struct DeleteBranchTests {
  let fixture: BranchBook
  var main: Book { fixture.main }

  init() throws { fixture = try BranchBook() }

  @Test("removes it and keeps what it stood for")
  func deletes() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    let root = try branch.logRoot(at: branch.head)
    let deleted = try fixture.delete("hedge")
    #expect(deleted.id == branch.details.id)
    #expect(deleted.fork == branch.details.fork)
    #expect(deleted.parent == "main")
    #expect(deleted.head == EventSequence(4))
    #expect(deleted.events == 2)
    #expect(deleted.logRoot == root.description)
    #expect(try records() == [deleted])
    #expect(try main.branches() == ["main"])
    #expect(fixture.storage.files.keys.allSatisfy { !$0.contains("/hedge/") })
    #expect(throws: BookError.self) { try fixture.open("hedge") }
  }

  @Test("the name of a branch that was promoted stands in the history, and is not given again")
  func promotedName() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.deposit("cash")])
    _ = try branch.promote()
    try fixture.delete("hedge")
    let error = #expect(throws: BookError.self) { try main.fork("hedge") }
    #expect(error?.code == "FB-BOOK-023")
    #expect("\(error as BookError?)".contains("was promoted at #4"))
    _ = try main.fork("hedge2")
  }

  @Test("the name can be given again, and both are told apart")
  func again() throws {
    let first = try main.fork("hedge")
    try fixture.delete("hedge")
    let second = try main.fork("hedge")
    #expect(first.details.id != second.details.id)
    let error = #expect(throws: (any Error).self) {
      try first.append([BranchBook.deposit("cash")])
    }
    #expect(error is BookError || error is LogError)
    #expect(try second.ownIDs().count == 1)
    try fixture.delete("hedge")
    #expect(try records().map(\.id) == [first.details.id, second.details.id])
  }

  @Test(
    "is refused for what cannot be deleted",
    arguments: [
      ("main", "FB-BOOK-027"), ("nobody", "FB-BOOK-005"), ("..", "FB-BOOK-005"),
      ("parent", "FB-BOOK-033"),
    ])
  func refused(name: String, code: String) throws {
    let parent = try main.fork("parent")
    _ = try parent.fork("child")
    let error = #expect(throws: BookError.self) { try fixture.delete(name) }
    #expect(error?.code == code)
    #expect(try main.branches().sorted() == ["child", "main", "parent"])
    #expect(try records().isEmpty)
    if name == "parent" { #expect(error?.description.contains("child") == true) }
  }

  @Test("a branch that stands on what another was before its rebase stands on it still")
  func oldGenerations() throws {
    let parent = try main.fork("parent")
    _ = try parent.fork("child")
    try main.append([BranchBook.entry("more")])
    _ = try parent.rebase(.begin())
    let error = #expect(throws: BookError.self) { try fixture.delete("parent") }
    #expect(error?.code == "FB-BOOK-033")
    try fixture.delete("child")
    let deleted = try fixture.delete("parent")
    #expect(deleted.generation == 1)
    #expect(try records().map(\.name) == ["child", "parent"])
    #expect(fixture.storage.files.keys.allSatisfy { !$0.contains("/parent/") })
  }

  @Test("a damaged branch can be deleted too", arguments: ["branch.json", "log/journal"])
  func damaged(file: String) throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    let path = "\(BranchBook.path)/branches/hedge/\(file)"
    fixture.storage.flipBit(3, ofByte: file == "branch.json" ? 0 : 150, in: path)
    let deleted = try fixture.delete("hedge")
    #expect(deleted.name == "hedge")
    #expect(deleted.logRoot == nil)
    #expect(deleted.head == nil)
    #expect(try main.branches() == ["main"])
    #expect(try records() == [deleted])
  }

  @Test("of two branches with damaged files each can be deleted, and neither hides a whole one")
  func twoDamaged() throws {
    for name in ["first", "second", "whole"] { _ = try main.fork(name) }
    for name in ["first", "second"] {
      let file = "\(BranchBook.path)/branches/\(name)/branch.json"
      fixture.storage.flipBit(3, ofByte: 0, in: file)
    }
    // One that cannot be read may stand on the whole one.
    let error = #expect(throws: BookError.self) { try fixture.delete("whole") }
    guard case .manifestDamaged? = error else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
    #expect(try fixture.delete("first").id == nil)
    #expect(try fixture.delete("second").id == nil)
    #expect(try fixture.delete("whole").id != nil)
    #expect(try main.branches() == ["main"])
    #expect(try records().count == 3)
  }

  @Test("a disk that fails is no damage: what is kept of the branch is whole")
  func faults() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    var refused = 0
    for call in FaultyStorage.Call.allCases {
      for index in 0..<200 {
        let book = try BranchBook(copyOf: fixture)
        book.storage.plan(.fail(FaultyStorage.inputOutputError), at: index, of: [call])
        let deleted = try? book.delete("hedge")
        guard book.storage.hasFailed else { break }
        let comment: Comment = "\(call) number \(index)"
        if deleted == nil { refused += 1 }
        if let deleted { #expect(deleted.head != nil && deleted.logRoot != nil, comment) }
        book.storage.killProcesses()
        let isThere = try book.open("main").branches().contains("hedge")
        let records = try Book.deletedBranches(at: BranchBook.path, environment: book.environment)
        #expect(records.map(\.events) == (isThere ? [] : [2]), comment)
        if isThere { #expect(try book.delete("hedge").id == branch.details.id, comment) }
      }
    }
    #expect(refused > 10)
  }

  @Test("an append to a branch that was deleted is not acknowledged")
  func appends() throws {
    let branch = try main.fork("hedge")
    try fixture.delete("hedge")
    #expect(throws: (any Error).self) { try branch.append([BranchBook.deposit("cash")]) }
    #expect(throws: (any Error).self) { try branch.fork("child") }
    #expect(throws: (any Error).self) { try branch.promote() }
  }

  @Test("a crash at any change leaves the branch whole, or gone with its record")
  func crashes() throws {
    let branch = try main.fork("hedge")
    try branch.append([BranchBook.exit("half", 50)])
    let ids = try branch.ownIDs()
    var isDone = false
    var changes = 0
    var seen: Set<Bool> = []
    while !isDone {
      for seed in 0..<3 as Range<UInt64> {
        let book = try BranchBook(copyOf: fixture)
        book.storage.stop(afterChanges: changes)
        isDone = (try? book.delete("hedge")) != nil
        book.storage.crash(seed: seed &+ UInt64(changes) &* 13)
        let comment: Comment = "after \(changes) changes, seed \(seed)"
        let records = try Book.deletedBranches(
          at: BranchBook.path, environment: book.environment)
        let isThere = try Book.open(at: BranchBook.path, environment: book.environment)
          .branches().contains("hedge")
        seen.insert(isThere)
        #expect(records.count == (isThere ? 0 : 1), comment)
        if isThere {
          let after = try book.open("hedge")
          #expect(after.damage == nil, comment)
          #expect(try after.ownIDs() == ids, comment)
          try book.delete("hedge")
        }
        // Whatever was left behind, the name is free.
        let again = try book.open("main").fork("hedge")
        #expect(try again.ownIDs().count == 1, comment)
        #expect(again.damage == nil, comment)
      }
      changes += 1
      if changes > 200 { break }
    }
    #expect(seen == [true, false])
  }

  private func records() throws -> [DeletedBranch] {
    try Book.deletedBranches(at: BranchBook.path, environment: fixture.environment)
  }
}
