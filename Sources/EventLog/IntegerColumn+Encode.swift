extension IntegerColumn {
  /// Appends the run that takes the fewest bytes in the given style.
  static func encode(
    _ values: [Int64], keys: KeyIndices? = nil, style: Style = .packed,
    into writer: inout ByteWriter
  ) {
    var best = Plan(transform: 0, values)
    switch style {
    case .alignedTransform(let transform):
      if let plan = Plan.make(transform, values, keys) { best = plan }
    case .packed, .aligned:
      for transform in UInt8(1)...3 {
        // A constant cannot become smaller.
        if best.packing(style).width == 0 { break }
        guard let plan = Plan.make(transform, values, keys) else { continue }
        if plan.byteCount(style) < best.byteCount(style) { best = plan }
      }
    }
    best.write(style, count: values.count, into: &writer)
  }

  /// One way to write a run: a transform, and what its residuals need.
  private struct Plan {
    let transform: UInt8
    var baseBytes: [UInt8] = []
    let offsets: [UInt64]
    let least: Int64
    let divisor: UInt64
    /// How many offsets need so many bits: index 0 … 64.
    let widths: [Int]

    init(transform: UInt8, _ residuals: [Int64]) {
      self.transform = transform
      least = residuals.min() ?? 0
      let least = least
      // The greatest residual less the least fits 64 bits without a sign.
      var offsets = residuals.map { UInt64(bitPattern: $0 &- least) }
      var divisor: UInt64 = 0
      for offset in offsets where offset != 0 {
        divisor = greatestCommonDivisor(divisor, offset)
        if divisor == 1 { break }
      }
      if divisor > 1, divisor <= UInt64(Int64.max) {
        for index in offsets.indices { offsets[index] /= divisor }
        self.divisor = divisor
      } else {
        self.divisor = 1
      }
      var widths = [Int](repeating: 0, count: 65)
      for offset in offsets { widths[64 - offset.leadingZeroBitCount] += 1 }
      self.offsets = offsets
      self.widths = widths
    }

    /// Null where the transform does not apply.
    static func make(_ transform: UInt8, _ values: [Int64], _ keys: KeyIndices?) -> Plan? {
      switch transform {
      case 0: return Plan(transform: 0, values)
      case 1:
        guard let first = values.first else { return nil }
        var plan = Plan(transform: 1, differences(values))
        var bases = ByteWriter()
        bases.i64(first)
        plan.baseBytes = bases.bytes
        return plan
      case 2:
        guard values.count >= 2 else { return nil }
        let firstOrder = differences(values)
        var plan = Plan(transform: 2, differences(firstOrder))
        var bases = ByteWriter()
        bases.i64(values[0])
        bases.i64(firstOrder[0])
        plan.baseBytes = bases.bytes
        return plan
      default:
        // With nearly as many keys as values there is nothing to predict from.
        guard let keys, keys.count > 1, keys.count * 2 <= values.count else { return nil }
        var last = [Int64?](repeating: nil, count: keys.count)
        var firsts: [Int64] = []
        var residuals: [Int64] = []
        residuals.reserveCapacity(values.count)
        for (value, key) in zip(values, keys.indices) {
          if let before = last[key] {
            residuals.append(value &- before)
          } else {
            firsts.append(value)
          }
          last[key] = value
        }
        var plan = Plan(transform: 3, residuals)
        var bases = ByteWriter()
        bases.u16(keys.column)
        IntegerColumn.encode(firsts, into: &bases)
        plan.baseBytes = bases.bytes
        return plan
      }
    }

    /// The width that takes the fewest bytes, and how many offsets do not fit it.
    func packing(_ style: Style) -> (width: Int, exceptions: Int) {
      let widest = widths.lastIndex { $0 > 0 } ?? 0
      if style != .packed {
        return ([0, 8, 16, 32, 64].first { $0 >= widest } ?? 64, 0)
      }
      var best = (width: widest, exceptions: 0)
      var bestBytes = BitPacking.byteCount(width: widest, count: offsets.count)
      var exceptions = 0
      for width in stride(from: widest - 1, through: 0, by: -1) {
        exceptions += widths[width + 1]
        let bytes =
          BitPacking.byteCount(width: width, count: offsets.count)
          + 4 + exceptions * IntegerColumn.exceptionBytes
        if bytes < bestBytes { (best, bestBytes) = ((width, exceptions), bytes) }
      }
      return best
    }

    func byteCount(_ style: Style) -> Int {
      let (width, exceptions) = packing(style)
      return 14 + baseBytes.count + (divisor > 1 ? 8 : 0)
        + (exceptions > 0 ? 4 + exceptions * IntegerColumn.exceptionBytes : 0)
        + BitPacking.byteCount(width: width, count: offsets.count)
    }

    func write(_ style: Style, count: Int, into writer: inout ByteWriter) {
      let (width, exceptionCount) = packing(style)
      writer.u8(
        transform | (divisor > 1 ? IntegerColumn.divisorFlag : 0)
          | (exceptionCount > 0 ? IntegerColumn.exceptionsFlag : 0))
      writer.u8(UInt8(width))
      writer.u32(UInt32(count))
      writer.raw(baseBytes)
      writer.i64(least)
      if divisor > 1 { writer.u64(divisor) }
      guard exceptionCount > 0 else {
        return BitPacking.pack(offsets, width: width, into: &writer.bytes)
      }
      var packed = offsets
      writer.u32(UInt32(exceptionCount))
      for (index, offset) in offsets.enumerated() where 64 - offset.leadingZeroBitCount > width {
        writer.u32(UInt32(index))
        writer.u64(offset)
        packed[index] = 0
      }
      BitPacking.pack(packed, width: width, into: &writer.bytes)
    }
  }

  private static func differences(_ values: [Int64]) -> [Int64] {
    guard values.count > 1 else { return [] }
    var result: [Int64] = []
    result.reserveCapacity(values.count - 1)
    var before = values[0]
    for value in values.dropFirst() {
      result.append(value &- before)
      before = value
    }
    return result
  }
}

private func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
  var (a, b) = (left, right)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
