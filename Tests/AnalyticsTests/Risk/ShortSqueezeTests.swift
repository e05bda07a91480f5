import Analytics
import Testing

/// C-20, with the examples of its text.
@Suite struct ShortSqueezes {
  @Test(
    "C-20: thresholds are strict, and unknown is not low",
    arguments: [
      (12.5, 2, ShortSqueeze.Level.high), (10.0, 3.5, .medium), (5.0, 3.0, .low),
      (nil, 2, .unknown), (nil, 6, .high), (nil, nil, .unknown), (nil, 4, .medium),
      (2, nil, .unknown), (5.1, nil, .medium), (10.1, nil, .high), (0, 5, .medium),
      (.nan, 6, .high), (.nan, 1, .unknown),
    ] as [(Double?, Double?, ShortSqueeze.Level)])
  func level(cost: Double?, days: Double?, want: ShortSqueeze.Level) {
    #expect(ShortSqueeze.level(costToBorrowPercent: cost, daysToCover: days) == want)
  }

  @Test("C-20: the worst come first, then the dearer, then the slower; unknown last")
  func order() {
    let sorted: [(costToBorrowPercent: Double?, daysToCover: Double?)] = [
      (50, 1), (12, 9), (12, 8), (12, nil), (nil, 6), (7, 1), (1, 1), (nil, 2),
    ]
    for (first, left) in sorted.enumerated() {
      for (second, right) in sorted.enumerated() {
        #expect(ShortSqueeze.precedes(left, right) == (first < second), "\(first) \(second)")
      }
    }
    #expect(ShortSqueeze.Level.allCases == ShortSqueeze.Level.allCases.sorted())
  }
}
