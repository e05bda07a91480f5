import GRDBSQLite
import Records

extension ProjectionStore {
  /// Makes the file of a branch that has none from its parent's, as it stands at the fork; from there
  /// it is caught up.
  ///
  /// The parent's file is only read, and whoever reads or writes it goes on.
  ///
  /// - Parameters:
  ///   - parent: The parent's file.
  ///   - fork: Where the parent's tables have to stand, but for their cut, which may be earlier.
  ///   - branch: The name of the branch.
  /// - Returns: False where the parent's file does not stand there, or would not be what a rebuild
  ///   makes: in a what-if branch options that never had a quote have a model's price. This file is
  ///   as it was then.
  public func start(
    from parent: ProjectionStore, at fork: ProjectionCheckpoint, as branch: String
  ) throws -> Bool {
    try WriterLock.held(beside: path, secondsToWait: secondsToWait) {
      guard !FileSystem.exists(path) else { return false }
      let new = path + "-new"
      try Self.sidecars(of: new).forEach { try FileSystem.remove($0) }
      defer { Self.sidecars(of: new).forEach { try? FileSystem.remove($0) } }
      let isStarted = try parent.open { source in
        guard try parent.stands(source, at: fork), try !source.holdsUnquotedOptions() else {
          return false
        }
        // A file that fails is thrown away, so nothing has to survive a crash.
        return try Connection.open(
          new, readOnly: false, secondsToWait: 0, configure: "PRAGMA synchronous = OFF"
        ) { rows in
          try rows.copy(source)
          // The parent may have been caught up between the look and the copy.
          guard try parent.stands(rows, at: fork), try !rows.holdsUnquotedOptions() else {
            return false
          }
          try rows.transaction { try rows.handOver(to: branch, at: fork.sequence) }
          return true
        }
      }
      if isStarted { try FileSystem.replace(path, with: new) }
      return isStarted
    }
  }

  private func stands(_ rows: Connection, at fork: ProjectionCheckpoint) throws -> Bool {
    guard case .usable(let found) = try condition(on: rows) else { return false }
    return found.branch == fork.branch && found.sequence == fork.sequence
      && found.logRoot == fork.logRoot && found.cut <= fork.cut
  }
}

extension Connection {
  /// Takes over every page of another database as it is committed now.
  fileprivate func copy(_ source: Connection) throws(ProjectionError) {
    guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else {
      throw error(sqlite3_errcode(handle), "copy \(source.path) to")
    }
    let step = sqlite3_backup_step(backup, -1)
    let finish = sqlite3_backup_finish(backup)
    guard step == SQLITE_DONE, finish == SQLITE_OK else {
      throw error(step == SQLITE_DONE ? finish : step, "copy \(source.path) to")
    }
  }

  /// What the file says of the branch that it was of.
  fileprivate func handOver(
    to branch: String, at fork: EventSequence
  ) throws(ProjectionError) {
    for (key, value) in [("branch", branch), ("fork_seq", String(fork.rawValue))] {
      try upsert("projection_meta") { row in
        row.text(key)
        row.text(value)
      }
    }
    for table in ["modeling_saves", "modeling_changes", "modeling_session_snapshots"] {
      try statement("DELETE FROM \(table)").run()
    }
  }

  /// Whether an option was held that had no price yet when it was entered.
  fileprivate func holdsUnquotedOptions() throws -> Bool {
    try statement(
      """
      SELECT 1 FROM positions AS position
      WHERE underlying_ticker IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM market_data_cache AS bar
        WHERE bar.ticker = position.ticker AND bar.date <= position.entry_date)
      LIMIT 1
      """
    ).first { _ in true } != nil
  }
}
