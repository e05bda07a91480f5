internal import Analytics
internal import Events
internal import ExactNumbers

/// One pass over all pairs of positions, of which nothing of the size n² is kept (C-13, C-14).
///
/// Correlations belong to risk symbols, so each pair of symbols is worked out once, whatever the
/// number of positions on it.
struct CorrelationScan {
  /// By risk symbol, then by id: the order of all sums.
  let positions: [PositionExposure]
  /// The positions of each symbol.
  let groups: [Range<Int>]
  /// How many returns each symbol has in the window.
  let observations: [Int]
  /// The log returns of each symbol on the sessions of the window; not a number where missing.
  let series: [[Double]]
  let minimumOverlap: Int

  private(set) var sums: DiversificationSums
  private(set) var spread: VolatilitySpread
  private(set) var clusters: CorrelationClusters
  private(set) var reported: [ReportedCorrelation] = []
  private(set) var pairs = 0
  private(set) var knownPairs = 0
  /// The positions of each symbol that the matrix shows.
  let shown: [[Int]]

  /// - Parameters:
  ///   - positions: With an exposure that is known and not zero.
  ///   - isShown: Whether the matrix shows the position.
  ///   - returns: The log returns of a symbol on the sessions of the window.
  init(
    _ positions: [PositionExposure], minimumOverlap: Int, threshold: Double,
    isShown: (PositionExposure) -> Bool, returns: (Symbol) -> [Double]
  ) {
    let positions = positions.sorted { ($0.symbol, $0.position) < ($1.symbol, $1.position) }
    self.positions = positions
    self.minimumOverlap = minimumOverlap
    var groups: [Range<Int>] = []
    for index in positions.indices {
      if let last = groups.last, positions[last.lowerBound].symbol == positions[index].symbol {
        groups[groups.count - 1] = last.lowerBound..<(index + 1)
      } else {
        groups.append(index..<(index + 1))
      }
    }
    self.groups = groups
    series = groups.map { returns(positions[$0.lowerBound].symbol) }
    observations = series.map { $0.count { $0.isFinite } }
    shown = groups.map { group in group.filter { isShown(positions[$0]) } }
    let amounts = positions.map { $0.amount ?? 0 }
    sums = DiversificationSums(exposures: amounts)
    spread = VolatilitySpread(
      exposures: groups.map { $0.map { amounts[$0] } },
      volatilities: zip(series, observations).map { series, observations in
        observations >= minimumOverlap ? Moments.standardDeviation(series) : nil
      })
    clusters = CorrelationClusters(count: groups.count, threshold: threshold)
  }

  mutating func run() {
    guard !groups.isEmpty else { return }
    let study = CorrelationStudy(series, minimumOverlap: minimumOverlap)
    study.forEachRow { first, row in take(first, row) }
    take(groups.count - 1, [])
  }

  /// - Parameter row: The correlations of a symbol with each one after it.
  private mutating func take(_ first: Int, _ row: [Correlation]) {
    for position in groups[first] {
      // Two positions on one ticker move as one, whatever is known of its prices.
      for other in (position + 1)..<max(groups[first].upperBound, position + 1) {
        sums.add(position, other, 1)
        pairs += 1
        knownPairs += 1
      }
      for (offset, correlation) in row.enumerated() {
        let others = groups[first + 1 + offset]
        for other in others { sums.add(position, other, correlation.value) }
        pairs += others.count
        if correlation.value != nil { knownPairs += others.count }
      }
    }
    for (offset, correlation) in row.enumerated() {
      clusters.add(first, first + 1 + offset, correlation.value)
    }
    spread.take(first, row)
    report(first, row)
  }

  private mutating func report(_ first: Int, _ row: [Correlation]) {
    let own = shown[first]
    guard !own.isEmpty else { return }
    for (index, position) in own.enumerated() {
      for other in own[(index + 1)...] {
        reported.append(
          ReportedCorrelation(
            positions[position].position, positions[other].position, value: 1,
            observations: observations[first], pValue: nil, isOneTicker: true))
      }
      for (offset, correlation) in row.enumerated() {
        for other in shown[first + 1 + offset] {
          reported.append(
            ReportedCorrelation(
              positions[position].position, positions[other].position, value: correlation.value,
              observations: correlation.observations, pValue: correlation.pValue,
              isOneTicker: false))
        }
      }
    }
  }
}

/// What the diversification ratio is made of: weighted volatilities through that of the whole.
struct VolatilitySpread {
  private let parts: [Double?]
  private var weighted: Double?
  private var variance = 0.0
  private var isUnknown = false

  /// - Parameters:
  ///   - exposures: Of the positions on each symbol.
  ///   - volatilities: Of each symbol's returns; nil where too few are known.
  init(exposures: [[Double]], volatilities: [Double?]) {
    var gross = 0.0
    var sum: Double? = 0.0
    var parts: [Double?] = []
    for (amounts, volatility) in zip(exposures, volatilities) {
      let magnitude = amounts.reduce(0) { $0 + $1.magnitude }
      gross += magnitude
      if let volatility, let known = sum { sum = known + magnitude * volatility } else { sum = nil }
      let net = amounts.reduce(0, +)
      parts.append(net == 0 ? 0 : volatility.map { net * $0 })
    }
    self.parts = parts
    weighted = gross > 0 ? sum : nil
  }

  /// Symbols come in their order, each with its correlations with those after it.
  mutating func take(_ first: Int, _ row: [Correlation]) {
    guard weighted != nil, !isUnknown, let part = parts[first] else {
      isUnknown = true
      return
    }
    guard part != 0 else { return }
    var sum = part * part
    for (offset, correlation) in row.enumerated() {
      guard let other = parts[first + 1 + offset] else {
        isUnknown = true
        return
      }
      guard other != 0 else { continue }
      guard let value = correlation.value else {
        isUnknown = true
        return
      }
      sum += 2 * part * other * value
    }
    variance += sum
  }

  /// Σ wσ / σ of the whole; nil where a volatility or correlation is not known, or nothing varies.
  var ratio: Double? {
    guard let weighted, !isUnknown, variance > 0 else { return nil }
    return weighted / variance.squareRoot()
  }
}
