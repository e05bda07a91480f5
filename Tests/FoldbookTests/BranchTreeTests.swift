import EventLog
import FaultInjection
import FoundationEssentials
import TestSupport
import Testing

/// Random trees of branches against a model that copies whole books.
///
/// `FOLDBOOK_SEED` replays one tree, and `FOLDBOOK_EXHAUSTIVE=1` runs 1,000.
@Suite("A tree of branches")
struct BranchTreeTests {
  static var seeds: [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["FOLDBOOK_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    let count: UInt64 = environment["FOLDBOOK_EXHAUSTIVE"] == "1" ? 1_000 : 20
    return (0..<count).map { 90_000 + $0 }
  }

  @Test("agrees with a model that copies whole books", arguments: seeds)
  func agreement(seed: UInt64) throws {
    let tree = try Self.grown(BranchTree(seed: seed, storage: FaultyStorage()))
    #expect(tree.disagreement == nil)
  }

  @Test("agrees with it on a disk", arguments: seeds.prefix(2))
  func onDisk(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let tree = try Self.grown(
      BranchTree(seed: seed, at: folder.path + "/book", storage: DiskStorage()))
    #expect(tree.disagreement == nil)
  }

  @Test("a move that is broken off leaves each branch as before or as after", arguments: seeds)
  func crashes(seed: UInt64) throws {
    let storage = FaultyStorage()
    // Without equal recorded times, since the clock goes on between the attempts.
    var tree = try BranchTree(seed: seed * 4, storage: storage)
    for _ in 0..<30 { try tree.step() }
    for _ in 0..<3 { try tree.breakOff(storage) }
    #expect(tree.disagreement == nil)
  }

  private static func grown(_ begun: BranchTree) throws -> BranchTree {
    var tree = begun
    for step in 1...70 {
      try tree.step()
      if step % 10 == 0 { try tree.compare() }
    }
    try tree.compareReopened()
    return tree
  }
}
