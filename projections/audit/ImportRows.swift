import Events
import ExactNumbers
import Records

/// The rows of `imports`: how many events each import brought in, and which.
struct ImportRows {
  private struct Import {
    var fileName: String
    var count: Int64
    var first: EventSequence
    var last: EventSequence
    /// Recorded time of the first.
    var recorded: Instant
  }

  /// By the correlation id of their events.
  private var imports: [String: Import] = [:]

  /// An import's source is `/imports/<format>/<percent-encoded file name>`.
  private static let sourcePrefix = "/imports/"

  mutating func add(_ event: Event) {
    guard event.source.hasPrefix(Self.sourcePrefix), let id = event.correlation else { return }
    let (sequence, recorded) = event.place
    if imports[id] != nil {
      imports[id]?.count += 1
      imports[id]?.last = sequence
    } else {
      imports[id] = Import(
        fileName: fileName(event.source), count: 1, first: sequence, last: sequence,
        recorded: recorded)
    }
  }

  func settle(in context: ProjectionContext) throws(ProjectionError) {
    for (id, new) in imports {
      // What the file holds of an import came before: its first event stays the first.
      try context.rows.statement(
        """
        INSERT INTO imports
          (id, file_name, sha256, events, first_seq, last_seq, created_at, src_seq)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          events = events + excluded.events, last_seq = excluded.last_seq,
          src_seq = excluded.src_seq
        """
      ).run { row in
        row.text(id)
        row.text(new.fileName)
        row.text(id)
        row.integer(new.count)
        row.sequence(new.first)
        row.sequence(new.last)
        row.time(new.recorded)
        row.sequence(new.last)
      }
    }
  }

  private func fileName(_ source: String) -> String {
    let name = source.dropFirst(Self.sourcePrefix.count).drop { $0 != "/" }.dropFirst()
    return name.percentDecoded
  }
}

extension Substring {
  /// The text with each `%41` decoded; what does not decode to UTF-8 is replaced.
  fileprivate var percentDecoded: String {
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == 0x25, digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
