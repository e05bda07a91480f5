import ExactNumbers
import Records

extension BlockHeader {
  /// The header's bytes. Its lengths and its checksum are worked out here, whatever they were before.
  ///
  /// - Precondition: The header fits the format's maximum.
  mutating func encode() -> [UInt8] {
    var directory = ByteWriter()
    for group in groups {
      directory.u16(group.kind)
      directory.u16(UInt16(group.columns.count))
      directory.u32(UInt32(group.storedLength))
      directory.u64(group.checksum)
      for column in group.columns {
        directory.u16(column.number)
        directory.u8(column.type.rawValue)
        directory.u8(column.codec.rawValue)
        directory.u32(UInt32(column.storedLength))
        directory.u32(UInt32(column.rawLength))
      }
    }
    payloadLength = groups.reduce(0) { $0 + $1.storedLength }
    uncompressedLength = groups.reduce(0) { $0 + $1.columns.reduce(0) { $0 + $1.rawLength } }
    headerLength =
      Self.fixedLength + kinds.count * BlockKind.byteCount + portfolios.bytes.count
      + symbols.bytes.count + directory.bytes.count
    precondition(
      headerLength <= FormatLimits.headerBytesMax
        && payloadLength <= FormatLimits.payloadBytesMax
        && uncompressedLength <= FormatLimits.uncompressedBytesMax,
      "a block is made of no more records than fit one")

    var writer = ByteWriter(capacity: headerLength)
    writer.raw(Self.magic)
    writer.u32(UInt32(headerLength))
    writer.u64(0)
    writer.raw(identity.bytes)
    writer.u64(ordinal)
    writer.u64(first.rawValue)
    writer.u32(UInt32(count))
    writer.u32(0)
    writer.u64(previousTag)
    writer.u32(UInt32(payloadLength))
    writer.u32(UInt32(leafCount))
    writer.raw(leavesRoot.bytes)
    writer.i64(recorded.lowerBound.nanosecondsSinceEpoch)
    writer.i64(recorded.upperBound.nanosecondsSinceEpoch)
    writer.i64(effective.lowerBound.nanosecondsSinceEpoch)
    writer.i64(effective.upperBound.nanosecondsSinceEpoch)
    writer.u64(UInt64(uncompressedLength))
    writer.u16(UInt16(kinds.count))
    writer.u16(UInt16(FormatLimits.version))
    writer.u32(UInt32(portfolios.bytes.count))
    writer.u32(UInt32(symbols.bytes.count))
    writer.u32(UInt32(directory.bytes.count))
    for kind in kinds {
      writer.u16(kind.kind.rawValue)
      writer.u16(kind.isMarketData ? 1 : 0)
      writer.u32(UInt32(kind.count))
      writer.u16(kind.portfolioField?.rawValue ?? BlockKind.noField)
      writer.u16(kind.symbolField?.rawValue ?? BlockKind.noField)
    }
    writer.raw(portfolios.bytes)
    writer.raw(symbols.bytes)
    writer.raw(directory.bytes)
    checksum = Checksum.of(writer.bytes, zeroingEightAt: Self.checksumOffset)
    writer.replace(at: Self.checksumOffset, with: checksum)
    return writer.bytes
  }
}
