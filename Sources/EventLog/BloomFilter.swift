/// Which keys a block or a segment may hold: never a false no, about one false yes in a hundred.
///
/// A filter for `n` keys has `max(64, the next power of two ≥ 10·n)` bits; bit `b` is bit `b % 8`
/// of byte `b / 8`. A key is the u64 of ``Checksum/ofID(_:)``; with `low` and `high` its halves,
/// its six bits are `(low + i · (high | 1)) mod bits` for `i` = 0 … 5. No bytes at all mean that
/// there is no key.
public struct BloomFilter: Hashable, Sendable {
  public private(set) var bytes: [UInt8]

  static let probes: UInt64 = 6
  static let bitsPerKey = 10
  static let bitsMin = 64

  /// A filter that holds nothing.
  public static let empty = BloomFilter(keyCount: 0)

  /// Room for `keyCount` different keys.
  public init(keyCount: Int) {
    bytes = [UInt8](repeating: 0, count: Self.byteCount(keys: keyCount))
  }

  /// A filter of different keys.
  public init(hashes: some Collection<UInt64>) {
    self.init(keyCount: hashes.count)
    for hash in hashes { insert(hash) }
  }

  /// A filter as it was stored. Null when its length is none that a filter has.
  public init?(bytes: [UInt8]) {
    let count = bytes.count
    guard count == 0 || (count >= Self.bitsMin / 8 && count & (count - 1) == 0) else { return nil }
    self.bytes = bytes
  }

  static func byteCount(keys: Int) -> Int {
    guard keys > 0 else { return 0 }
    var bits = bitsMin
    while bits < keys * bitsPerKey { bits *= 2 }
    return bits / 8
  }

  /// - Precondition: The filter was made for at least one key.
  public mutating func insert(_ hash: UInt64) {
    precondition(!bytes.isEmpty, "a filter without bits holds no key")
    for probe in 0..<Self.probes {
      let bit = Self.bit(probe, of: hash, byteCount: bytes.count)
      bytes[bit >> 3] |= 1 << UInt8(bit & 7)
    }
  }

  public func mayContain(_ hash: UInt64) -> Bool {
    guard !bytes.isEmpty else { return false }
    for probe in 0..<Self.probes {
      let bit = Self.bit(probe, of: hash, byteCount: bytes.count)
      if bytes[bit >> 3] & 1 << UInt8(bit & 7) == 0 { return false }
    }
    return true
  }

  public func mayContain(_ text: String) -> Bool { mayContain(Checksum.ofID(text)) }

  /// The number of the bit that a probe looks at, in a filter of so many bytes.
  static func bit(_ probe: UInt64, of hash: UInt64, byteCount: Int) -> Int {
    let (low, high) = (hash & 0xFFFF_FFFF, hash >> 32 | 1)
    // The number of bits is a power of two, so the mask is the remainder.
    return Int((low + probe * high) & (UInt64(byteCount) * 8 - 1))
  }
}
