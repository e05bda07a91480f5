import Records

/// Sizes and waits of a log. The defaults are for real books; tests make everything small.
///
/// They may differ from one opening to the next: what is written says its own sizes.
public struct LogOptions: Hashable, Sendable {
  /// The journal is packed into a block when it holds so many events.
  public var eventsPerBlock = 4096
  /// … or when it has so many bytes.
  public var journalBytesMax = 4 << 20
  /// A segment that has so many bytes takes no more blocks and is sealed …
  public var segmentBytesMax = 64 << 20
  /// How long an append waits for other processes' appends, in milliseconds, before it gives up
  /// with ``LogError/locked(path:waitedMilliseconds:)``.
  public var lockWaitMilliseconds = 10_000

  public init() {}

  public init(eventsPerBlock: Int, segmentBytesMax: Int) {
    precondition(eventsPerBlock > 0, "a block holds events")
    self.eventsPerBlock = eventsPerBlock
    self.segmentBytesMax = segmentBytesMax
  }

  /// A block is closed when it has so many events …
  var blockEventsMax: Int { min(2 * eventsPerBlock, FormatLimits.blockRecordsMax) }
  /// … or would have more than so many bytes of rows, so that it can be held in memory.
  static let blockRowBytesMax = 16 << 20
  /// … or so many events, so that its ids can be held in memory.
  static let segmentEventsMax = 2 << 20
  /// Events that arrive together are written in frames of about this size.
  static let frameRowBytesMax = 4 << 20
}

/// Where one block ends and the next begins.
///
/// A pure rule over the rows, so that the root inside the journal is the one it will have when
/// the journal is packed.
struct BlockCut {
  let eventsMax: Int
  private(set) var events = 0
  private(set) var rowBytes = 0

  init(_ options: LogOptions) { eventsMax = options.blockEventsMax }

  /// Takes one more row in; true when it begins a new block.
  mutating func take(rowBytes more: Int) -> Bool {
    let starts =
      events == eventsMax || (events > 0 && rowBytes + more > LogOptions.blockRowBytesMax)
    if starts { (events, rowBytes) = (0, 0) }
    events += 1
    rowBytes += more
    return starts
  }

  /// The log's leaves that the journal's rows will be when they are packed.
  static func leaves(_ rows: [SequencedRecord], _ context: LogContext) -> [Digest] {
    split(rows, context.options).map {
      BlockLeaves.blockLeaf($0, identity: context.identity, registry: context.registry)
    }
  }

  /// Rows, block by block.
  static func split(_ rows: [SequencedRecord], _ options: LogOptions) -> [[SequencedRecord]] {
    var cut = BlockCut(options)
    var blocks: [[SequencedRecord]] = []
    var block: [SequencedRecord] = []
    for row in rows {
      if cut.take(rowBytes: RowForm.byteCount(of: row.record)) {
        blocks.append(block)
        block = []
      }
      block.append(row)
    }
    if !block.isEmpty { blocks.append(block) }
    return blocks
  }
}
