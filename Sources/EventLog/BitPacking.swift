/// Unsigned numbers of 0 to 64 bits each, packed without gaps from the least significant bit on,
/// and padded with zero bits to a whole byte.
enum BitPacking {
  static func byteCount(width: Int, count: Int) -> Int { (width * count + 7) / 8 }

  /// - Precondition: Every value has at most `width` bits.
  static func pack(_ values: [UInt64], width: Int, into bytes: inout [UInt8]) {
    guard width > 0 else { return }
    bytes.reserveCapacity(bytes.count + byteCount(width: width, count: values.count))
    // `pending` holds the `held` bits that do not make a byte yet: fewer than eight, so that 64
    // more fit.
    var pending: UInt128 = 0
    var held = 0
    for value in values {
      pending |= UInt128(value) << UInt128(held)
      held += width
      while held >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        held -= 8
      }
    }
    if held > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
  }

  /// - Precondition: `width` is 0 … 64, and `range` has ``byteCount(width:count:)`` bytes.
  static func unpack(
    _ bytes: [UInt8], in range: Range<Int>, width: Int, count: Int
  ) -> [UInt64] {
    precondition(
      range.count == byteCount(width: width, count: count) && range.upperBound <= bytes.count,
      "packed numbers lie within their bytes")
    if width == 0 { return [UInt64](repeating: 0, count: count) }
    let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
    // Nine bytes hold any number of up to 64 bits at any bit offset. Those numbers whose nine bytes
    // lie before the end are loaded at once, the last ones byte by byte.
    let wholeCount = range.count < 9 ? 0 : min(count, ((range.count - 9) * 8) / width + 1)
    return [UInt64](unsafeUninitializedCapacity: count) { out, written in
      bytes.withUnsafeBytes { raw in
        // In bounds: the last whole number starts at bit `(wholeCount - 1) · width`, in byte
        // `range.count - 9` or before, and eight or nine bytes are read from there.
        var bit = 0
        if width <= 56 {
          for index in 0..<wholeCount {
            let word = raw.loadUnaligned(
              fromByteOffset: range.lowerBound + bit >> 3, as: UInt64.self)
            out[index] = UInt64(littleEndian: word) &>> UInt64(bit & 7) & mask
            bit += width
          }
        } else {
          for index in 0..<wholeCount {
            let start = range.lowerBound + bit >> 3
            let low = UInt64(
              littleEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            let wide = UInt128(raw[start + 8]) << 64 | UInt128(low)
            out[index] = UInt64(truncatingIfNeeded: wide &>> UInt128(bit & 7)) & mask
            bit += width
          }
        }
        for index in wholeCount..<count {
          var wide: UInt128 = 0
          let start = range.lowerBound + bit >> 3
          for byte in start..<min(start + 9, range.upperBound) {
            wide |= UInt128(raw[byte]) << UInt128((byte - start) * 8)
          }
          out[index] = UInt64(truncatingIfNeeded: wide &>> UInt128(bit & 7)) & mask
          bit += width
        }
      }
      written = count
    }
  }
}
