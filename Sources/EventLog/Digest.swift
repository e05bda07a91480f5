import Crypto

/// A SHA-256 hash: a leaf, a node or a root of a Merkle tree, or the digest of a result.
public struct Digest: Hashable, Sendable {
  // Four words instead of an array: a digest is a plain value, and trees hold millions of them.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  public static let byteCount = 32

  /// Null unless there are exactly 32 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      let shifted = UInt64(byte) << UInt64(56 - index % 8 * 8)
      switch index / 8 {
      case 0: words.0 |= shifted
      case 1: words.1 |= shifted
      case 2: words.2 |= shifted
      default: words.3 |= shifted
      }
    }
    self.words = words
  }

  /// Null unless the text is 64 hexadecimal digits.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }

  fileprivate init(_ digest: SHA256Digest) {
    words = digest.withUnsafeBytes { raw in
      // Safe: a SHA-256 digest is 32 bytes, and any bit pattern is a UInt64.
      (
        UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
      )
    }
  }

  public var bytes: [UInt8] {
    withBytes { Array($0) }
  }

  /// The 32 bytes, without an array.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let ordered = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    return withUnsafeBytes(of: ordered, body)
  }

  /// The first eight bytes, read little-endian: what checksums and id hashes are made of.
  var prefix: UInt64 { words.0.byteSwapped }

  public static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

  public func hash(into hasher: inout Hasher) {
    // Already uniformly spread: one word is as good as four.
    hasher.combine(words.0)
  }

  /// SHA-256 of some bytes.
  public static func sha256(_ bytes: [UInt8]) -> Digest {
    var stream = DigestStream()
    stream.update(bytes)
    return stream.finish()
  }
}

extension Digest: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { hexText(bytes) }
}

/// SHA-256 of bytes that come in pieces.
struct DigestStream {
  private var hash = SHA256()

  mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  mutating func update(_ digest: Digest) {
    digest.withBytes { hash.update(bufferPointer: $0) }
  }

  mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  func finish() -> Digest { Digest(hash.finalize()) }
}

func hexText(_ bytes: some Collection<UInt8>) -> String {
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 2)
  for byte in bytes {
    text.append(hexDigit(byte >> 4))
    text.append(hexDigit(byte & 15))
  }
  return String(decoding: text, as: UTF8.self)
}

/// The lower-case digit of a value below 16.
func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

/// The value of a hexadecimal digit of either case; null for another character.
func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case 0x30...0x39: digit - 0x30
  case 0x41...0x46: digit - 0x37
  case 0x61...0x66: digit - 0x57
  default: nil
  }
}
