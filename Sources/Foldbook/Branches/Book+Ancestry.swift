import EventLog
import Events
public import Records

extension Book {
  /// Time stands still on it: it, or a branch it stands on, was forked as of a date.
  public var standsStill: Bool { !horizon.cuts.isEmpty }

  /// The name of the branch whose log the event of a number is in.
  public func branchName(of number: EventSequence) -> String { origin(of: number).name }

  /// The branch whose log the event of a number is in.
  func origin(of number: EventSequence) -> BranchDetails {
    var index = ancestry.count - 1
    while index > 0, let fork = ancestry[index].fork, number <= fork.sequence { index -= 1 }
    guard number.flowed > 0 else { return ancestry[index] }
    // What flows through several live branches comes from the one below them.
    while index > 0, ancestry[index].fork?.mode == .live { index -= 1 }
    return ancestry[index]
  }

  /// Of a point of a live branch: the last event, of whatever kind, of the branch whose market data
  /// flows in that is not behind it; null elsewhere.
  public func parentSequence(at number: EventSequence) throws -> EventSequence? {
    try line.flowedSequence(through: number)
  }
}
