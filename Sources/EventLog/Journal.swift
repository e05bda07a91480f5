import Records
import Synchronization

/// The journal as far as it has been read: an open file, and the rows of its valid frames.
///
/// A value: one that was taken earlier still shows what was there then.
struct Journal: Sendable {
  var file: any StorageFile
  let path: String
  let header: JournalHeader
  private(set) var rows: JournalRows
  /// How many of the rows count.
  private(set) var count = 0
  /// Where the next frame goes.
  private(set) var end = UInt64(JournalHeader.byteCount)
  private(set) var nextOrdinal: UInt64 = 0
  private(set) var previousChecksum: UInt64

  init(_ file: any StorageFile, _ header: JournalHeader, path: String) {
    self.file = file
    self.path = path
    self.header = header
    rows = JournalRows(base: header.base)
    previousChecksum = header.checksum
  }

  /// The same journal for a reader that goes on by itself, with rows of its own.
  func detached(_ file: any StorageFile) -> Journal {
    var journal = self
    journal.file = file
    journal.rows = JournalRows(base: base)
    let records = rows.records(from: base, limit: count, count: count)
    journal.rows.extend(records, ids: records.map { $0.record.idText() }, from: 0)
    return journal
  }

  var base: EventSequence { header.base }
  /// The last event, or the one before the base.
  var head: EventSequence { EventSequence(header.base.rawValue - 1).advanced(by: count) }
  var rowBytes: UInt64 { end - UInt64(JournalHeader.byteCount) }

  /// Takes in a frame that stands, synced, at ``end``.
  mutating func extend(
    _ records: [SequencedRecord], ids: [String]? = nil, frameBytes: Int, checksum: UInt64
  ) {
    rows.extend(records, ids: ids ?? records.map { $0.record.idText() }, from: count)
    count += records.count
    end += UInt64(frameBytes)
    nextOrdinal += 1
    previousChecksum = checksum
  }

  func record(at sequence: EventSequence) -> SequencedRecord? {
    guard sequence >= base, sequence <= head else { return nil }
    return rows.records(from: sequence, limit: 1, count: count).first
  }

  func sequence(ofID id: String) -> EventSequence? {
    rows.sequence(ofID: id).flatMap { $0 <= head ? $0 : nil }
  }
}

/// The rows of one journal, in memory. It only grows, so that a ``Journal`` can be a count of it.
final class JournalRows: Sendable {
  private struct Content {
    var records: [SequencedRecord] = []
    var sequences: [String: EventSequence] = [:]
  }
  private let base: EventSequence
  private let content = Mutex(Content())

  init(base: EventSequence) { self.base = base }

  /// Adds rows behind the first `count`. What is behind those was read before an error, and never
  /// shown to anyone.
  func extend(_ records: [SequencedRecord], ids: [String], from count: Int) {
    content.withLock { content in
      precondition(content.records.count >= count, "frames are taken in one after another")
      if content.records.count > count {
        let first = base.advanced(by: count)
        content.sequences = content.sequences.filter { $0.value < first }
        content.records.removeSubrange(count...)
      }
      content.records += records
      // The first sequence of an id is the one that answers for it.
      for (record, id) in zip(records, ids) where content.sequences[id] == nil {
        content.sequences[id] = record.sequence
      }
    }
  }

  func records(from sequence: EventSequence, limit: Int, count: Int) -> [SequencedRecord] {
    let start = Int(sequence.rawValue - base.rawValue)
    guard start < count else { return [] }
    return content.withLock { Array($0.records[start..<min(count, start + limit)]) }
  }

  func sequence(ofID id: String) -> EventSequence? { content.withLock { $0.sequences[id] } }
}

extension Journal {
  /// What stands behind the last valid frame, and where.
  struct Tail {
    var finding: RecoveryFinding
    var place: LogDamage
    var bytes: UInt64
  }

