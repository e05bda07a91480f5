import Records
import Synchronization

/// A segment as it was when it was looked at: an open file and its acknowledged blocks.
///
/// It does not change. When blocks are added or the file is sealed, another `Segment` takes its
/// place in the view; cursors that hold this one go on reading the file they opened.
final class Segment: Sendable {
  let file: any StorageFile
  let header: SegmentHeader
  let blocks: [BlockPlace]
  /// Present when the segment is sealed.
  let footer: SegmentFooter?
  /// Where the last of the blocks ends.
  let end: UInt64
  /// Whether the filter of a sealed segment's ids has been read once, and holds.
  let isFilterChecked = Atomic(false)

  init(
    file: any StorageFile, header: SegmentHeader, blocks: [BlockPlace], footer: SegmentFooter?,
    end: UInt64
  ) {
    self.file = file
    self.header = header
    self.blocks = blocks
    self.footer = footer
    self.end = end
  }

  var path: String { file.path }
  var isSealed: Bool { footer != nil }
  var first: EventSequence { header.first }
  var last: EventSequence { blocks.last?.last ?? EventSequence(header.first.rawValue - 1) }
  var sequences: ClosedRange<EventSequence> { first...max(first, last) }
  var nextOrdinal: UInt64 { header.firstOrdinal + UInt64(blocks.count) }
  /// Whether it takes no more blocks, and is to be sealed.
  func isFull(_ options: LogOptions) -> Bool {
    end >= UInt64(options.segmentBytesMax)
      || last.rawValue + 1 - first.rawValue >= UInt64(LogOptions.segmentEventsMax)
  }
  var lastTag: UInt64 { blocks.last?.tag ?? header.previousTag }

  /// The index of the block that holds a sequence of this segment.
  func blockIndex(of sequence: EventSequence) -> Int {
    precondition(sequence >= first && sequence <= last, "the sequence is in this segment")
    return partition(blocks.indices) { blocks[$0].last < sequence }
  }

  /// How much of the file the block may have.
  private func room(_ index: Int) -> UInt64 {
    (index + 1 < blocks.count ? blocks[index + 1].offset : end) - blocks[index].offset
  }

  /// The header of a block.
  ///
  /// - Throws: ``LogError/damaged(_:)`` where it does not hold, or is not the one it should be.
  func blockHeader(_ index: Int, _ context: LogContext) throws(LogError) -> BlockHeader {
    if let known = context.blocks.header(blocks[index], isSealed: isSealed) { return known }
    let place = blocks[index]
    let header: BlockHeader
    do throws(BlockReadError) {
      header = try readBlockHeader(file, at: place.offset, room: room(index), context)
    } catch {
      throw error.logError(path, at: place.offset, place.first...place.last)
    }
    if let reason = misplacement(header, at: index, context) {
      throw .damaged(
        LogDamage(
          file: path, offset: place.offset, sequences: place.first...place.last, reason: reason))
    }
    context.blocks.keep(header, place, isSealed: isSealed)
    return header
  }

  /// Why a header that holds in itself is not the one of this block; null where it is.
  private func misplacement(_ header: BlockHeader, at index: Int, _ context: LogContext) -> String?
  {
    let place = blocks[index]
    let tag = index == 0 ? self.header.previousTag : blocks[index - 1].tag
    let expected = BlockExpectation(
      identity: context.identity, ordinal: self.header.firstOrdinal + UInt64(index),
      first: place.first, previousTag: tag)
    if let reason = expected.objection(to: header) { return reason }
    if header.count != place.count {
      return "the block has \(header.count) events, expected \(place.count)"
    }
    if header.leafHash != place.leafHash { return "the block's hash is not the one in the footer" }
    return nil
  }

  /// A reader of one block's columns.
  func blockReader(_ index: Int, _ context: LogContext) throws(LogError) -> BlockReader {
    let header = try blockHeader(index, context)
    let payload = blocks[index].offset + UInt64(header.headerLength)
    let file = file
    return BlockReader(header: header) { offset, length in
      context.counters.count { $0.groupsRead += 1 }
      return try context.read(file, at: payload + UInt64(offset), count: length)
    }
  }

