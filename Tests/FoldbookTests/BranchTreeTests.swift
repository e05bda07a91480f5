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
  /// In each group of seeds everything is to happen.
  static var groups: [[UInt64]] {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["FOLDBOOK_SEED"].flatMap({ UInt64($0) }) { return [[seed]] }
    guard environment["FOLDBOOK_EXHAUSTIVE"] == "1" else { return [Array(90_000..<90_020)] }
    return (0..<10).map { group in (0..<100).map { 90_000 + group * 100 + $0 } }
  }

  @Test("agrees with a model that copies whole books", arguments: groups)
  func agreement(seeds: [UInt64]) throws {
    var counts: [String: Int] = [:]
    for seed in seeds {
      let tree = try Self.grown(BranchTree(seed: seed, storage: FaultyStorage()))
      #expect(tree.disagreement == nil)
      counts.merge(tree.counts, uniquingKeysWith: +)
    }
    guard seeds.count > 1 else { return }
    Self.expect(
      [
        "append", "append refused", "fork", "fork with a cut", "rebase", "rebase conflict",
        "promote", "promote refused", "delete", "delete refused", "end", "seal", "state",
      ], in: counts)
    // Where the definition says nothing, nothing is compared.
    let (skipped, compared) = (counts["inconsistent", default: 0], counts["state", default: 0])
    #expect(skipped * 10 < compared, "\(skipped) states were passed by, \(compared) compared")
  }

  @Test("agrees with it on a disk", arguments: groups[0].prefix(2))
  func onDisk(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let tree = try Self.grown(
      BranchTree(seed: seed, at: folder.path + "/book", storage: DiskStorage()))
    #expect(tree.disagreement == nil)
  }

  @Test("a move that is broken off leaves each branch as before or as after", arguments: groups)
  func crashes(seeds: [UInt64]) throws {
    var counts: [String: Int] = [:]
    for seed in seeds {
      let storage = FaultyStorage()
      // Without equal recorded times, since the clock goes on between the attempts.
      var tree = try BranchTree(seed: seed * 4, storage: storage)
      for _ in 0..<30 { try tree.step() }
      for _ in 0..<5 { try tree.breakOff(storage) }
      #expect(tree.disagreement == nil)
      counts.merge(tree.counts, uniquingKeysWith: +)
    }
    guard seeds.count > 1 else { return }
    Self.expect(
      ["fork", "delete", "rebase", "promote"].map { "\($0) broken off" }, in: counts)
  }

  private static func expect(_ kinds: [String], in counts: [String: Int]) {
    for kind in kinds {
      let happened = counts[kind, default: 0]
      #expect(happened > 0, "no \(kind): \(counts.sorted { $0.key < $1.key })")
    }
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
