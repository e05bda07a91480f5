import Events
import ExactNumbers
import Foundation
import Projections
import Records
import TestSupport
import Testing

@Suite("A file of tables") struct StoreTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore
  private let ledger: Ledger

  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
    var history = RandomHistory(seed: 3)
    try history.run(events: 120)
    ledger = history.ledger
  }

  private func reason() throws -> RebuildReason? {
    guard case .needsRebuild(let reason) = try store.condition() else { return nil }
    return reason
  }

  @Test("says where it stands")
  func checkpoint() throws {
    let change = ledger.change()
    _ = try store.rebuild(change)
    #expect(try store.condition() == .usable(change.checkpoint))
    let meta = try store.rows(
      "SELECT key, value FROM projection_meta WHERE key NOT LIKE 'version.%'")
    #expect(
      meta == [
        ["as_of", change.cut.description], ["branch", "main"], ["first_seq", "1"],
        ["follows_head", "1"], ["fork_seq", ""], ["known_at", "120"], ["last_seq", "120"],
        ["log_root", "root-120"],
      ])
    let status = try store.status(head: EventSequence(125))
    #expect(status.map(\.name) == ProjectionStore.projectionNames)
    #expect(status.allSatisfy { $0.lag == 5 && $0.sequence == EventSequence(120) })
    #expect(status.first { $0.name == "positions" }.map { $0.rows > 10 } == true)
  }

  @Test("of an empty book is usable, and goes on from there")
  func emptyBook() throws {
    let nothing = Ledger().change(asOf: .distantPast)
    _ = try store.rebuild(nothing)
    #expect(try store.condition() == .usable(nothing.checkpoint))
    #expect(try store.catchUp(nothing).events == 0)
    #expect(try store.catchUp(ledger.change()).events == 120)
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(ledger.change())
    #expect(try difference(store.dumped(), fresh.dumped()) == nil)
  }

  @Test("is made though a split leaves nothing of a position that was voided")
  func voidedAndSplit() throws {
    var ledger = Ledger(from: "2025-01-03T00:00:00Z")
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    for (id, price) in [("a", "0.00000001"), ("b", "1")] as [(PositionID, String)] {
      try ledger.append(
        .positionEntered(
          PositionEntered(
            position: id, portfolio: "p", symbol: "F", positionType: .long, quantity: 1,
            entryPrice: decimal(price))),
        "2025-01-01")
    }
    try ledger.append(.positionVoided(PositionVoided(position: "a", reason: "typo")), "2025-01-02")
    _ = try store.rebuild(ledger.change())
    #expect(try store.rows("SELECT id FROM positions") == [["a"], ["b"]])
    try ledger.append(.instrumentSplit(InstrumentSplit(symbol: "F", ratio: 4)), "2025-01-02")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows("SELECT id, entry_price FROM positions") == [["b", "0.25"]])
  }

  @Test("that is caught up already is left alone")
  func nothingToDo() throws {
    _ = try store.rebuild(ledger.change())
    #expect(try store.catchUp(ledger.change()).events == 0)
    // Another process was quicker.
    let behind = try store.catchUp(ledger.change(to: EventSequence(100)))
    #expect(behind.checkpoint.sequence == ledger.head)
  }

  @Test("keeps its old checkpoint and rows when a catch-up breaks off", arguments: [0, 1, 15, 29])
  func brokenOff(after events: Int) throws {
    struct Broken: Error {}
    _ = try store.rebuild(ledger.change(to: EventSequence(90)))
    let before = try store.dumped()
    var change = ledger.change()
    let all = change.events
    change.events = { after, body in
      var left = events
      try all(after) { event in
        guard left > 0 else { throw Broken() }
        left -= 1
        try body(event)
      }
    }
    #expect(throws: Broken.self) { try store.catchUp(change) }
    #expect(try store.dumped() == before)
    #expect(throws: Broken.self) { try store.rebuild(change) }
    #expect(try store.dumped() == before)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).contains {
        $0.hasSuffix("-new")
      } == false)
    _ = try store.catchUp(ledger.change())
    #expect(try store.condition() == .usable(ledger.change().checkpoint))
  }

  @Test("does not take events with a gap between them")
  func gap() throws {
    _ = try store.rebuild(ledger.change(to: EventSequence(50)))
    var change = ledger.change()
    let all = change.events
    change.events = { after, body in
      try all(after) { if $0.sequence != EventSequence(60) { try body($0) } }
    }
    #expect(throws: ProjectionError.gap(expected: EventSequence(60), found: EventSequence(61))) {
      try store.catchUp(change)
    }
    change.events = { _, _ in }
    #expect(throws: ProjectionError.gap(expected: EventSequence(51), found: EventSequence(120))) {
      try store.catchUp(change)
    }
  }

  @Test("asks for a rebuild when a projector has changed since")
  func projectorChanged() throws {
    _ = try store.rebuild(ledger.change(to: EventSequence(50)))
    let untouched = try store.dumped()
    try PlainDatabase(store.path)
      .run("UPDATE projection_meta SET value = '0.old' WHERE key = 'version.market'")
    #expect(try reason() == .projectorChanged(name: "market"))
    #expect(
      throws: ProjectionError.needsRebuild(
        path: store.path, reason: .projectorChanged(name: "market"))
    ) { try store.catchUp(ledger.change()) }
    _ = try store.rebuild(ledger.change(to: EventSequence(50)))
    #expect(try store.dumped() == untouched)
  }

  @Test("asks for a rebuild when it is not one of ours")
  func foreign() throws {
    #expect(try reason() == .missing)
    try Data("not a database, but long enough to be looked at as one".utf8)
      .write(to: URL(fileURLWithPath: store.path))
    #expect(try reason().map { if case .damaged = $0 { true } else { false } } == true)
    try FileManager.default.removeItem(atPath: store.path)
    try PlainDatabase(store.path).run("CREATE TABLE projection_meta (key TEXT, value TEXT)")
    #expect(try reason() == .foreign)
    _ = try store.rebuild(ledger.change())
    #expect(try reason() == nil)
    try Data(count: 100).write(to: URL(fileURLWithPath: store.path))
    #expect(try reason() != nil)
    _ = try store.rebuild(ledger.change())
    #expect(try store.condition() == .usable(ledger.change().checkpoint))
  }

  @Test("of a newer format is left to the newer program")
  func newerFormat() throws {
    _ = try store.rebuild(ledger.change())
    try PlainDatabase(store.path).run("PRAGMA user_version = 7")
    #expect(throws: ProjectionError.newerFormat(path: store.path, found: 7, known: 1)) {
      try store.condition()
    }
  }

  @Test("does not follow another branch, another history, or time backwards")
  func otherHistory() throws {
    _ = try store.rebuild(ledger.change(to: EventSequence(50)))
    func refusal(_ change: ProjectionChange) -> RebuildReason? {
      do {
        _ = try store.catchUp(change)
        return nil
      } catch ProjectionError.needsRebuild(_, let reason) {
        return reason
      } catch {
        return nil
      }
    }
    #expect(refusal(ledger.change(branch: "hedged")) == .otherBranch(found: "main"))
    var other = ledger.change(to: EventSequence(50))
    other.logRoot = "another"
    #expect(refusal(other) == .otherHistory(EventSequence(50)))
    #expect(refusal(ledger.change(asOf: at("2000-01-01"))) == .earlierCut)
    #expect(refusal(ledger.change()) == nil)
  }

  @Test("of another point shows that point, and does not move")
  func fixedPoint() throws {
    let other = folder.store("point.sqlite")
    let change = ledger.change(to: EventSequence(80), asOf: at("2025-01-05"))
    _ = try ProjectionStore.build(at: other.path, change)
    #expect(try other.condition() == .needsRebuild(.fixedPoint))
    #expect(try other.rows("SELECT count(*) FROM internal_deferred_events") == [["0"]])
    let late = try other.rows("SELECT id FROM positions WHERE entry_date > '2025-01-05'")
    #expect(late.isEmpty)
    // At its own cut a point says what the file that follows the head says there.
    let head = ledger.change(to: EventSequence(80))
    _ = try ProjectionStore.build(at: other.path, head)
    _ = try store.rebuild(head)
    let pointDump = try other.dumped().split(separator: "\n").filter {
      !$0.contains("follows_head")
    }
    let headDump = try store.dumped().split(separator: "\n").filter { !$0.contains("follows_head") }
    let documented = { (lines: [Substring]) in documentedLines(lines) }
    #expect(documented(pointDump) == documented(headDump))
  }

  @Test("is replaced while a reader has it open, and each reader sees one or the other")
  func readersGoOn() throws {
    _ = try store.rebuild(ledger.change(to: EventSequence(60)))
    let reader = try PlainDatabase(store.path)
    let sequence = "SELECT value FROM projection_meta WHERE key = 'last_seq'"
    reader.run("BEGIN")
    #expect(try reader.value(sequence) == "60")
    _ = try store.rebuild(ledger.change())
    #expect(try reader.value(sequence) == "60")
    let later = try PlainDatabase(store.path)
    #expect(try later.value(sequence) == "120")
    #expect(try later.value("PRAGMA integrity_check") == "ok")
    reader.run("COMMIT")
    #expect(try reader.value(sequence) == "120")
    // And while one is caught up.
    _ = try store.rebuild(ledger.change(to: EventSequence(60)))
    reader.run("BEGIN")
    #expect(try reader.value(sequence) == "60")
    _ = try store.catchUp(ledger.change())
    #expect(try reader.value(sequence) == "60")
    reader.run("COMMIT")
    #expect(try reader.value(sequence) == "120")
  }

  @Test("says who holds it when it stays locked")
  func locked() throws {
    _ = try store.rebuild(ledger.change(to: EventSequence(60)))
    let other = try PlainDatabase(store.path)
    other.run("BEGIN IMMEDIATE")
    var impatient = store
    impatient.secondsToWait = 0.1
    #expect(throws: ProjectionError.locked(path: store.path)) {
      try impatient.catchUp(ledger.change())
    }
    other.run("ROLLBACK")
    #expect(try store.catchUp(ledger.change()).events == 60)
  }

  @Test("answers queries and writes nothing for them")
  func queries() throws {
    #expect(throws: ProjectionError.notFound(path: store.path)) { try store.rows("SELECT 1") }
    _ = try store.rebuild(ledger.change())
    #expect(try store.columns("SELECT 1 AS one, 'x' AS two") == ["one", "two"])
    #expect(try store.rows("SELECT 1, 'x', 0.5, NULL") == [["1", "x", "0.5", "null"]])
    let before = try store.dumped()
    for sql in [
      "DELETE FROM positions", "DROP TABLE positions", "CREATE TABLE t (x)", "SELECT 1; SELECT 2",
      "", "SELEC", "ATTACH 'x.sqlite' AS other", "VACUUM INTO '\(folder.path)/copy.sqlite'",
      "SELECT ?",
    ] {
      #expect(throws: ProjectionError.self, "\(sql)") { try store.rows(sql) }
    }
    #expect(try store.dumped() == before)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/copy.sqlite"))
  }
}

/// The lines of a dump without internal tables: what is kept for later differs by purpose.
private func documentedLines(_ lines: [Substring]) -> [Substring] {
  var isInternal = false
  return lines.filter { line in
    if line.hasPrefix("table ") { isInternal = line.hasPrefix("table internal_") }
    return !isInternal
  }
}
