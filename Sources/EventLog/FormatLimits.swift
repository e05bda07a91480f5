/// The named maxima of the format. What exceeds one is refused before anything is allocated for it.
public enum FormatLimits {
  /// The version of the format that this code writes, and the latest it reads.
  public static let version = 1
  /// A block's header with zone maps and directory.
  public static let headerBytesMax = 1 << 20
  /// A block's stored payload.
  public static let payloadBytesMax = 64 << 20
  /// A block's columns before compression, all together.
  public static let uncompressedBytesMax = 256 << 20
  /// Records in one block.
  public static let blockRecordsMax = 65_536
  /// One text, JSON or bytes value.
  public static let valueBytesMax = 16 << 20
  /// One record in row form.
  public static let rowBytesMax = 32 << 20
}
