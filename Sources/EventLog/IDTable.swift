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

  private struct Content {
    var runs: [Run] = []
    /// Where the file's valid runs end; null where there is no file to add to.
    var fileEnd: UInt64?
  }

  private static let magic = Array("FBIDS1\0\0".utf8)
  private static let runMagic = Array("FBRN".utf8)
  private static let headerByteCount = 64
  private static let runHeaderByteCount = 48
  fileprivate static let entryByteCount = 6

  private let context: LogContext
  private let first: EventSequence
  private let path: String
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
    // Where the table's file does not hold, the block itself does.
    let (keys, rows) =
      if let entries = entries(of: run) { entries } else {
        Self.sorted(try Self.hashes(segment, block, context))
      }
    let key = Self.key(hash)
    var found: [Int] = []
    var index = partition(keys.indices) { keys[$0] < key }
    while index < keys.count, keys[index] == key {
      found.append(Int(rows[index]))
      index += 1
    }
    return found.sorted()
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

  // MARK: File

  /// Reads on in the file: the runs' heads and filters, as far as they fit the segment's blocks.
  private func load(_ content: inout Content, blocks: [BlockPlace]) {
    // A table that cannot be read is as good as none.
    guard let file = try? context.storage.open(path, .read),
      let size = try? file.size(),
      let header = try? context.read(file, at: 0, count: Self.headerByteCount),
      header == encodedHeader()
    else { return }
    guard content.runs.isEmpty || content.fileEnd != nil else { return }
    var offset = content.fileEnd ?? UInt64(Self.headerByteCount)
    content.fileEnd = offset
    for block in blocks[content.runs.count...] {
      guard let head = try? context.read(file, at: offset, count: Self.runHeaderByteCount),
        let (run, length, filterChecksum) = try? Self.decodeRun(head),
        run.tag == block.tag, run.count == block.count
      else { return }
      let filterOffset = offset + UInt64(Self.runHeaderByteCount)
      let entriesOffset = filterOffset + UInt64(length)
      let end = entriesOffset + UInt64(run.count * Self.entryByteCount)
      guard end <= size, let bytes = try? context.read(file, at: filterOffset, count: length),
        Checksum.of(bytes) == filterChecksum, let filter = BloomFilter(bytes: bytes),
        case .file(_, let checksum) = run.entries
      else { return }
      content.runs.append(
        Run(
          tag: run.tag, count: run.count, filter: filter,
          entries: .file(offset: entriesOffset, checksum: checksum)))
      offset = end
      content.fileEnd = offset
    }
  }

  private func encodedHeader() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.headerByteCount)
    writer.raw(Self.magic)
    writer.u32(UInt32(FormatLimits.version))
    writer.u32(0)
    writer.raw(context.identity.bytes)
    writer.u64(first.rawValue)
    writer.zeros(16)
    writer.u64(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// The run without its filter, the filter's length and checksum.
  private static func decodeRun(_ bytes: [UInt8]) throws(BlockError) -> (Run, Int, UInt64) {
    var reader = ByteReader(bytes)
    let body = try reader.range(40, "run header")
    let stored = try reader.u64("run checksum")
    let computed = Checksum.of(bytes[body])
    guard stored == computed else {
      throw .checksum(field: "run header", offset: 0, stored: stored, computed: computed)
    }
    reader = ByteReader(bytes)
    guard try reader.raw(4, "run magic") == runMagic else {
      throw .mismatch(field: "run magic", offset: 0, expected: "FBRN", found: "other bytes")
    }
    let count = try reader.count("count", most: FormatLimits.blockRecordsMax)
    let filterLength = try reader.count("filter length", most: FormatLimits.headerBytesMax)
    _ = try reader.u32("reserved")
    let tag = try reader.u64("tag")
    let filterChecksum = try reader.u64("filter checksum")
    let checksum = try reader.u64("entries checksum")
    return (
      Run(tag: tag, count: count, filter: .empty, entries: .file(offset: 0, checksum: checksum)),
      filterLength, filterChecksum
    )
  }

  /// Adds a run to the file, and forgets its entries where that worked. What does not work is not
  /// an error: the table stays in memory.
  private func write(_ run: inout Run, _ content: inout Content) {
    let unwritten = run
    guard unwritten.isInMemory else { return }
    do {
      let file: any StorageFile
      if content.fileEnd == nil {
        // Only a whole table is worth a file.
        guard content.runs.isEmpty || content.runs.allSatisfy(\.isInMemory) else { return }
        try context.storage.makeDirectory(context.summaryDirectory)
        file = try context.storage.open(path, .create)
        try file.write(encodedHeader(), at: 0)
        var end = UInt64(Self.headerByteCount)
        for index in content.runs.indices {
          try Self.write(&content.runs[index], file, &end)
        }
        content.fileEnd = end
      } else {
        file = try context.storage.open(path, .readWrite)
      }
      guard var end = content.fileEnd else { return }
      try Self.write(&run, file, &end)
      content.fileEnd = end
    } catch {
      content.fileEnd = nil
      run = unwritten
    }
  }

  private static func write(
    _ run: inout Run, _ file: any StorageFile, _ end: inout UInt64
  ) throws {
    guard case .memory(let keys, let rows) = run.entries else { return }
    var entries = ByteWriter(capacity: keys.count * entryByteCount)
    for key in keys { entries.u32(key) }
    for row in rows { entries.u16(row) }
    let checksum = Checksum.of(entries.bytes)
    var writer = ByteWriter(capacity: 48 + run.filter.bytes.count + entries.bytes.count)
    writer.raw(runMagic)
    writer.u32(UInt32(run.count))
    writer.u32(UInt32(run.filter.bytes.count))
    writer.u32(0)
    writer.u64(run.tag)
    writer.u64(Checksum.of(run.filter.bytes))
    writer.u64(checksum)
    writer.u64(Checksum.of(writer.bytes))
    writer.raw(run.filter.bytes)
    let entriesOffset = end + UInt64(writer.bytes.count)
    writer.raw(entries.bytes)
    try file.write(writer.bytes, at: end)
    end += UInt64(writer.bytes.count)
    run.entries = .file(offset: entriesOffset, checksum: checksum)
  }

  /// Null where the file no longer holds them.
  private func entries(of run: Run) -> ([UInt32], [UInt16])? {
    switch run.entries {
    case .memory(let keys, let rows): return (keys, rows)
    case .file(let offset, let checksum):
      let count = run.count * Self.entryByteCount
      guard let file = try? context.storage.open(path, .read),
        let bytes = try? context.read(file, at: offset, count: count),
        bytes.count == count, Checksum.of(bytes) == checksum
      else { return nil }
      var reader = ByteReader(bytes)
      var keys: [UInt32] = []
      var rows: [UInt16] = []
      do throws(BlockError) {
        for _ in 0..<run.count { keys.append(try reader.u32("key")) }
        for _ in 0..<run.count { rows.append(try reader.u16("row")) }
      } catch {
        return nil
      }
      return (keys, rows)
    }
  }
}

extension IDTable.Run {
  fileprivate var isInMemory: Bool { fileEnd == nil }

  /// Where the run ends in the file; null for one that is in memory.
  fileprivate var fileEnd: UInt64? {
    if case .file(let offset, _) = entries {
      offset + UInt64(count * IDTable.entryByteCount)
    } else {
      nil
    }
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
