/// Reads numbers and texts from bytes, little-endian, and never past their end.
///
/// Every length is compared with what remains, and with a named maximum, before it is believed.
public struct ByteReader {
  public let bytes: [UInt8]
  public private(set) var offset: Int
  /// One past the last byte that may be read.
  public let end: Int

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  /// Reads a part of the bytes; offsets still count from their start.
  public init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range lies within its bytes")
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  public var remaining: Int { end - offset }
  public var isAtEnd: Bool { offset == end }

  public mutating func u8(_ field: StaticString) throws(BlockError) -> UInt8 { try integer(field) }
  public mutating func u16(_ field: StaticString) throws(BlockError) -> UInt16 {
    try integer(field)
  }
  public mutating func u32(_ field: StaticString) throws(BlockError) -> UInt32 {
    try integer(field)
  }
  public mutating func u64(_ field: StaticString) throws(BlockError) -> UInt64 {
    try integer(field)
  }
  public mutating func i32(_ field: StaticString) throws(BlockError) -> Int32 { try integer(field) }
  public mutating func i64(_ field: StaticString) throws(BlockError) -> Int64 { try integer(field) }

  /// Steps over `count` bytes and gives their range.
  public mutating func range(_ count: Int, _ field: StaticString) throws(BlockError) -> Range<Int> {
    guard count <= remaining, count >= 0 else {
      throw .truncated(field: "\(field)", offset: offset, have: remaining, need: count)
    }
    defer { offset += count }
    return offset..<(offset + count)
  }

  public mutating func raw(_ count: Int, _ field: StaticString) throws(BlockError) -> [UInt8] {
    Array(bytes[try range(count, field)])
  }

  public mutating func digest(_ field: StaticString) throws(BlockError) -> Digest {
    let range = try range(Digest.byteCount, field)
    guard let digest = Digest(bytes: bytes[range]) else {
      preconditionFailure("32 bytes make a digest")
    }
    return digest
  }

  public mutating func identity(_ field: StaticString) throws(BlockError) -> LogIdentity {
    let range = try range(LogIdentity.byteCount, field)
    guard let identity = LogIdentity(bytes: bytes[range]) else {
      preconditionFailure("16 bytes make an identity")
    }
    return identity
  }

  /// A u32 that counts something, at most `most`.
  public mutating func count(_ field: StaticString, most: Int) throws(BlockError) -> Int {
    let start = offset
    let value = try u32(field)
    guard value <= most else {
      throw .tooLarge(field: "\(field)", offset: start, have: UInt64(value), most: UInt64(most))
    }
    return Int(value)
  }

  /// A flag byte: 0 or 1.
  public mutating func flag(_ field: StaticString) throws(BlockError) -> Bool {
    let start = offset
    let value = try u8(field)
    guard value <= 1 else {
      throw .malformed(field: "\(field)", offset: start, reason: "is \(value): expected 0 or 1")
    }
    return value == 1
  }

  /// u32 length, then UTF-8.
  public mutating func text(_ field: StaticString) throws(BlockError) -> String {
    let length = try count(field, most: FormatLimits.valueBytesMax)
    let start = offset
    let range = try range(length, field)
    return try Self.text(bytes[range], field, offset: start)
  }

  public mutating func optionalText(_ field: StaticString) throws(BlockError) -> String? {
    try flag(field) ? try text(field) : nil
  }

  /// Refuses bytes behind what has been read.
  public func finish(_ field: StaticString) throws(BlockError) {
    guard isAtEnd else {
      throw .malformed(
        field: "\(field)", offset: offset, reason: "is followed by \(remaining) bytes too many")
    }
  }

  static func text(
    _ bytes: ArraySlice<UInt8>, _ field: StaticString, offset: Int
  ) throws(BlockError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(field: "\(field)", offset: offset, reason: "is not UTF-8")
    }
    return text
  }

  private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ field: StaticString
  ) throws(BlockError) -> Integer {
    let size = MemoryLayout<Integer>.size
    guard size <= remaining else {
      throw .truncated(field: "\(field)", offset: offset, have: remaining, need: size)
    }
    // Safe: `size` bytes from `offset` were just shown to remain, and any bit pattern is an integer.
    let value = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: offset, as: Integer.self)
    }
    offset += size
    return Integer(littleEndian: value)
  }
}
