import Records

/// One commit in the journal: all of its events, or none. All integers are little-endian.
///
///     0    4   "FBJ1"
///     4    4   u32 zero
///     8    16  identity of the log
///     24   8   u64 epoch of the journal
///     32   8   u64 ordinal of the frame in this journal, from 0
///     40   8   u64 first sequence
///     48   4   u32 count of events, at least 1
///     52   4   u32 payload length
///     56   8   u64 checksum in the header of the frame before; of the journal for the first
///     64   8   u64 checksum of payload and padding
///     72   4   u32 zero pieces: how many sectors of the frame are all zero, as it was written
///     76   4   u32 padding length: 1 … 128
///     80   40  zero
///     120  8   u64 checksum of the 120 bytes before
///     128      payload: for each event u32 length, and its row
///              padding: bytes 0xFF up to the next multiple of 128
///
/// Frames begin at multiples of 128, so that no header crosses a sector (512 bytes); and they end
/// in a byte that is not zero. A write that was torn leaves sectors that are zero, since nothing
/// stood there before: so a bad frame with more zero sectors than it should have was provably
/// not written to its end, while a bad frame without was written, and was damaged later.
struct JournalFrameHeader: Hashable, Sendable {
  static let byteCount = 128
  static let alignment = 128
  static let sector: UInt64 = 512
  static let payloadBytesMax = 64 << 20
  static let magic = Array("FBJ1".utf8)

  var identity: LogIdentity
  var epoch: UInt64
  var ordinal: UInt64
  var first: EventSequence
  var count: Int
  var payloadLength: Int
  var previousChecksum: UInt64
  var payloadChecksum: UInt64
  var zeroPieces: Int
  var paddingLength: Int

  var totalLength: Int { Self.byteCount + payloadLength + paddingLength }
  var last: EventSequence { first.advanced(by: count - 1) }

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.raw(Self.magic)
    writer.u32(0)
    writer.raw(identity.bytes)
    writer.u64(epoch)
    writer.u64(ordinal)
    writer.u64(first.rawValue)
    writer.u32(UInt32(count))
    writer.u32(UInt32(payloadLength))
    writer.u64(previousChecksum)
    writer.u64(payloadChecksum)
    writer.u32(UInt32(zeroPieces))
    writer.u32(UInt32(paddingLength))
    writer.zeros(40)
    writer.u64(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// The checksum that stands in an encoded header.
  static func checksum(in header: [UInt8]) -> UInt64 {
    var value: UInt64 = 0
    for byte in header[120..<128].reversed() { value = value << 8 | UInt64(byte) }
    return value
  }

  /// - Throws: ``BlockError`` where the header does not hold in itself. Whether it belongs where
  ///   it stands is for the caller to compare.
  init(decoding bytes: [UInt8]) throws(BlockError) {
    var reader = ByteReader(bytes)
    let body = try reader.range(120, "frame header")
    let stored = try reader.u64("frame header checksum")
    let computed = Checksum.of(bytes[body])
    guard stored == computed else {
      throw .checksum(field: "frame header", offset: 0, stored: stored, computed: computed)
    }
    reader = ByteReader(bytes)
    guard try reader.raw(4, "magic") == Self.magic else {
      throw .mismatch(field: "magic", offset: 0, expected: "FBJ1", found: "other bytes")
    }
    _ = try reader.u32("reserved")
    identity = try reader.identity("identity")
    epoch = try reader.u64("epoch")
    ordinal = try reader.u64("frame ordinal")
    first = EventSequence(try reader.u64("first sequence"))
    count = try reader.count("count", most: Self.payloadBytesMax)
    payloadLength = try reader.count("payload length", most: Self.payloadBytesMax)
    previousChecksum = try reader.u64("previous checksum")
    payloadChecksum = try reader.u64("payload checksum")
    zeroPieces = try reader.count("zero pieces", most: Self.payloadBytesMax)
    paddingLength = try reader.count("padding length", most: Self.alignment)
    guard count > 0, paddingLength > 0,
      (payloadLength + paddingLength).isMultiple(of: Self.alignment)
    else {
      throw .malformed(field: "lengths", offset: 48, reason: "do not fit each other")
    }
  }

  init(
    identity: LogIdentity, epoch: UInt64, ordinal: UInt64, first: EventSequence, count: Int,
    payloadLength: Int, previousChecksum: UInt64, payloadChecksum: UInt64, zeroPieces: Int,
    paddingLength: Int
  ) {
    self.identity = identity
    self.epoch = epoch
    self.ordinal = ordinal
    self.first = first
    self.count = count
    self.payloadLength = payloadLength
    self.previousChecksum = previousChecksum
    self.payloadChecksum = payloadChecksum
    self.zeroPieces = zeroPieces
    self.paddingLength = paddingLength
  }
}

enum JournalFrame {
  /// A whole frame, to be written at `offset` of the journal.
  static func encode(
    _ records: [SequencedRecord], identity: LogIdentity, epoch: UInt64, ordinal: UInt64,
    previousChecksum: UInt64, offset: UInt64
  ) -> [UInt8] {
    guard let first = records.first?.sequence else {
      preconditionFailure("a frame holds at least one event")
    }
    var body = ByteWriter(capacity: records.count * 192)
    for record in records {
      let row = RowForm.encode(record.record, sequence: record.sequence)
      body.u32(UInt32(row.count))
      body.raw(row)
    }
    let payloadLength = body.bytes.count
    let alignment = JournalFrameHeader.alignment
    let padding = alignment - payloadLength % alignment
    body.raw(repeatElement(0xFF, count: padding))
    var header = JournalFrameHeader(
      identity: identity, epoch: epoch, ordinal: ordinal, first: first, count: records.count,
      payloadLength: payloadLength, previousChecksum: previousChecksum,
      payloadChecksum: Checksum.of(body.bytes), zeroPieces: 0, paddingLength: padding)
    // The header's own sector is never all zero, so its content does not matter for the count.
    header.zeroPieces = zeroPieces(in: header.encoded() + body.bytes, at: offset)
    return header.encoded() + body.bytes
  }

