public import Records

extension Record {
  /// The id by which the record is known: the one given, or the one minted from its content.
  ///
  /// A minted id is a UUID (version 8, RFC 9562) made of the first 16 bytes of SHA-256 over
  /// `"foldbook-id\0"`, the record's content form and the occurrence as a little-endian u32. The
  /// same row of the same import thus has the same id always, and no id has to be stored.
  public func idText() -> String {
    switch id {
    case .given(let text): return text
    case .minted(let occurrence):
      var hasher = IDHasher()
      return hasher.text(self, occurrence)
    }
  }

  /// What the id is looked up by: ``Checksum/ofID(_:)`` of its text.
  public func idHash() -> UInt64 {
    var hasher = IDHasher()
    return hasher.hash(self)
  }
}

/// Works out ids and their hashes, one after the other in the same memory.
struct IDHasher {
  private var writer = ByteWriter(capacity: 256)

  mutating func hash(_ record: Record) -> UInt64 {
    guard case .minted(let occurrence) = record.id else { return Checksum.ofID(record.idText()) }
    let bytes = mintedBytes(record, occurrence)
    return withUnsafeTemporaryAllocation(byteCount: UUIDText.textLength, alignment: 1) { text in
      UUIDText.write(bytes[...], to: text)
      var stream = DigestStream()
      stream.update(UnsafeRawBufferPointer(text))
      return stream.finish().prefix
    }
  }

  mutating func text(_ record: Record, _ occurrence: UInt32) -> String {
    UUIDText.text(mintedBytes(record, occurrence)[...])
  }

  private mutating func mintedBytes(_ record: Record, _ occurrence: UInt32) -> [UInt8] {
    writer.bytes.removeAll(keepingCapacity: true)
    writer.raw("foldbook-id\0".utf8)
    RowForm.content(record, into: &writer)
    writer.u32(occurrence)
    var bytes = Digest.sha256(writer.bytes).withBytes { Array($0.prefix(UUIDText.byteCount)) }
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes
  }
}

/// Canonical UUID text, lower case, to and from 16 bytes.
enum UUIDText {
  static let byteCount = 16
  static let textLength = 36

  /// - Precondition: `bytes` are 16.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(unsafeUninitializedCapacity: textLength) { buffer in
      write(bytes, to: UnsafeMutableRawBufferPointer(buffer))
      return textLength
    }
  }

  /// Writes the text to 36 bytes.
  ///
  /// - Precondition: `bytes` are 16, and the buffer has 36.
  static func write(_ bytes: ArraySlice<UInt8>, to buffer: UnsafeMutableRawBufferPointer) {
    // So that 32 digits and four hyphens stay in bounds.
    precondition(
      bytes.count == byteCount && buffer.count >= textLength, "a UUID has 16 bytes, its text 36")
    var out = 0
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 {
        buffer[out] = 0x2D
        out += 1
      }
      buffer[out] = hexDigit(byte >> 4)
      buffer[out + 1] = hexDigit(byte & 15)
      out += 2
    }
  }

  /// Appends the 16 bytes of a canonical lower-case UUID; false, with nothing appended, for any
  /// other text.
  static func append(_ text: String, to bytes: inout [UInt8]) -> Bool {
    guard text.utf8.count == textLength else { return false }
    let start = bytes.count
    var high: UInt8?
    for (index, character) in text.utf8.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard character == 0x2D else { break }
        continue
      }
      // Upper case is another text, which must come back as it was.
      guard !(0x41...0x46).contains(character), let digit = hexValue(character) else { break }
      if let upper = high {
        bytes.append(upper << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    if bytes.count == start + byteCount { return true }
    bytes.removeSubrange(start...)
    return false
  }
}
