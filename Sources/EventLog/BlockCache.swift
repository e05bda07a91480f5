import Records
import Synchronization

/// Block headers and decoded blocks that were read lately.
///
/// Keyed by a block's place and hash, so that it does not matter which `Segment` read it: what a
/// block holds never changes. Sealing compresses it anew, hence a header's key says which of the
/// two files it was read from.
final class BlockCache: Sendable {
  private static let headersMax = 1024
  private static let recordsMax = 2

  private struct HeaderKey: Hashable {
    var place: BlockPlace
    var isSealed: Bool
  }

  private struct Content {
    var headers: [HeaderKey: BlockHeader] = [:]
    /// The block read last is the last one here.
    var records: [(leafHash: Digest, first: EventSequence, records: [SequencedRecord])] = []
  }
  private let content = Mutex(Content())

  func header(_ place: BlockPlace, isSealed: Bool) -> BlockHeader? {
    content.withLock { $0.headers[HeaderKey(place: place, isSealed: isSealed)] }
  }

  func keep(_ header: BlockHeader, _ place: BlockPlace, isSealed: Bool) {
    content.withLock { content in
      // Starting over is as good as any order of eviction: a header costs one short read.
      if content.headers.count >= Self.headersMax { content.headers.removeAll() }
      content.headers[HeaderKey(place: place, isSealed: isSealed)] = header
    }
  }

  func records(_ place: BlockPlace) -> [SequencedRecord]? {
    content.withLock { content in
      content.records.first { $0.leafHash == place.leafHash && $0.first == place.first }?.records
    }
  }

  func keep(_ records: [SequencedRecord], _ place: BlockPlace) {
    content.withLock { content in
      if content.records.count >= Self.recordsMax { content.records.removeFirst() }
      content.records.append((place.leafHash, place.first, records))
    }
  }
}
