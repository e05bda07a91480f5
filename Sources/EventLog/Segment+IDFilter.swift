import Records
import Synchronization

extension Segment {
  /// Whether an id with this hash may be in the segment. An open segment has no filter: yes.
  ///
  /// - Throws: ``LogError/damaged(_:)`` where the filter does not hold, ``LogError/storage(_:)``.
  func mayContain(id hash: UInt64, _ context: LogContext) throws(LogError) -> Bool {
    guard let footer else { return true }
    if let filter = context.filters.filter(of: first) { return filter.mayContain(hash) }
    guard isFilterChecked.load(ordering: .acquiring), footer.filterLength > 0 else {
      return try idFilter(context)?.mayContain(hash) ?? true
    }
    // It has held once and made room since: a byte for each probe is read where it stands.
    return try asLogError { () throws in
      for probe in 0..<BloomFilter.probes {
        let bit = BloomFilter.bit(probe, of: hash, byteCount: footer.filterLength)
        let byte = try context.read(
          file, at: footer.filterOffset + UInt64(bit >> 3), count: 1)
        guard let byte = byte.first, byte & 1 << UInt8(bit & 7) != 0 else { return false }
      }
      return true
    }
  }

  /// The whole filter, read and checked; null for an open segment.
  func idFilter(_ context: LogContext) throws(LogError) -> BloomFilter? {
    guard let footer else { return nil }
    let bytes = try asLogError { () throws in
      try context.read(file, at: footer.filterOffset, count: footer.filterLength)
    }
    guard Checksum.of(bytes) == footer.filterChecksum, let filter = BloomFilter(bytes: bytes) else {
      throw .damaged(
        LogDamage(
          file: path, offset: footer.filterOffset, sequences: sequences,
          reason: "the checksum of the id filter does not hold"))
    }
    isFilterChecked.store(true, ordering: .releasing)
    context.filters.keep(filter, of: first)
    return filter
  }
}

/// Filters of sealed segments that were used lately, within a bound of memory.
final class IDFilters: Sendable {
  private static let bytesMax = 32 << 20

  private struct Content {
    var filters: [EventSequence: BloomFilter] = [:]
    var bytes = 0
  }
  private let content = Mutex(Content())

  func filter(of first: EventSequence) -> BloomFilter? {
    content.withLock { $0.filters[first] }
  }

  func keep(_ filter: BloomFilter, of first: EventSequence) {
    content.withLock { content in
      let size = filter.bytes.count
      // Who came first stays: all segments are asked for each id, so any order is as good.
      guard content.filters[first] == nil, content.bytes + size <= Self.bytesMax else { return }
      content.filters[first] = filter
      content.bytes += size
    }
  }
}
