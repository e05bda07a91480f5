internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

extension CalculationDay {
  /// Fewer tickers than this with data make no cross-section.
  static let smallestUniverse = 10

  /// The score of a factor that no instrument stands for (C-09).
  ///
  /// `short_interest` has one: Σ E z / Σ|E| over the positions whose ticker has a z-score of days to
  /// cover, so that a short position in a crowded short counts against it. It is a score in standard
  /// deviations, no exposure in dollars, and in no covariance, stress test or contribution to risk.
  func styleScore(
    _ factor: RiskFactor, _ view: ExposureView, _ positions: [PositionExposure]
  ) -> PortfolioFactorExposure {
    var score: Double?
    var coverage: Double?
    if factor.name == "short_interest" {
      let scores = daysToCoverScores
      var weighted: [Double] = []
      var known: [Double] = []
      var gross: [Double] = []
      for position in positions {
        guard let amount = position.amount else { continue }
        gross.append(amount.magnitude)
        guard let own = scores[position.symbol] else { continue }
        weighted.append(amount * own)
        known.append(amount.magnitude)
      }
      let total = sum(known)
      if total > 0 { score = sum(weighted) / total }
      if sum(gross) > 0 { coverage = total / sum(gross) }
    }
    let isCovered = (coverage ?? 0) >= PortfolioFactorExposure.smallestCoverage
    return PortfolioFactorExposure(
      factor: factor, view: view, dollars: nil, value: score, ofGross: nil, magnitude: nil,
      coverage: coverage,
      quality: score == nil ? .insufficient : isCovered ? .fullHistory : .limitedHistory)
  }

  /// The z-score of days to cover among all tickers of the book that have it, by its latest report;
  /// empty where they are fewer than ten, or all alike.
  private var daysToCoverScores: [Symbol: Double] {
    let scores = try? kept("days to cover scores") { () throws(CalculationError) in
      var days: [(Symbol, Double)] = []
      for symbol in state.symbolsWithShortMetrics {
        guard let metrics = state.shortMetrics(of: symbol, asOf: asOf) else { continue }
        let reported = metrics.daysToCover?.doubleValue ?? metrics.daysOfVolume?.doubleValue
        if let reported { days.append((symbol, reported)) }
      }
      let values = days.map(\.1)
      guard days.count >= Self.smallestUniverse, let mean = Moments.mean(values),
        let deviation = Moments.standardDeviation(values), deviation > 0
      else { return [Symbol: Double]() }
      return Dictionary(uniqueKeysWithValues: days.map { ($0, ($1 - mean) / deviation) })
    }
    return scores ?? [:]
  }

  /// In the order given.
  private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
}
