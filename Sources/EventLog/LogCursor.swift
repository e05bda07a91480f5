public import Records

/// Reads the events of a log in sequence order, as the log was when the cursor was made.
///
/// It passes by whole blocks where their headers show that nothing in them is wanted, and reads
/// only the columns of wanted kinds. It holds no more than one block in memory, needs no lock, and
/// goes on reading what it saw while others append, pack and seal.
public struct LogCursor: Sendable {
  private let context: LogContext
  private let view: LogView
  private let filter: LogFilter
  /// Events behind the view: what an append has so far, not yet written.
  private let pending: [SequencedRecord]
  private let through: EventSequence
  /// Where the log is damaged behind what can be read; thrown when the cursor gets there.
  private let damageAtEnd: LogDamage?
  /// The next sequence that is not in the buffer, nor was.
  private var ahead: EventSequence
  private var buffer: [SequencedRecord] = []
  private var index = 0

  init(
    _ context: LogContext, _ view: LogView, _ filter: LogFilter, from: EventSequence,
    through: EventSequence?, pending: [SequencedRecord] = []
  ) {
    self.context = context
    self.view = view
    self.filter = filter
    self.pending = pending
    let head = pending.last?.sequence ?? view.head
    self.through = min(through ?? head, head)
    // Who asks for more than is there, or for all there is, must learn that it was not all.
    let isAllWanted = through.map { $0 > head } ?? true
    damageAtEnd = isAllWanted && pending.isEmpty ? view.damageBehindHead : nil
    ahead = max(from, view.first)
  }

  /// The next event that passes the filter; null at the end.
  ///
  /// - Throws: ``LogError/damaged(_:)`` at the first bytes that do not hold, whatever follows, and
  ///   ``LogError/storage(_:)``. The cursor stays where it is.
  public mutating func next() throws(LogError) -> SequencedRecord? {
    while true {
      if index < buffer.count {
        defer { index += 1 }
        return buffer[index]
      }
      guard ahead <= through else {
        if let damageAtEnd { throw .damaged(damageAtEnd) }
        return nil
      }
      try fill()
    }
  }

  /// Puts what is wanted of the next block, or of some rows of the journal, into the buffer.
  private mutating func fill() throws(LogError) {
    if let pieceIndex = view.pieceIndex(of: ahead) {
      switch view.pieces[pieceIndex] {
      case .hole(_, let damage): throw .damaged(damage)
      case .segment(let segment):
        let block = segment.blockIndex(of: ahead)
        let records = try wanted(of: segment, block)
        (buffer, index, ahead) = (records, 0, segment.blocks[block].last.next)
      }
      return
    }
    let rows: [SequencedRecord]
    if let journal = view.journal, ahead <= journal.head, ahead >= journal.base {
      rows = journal.rows.records(from: ahead, limit: 512, count: journal.count)
    } else if let first = pending.first?.sequence, ahead >= first {
      rows = Array(pending[Int(ahead.rawValue - first.rawValue)...])
    } else {
      preconditionFailure("every sequence up to the head is in a piece, the journal, or pending")
    }
    guard let last = rows.last?.sequence else {
      preconditionFailure("the journal has the rows it counts")
    }
    buffer = rows.filter {
      $0.sequence <= through && filter.admits($0.record, context.registry[$0.record.kind])
    }
    (index, ahead) = (0, last.next)
  }

  private func wanted(of segment: Segment, _ block: Int) throws(LogError) -> [SequencedRecord] {
    let header = try segment.blockHeader(block, context)
    let kinds = filter.wantedKinds(header)
    guard !kinds.isEmpty else {
      context.counters.count { $0.blocksSkipped += 1 }
      return []
    }
    let reader = try segment.blockReader(block, context)
    context.counters.count {
      $0.blocksRead += 1
      $0.groupsSkipped += header.kinds.count - kinds.count
    }
    let isWhole = kinds.count == header.kinds.count
    let records = try segment.damageReported(block) { () throws in
      try reader.records(kinds: isWhole ? nil : kinds)
    }
    let traits = Dictionary(uniqueKeysWithValues: header.kinds.map { ($0.kind, $0.traits) })
    return records.filter {
      $0.sequence >= ahead && $0.sequence <= through
        && filter.admits($0.record, traits[$0.record.kind])
    }
  }
}
