import Analytics
import TestSupport
import Testing

/// C-13, with the examples of its text.
@Suite struct PositionCorrelations {
  @Test("C-13: five prices of two names correlate by 0.87514")
  func example() {
    let first = Returns.logarithmic([100, 101, 99, 102, 103])
    let second = Returns.logarithmic([50, 50.8, 50.1, 51.2, 51])
    let found = Correlation.between(first, second, minimumOverlap: 2)
    #expect(relativeError(found.value, 0.87514) < 1e-5)
    #expect(found.observations == 4)
    #expect(Correlation.between(first, second).value == nil, "30 common dates are the least")
    let line = LeastSquares.fit(first, on: Matrix(columns: [second]))
    #expect(relativeError(found.pValue, line.coefficients[1].pValue) < 1e-12)
  }

  @Test(
    "C-13: an overlap below the least, and a flat series, have no correlation",
    arguments: [29, 30])
  func overlap(common: Int) {
    let first = (0..<40).map { $0 < common ? Double(($0 * 7) % 11) : .nan }
    let second = (0..<40).map { Double(($0 * 5) % 13) }
    let found = Correlation.between(first, second)
    #expect(found.observations == common && (found.value == nil) == (common < 30))
    #expect((found.pValue == nil) == (common < 30))
    let flat = [Double](repeating: 0.1, count: 40)
    #expect(Correlation.between(flat, second).value == nil)
    #expect(Correlation.between(flat, flat).value == nil)
  }

  @Test("a series and itself, and its mirror, correlate by exactly ±1 to rounding")
  func itself() throws {
    let series = (0..<40).map { Double(($0 * 7) % 11) / 100 }
    let same = try #require(Correlation.between(series, series).value)
    let mirror = try #require(Correlation.between(series, series.map { -$0 }).value)
    #expect(abs(same - 1) < 1e-15 && same <= 1 && mirror == -same)
    #expect(Correlation.pValue(1, observations: 40) == 0)
    #expect(Correlation.pValue(-1, observations: 40) == 0)
    #expect(Correlation.pValue(0, observations: 40) == 1)
    #expect(Correlation.pValue(0.5, observations: 2) == nil)
  }

  @Test(
    "all pairs of a study have the bits of each pair alone, whatever is missing where",
    arguments: [41, 42, 43, 44] as [UInt64])
  func study(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let length = Int.random(in: 30...75, using: &random)
    let series = (0..<14).map { index -> [Double] in
      let start = index % 3 == 0 ? Int.random(in: 0..<20, using: &random) : 0
      let level = index == 5 ? 0.0 : 0.02
      return (0..<length).map { date in
        if date < start || (index % 4 == 1 && date % 9 == index % 9) { return .nan }
        return level * Double.random(in: -1...1, using: &random) + 0.001
      }
    }
    let study = CorrelationStudy(series, minimumOverlap: 25)
    var pairs = 0
    study.forEachPair { first, second, found in
      pairs += 1
      #expect(first < second)
      let alone = Correlation.between(series[first], series[second], minimumOverlap: 25)
      #expect(found == alone, "seed \(seed), \(first) with \(second)")
      let kept = (0..<length).filter { series[first][$0].isFinite && series[second][$0].isFinite }
      #expect(found.observations == kept.count, "seed \(seed)")
      let compact = Correlation.between(
        kept.map { series[first][$0] }, kept.map { series[second][$0] }, minimumOverlap: 25)
      #expect(found == compact, "seed \(seed), \(first) with \(second)")
      #expect(
        relativeError(found.value, plain(series[first], series[second], kept)) < 1e-12,
        "seed \(seed), \(first) with \(second)")
    }
    #expect(pairs == 14 * 13 / 2)
  }

  @Test("a study of no or one series has no pairs")
  func empty() {
    var pairs = 0
    CorrelationStudy([]).forEachPair { _, _, _ in pairs += 1 }
    CorrelationStudy([[1, 2, 3]]).forEachPair { _, _, _ in pairs += 1 }
    CorrelationStudy([[], []], minimumOverlap: 0).forEachPair { #expect($2.value == nil) }
    #expect(pairs == 0)
  }

  @Test("C-13: clusters are joined through others, and by opposites too")
  func clusters() {
    var clusters = CorrelationClusters(count: 6)
    clusters.add(4, 5, 0.69)
    clusters.add(2, 3, -0.7)
    clusters.add(0, 3, 0.9)
    clusters.add(1, 4, nil)
    #expect(clusters.groups == [[0, 2, 3]])
    #expect(clusters.concentration(values: [100, 50, -100, 100, 25, 25]) == 0.75)
    #expect(clusters.concentration(values: [0, 0, 0, 0, 0, 0]) == nil)
    #expect(CorrelationClusters(count: 0).groups.isEmpty)
  }

  /// Pearson's formula, plainly; nil where a series does not move or too few dates are common.
  private func plain(_ first: [Double], _ second: [Double], _ dates: [Int]) -> Double? {
    guard dates.count >= 25 else { return nil }
    let count = Double(dates.count)
    let x = dates.map { first[$0] }
    let y = dates.map { second[$0] }
    let meanX = x.reduce(0, +) / count
    let meanY = y.reduce(0, +) / count
    let xx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let yy = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    guard xx > 1e-20, yy > 1e-20 else { return nil }
    return xy / (xx * yy).squareRoot()
  }
}