  /// The records of a frame's payload and padding, which must match its header.
  static func decode(
    _ body: [UInt8], _ header: JournalFrameHeader
  ) throws(BlockError) -> [SequencedRecord] {
    let computed = Checksum.of(body)
    guard computed == header.payloadChecksum else {
      throw .checksum(
        field: "frame payload", offset: JournalFrameHeader.byteCount,
        stored: header.payloadChecksum, computed: computed)
    }
    var reader = ByteReader(body, in: 0..<header.payloadLength)
    var records: [SequencedRecord] = []
    records.reserveCapacity(min(header.count, header.payloadLength / 8))
    for index in 0..<header.count {
      let length = try reader.count("row length", most: FormatLimits.rowBytesMax)
      let range = try reader.range(length, "row")
      var row = ByteReader(body, in: range)
      let record = try RowForm.decode(from: &row)
      try row.finish("row")
      guard record.sequence == header.first.advanced(by: index) else {
        throw .mismatch(
          field: "row sequence", offset: range.lowerBound,
          expected: "\(header.first.advanced(by: index))", found: "\(record.sequence)")
      }
      records.append(record)
    }
    try reader.finish("frame payload")
    return records
  }

  /// How many sectors of these bytes, which stand at `offset` of a file, are all zero. The first
  /// and the last may be parts of a sector.
  static func zeroPieces(in bytes: [UInt8], at offset: UInt64) -> Int {
    var count = 0
    var start = 0
    while start < bytes.count {
      let room = Int(
        JournalFrameHeader.sector - (offset + UInt64(start)) % JournalFrameHeader.sector)
      let end = min(bytes.count, start + room)
      if bytes[start..<end].allSatisfy({ $0 == 0 }) { count += 1 }
      start = end
    }
    return count
  }
}
