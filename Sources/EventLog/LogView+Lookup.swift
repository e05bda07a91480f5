import Records

extension LogView {
  /// The first sequence of an id: in the segments by filter, table and block; then in the journal.
  func sequence(
    ofID id: String, _ context: LogContext, mayWrite: Bool
  ) throws(LogError) -> EventSequence? {
    let hash = Checksum.ofID(id)
    for piece in pieces {
      switch piece {
      // An id that may be among damaged events cannot be said to be new.
      case .hole(_, let damage): throw .damaged(damage)
      case .segment(let segment):
        if let found = try segment.sequence(ofID: id, hash, context, mayWrite: mayWrite) {
          return found
        }
      }
    }
    guard let journal else { return nil }
    return journal.sequence(ofID: id)
  }

  /// The first sequences of many ids, segment by segment; ids that are not there are left out.
  func sequences(
    ofIDs ids: [String], _ context: LogContext, mayWrite: Bool
  ) throws(LogError) -> [String: EventSequence] {
    var found: [String: EventSequence] = [:]
    var left = ids.map { (hash: Checksum.ofID($0), id: $0) }.sorted { $0.hash < $1.hash }
    for piece in pieces {
      if left.isEmpty { return found }
      guard case .segment(let segment) = piece else {
        if case .hole(_, let damage) = piece { throw .damaged(damage) }
        continue
      }
      var still: [(hash: UInt64, id: String)] = []
      for entry in left {
        if let sequence = try segment.sequence(
          ofID: entry.id, entry.hash, context, mayWrite: mayWrite)
        {
          found[entry.id] = sequence
        } else {
          still.append(entry)
        }
      }
      left = still
    }
    for entry in left {
      if let sequence = journal?.sequence(ofID: entry.id) { found[entry.id] = sequence }
    }
    return found
  }

  func record(at sequence: EventSequence, _ context: LogContext) throws(LogError) -> Record? {
    if let index = pieceIndex(of: sequence) {
      switch pieces[index] {
      case .hole(_, let damage): throw .damaged(damage)
      case .segment(let segment):
        let records = try segment.blockRecords(segment.blockIndex(of: sequence), context)
        guard let first = records.first?.sequence else { return nil }
        return records[Int(sequence.rawValue - first.rawValue)].record
      }
    }
    return journal?.record(at: sequence)?.record
  }
}

extension Segment {
  func sequence(
    ofID id: String, _ hash: UInt64, _ context: LogContext, mayWrite: Bool
  ) throws(LogError) -> EventSequence? {
    guard try mayContain(id: hash, context) else { return nil }
    let table = context.tables.table(self, context)
    try table.complete(self, mayWrite: mayWrite)
    for block in table.candidates(hash, among: blocks.count) {
      for row in try table.rows(hash, block: block, of: self) {
        // Two ids may share a hash, so the text decides.
        let records = try blockRecords(block, context)
        if records.indices.contains(row), records[row].record.idText() == id {
          return records[row].sequence
        }
      }
    }
    return nil
  }
}
