import Records
import Synchronization

/// Finds the events of a segment by the hashes of their ids. Derived: it can be deleted, and is
/// made again from the blocks. All integers are little-endian.
///
/// The file `summaries/<first sequence, 20 digits>.ids`:
///
///     0    8   "FBIDS1" and two zero bytes
///     8    4   u32 version: 1
///     12   4   u32 zero
///     16   16  identity of the log
///     32   8   u64 first sequence of the segment
///     40   16  zero
///     56   8   u64 checksum of the 56 bytes before
///
/// Then, for each block of the segment, a run:
///
///     0    4   "FBRN"
///     4    4   u32 count of events n
///     8    4   u32 length of the filter
///     12   4   u32 zero
///     16   8   u64 tag of the block
///     24   8   u64 checksum of the filter
///     32   8   u64 checksum of the entries
///     40   8   u64 checksum of the 40 bytes before
///     48       the filter (``BloomFilter``) of the hashes, made for twice as many
///              entries: n × u32, the upper halves of the hashes, ascending; then n × u16, the
///              event's place in its block
final class IDTable: Sendable {
  /// What is known of one block's ids.
  struct Run: Sendable {
    var tag: UInt64
    var count: Int
    var filter: BloomFilter
    var entries: Entries

    enum Entries: Sendable {
      case file(offset: UInt64, checksum: UInt64)
      case memory(keys: [UInt32], rows: [UInt16])
    }
  }

  struct Content {
    var runs: [Run] = []
    /// Where the file's valid runs end; null where there is no file to add to.
    var fileEnd: UInt64?
    var lastRead: (tag: UInt64, keys: [UInt32], rows: [UInt16])?
  }

  static let magic = Array("FBIDS1\0\0".utf8)
  static let runMagic = Array("FBRN".utf8)
  static let headerByteCount = 64
  static let runHeaderByteCount = 48
  static let entryByteCount = 6

  let context: LogContext
  let first: EventSequence
  let path: String
  private let content = Mutex(Content())

  init(_ context: LogContext, first: EventSequence) {
    self.context = context
    self.first = first
    path = context.tablePath(first)
  }

  /// The first `count` blocks that may hold an id with this hash.
  func candidates(_ hash: UInt64, among count: Int) -> [Int] {
    content.withLock { content in
      content.runs.prefix(count).indices.filter { content.runs[$0].filter.mayContain(hash) }
    }
  }

  /// Places in a block of events whose id may have this hash.
  func rows(_ hash: UInt64, block: Int, of segment: Segment) throws(LogError) -> [Int] {
    guard let run = content.withLock({ $0.runs.indices.contains(block) ? $0.runs[block] : nil })
    else { return [] }
    let (keys, rows) = try entries(of: run, block: block, of: segment)
    let key = Self.key(hash)
    var found: [Int] = []
    var index = partition(keys.indices) { keys[$0] < key }
    while index < keys.count, keys[index] == key {
      found.append(Int(rows[index]))
      index += 1
    }
    return found.sorted()
  }

  /// The entries of a block, from memory if they were read last: what is sent again comes in the
  /// order in which it was sent first.
  private func entries(
    of run: Run, block: Int, of segment: Segment
  ) throws(LogError) -> (keys: [UInt32], rows: [UInt16]) {
    if let kept = content.withLock({ $0.lastRead }), kept.tag == run.tag {
      return (kept.keys, kept.rows)
    }
    // Where the table's file does not hold, the block itself does.
    let read: (keys: [UInt32], rows: [UInt16]) =
      if let entries = entries(of: run) { entries } else {
        Self.sorted(try Self.hashes(segment, block, context))
      }
    content.withLock { $0.lastRead = (run.tag, read.keys, read.rows) }
    return read
  }

  /// Makes the table have a run for each block of the segment.
  ///
  /// - Parameters:
  ///   - fresh: Hashes of the last blocks, where the caller has them at hand.
  ///   - mayWrite: The caller holds the log's lock.
  func complete(
    _ segment: Segment, fresh: [Int: [UInt64]] = [:], mayWrite: Bool
  ) throws(LogError) {
    if let last = segment.blocks.last,
      content.withLock({
        $0.runs.count >= segment.blocks.count
          && $0.runs[segment.blocks.count - 1].tag == last.tag
      })
    {
      return
    }
    var content = content.withLock { $0 }
    // Blocks that were cut off since, or come from a bulk append that was given up.
    let agreed = zip(content.runs, segment.blocks).prefix { $0.tag == $1.tag }.count
    if agreed < content.runs.count, agreed < segment.blocks.count {
      content.runs.removeSubrange(agreed...)
      content.fileEnd = content.fileEnd == nil ? nil : content.runs.last?.fileEnd
    }
    if content.runs.count < segment.blocks.count, fresh[content.runs.count] == nil {
      load(&content, blocks: segment.blocks)
    }
    for block in content.runs.count..<max(content.runs.count, segment.blocks.count) {
      let hashes =
        if let known = fresh[block] { known } else {
          try Self.hashes(segment, block, context)
        }
      var run = Self.run(hashes, tag: segment.blocks[block].tag)
      if mayWrite { write(&run, &content) }
      content.runs.append(run)
    }
    let completed = content
    self.content.withLock { $0 = completed }
  }

  private static func hashes(
    _ segment: Segment, _ block: Int, _ context: LogContext
  ) throws(LogError) -> [UInt64] {
    let reader = try segment.blockReader(block, context)
    return try segment.damageReported(block) { () throws in try reader.idHashes() }
  }

  private static func key(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  private static func sorted(_ hashes: [UInt64]) -> ([UInt32], [UInt16]) {
    // Key and row in one word, so that sorting compares words.
    let words = hashes.enumerated().map { UInt64(key($0.element)) << 32 | UInt64($0.offset) }
      .sorted()
    return (
      words.map { UInt32($0 >> 32) }, words.map { UInt16(truncatingIfNeeded: $0) }
    )
  }

  private static func run(_ hashes: [UInt64], tag: UInt64) -> Run {
    let (keys, rows) = sorted(hashes)
    // Lookups ask the filters of many blocks, and each false yes costs a read.
    var filter = BloomFilter(keyCount: 2 * hashes.count)
    for hash in hashes { filter.insert(hash) }
    return Run(
      tag: tag, count: hashes.count, filter: filter, entries: .memory(keys: keys, rows: rows))
  }
}

/// The tables that are in use.
final class IDTables: Sendable {
  private static let most = 8
  private let tables = Mutex<[(first: EventSequence, table: IDTable)]>([])

  /// The table of a segment; the one used longest ago makes room.
  func table(_ segment: Segment, _ context: LogContext) -> IDTable {
    tables.withLock { tables in
      if let index = tables.firstIndex(where: { $0.first == segment.first }) {
        let entry = tables.remove(at: index)
        tables.append(entry)
        return entry.table
      }
      if tables.count >= Self.most { tables.removeFirst() }
      let table = IDTable(context, first: segment.first)
      tables.append((segment.first, table))
      return table
    }
  }

  func forget(_ first: EventSequence) {
    tables.withLock { $0.removeAll { $0.first == first } }
  }
}
