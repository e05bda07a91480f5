import ExactNumbers
import Records

/// What the headers of segment and journal files have in common: a magic, the format's version, the
/// log's identity, then fields of their own, and a checksum over all of it at the end.
enum FileHeader {
  /// A writer that has the common part; the caller adds its fields and calls ``finish(_:)``.
  static func begin(magic: [UInt8], _ identity: LogIdentity, byteCount: Int) -> ByteWriter {
    var writer = ByteWriter(capacity: byteCount)
    writer.raw(magic)
    writer.u32(UInt32(FormatLimits.version))
    writer.u32(0)
    writer.raw(identity.bytes)
    return writer
  }

  static func finish(_ writer: ByteWriter) -> [UInt8] {
    var writer = writer
    writer.u64(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// A reader that stands behind the common part, which has been checked.
  ///
  /// - Parameters:
  ///   - name: What messages call it: `journal header`.
  ///   - checksumName: And its checksum.
  ///   - magicName: The magic as messages write it.
  static func open(
    _ bytes: [UInt8], byteCount: Int, _ name: StaticString, _ checksumName: StaticString,
    magic: [UInt8], _ magicName: String, identity expected: LogIdentity
  ) throws(BlockError) -> ByteReader {
    var reader = ByteReader(bytes)
    let body = try reader.range(byteCount - 8, name)
    let stored = try reader.u64(checksumName)
    let computed = Checksum.of(bytes[body])
    guard stored == computed else {
      throw .checksum(field: "\(name)", offset: 0, stored: stored, computed: computed)
    }
    reader = ByteReader(bytes)
    guard try reader.raw(8, "magic") == magic else {
      throw .mismatch(field: "magic", offset: 0, expected: magicName, found: "other bytes")
    }
    let version = Int(try reader.u32("version"))
    guard version == FormatLimits.version else {
      throw .newerFormat(found: version, known: FormatLimits.version)
    }
    _ = try reader.u32("reserved")
    let identity = try reader.identity("identity")
    guard identity == expected else {
      throw .mismatch(
        field: "identity", offset: 16, expected: "\(expected)", found: "\(identity)")
    }
    return reader
  }
}
