/// Sums whose order is fixed, so that every machine finds the same bits.
///
/// There are two. ``compensated(_:)`` goes from the first number to the last and carries what
/// rounding lost. ``dot(_:_:)`` and ``lanes(_:)`` go in eight lanes: the number at index k is added
/// to lane k mod 8, and the lanes are added as ((0+4)+(2+6))+((1+5)+(3+7)). A machine may hold two,
/// four or eight lanes in a register; the sums are the same, as no product is fused with a sum.
enum OrderedSum {
  typealias Lanes = SIMD8<Double>

  /// The sum, with Neumaier's correction (1974): the error does not grow with the count.
  static func compensated(_ values: some Sequence<Double>) -> Double {
    var total = CompensatedSum()
    for value in values { total.add(value) }
    return total.value
  }

  /// The mean; exactly the value itself where all are equal. Not a number of nothing.
  static func mean(_ values: [Double]) -> Double {
    guard let first = values.first else { return .nan }
    var total = CompensatedSum()
    for value in values { total.add(value - first) }
    return first + total.value / Double(values.count)
  }

  /// The sum in eight lanes.
  static func lanes(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { lanes($0) }
  }

  /// The sum of products in eight lanes, over the shorter length.
  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    precondition(left.count == right.count, "products pair numbers of two equally long series")
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in dot(left, right) }
    }
  }

  static func lanes(_ values: UnsafeBufferPointer<Double>) -> Double {
    var sums = Lanes.zero
    var index = 0
    while index + 8 <= values.count {
      sums += load(values, at: index)
      index += 8
    }
    for lane in 0..<(values.count - index) { sums[lane] += values[index + lane] }
    return total(sums)
  }

  @inline(__always)
  static func dot(
    _ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>
  ) -> Double {
    let count = min(left.count, right.count)
    var sums = Lanes.zero
    var index = 0
    while index + 8 <= count {
      sums += load(left, at: index) * load(right, at: index)
      index += 8
    }
    for lane in 0..<(count - index) { sums[lane] += left[index + lane] * right[index + lane] }
    return total(sums)
  }

  /// Eight numbers from an index; the caller has seen that they are there.
  @inline(__always)
  static func load(_ values: UnsafeBufferPointer<Double>, at index: Int) -> Lanes {
    // In bounds: callers stop eight before the end.
    UnsafeRawBufferPointer(values).loadUnaligned(
      fromByteOffset: index * MemoryLayout<Double>.stride, as: Lanes.self)
  }

  @inline(__always)
  static func total(_ lanes: Lanes) -> Double {
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}

/// A running sum that keeps what each addition rounds away (Neumaier, 1974).
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  mutating func add(_ value: Double) {
    let next = sum + value
    if sum.magnitude >= value.magnitude {
      lost += (sum - next) + value
    } else {
      lost += (value - next) + sum
    }
    sum = next
  }
}

extension CompensatedSum {
  /// Adds a product with what rounding takes from it (Dekker, 1971), as if in twice the precision.
  ///
  /// Exact for factors below 1e150 whose product is not tiny.
  mutating func add(product left: Double, _ right: Double) {
    let product = left * right
    let (leftHigh, leftLow) = Self.halves(left)
    let (rightHigh, rightLow) = Self.halves(right)
    let rest =
      ((leftHigh * rightHigh - product) + leftHigh * rightLow + leftLow * rightHigh)
      + leftLow * rightLow
    add(product)
    add(rest)
  }

  /// A number as the sum of two of 26 digits each, whose products are exact.
  private static func halves(_ value: Double) -> (Double, Double) {
    let spread = value * 134_217_729  // 2²⁷ + 1
    let high = spread - (spread - value)
    return (high, value - high)
  }
}
