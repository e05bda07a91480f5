import EventLog
import FaultInjection
import Records
import TestSupport
import Testing

@Suite struct LogFaults {
  /// Opens what a history left behind, and checks that nothing acknowledged is lost, nothing is
  /// half there, and the log goes on.
  static func expectIntact(
    _ history: LogHistory, _ storage: FaultyStorage, _ comment: Comment
  ) throws {
    guard history.isCreated else { return }
    let log = try LogFixture.open(storage, options: LogHistory.options)
    #expect(log.damage == nil, comment)
    let found = try LogFixture.all(log)
    let head = log.head.rawValue
    #expect(found.count == Int(head), comment)
    #expect(head >= history.acknowledged, comment)
    #expect(history.possibleHeads.contains(head), "\(comment): head \(head)")
    for record in found {
      #expect(record.record == LogFixture.record(Int(record.sequence.rawValue)), comment)
    }
    let report = try log.verify(deep: LogFixture.isExhaustive)
    #expect(report.findings == [], comment)
    try log.append([LogFixture.record(Int(head) + 1)])
    for number in [1, 2, 3, 5, Int(head)] where number > 0 && number <= Int(head) {
      let id = LogFixture.record(number).idText()
      #expect(try log.sequence(ofID: id)?.rawValue == UInt64(number), comment)
    }
    #expect(try LogFixture.all(log).count == Int(head) + 1, comment)
  }

  /// Calls that change nothing are sampled.
  private static func step(_ call: FaultyStorage.Call) -> Int {
    if LogFixture.isExhaustive { return 1 }
    return switch call {
    case .read, .size: 13
    case .open, .exists, .list, .lock: 4
    default: 1
    }
  }

  @Test("the history works when nothing fails")
  func clean() throws {
    let storage = FaultyStorage()
    var history = LogHistory(storage)
    history.run()
    #expect(history.acknowledged == LogHistory.eventCount)
    #expect(history.log?.maintenanceError == nil)
    try Self.expectIntact(history, storage, "nothing failed")
  }

  @Test(
    "a call that fails once loses nothing acknowledged, wherever it is",
    arguments: FaultyStorage.Call.allCases.map { ($0, FaultyStorage.inputOutputError) }
      + [.open, .write, .sync, .rename, .makeDirectory].map { ($0, FaultyStorage.noSpace) })
  func everyCall(call: FaultyStorage.Call, number: Int32) throws {
    var index = 0
    while true {
      let storage = FaultyStorage()
      storage.plan(.fail(number), at: index, of: [call])
      var history = LogHistory(storage)
      history.run()
      guard storage.hasFailed else { break }
      let comment: Comment = "\(call) number \(index) failed with \(number)"
      #expect(history.damage == [], comment)
      storage.killProcesses()
      try Self.expectIntact(history, storage, comment)
      index += Self.step(call)
    }
    #expect(index > 0 || call == .truncate || call == .remove)
  }

  @Test("a short write or read is gone on with")
  func short() throws {
    for call in [FaultyStorage.Call.write, .read] {
      for index in stride(from: 0, to: 200, by: LogFixture.isExhaustive ? 1 : 19) {
        let storage = FaultyStorage()
        storage.plan(.short, at: index, of: [call])
        var history = LogHistory(storage)
        history.run()
        #expect(history.acknowledged == LogHistory.eventCount, "\(call) \(index)")
        try Self.expectIntact(history, storage, "\(call) \(index)")
      }
    }
  }

  @Test("a disk that fills up within a write fails that append only, and loses nothing")
  func diskFull() throws {
    var index = 0
    while true {
      let storage = FaultyStorage()
      storage.plan(.tornThenFail(FaultyStorage.noSpace), at: index, of: [.write])
      var history = LogHistory(storage)
      history.run()
      guard storage.hasFailed else { break }
      #expect(history.damage == [])
      // Not latched: there was room again.
      #expect(!history.isCreated || history.acknowledged > 10, "write \(index)")
      storage.killProcesses()
      try Self.expectIntact(history, storage, "write \(index) was torn")
      index += 1
    }
    #expect(index > 20)
  }

