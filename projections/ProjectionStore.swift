import Events
import ExactNumbers
import Records

/// The file that holds the tables of one branch.
///
/// The file is derived: delete it at will. It is written by ``catchUp(_:)``, in one transaction, or
/// by ``rebuild(_:)``, into a new file that takes the old one's place. Between two writes it is an
/// ordinary SQLite database in WAL mode, which any number of readers may have open.
///
/// Several processes may do so: a lock file beside it lets one write at a time.
public struct ProjectionStore: Sendable {
  public let path: String
  /// How long somebody else's write is waited for.
  public var secondsToWait: Double

  public init(path: String, secondsToWait: Double = 5) {
    self.path = path
    self.secondsToWait = secondsToWait
  }

  /// Opens the file for one access.
  func open<Result>(
    readOnly: Bool = true, configure: String = "", _ body: (Connection) throws -> Result
  ) throws -> Result {
    do {
      return try Connection.open(
        path, readOnly: readOnly, secondsToWait: secondsToWait, configure: configure, body)
    } catch ProjectionError.storage(_, _, let code, _)
      where readOnly && Connection.cannotOpen(code) && !FileSystem.holdsBytes(path + "-wal")
    {
      // A read-only disk takes no index of a WAL, not even of an absent one. Nothing can change
      // there, and saying so does without.
      return try Connection.open(
        path, readOnly: true, isImmutable: true, secondsToWait: secondsToWait, body)
    }
  }

  /// What can be done with the file.
  public enum Condition: Hashable, Sendable {
    /// It can be read, and caught up from here.
    case usable(ProjectionCheckpoint)
    case needsRebuild(RebuildReason)
  }

  /// Looks at the file, and trusts nothing in it before it is known to be ours.
  ///
  /// Whether its log root is that of the log, only the caller can tell.
  ///
  /// - Throws: ``ProjectionError`` where it is locked, of a newer format, or cannot be read.
  public func condition() throws -> Condition {
    guard FileSystem.exists(path) else { return .needsRebuild(.missing) }
    do {
      return try open { try condition(on: $0) }
    } catch ProjectionError.damaged(_, let reason) {
      return .needsRebuild(.damaged(reason))
    }
  }

  func condition(on rows: Connection) throws -> Condition {
    let identity = try rows.pragma("PRAGMA application_id")
    guard identity == String(ProjectionCatalog.applicationID) else {
      return .needsRebuild(.foreign)
    }
    let format = try rows.pragma("PRAGMA user_version").flatMap { Int64($0) } ?? 0
    guard format <= ProjectionCatalog.format else {
      throw ProjectionError.newerFormat(
        path: path, found: format, known: ProjectionCatalog.format)
    }
    guard format == ProjectionCatalog.format, let meta = try Meta(reading: rows) else {
      return .needsRebuild(.foreign)
    }
    for name in ProjectionCatalog.names
    where meta.versions[name] != ProjectionCatalog.fingerprints[name] {
      return .needsRebuild(.projectorChanged(name: name))
    }
    guard meta.followsHead else { return .needsRebuild(.fixedPoint) }
    return .usable(meta.checkpoint)
  }

  /// What a catch-up did.
  public struct Outcome: Hashable, Sendable {
    public var checkpoint: ProjectionCheckpoint
    /// How many events were new to the tables.
    public var events: Int
    /// Rows whose parent is missing, as `table -> parent`. Only a rebuild looks for them.
    public var orphans: [String] = []
    /// Of calculations that no longer meet their digest, the first row that changed. Only a rebuild
    /// looks for them.
    public var differences: [RowDifference] = []
  }

  /// Brings the tables to a head, in one transaction.
  ///
  /// A file that stands there already is left alone; one that another process has brought further
  /// is, too.
  ///
  /// - Throws: ``ProjectionError/needsRebuild(path:reason:)`` where the file cannot be caught up,
  ///   another ``ProjectionError``, or what the change's events throw. The file is as it was.
  public func catchUp(_ change: ProjectionChange) throws -> Outcome {
    // Looked at without a lock first: where nothing is to be done, nothing has to be writable.
    if case .usable(let checkpoint) = try condition(), checkpoint == change.checkpoint {
      return Outcome(checkpoint: checkpoint, events: 0)
    }
    guard FileSystem.exists(path) else {
      throw ProjectionError.needsRebuild(path: path, reason: .missing)
    }
    return try WriterLock.held(beside: path, secondsToWait: secondsToWait) {
      try open(readOnly: false, configure: Self.liveSettings) { rows in
        try rows.transaction { try catchUp(change, on: rows) }
      }
    }
  }

  private func catchUp(_ change: ProjectionChange, on rows: Connection) throws -> Outcome {
    let checkpoint: ProjectionCheckpoint
    switch try condition(on: rows) {
    case .needsRebuild(let reason): throw ProjectionError.needsRebuild(path: path, reason: reason)
    case .usable(let found): checkpoint = found
    }
    func refuse(_ reason: RebuildReason) -> ProjectionError {
      .needsRebuild(path: path, reason: reason)
    }
    guard checkpoint.branch == change.branch else {
      throw refuse(.otherBranch(found: checkpoint.branch))
    }
    if checkpoint.sequence > change.head || checkpoint == change.checkpoint {
      return Outcome(checkpoint: checkpoint, events: 0)
    }
    guard checkpoint.sequence < change.head || checkpoint.logRoot == change.logRoot else {
      throw refuse(.otherHistory(checkpoint.sequence))
    }
    guard checkpoint.cut <= change.cut else { throw refuse(.earlierCut) }
    var catchUp = CatchUp(change, on: rows, from: checkpoint, isLive: true)
    do {
      let count = try catchUp.run(after: checkpoint.sequence)
      return Outcome(checkpoint: change.checkpoint, events: count)
    } catch ProjectionError.refusedRow(_, let message) where message.hasPrefix("UNIQUE") {
      // A rebuild makes the index without its promise: see `createIndexes(of:)`.
      throw refuse(.namesMeet(message))
    }
  }

  /// Rows of a forgotten person must not linger in freed pages: hence `secure_delete`. A loss of
  /// power may lose the last catch-ups with `synchronous = NORMAL`, and never half of one.
  static let liveSettings = """
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON
    """
}

/// What a file of tables says about itself.
struct Meta {
  var checkpoint: ProjectionCheckpoint
  var followsHead: Bool
  /// The fingerprint of each projector that wrote it.
  var versions: [String: String] = [:]

  /// Null where it says nothing, or not enough: then it is not one of ours, or was never finished.
  init?(reading rows: Connection) throws {
    guard try !rows.columns(of: "projection_meta").isEmpty else { return nil }
    var values: [String: String] = [:]
    try rows.statement("SELECT key, value FROM projection_meta")
      .rows { values[$0.text(0)] = $0.text(1) }
    guard let branch = values["branch"], let root = values["log_root"],
      let sequence = values["last_seq"].flatMap({ UInt64($0) }),
      let cut = values["as_of"].flatMap({ Instant(asOf: $0) })
    else { return nil }
    checkpoint = ProjectionCheckpoint(
      branch: branch, sequence: EventSequence(sequence), logRoot: root, cut: cut)
    followsHead = values["follows_head"] == "1"
    for (key, value) in values where key.hasPrefix("version.") {
      versions[String(key.dropFirst("version.".count))] = value
    }
  }
}

extension Instant {
  /// The cut of an empty book lies before every time that has a name.
  fileprivate init?(asOf text: String) {
    if text == Instant.distantPast.description {
      self = .distantPast
    } else {
      self.init(text)
    }
  }
}
