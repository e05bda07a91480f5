public import EventLog

extension Book {
  /// Holds the branch's own log and, up to the fork, those it stands on against their checks, and
  /// these against what it was forked from. The counts are of its own log.
  ///
  /// - Parameter deep: Also every leaf, root, zone map and filter, from the events up.
  public func verify(
    deep: Bool, progress: (_ eventsDone: UInt64) -> Void = { _ in }
  ) throws -> VerifyReport {
    try refresh()
    var report = try log.verify(deep: deep, progress: progress)
    for (log, last) in line.inherited {
      report.findings += try log.verify(deep: deep).findings.filter { damage in
        damage.sequences.map { $0.lowerBound <= last } ?? true
      }
    }
    if let inheritedDamage, !report.findings.contains(inheritedDamage) {
      report.findings.append(inheritedDamage)
    }
    return report
  }
}
