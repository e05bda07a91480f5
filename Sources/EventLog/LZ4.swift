import CLZ4

/// How hard the encoder works for fewer bytes.
public enum CompressionLevel: Hashable, Sendable {
  /// While a segment grows.
  case fast
  /// When it is sealed.
  case high
}

/// The LZ4 block format, by liblz4.
package enum LZ4 {
  /// A compressed byte never stands for more than this many.
  static let expansionMax = 255
  static let highLevel: Int32 = 9

  /// The bytes compressed, or null when that would not make them fewer.
  static func compress(_ bytes: [UInt8], level: CompressionLevel) -> [UInt8]? {
    // Below this nothing is gained, and the directory already costs twelve bytes a column.
    guard bytes.count > 16, let count = Int32(exactly: bytes.count) else { return nil }
    guard let fast = compress(bytes, count: count, with: LZ4_compress_default) else { return nil }
    // Where the fast search finds nothing, the slow one does not either.
    guard level == .high else { return fast }
    let high = compress(bytes, count: count) { source, target, count, capacity in
      LZ4_compress_HC(source, target, count, capacity, highLevel)
    }
    guard let high, high.count < fast.count else { return fast }
    return high
  }

  private static func compress(
    _ bytes: [UInt8], count: Int32,
    with function: (
      UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, Int32, Int32
    ) -> Int32
  ) -> [UInt8]? {
    let capacity = bytes.count - 1
    let result = [UInt8](unsafeUninitializedCapacity: capacity) { target, written in
      // In bounds: liblz4 is told both sizes and gives 0 when the target does not suffice.
      let length = bytes.withUnsafeBytes { source in
        function(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self), count,
          Int32(capacity))
      }
      written = max(0, Int(length))
    }
    return result.isEmpty ? nil : result
  }

  /// The bytes behind compressed ones; null when they are not LZ4 or do not make up exactly
  /// `rawLength`, which the caller has compared with what it is ready to hold.
  package static func decompress(_ bytes: ArraySlice<UInt8>, rawLength: Int) -> [UInt8]? {
    guard rawLength > 0, let count = Int32(exactly: bytes.count),
      let capacity = Int32(exactly: rawLength)
    else { return nil }
    let result = [UInt8](unsafeUninitializedCapacity: rawLength) { target, written in
      // In bounds: LZ4_decompress_safe never reads or writes past the sizes it is told.
      let length = bytes.withUnsafeBytes { source in
        LZ4_decompress_safe(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self), count,
          capacity)
      }
      written = max(0, Int(length))
    }
    return result.count == rawLength ? result : nil
  }
}
