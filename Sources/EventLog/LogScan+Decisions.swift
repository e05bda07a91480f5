import Records

extension LogScan {

  mutating func damage(
    _ finding: RecoveryFinding, _ file: String, _ offset: UInt64,
    _ range: ClosedRange<EventSequence>?, _ reason: String
  ) {
    view.notes.append(
      RecoveryNote(
        finding, LogDamage(file: file, offset: offset, sequences: range, reason: reason)))
  }

  mutating func hole(
    _ finding: RecoveryFinding, _ range: ClosedRange<EventSequence>, _ file: String,
    _ offset: UInt64, _ reason: String
  ) {
    let place = LogDamage(file: file, offset: offset, sequences: range, reason: reason)
    view.notes.append(RecoveryNote(finding, place))
    view.pieces.append(.hole(range, place))
  }

  func listLog() throws -> [String] {
    do throws(StorageError) {
      return try context.storage.list(context.logDirectory)
    } catch {
      if error.isNotFound { throw LogError.notFound(path: context.path) }
      throw error
    }
  }

  mutating func clearLeftOvers(_ names: [String]) throws {
    guard authority != .none else { return }
    for name in names {
      let finding: RecoveryFinding
      if name == "journal.new" {
        finding = .journalNewLeftOver
      } else if SegmentName.sequence(name, suffix: ".seg.tmp") != nil {
        finding = .segmentTemporaryLeftOver
      } else {
        continue
      }
      let path = "\(context.logDirectory)/\(name)"
      if authority == .repairing { try context.storage.remove(path) }
      view.notes.append(
        RecoveryNote(
          finding,
          LogDamage(
            file: path, offset: 0, sequences: nil,
            reason: "it was being written when its writer ended"),
          isDone: authority == .repairing))
    }
  }

  /// A segment without any acknowledged block.
  mutating func setAside(_ first: EventSequence) throws {
    guard authority != .none else { return }
    let path = context.segmentPath(first)
    var note = RecoveryNote(
      .segmentInFlight,
      LogDamage(
        file: path, offset: 0, sequences: nil,
        reason: "none of its events were acknowledged as part of a segment"))
    let file = try context.storage.open(path, .read)
    note.bytes = try file.size()
    if authority == .repairing {
      let kept = try unusedName("cut-\(SegmentName.text(first))-0")
      try context.storage.rename(path, to: kept)
      note.keptIn = kept
      note.isDone = true
    }
    view.notes.append(note)
  }

  /// Cuts a file, and keeps what is cut off. Null where there is no room to keep it.
  func cut(
    _ file: any StorageFile, at offset: UInt64, bytes: UInt64, name: String
  ) throws -> String? {
    var kept: String? = try unusedName(name)
    if let path = kept {
      do throws(StorageError) {
        let copy = try context.storage.open(path, .create)
        var done: UInt64 = 0
        while done < bytes {
          let piece = try context.read(
            file, at: offset + done, count: Int(min(bytes - done, 1 << 20)))
          if piece.isEmpty { break }
          try copy.write(piece, at: done)
          done += UInt64(piece.count)
        }
        try context.sync(copy)
      } catch {
        guard error.isDiskFull else { throw error }
        // A full disk is a likely reason for the write that was cut short: go on without the copy.
        try? context.storage.remove(path)
        kept = nil
      }
    }
    try file.truncate(to: offset)
    try context.sync(file)
    return kept
  }

  func unusedName(_ name: String) throws -> String {
    var path = "\(context.logDirectory)/\(name)"
    var attempt = 1
    while try context.storage.exists(path) {
      path = "\(context.logDirectory)/\(name)-\(attempt)"
      attempt += 1
    }
    return path
  }
}
