public import EventLog

extension Book {
  /// Holds the branch's own log against its checks, and what it stands on against what it was
  /// forked from.
  ///
  /// - Parameter deep: Also every leaf, root, zone map and filter, from the events up.
  public func verify(
    deep: Bool, progress: (_ eventsDone: UInt64) -> Void = { _ in }
  ) throws -> VerifyReport {
    try line.refresh()
    var report = try log.verify(deep: deep, progress: progress)
    if let inheritedDamage { report.findings.insert(inheritedDamage, at: 0) }
    return report
  }
}
