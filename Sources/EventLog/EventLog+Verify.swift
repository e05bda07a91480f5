public import Records

/// What verifying a log found.
public struct VerifyReport: Hashable, Sendable {
  /// All damage, in the order of the log. Empty for a sound log.
  public var findings: [LogDamage] = []
  /// Unfinished writes and other notes that are no damage.
  public var notes: [RecoveryNote] = []
  public var segments = 0
  public var blocks = 0
  /// Commits in the journal.
  public var frames = 0
  /// Events that were read and found sound.
  public var events: UInt64 = 0
  public var head: EventSequence = .zero
  /// The log's root at ``head``; null where damage keeps it from being worked out.
  public var logRoot: Digest?

  public var isSound: Bool { findings.isEmpty }

  public init() {}
}

extension EventLog {
  /// Checks everything on disk anew, to the end, whatever it finds.
  ///
  /// Every stored byte is under a checksum, and all of these are checked. Deep verification also
  /// reads every event, and recomputes leaves, roots, zone maps and filters from the events.
  ///
  /// - Parameter progress: Called now and then with the number of events done so far.
  /// - Throws: ``LogError/storage(_:)`` only; damage is in the report.
  public func verify(
    deep: Bool, progress: (_ eventsDone: UInt64) -> Void = { _ in }
  ) throws(LogError) -> VerifyReport {
    // Nothing that was read before is believed: a context of its own, without anything cached.
    let fresh = LogContext(
      path: context.path, identity: context.identity, registry: context.registry,
      storage: context.storage, options: context.options)
    let view = try Self.scan(fresh, .readOnly, lock, watermark: max(watermark, head))
    var verification = LogVerification(fresh, view, deep: deep)
    try asLogError { () throws in try verification.run(progress) }
    return verification.report
  }
}
