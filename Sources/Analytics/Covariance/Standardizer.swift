/// On which dates a series has a number, a bit a date.
struct DateMask: Hashable, Sendable {
  private(set) var words: [UInt64]
  private(set) var count: Int

  init(_ series: [Double]) {
    words = [UInt64](repeating: 0, count: (series.count + 63) / 64)
    count = 0
    for index in series.indices where series[index].isFinite {
      words[index / 64] |= 1 << UInt64(index % 64)
      count += 1
    }
  }

  func intersection(_ other: DateMask) -> DateMask {
    var common = self
    common.count = 0
    for index in words.indices {
      common.words[index] &= other.words[index]
      common.count += common.words[index].nonzeroBitCount
    }
    return common
  }
}

/// Brings series to mean zero and length one on chosen dates.
struct Standardizer {
  private var compact: [Double]

  init(length: Int) { compact = [Double](repeating: 0, count: length) }

  /// Writes the numbers of the chosen dates, compacted to the front, with zeros behind.
  ///
  /// - Returns: False for a series that never changes on those dates; the output is then zeros.
  mutating func write(
    _ series: UnsafeBufferPointer<Double>, on mask: DateMask,
    to output: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    var count = 0
    compact.withUnsafeMutableBufferPointer { compact in
      for (word, bits) in mask.words.enumerated() {
        var rest = bits
        while rest != 0 {
          compact[count] = series[word * 64 + rest.trailingZeroBitCount]
          count += 1
          rest &= rest - 1
        }
      }
    }
    let used = UnsafeMutableBufferPointer(rebasing: output[..<count])
    let squares = compact.withUnsafeBufferPointer { compact in
      Centered.moments(UnsafeBufferPointer(rebasing: compact[..<count]), into: used).squares
    }
    let length = squares.squareRoot()
    let isMoving = length > 0 && length.isFinite
    for index in 0..<count { output[index] = isMoving ? output[index] / length : 0 }
    for index in count..<output.count { output[index] = 0 }
    return isMoving
  }
}
