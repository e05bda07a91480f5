/// The correlations of all pairs of many series, one after the other, without keeping them (C-13).
///
/// Each pair is compacted to its common dates, each side centred there and brought to length one,
/// and ρ is the sum of products in the eight lanes of ``OrderedSum``. Work that pairs share is done
/// once: a series standardised on its own dates serves every pair whose common dates those are. The
/// arithmetic of a pair is the same either way, and so are its bits.
public struct CorrelationStudy: Sendable {
  /// The number of series.
  public let count: Int
  /// The number of dates.
  public let length: Int
  /// Pairs with fewer common dates have no correlation.
  public let minimumOverlap: Int

  private let padded: Int  // length, up to a multiple of eight: the rest stays zero
  private let series: [Double]  // as given, one after the other
  private let standardized: [Double]  // each on its own dates, one after the other
  private let flat: [Bool]  // never changes on its own dates
  private let classOf: [Int]
  private let classes: [DateMask]

  /// - Parameter series: Log returns on the same dates, oldest first; not finite where missing.
  public init(_ series: [[Double]], minimumOverlap: Int = 30) {
    let length = series.first?.count ?? 0
    precondition(series.allSatisfy { $0.count == length }, "series share their dates")
    let padded = (length + 7) / 8 * 8
    count = series.count
    self.length = length
    self.padded = padded
    self.minimumOverlap = max(2, minimumOverlap)
    self.series = series.flatMap { $0 }
    var standardized = [Double](repeating: 0, count: count * padded)
    var flat: [Bool] = []
    var classOf: [Int] = []
    var classes: [DateMask] = []
    var known: [DateMask: Int] = [:]
    var writer = Standardizer(length: length)
    for (index, one) in series.enumerated() {
      let mask = DateMask(one)
      let number = known[mask] ?? classes.count
      if number == classes.count {
        known[mask] = number
        classes.append(mask)
      }
      classOf.append(number)
      flat.append(
        !one.withUnsafeBufferPointer { one in
          standardized.withUnsafeMutableBufferPointer { output in
            writer.write(
              one, on: mask,
              to: UnsafeMutableBufferPointer(
                rebasing: output[(index * padded)..<((index + 1) * padded)]))
          }
        })
    }
    self.standardized = standardized
    self.flat = flat
    self.classOf = classOf
    self.classes = classes
  }

  /// Gives every pair i < j, in the order (0,1), (0,2) … (1,2) …
  public func forEachPair(
    _ body: (_ first: Int, _ second: Int, _ correlation: Correlation) throws -> Void
  ) rethrows {
    try forEachRow { first, row in
      for (offset, correlation) in row.enumerated() {
        try body(first, first + 1 + offset, correlation)
      }
    }
  }

  /// Gives, for each series but the last, its correlations with those after it.
  ///
  /// - Parameter body: The first series, and its correlations with the next, the one after it …
  public func forEachRow(
    _ body: (_ first: Int, _ row: [Correlation]) throws -> Void
  ) rethrows {
    var row: [Correlation] = []
    row.reserveCapacity(count)
    var scratch = PairScratch(length: length, padded: padded)
    for first in 0..<max(0, count - 1) {
      row.removeAll(keepingCapacity: true)
      fill(&row, first, &scratch)
      try body(first, row)
    }
  }

  private func fill(_ row: inout [Correlation], _ first: Int, _ scratch: inout PairScratch) {
    let own = classes[classOf[first]]
    var sides: [Int: FirstSide] = [:]
    series.withUnsafeBufferPointer { series in
      standardized.withUnsafeBufferPointer { standardized in
        let mine = slice(standardized, first, padded)
        for second in (first + 1)..<count {
          let number = classOf[second]
          if number == classOf[first] {
            row.append(
              correlation(
                mine, slice(standardized, second, padded), own.count,
                isDefined: !flat[first] && !flat[second]))
            continue
          }
          // Three things may differ: what the first looks like on the common dates of this class
          // is found once a row; the second is standardised anew only if it loses dates.
          let side: FirstSide
          if let known = sides[number] {
            side = known
          } else {
            side = FirstSide(
              slice(series, first, length), own, classes[number], padded, &scratch.standardizer)
            sides[number] = side
          }
          row.append(
            side.values.withUnsafeBufferPointer { left in
              guard !side.secondLosesDates else {
                let isMoving = scratch.standardizeSecond(
                  slice(series, second, length), on: side.common)
                return scratch.second.withUnsafeBufferPointer { right in
                  correlation(left, right, side.common.count, isDefined: side.isMoving && isMoving)
                }
              }
              return correlation(
                left, slice(standardized, second, padded), side.common.count,
                isDefined: side.isMoving && !flat[second])
            })
        }
      }
    }
  }

  @inline(__always)
  private func slice(
    _ values: UnsafeBufferPointer<Double>, _ index: Int, _ size: Int
  ) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(rebasing: values[(index * size)..<((index + 1) * size)])
  }

  @inline(__always)
  private func correlation(
    _ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>,
    _ observations: Int, isDefined: Bool
  ) -> Correlation {
    guard isDefined, observations >= minimumOverlap else {
      return Correlation(value: nil, observations: observations)
    }
    let value = OrderedSum.dot(left, right)
    return Correlation(value: min(1, max(-1, value)), observations: observations)
  }
}

/// The first of a pair on the dates it shares with a class of others.
private struct FirstSide {
  let common: DateMask
  let values: [Double]
  let isMoving: Bool
  let secondLosesDates: Bool

  init(
    _ first: UnsafeBufferPointer<Double>, _ own: DateMask, _ other: DateMask, _ padded: Int,
    _ standardizer: inout Standardizer
  ) {
    let common = own.intersection(other)
    self.common = common
    secondLosesDates = common != other
    var values = [Double](repeating: 0, count: padded)
    isMoving = values.withUnsafeMutableBufferPointer {
      standardizer.write(first, on: common, to: $0)
    }
    self.values = values
  }
}

/// Room for the second of a pair, used again for every pair.
private struct PairScratch {
  var standardizer: Standardizer
  var second: [Double]

  init(length: Int, padded: Int) {
    standardizer = Standardizer(length: length)
    second = [Double](repeating: 0, count: padded)
  }

  mutating func standardizeSecond(
    _ series: UnsafeBufferPointer<Double>, on mask: DateMask
  ) -> Bool {
    second.withUnsafeMutableBufferPointer { standardizer.write(series, on: mask, to: $0) }
  }
}
