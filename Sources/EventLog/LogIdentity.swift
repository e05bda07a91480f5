/// Whose bytes these are: the book, the branch and the branch's generation, in 16 bytes.
///
/// It stands in every file and frame header, so that bytes that strayed from another log fail.
/// It is the first half of SHA-256 over `"foldbook-log\0"`, the book's id, a zero byte, the
/// branch's id, a zero byte, and the generation as a little-endian u32.
public struct LogIdentity: Hashable, Sendable {
  /// 16 bytes.
  public let bytes: [UInt8]

  public static let byteCount = 16

  public init(book: String, branch: String, generation: UInt32 = 0) {
    var writer = ByteWriter()
    writer.raw("foldbook-log\0".utf8)
    writer.raw(book.utf8)
    writer.u8(0)
    writer.raw(branch.utf8)
    writer.u8(0)
    writer.u32(generation)
    bytes = Array(Digest.sha256(writer.bytes).bytes.prefix(Self.byteCount))
  }

  /// An identity as it was found in a header. Null unless there are 16 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = Array(bytes)
  }
}

extension LogIdentity: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String { hexText(bytes) }
}
