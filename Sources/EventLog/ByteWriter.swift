/// Puts numbers and texts behind one another, little-endian.
public struct ByteWriter {
  public var bytes: [UInt8] = []

  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  public mutating func u8(_ value: UInt8) { bytes.append(value) }
  public mutating func u16(_ value: UInt16) { integer(value) }
  public mutating func u32(_ value: UInt32) { integer(value) }
  public mutating func u64(_ value: UInt64) { integer(value) }
  public mutating func i32(_ value: Int32) { integer(value) }
  public mutating func i64(_ value: Int64) { integer(value) }

  public mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  public mutating func zeros(_ count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: count))
  }

  /// u32 length, then UTF-8.
  public mutating func text(_ text: String) {
    u32(UInt32(text.utf8.count))
    raw(text.utf8)
  }

  /// 0, or 1 and the text.
  public mutating func optionalText(_ text: String?) {
    guard let text else { return u8(0) }
    u8(1)
    self.text(text)
  }

  /// Overwrites eight bytes that are already there.
  public mutating func replace(at offset: Int, with value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { raw in
      bytes.replaceSubrange(offset..<(offset + 8), with: raw)
    }
  }

  private mutating func integer(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