  /// Takes in the valid frames behind ``end``, and says what follows them if anything does.
  mutating func readOn(
    _ context: LogContext
  ) throws(StorageError) -> Tail? {
    let size = try file.size()
    while end < size {
      let left = size - end
      let headerBytes = try context.read(file, at: end, count: JournalFrameHeader.byteCount)
      guard headerBytes.count == JournalFrameHeader.byteCount else {
        return tail(.journalTailShort, left, "the frame's header is cut short")
      }
      let frame: JournalFrameHeader
      do throws(BlockError) {
        frame = try JournalFrameHeader(decoding: headerBytes)
      } catch {
        if let behind = try validFrame(after: end, context, size) {
          return tail(.journalFrameBad, left, "\(error); a valid frame follows at byte \(behind)")
        }
        let lost = headerBytes.allSatisfy { $0 == 0 }
        return tail(
          lost ? .journalTailSectorLost : .journalTailBad, left,
          lost ? "the frame's header was never written" : "\(error)", offsetInFrame: error.offset)
      }
      if let reason = misplacement(of: frame) {
        return tail(.journalFrameMisplaced, left, reason, count: frame.count)
      }
      guard UInt64(frame.totalLength) <= left else {
        return tail(
          .journalTailShort, left,
          "the frame has \(frame.totalLength) bytes, the file \(left) from there",
          count: frame.count)
      }
      let bodyLength = frame.totalLength - JournalFrameHeader.byteCount
      let body = try context.read(
        file, at: end + UInt64(JournalFrameHeader.byteCount), count: bodyLength)
      do throws(BlockError) {
        guard body.count == bodyLength else {
          throw .truncated(field: "frame", offset: 0, have: body.count, need: bodyLength)
        }
        let records = try JournalFrame.decode(body, frame)
        extend(
          records, frameBytes: frame.totalLength,
          checksum: JournalFrameHeader.checksum(in: headerBytes))
      } catch {
        if let behind = try validFrame(after: end, context, size) {
          return tail(
            .journalFrameBad, left, "\(error); a valid frame follows at byte \(behind)",
            count: frame.count)
        }
        let zeros = JournalFrame.zeroPieces(in: headerBytes + body, at: end)
        return tail(
          zeros > frame.zeroPieces ? .journalTailSectorLost : .journalTailBad, left, "\(error)",
          count: frame.count)
      }
    }
    return nil
  }

  /// Why a frame that holds in itself does not belong at ``end``; null where it does.
  private func misplacement(of frame: JournalFrameHeader) -> String? {
    if frame.identity != header.identity {
      return "the frame is of log \(frame.identity), this is \(header.identity)"
    }
    if frame.epoch != header.epoch {
      return "the frame is of epoch \(frame.epoch), the journal of \(header.epoch)"
    }
    if frame.ordinal != nextOrdinal {
      return "the frame has ordinal \(frame.ordinal), expected \(nextOrdinal)"
    }
    if frame.first != head.next {
      return "the frame begins with event #\(frame.first), expected #\(head.next)"
    }
    if frame.previousChecksum != previousChecksum {
      return "the frame does not follow the one before it"
    }
    return nil
  }

  /// Where a frame of this journal begins behind `offset`, if one does.
  private func validFrame(
    after offset: UInt64, _ context: LogContext, _ size: UInt64
  ) throws(StorageError) -> UInt64? {
    let step = UInt64(JournalFrameHeader.alignment)
    var start = (offset / step + 1) * step
    while start + step <= size {
      let chunk = try context.read(file, at: start, count: Int(min(size - start, 1 << 20)))
      var index = 0
      while index + JournalFrameHeader.byteCount <= chunk.count {
        if chunk[index..<(index + 4)].elementsEqual(JournalFrameHeader.magic) {
          let bytes = Array(chunk[index..<(index + JournalFrameHeader.byteCount)])
          if let frame = try? JournalFrameHeader(decoding: bytes),
            frame.identity == header.identity, frame.epoch == header.epoch
          {
            return start + UInt64(index)
          }
        }
        index += Int(step)
      }
      start += UInt64(max(index, Int(step)))
    }
    return nil
  }

  private func tail(
    _ finding: RecoveryFinding, _ bytes: UInt64, _ reason: String, count: Int? = nil,
    offsetInFrame: Int = 0
  ) -> Tail {
    let first = head.next
    return Tail(
      finding: finding,
      place: LogDamage(
        file: path, offset: end + UInt64(max(0, offsetInFrame)),
        sequences: first...(count.map { first.advanced(by: $0 - 1) } ?? first), reason: reason),
      bytes: bytes)
  }
}
