/// The one checksum of the format: the first eight bytes of SHA-256, little-endian.
///
/// It guards against torn, stale and rotten bytes. Against people there are the Merkle roots.
public enum Checksum {
  public static func of(_ bytes: [UInt8]) -> UInt64 { Digest.sha256(bytes).prefix }

  public static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var stream = DigestStream()
    stream.update(bytes)
    return stream.finish().prefix
  }

  /// The checksum of bytes that hold it themselves: taken with those eight bytes as zero.
  ///
  /// - Parameter offset: Where the checksum stands; eight bytes must follow.
  public static func of(_ bytes: ArraySlice<UInt8>, zeroingEightAt offset: Int) -> UInt64 {
    precondition(
      bytes.startIndex <= offset && offset + 8 <= bytes.endIndex,
      "a checksum lies within the bytes it covers")
    var stream = DigestStream()
    stream.update(bytes[bytes.startIndex..<offset])
    stream.update([UInt8](repeating: 0, count: 8))
    stream.update(bytes[(offset + 8)...])
    return stream.finish().prefix
  }

  /// As above, for whole arrays.
  public static func of(_ bytes: [UInt8], zeroingEightAt offset: Int) -> UInt64 {
    of(bytes[...], zeroingEightAt: offset)
  }

  /// What an event id is looked up by: the checksum of its UTF-8 text.
  public static func ofID(_ text: String) -> UInt64 {
    var stream = DigestStream()
    stream.update(text)
    return stream.finish().prefix
  }
}
