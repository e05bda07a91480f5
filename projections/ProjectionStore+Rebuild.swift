import GRDB
import Records

extension ProjectionStore {
  /// Makes all tables anew and puts them in the old ones' place.
  ///
  /// Readers go on with what they have open and see the new tables the next time they ask.
  ///
  /// - Throws: ``ProjectionError``, or what the change's events throw. The old file is as it was.
  public func rebuild(_ change: ProjectionChange) throws -> Outcome {
    try WriterLock.held(beside: path, secondsToWait: secondsToWait) {
      let new = path + "-new"
      defer { Self.sidecars(of: new).forEach { try? FileSystem.remove($0) } }
      var outcome = try Self.make(at: new, change, followsHead: true)
      outcome.differences = differences(from: new)
      try take(new)
      return outcome
    }
  }

  /// Makes the tables of a point on the two clocks in a file of its own, which is never caught up.
  ///
  /// - Throws: As ``rebuild(_:)``; no file is left behind then.
  public static func build(at path: String, _ change: ProjectionChange) throws -> Outcome {
    try make(at: path, change, followsHead: false)
  }

  private static func make(
    at path: String, _ change: ProjectionChange, followsHead: Bool
  ) throws -> Outcome {
    try sidecars(of: path).forEach { try FileSystem.remove($0) }
    do {
      // A file that fails is thrown away, so nothing has to survive a crash. A journal in memory is
      // for one statement: a unique index that cannot be made has to leave nothing behind. Of pages
      // new in the transaction, which all are, it holds nothing else.
      let settings = """
        PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA cache_size = -\(cacheKibibytes)
        """
      return try Connection.open(path, readOnly: false, secondsToWait: 0, configure: settings) {
        rows in
        let outcome = try rows.transaction {
          try fill(rows, change, followsHead: followsHead)
        }
        try check(rows)
        // Says in the file's header that it is to be opened with a WAL; closing it leaves none.
        if followsHead { try rows.execute("PRAGMA journal_mode = WAL") }
        return outcome
      }
    } catch {
      sidecars(of: path).forEach { try? FileSystem.remove($0) }
      throw error
    }
  }

  private static func fill(
    _ rows: Connection, _ change: ProjectionChange, followsHead: Bool
  ) throws -> Outcome {
    let schemas =
      [Schema(PackageResources.checkpoint_sql)]
      + ProjectionCatalog.projectors.map { Schema($0.schema) }
    try rows.createTables(of: schemas)
    var catchUp = CatchUp(change, on: rows, from: nil, isLive: followsHead)
    let count = try catchUp.run(after: .zero)
    try rows.createIndexes(of: schemas)
    let orphans = try orphans(in: rows)
    // Last, so that a file that was not finished is not taken for one that was.
    try rows.execute(
      """
      PRAGMA application_id = \(ProjectionCatalog.applicationID);
      PRAGMA user_version = \(ProjectionCatalog.format)
      """)
    return Outcome(checkpoint: change.checkpoint, events: count, orphans: orphans)
  }

  private static func orphans(in rows: Connection) throws -> [String] {
    var orphans: Set<String> = []
    try rows.statement(#"SELECT "table", parent FROM pragma_foreign_key_check"#)
      .rows { orphans.insert("\($0.text(0)) -> \($0.text(1))") }
    return orphans.sorted()
  }

  private static func check(_ rows: Connection) throws {
    let finding = try rows.pragma("PRAGMA integrity_check(1)") ?? "no answer"
    guard finding == "ok" else {
      throw ProjectionError.damaged(path: rows.path, reason: finding)
    }
  }

  /// Puts a finished file in this one's place.
  ///
  /// A WAL belongs to its database by name alone, so a file must never be renamed over one whose
  /// WAL may be in use. Leaving WAL mode needs the old file to itself: when that succeeds there is
  /// no WAL, and the new file is renamed over it. When readers are connected it does not, and the
  /// new pages are written through the old file's WAL instead, in one transaction of SQLite's
  /// backup, so that each reader sees the one or the other.
  private func take(_ new: String) throws {
    var isAlone = true
    if FileSystem.exists(path) {
      do {
        isAlone = try Connection.open(path, readOnly: false, secondsToWait: 0.2) { rows in
          try rows.pragma("PRAGMA journal_mode = DELETE") == "delete"
        }
      } catch ProjectionError.locked {
        isAlone = false
      } catch ProjectionError.damaged, ProjectionError.storage {
        // Nothing in it can be of use to anyone.
        try Self.sidecars(of: path).dropFirst().forEach { try FileSystem.remove($0) }
      }
    }
    if isAlone {
      try FileSystem.replace(path, with: new)
    } else {
      try copy(new)
    }
  }

  private func copy(_ new: String) throws {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(secondsToWait)
      let source = try DatabaseQueue(path: new, configuration: configuration)
      defer { try? source.close() }
      let target = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? target.close() }
      try source.backup(to: target)
    } catch let error as DatabaseError {
      throw ProjectionError(error, path: path, operation: "replace")
    }
  }

  static func sidecars(of path: String) -> [String] {
    ["", "-journal", "-wal", "-shm"].map { path + $0 }
  }

  /// Page cache of a rebuild.
  private static let cacheKibibytes = 32_768
}
