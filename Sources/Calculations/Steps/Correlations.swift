public import Analytics
public import Events
public import ExactNumbers
public import Portfolio

/// How the positions of a portfolio move together (C-13, C-14).
///
/// Scores take every position with an exposure; the matrix shows those that pass the report filter.
public struct CorrelationSummary: Sendable {
  /// Sessions whose log returns are used, `correlation.window`.
  public let window: Int
  /// Fewer common returns give no correlation.
  public let minimumOverlap: Int
  public let clusterThreshold: Double
  /// What a position must be worth to be shown, in money and as a fraction of gross market value.
  public let minimumValue: Double
  public let minimumWeight: Double
  /// Every named measure of C-14, by delta-adjusted exposure.
  public let diversification: Diversification
  /// Σ wσ / σ of the whole; at least 1 for a book of longs.
  public let diversificationRatio: Double?
  /// Ascending by first id, then second.
  public let reported: [ReportedCorrelation]
  /// The largest first.
  public let clusters: [CorrelationCluster]
  /// Exposure in clusters through gross exposure; null without exposure.
  public let concentration: Proportion?
  /// Open positions, those in the scores and those in the matrix.
  public let positionCount: Int
  public let scoredCount: Int
  public let reportedCount: Int
  /// Pairs in the scores, and those of them whose correlation is known.
  public let pairCount: Int
  public let knownPairCount: Int
  public let quality: Quality
}

/// The correlation of two positions, the first with the smaller id.
public struct ReportedCorrelation: Sendable {
  public let first: PositionID
  public let second: PositionID
  /// −1 … 1; 1 by definition on one ticker; null with too little overlap or a flat series.
  public let value: Double?
  /// Sessions on which both have a return.
  public let observations: Int
  /// Null where there is no estimate: without a correlation, and on one ticker.
  public let pValue: Double?
  public let isOneTicker: Bool

  init(
    _ first: PositionID, _ second: PositionID, value: Double?, observations: Int, pValue: Double?,
    isOneTicker: Bool
  ) {
    self.first = min(first, second)
    self.second = max(first, second)
    self.value = value
    self.observations = observations
    self.pValue = pValue
    self.isOneTicker = isOneTicker
  }
}

/// Positions connected by correlations at or above the threshold, on either side of zero.
public struct CorrelationCluster: Sendable {
  public struct Member: Sendable {
    public let position: PositionID
    /// Its risk symbol.
    public let symbol: Symbol
    /// Delta-adjusted, signed.
    public let exposure: Money
    /// Mean of its known correlations with the other members.
    public let averageCorrelation: Double?
  }

  /// The largest member's symbol, and how many more there are.
  public let nickname: String
  /// Mean over the known pairs of members.
  public let averageCorrelation: Double?
  /// Sum of the members' absolute exposures.
  public let totalValue: Money
  /// Of gross exposure.
  public let share: Proportion?
  /// Ascending by id.
  public let members: [Member]
}

extension CalculationDay {
  /// Every named measure of how far a portfolio spreads its risk (C-14).
  public func diversification(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> Diversification {
    try correlationSummary(of: portfolio).diversification
  }

  /// Correlations, clusters and diversification over the last sessions of the portfolio's calendar.
  public func correlationSummary(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> CorrelationSummary {
    try kept("correlations", portfolio) { () throws(CalculationError) in
      let exposures = try exposures(of: portfolio)
      let window = try whole(.correlationWindow, portfolio)
      let minimumValue = try number(.reportMinimumValue, portfolio)
      let minimumWeight = try number(.reportMinimumWeight, portfolio)
      let threshold = try number(.clusterThreshold, portfolio)
      let gross = try exposureTotals(of: portfolio).dollar.gross.doubleValue
      let sessions = Array(sessions(of: portfolio).dates.suffix(window + 1))
      var scan = CorrelationScan(
        exposures.filter { ($0.amount ?? 0) != 0 },
        minimumOverlap: try whole(.correlationOverlap, portfolio), threshold: threshold,
        isShown: { exposure in
          guard let value = exposure.dollar?.magnitude.doubleValue else { return false }
          return value >= minimumValue && value >= minimumWeight * gross
        },
        returns: { logReturns(of: $0, on: sessions) })
      scan.run()
      let clusters = try clusters(of: scan, portfolio)
      let diversification = scan.sums.result
      return CorrelationSummary(
        window: window, minimumOverlap: scan.minimumOverlap, clusterThreshold: threshold,
        minimumValue: minimumValue, minimumWeight: minimumWeight,
        diversification: diversification, diversificationRatio: scan.spread.ratio,
        reported: scan.reported.sorted { ($0.first, $0.second) < ($1.first, $1.second) },
        clusters: clusters.all, concentration: clusters.concentration,
        positionCount: exposures.count, scoredCount: scan.positions.count,
        reportedCount: scan.shownCount, pairCount: scan.pairs, knownPairCount: scan.knownPairs,
        quality: Self.quality(diversification, scan, window))
    }
  }

  /// Log returns from session to session; not a number where a close is missing.
  func logReturns(of symbol: Symbol, on sessions: [CivilDate]) -> [Double] {
    var aligned = [Double](repeating: .nan, count: max(0, sessions.count - 1))
    guard let first = sessions.first else { return aligned }
    let series = history.returns(of: symbol, asOf: asOf)
    var session = aligned.count
    for index in series.dates.indices.reversed() {
      let date = series.dates[index]
      guard date > first else { break }
      while session > 0, sessions[session] > date { session -= 1 }
      // A return over a gap is of no single session.
      guard session > 0, sessions[session] == date, series.starts[index] == sessions[session - 1]
      else { continue }
      aligned[session - 1] = Elementary.log(series.growth[index])
    }
    return aligned
  }

  private static func quality(
    _ diversification: Diversification, _ scan: CorrelationScan, _ window: Int
  ) -> Quality {
    guard diversification.score != nil, let coverage = diversification.coverage else {
      return .insufficient
    }
    guard scan.groups.count > 1 else { return .fullHistory }
    let isWhole = coverage >= 1 && scan.observations.allSatisfy { $0 >= window }
    return isWhole ? .fullHistory : .limitedHistory
  }
}
