public import EventLog

extension Book {
  /// Holds the log against its own checks.
  ///
  /// - Parameter deep: Also every leaf, root, zone map and filter, from the events up.
  public func verify(
    deep: Bool, progress: (_ eventsDone: UInt64) -> Void = { _ in }
  ) throws -> VerifyReport {
    try log.refresh()
    return try log.verify(deep: deep, progress: progress)
  }
}