  @Test("a disk that stays full is named, and what was acknowledged can be read")
  func diskStaysFull() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...5))
    storage.plan(.tornThenFail(FaultyStorage.noSpace), at: 0, of: [.write], lasting: false)
    // Longer than what then takes its place: nothing of it may be left behind that.
    let error = #expect(throws: LogError.self) { try log.append(LogFixture.records(6...12)) }
    #expect(error?.code == "FB-LOG-004")
    #expect(error?.description.contains("the disk is full") == true)
    #expect(try LogFixture.all(log).count == 5)
    try log.append([LogFixture.record(6)])
    let again = try LogFixture.open(storage)
    #expect(again.recovery.isEmpty)
    #expect(storage.files.keys.allSatisfy { !$0.contains("/cut-") })
    #expect(try LogFixture.all(again).map(\.record) == LogFixture.records(1...6))
  }

  @Test("a failed sync ends acknowledging, whatever the sync was of")
  func failedSync() throws {
    var index = 0
    while true {
      let storage = FaultyStorage()
      storage.plan(
        .lostSync(FaultyStorage.inputOutputError), at: index, of: [.sync, .syncDirectory])
      var history = LogHistory(storage)
      history.run()
      guard storage.hasFailed else { break }
      storage.crash(seed: UInt64(index))
      try Self.expectIntact(history, storage, "sync \(index) failed")
      index += 1
    }
    #expect(index > 15)
  }

  @Test("after a failed sync every append fails with that cause, and reading goes on")
  func latch() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    try log.append(LogFixture.records(1...3))
    storage.plan(.lostSync(FaultyStorage.inputOutputError), at: 0, of: [.sync])
    let first = #expect(throws: LogError.self) { try log.append([LogFixture.record(4)]) }
    #expect(first?.code == "FB-LOG-003")
    for _ in 0..<3 {
      let later = #expect(throws: LogError.self) { try log.append([LogFixture.record(4)]) }
      #expect(later?.code == "FB-LOG-009")
    }
    #expect(throws: LogError.self) { try log.seal() }
    #expect(throws: LogError.self) { try log.appendBulk { try $0.append(LogFixture.record(4)) } }
    #expect(log.head == EventSequence(3))
    #expect(try LogFixture.all(log).count == 3)
    // Another handle does not build on what was not acknowledged.
    let other = try LogFixture.open(storage)
    #expect(other.head == EventSequence(3))
    try other.append([LogFixture.record(4)])
    #expect(other.head == EventSequence(4))
  }

  @Test("a read that fails within a refresh is made good by the next")
  func failedRefresh() throws {
    var index = 0
    while true {
      let storage = FaultyStorage()
      let log = try LogFixture.create(storage)
      let reader = try LogFixture.open(storage, mode: .readOnly)
      for number in 1...5 { try log.append([LogFixture.record(number)]) }
      storage.plan(.fail(FaultyStorage.inputOutputError), at: index, of: [.read, .open, .size])
      let isRefreshed = (try? reader.refresh()) != nil
      if storage.hasFailed { #expect(!isRefreshed, "call \(index)") }
      #expect(reader.head == EventSequence(isRefreshed ? 5 : 0))
      storage.clearPlan()
      try reader.refresh()
      #expect(try LogFixture.all(reader).map(\.record) == LogFixture.records(1...5))
      #expect(try reader.sequence(ofID: "id-4") == EventSequence(4))
      guard !isRefreshed else { break }
      index += 1
    }
    #expect(index > 8)
  }

  @Test(
    "what a writer left unsynced is synced before anyone answers with it",
    arguments: [EventLog.Mode.readOnly, .readWrite])
  func unsyncedFrame(mode: EventLog.Mode) throws {
    for seed in 0..<10 as Range<UInt64> {
      let storage = FaultyStorage()
      let log = try LogFixture.create(storage)
      let early = try LogFixture.open(storage, mode: mode)
      let late = try LogFixture.open(storage, mode: mode)
      try log.append(LogFixture.records(1...3))
      // The sync fails, and taking the frame back as well: it stays, and nobody knows for how long.
      storage.plan(
        .fail(FaultyStorage.inputOutputError), at: 0, of: [.sync, .truncate], lasting: true)
      #expect(throws: LogError.self) { try log.append([LogFixture.record(4)]) }
      #expect(log.head == EventSequence(3))
      // Who cannot sync it either does not show it.
      #expect(throws: LogError.self) { try early.refresh() }
      #expect(early.head < EventSequence(4))
      storage.clearPlan()
      // Nor does it ask a second time: the system may have forgotten what it could not write.
      for handle in [log, early] {
        let error = #expect(throws: LogError.self) { try handle.refresh() }
        #expect(error?.code == "FB-LOG-009")
        #expect(handle.head < EventSequence(4))
      }
      if seed.isMultiple(of: 2) {
        try late.refresh()
        #expect(late.head == EventSequence(4))
      } else {
        #expect(try LogFixture.open(storage, mode: mode).head == EventSequence(4))
      }
      storage.crash(seed: seed)
      #expect(try LogFixture.open(storage).head == EventSequence(4), "seed \(seed)")
    }
  }

  @Test("a stop of the machine at any moment loses nothing acknowledged", arguments: 0..<2)
  func crash(seed: UInt64) throws {
    let whole = FaultyStorage()
    var history = LogHistory(whole)
    history.run()
    let step = LogFixture.isExhaustive ? 1 : 2
    for stop in stride(from: Int(seed) % step, through: whole.changes, by: step) {
      let storage = FaultyStorage()
      storage.stop(afterChanges: stop)
      var history = LogHistory(storage)
      history.run()
      #expect(history.damage == [])
      storage.crash(seed: seed &* 1_000 &+ UInt64(stop))
      try Self.expectIntact(history, storage, "stopped after change \(stop), seed \(seed)")
    }
  }

  @Test("an end of the process at any moment loses nothing acknowledged")
  func kill() throws {
    let whole = FaultyStorage()
    var history = LogHistory(whole)
    history.run()
    for stop in stride(from: 0, through: whole.changes, by: LogFixture.isExhaustive ? 1 : 3) {
      let storage = FaultyStorage()
      storage.stop(afterChanges: stop)
      var history = LogHistory(storage)
      history.run()
      storage.killProcesses()
      try Self.expectIntact(history, storage, "ended after change \(stop)")
    }
  }

  @Test("crash upon crash: recovery itself can be interrupted anywhere")
  func crashInRecovery() throws {
    let whole = FaultyStorage()
    var history = LogHistory(whole)
    history.run()
    var random = SeededGenerator(seed: 11)
    for round in 0..<(LogFixture.isExhaustive ? 400 : 20) {
      let storage = FaultyStorage()
      storage.stop(afterChanges: Int.random(in: 10...whole.changes, using: &random))
      var history = LogHistory(storage)
      history.run()
      for _ in 0..<3 {
        storage.crash(seed: random.next())
        storage.stop(afterChanges: Int.random(in: 0..<6, using: &random))
        _ = try? LogFixture.open(storage, options: LogHistory.options)
      }
      storage.crash(seed: random.next())
      try Self.expectIntact(history, storage, "round \(round)")
    }
  }
}