  /// All records of a block, from memory if they were read lately.
  func blockRecords(_ index: Int, _ context: LogContext) throws(LogError) -> [SequencedRecord] {
    if let known = context.blocks.records(blocks[index]) { return known }
    let reader = try blockReader(index, context)
    context.counters.count { $0.blocksRead += 1 }
    let records = try damageReported(index) { () throws in try reader.records() }
    context.blocks.keep(records, blocks[index])
    return records
  }

  /// Runs a reading of one block; what fails is said with file, offset and sequences.
  func damageReported<Result>(
    _ index: Int, _ body: () throws -> Result
  ) throws(LogError) -> Result {
    do {
      return try body()
    } catch let error as BlockError {
      let place = blocks[index]
      throw .damaged(LogDamage(error, in: path, at: place.offset, place.first...place.last))
    } catch let error as StorageError {
      throw .storage(error)
    } catch let error as LogError {
      throw error
    } catch {
      preconditionFailure("a block reader throws what it documents, not \(error)")
    }
  }
}

/// What a block's header must say to be the next one.
struct BlockExpectation {
  var identity: LogIdentity
  var ordinal: UInt64
  var first: EventSequence
  var previousTag: UInt64

  /// Null when the header is the expected one.
  func objection(to header: BlockHeader) -> String? {
    if header.identity != identity {
      return "the block is of log \(header.identity), this is \(identity)"
    }
    if header.ordinal != ordinal {
      return "the block has ordinal \(header.ordinal), expected \(ordinal)"
    }
    if header.first != first {
      return "the block begins with event #\(header.first), expected #\(first)"
    }
    if header.previousTag != previousTag { return "the block does not follow the one before it" }
    return nil
  }
}

/// A block that could not be read: the file system failed, or the bytes are bad.
enum BlockReadError: Error {
  case storage(StorageError)
  case block(BlockError)

  func logError(
    _ path: String, at offset: UInt64, _ range: ClosedRange<EventSequence>?
  ) -> LogError {
    switch self {
    case .storage(let error): .storage(error)
    case .block(let error): .damaged(LogDamage(error, in: path, at: offset, range))
    }
  }
}

/// Reads a block's header where one should stand, with at most `room` bytes for the block.
func readBlockHeader(
  _ file: any StorageFile, at offset: UInt64, room: UInt64, _ context: LogContext
) throws(BlockReadError) -> BlockHeader {
  // Most headers fit into the first read; what the block itself brings beyond is cheap.
  let guess = Int(min(room, 2048))
  do {
    var bytes = try context.read(file, at: offset, count: guess)
    let length = try BlockHeader.headerLength(inFixed: bytes)
    if length > bytes.count {
      guard UInt64(length) <= room else {
        throw BlockError.truncated(field: "block header", offset: 0, have: Int(room), need: length)
      }
      bytes += try context.read(
        file, at: offset + UInt64(bytes.count), count: length - bytes.count)
    }
    let header = try BlockHeader.decode(bytes)
    guard UInt64(header.blockLength) <= room else {
      throw BlockError.truncated(
        field: "block", offset: 0, have: Int(room), need: header.blockLength)
    }
    return header
  } catch let error as StorageError {
    throw .storage(error)
  } catch let error as BlockError {
    throw .block(error)
  } catch {
    preconditionFailure("a header is read or refused, not \(error)")
  }
}

/// The first index for which the predicate is false; it is true for all before.
func partition(_ range: Range<Int>, _ isBefore: (Int) -> Bool) -> Int {
  var (low, high) = (range.lowerBound, range.upperBound)
  while low < high {
    let middle = low + (high - low) / 2
    if isBefore(middle) { low = middle + 1 } else { high = middle }
  }
  return low
}
