import FaultInjection
import Records
import Testing

@testable import EventLog

@Suite struct LogRoots {
  /// The root by its definition: blocks as they are cut, the last one as if it ended there.
  private static func root(_ count: Int, blocks: [Int]) -> Digest {
    var leaves: [Digest] = []
    var start = 1
    for length in blocks where start <= count {
      let end = min(start + length - 1, count)
      let records = (start...end).map {
        SequencedRecord(sequence: EventSequence(UInt64($0)), record: LogFixture.record($0))
      }
      leaves.append(
        BlockLeaves.blockLeaf(
          records, identity: LogFixture.identity, registry: LogFixture.registry))
      start = end + 1
    }
    return MerkleTree.root(of: leaves)
  }

  @Test("the root at every sequence is the same however the events are stored")
  func everySequence() throws {
    let storage = FaultyStorage()
    let log = try LogFixture.create(storage)
    var seen: [Digest] = [MerkleTree.emptyRoot]
    func check(_ log: EventLog, _ comment: Comment) throws {
      for (index, root) in seen.enumerated() {
        #expect(try log.logRoot(at: EventSequence(UInt64(index))) == root, comment)
      }
    }
    for number in 1...75 {
      try log.append([LogFixture.record(number)])
      seen.append(try log.logRoot())
      if number == 30 { try log.seal() }
    }
    // 8 events make a block here; sealing cut one after the 30th.
    let blocks = [8, 8, 8, 6] + [Int](repeating: 8, count: 10)
    for (count, root) in seen.enumerated() { #expect(root == Self.root(count, blocks: blocks)) }
    try check(log, "appended")
    try check(try LogFixture.open(storage), "opened again")
    try log.seal()
    try check(log, "sealed")
    try log.append(LogFixture.records(76...140))
    try check(log, "more behind it")
    try log.seal()
    try check(try LogFixture.open(storage), "sealed and opened again")
  }

  @Test("the root inside a bulk append is as if a block ended there")
  func bulk() throws {
    let log = try LogFixture.create(FaultyStorage())
    try log.append(LogFixture.records(1...3))
    try log.append(LogFixture.records(4...60))
    // The journal's three and the bulk's go into blocks of at most 16.
    let blocks = [16, 16, 16, 12]
    for count in 1...60 {
      #expect(try log.logRoot(at: EventSequence(UInt64(count))) == Self.root(count, blocks: blocks))
    }
  }

  @Test("a root outside the log is refused")
  func outside() throws {
    let log = try LogFixture.create(FaultyStorage())
    try log.append(LogFixture.records(1...3))
    #expect(throws: LogError.self) { try log.logRoot(at: EventSequence(4)) }
  }

  @Test(
    "verifying a sound log finds nothing, counts everything, and gives its root",
    arguments: [true, false])
  func sound(deep: Bool) throws {
    let log = try LogFixture.create(FaultyStorage())
    try log.append(LogFixture.records(1...50))
    try log.seal()
    for number in 51...70 { try log.append([LogFixture.record(number)]) }
    var progress: [UInt64] = []
    let report = try log.verify(deep: deep) { progress.append($0) }
    #expect(report.findings == [])
    #expect(report.notes == [])
    #expect(report.events == 70 && report.head == EventSequence(70))
    let root = try log.logRoot()
    #expect(report.logRoot == root)
    #expect(progress.last == 70 && progress == progress.sorted())
  }
}
