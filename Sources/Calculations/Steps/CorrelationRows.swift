internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

extension CalculatedTable {
  public static let positionCorrelationMatrix = CalculatedTable(
    "position_correlation_matrix", keyCount: 3,
    [
      "position1_id", "position2_id", "calculation_date", "portfolio_id", "correlation",
      "observations", "p_value", "lookback_days", "quality",
    ])

  public static let correlationCalculations = CalculatedTable(
    "correlation_calculations", keyCount: 3,
    [
      "portfolio_id", "calculation_date", "lookback_days", "calculation_id",
      "average_correlation", "weighted_average_correlation", "effective_positions",
      "concentration_score", "min_position_value", "min_portfolio_weight", "filter_mode",
      "correlation_threshold", "positions_included", "positions_excluded", "positions_scored",
      "pairs", "pairs_known", "minimum_overlap", "diversification_score",
      "hedged_diversification", "diversification_pairwise", "diversification_pairwise_signed",
      "diversification_pairwise_clamped", "diversification_documented",
      "diversification_as_executed", "diversification_ratio", "herfindahl",
      "effective_positions_by_weight", "coverage", "quality",
    ])

  public static let correlationClusters = CalculatedTable(
    "correlation_clusters", keyCount: 2,
    [
      "calculation_id", "cluster_no", "calculation_date", "portfolio_id", "nickname",
      "average_correlation", "total_value", "portfolio_share", "position_count", "quality",
    ])

  public static let correlationClusterPositions = CalculatedTable(
    "correlation_cluster_positions", keyCount: 3,
    [
      "calculation_id", "cluster_no", "position_id", "calculation_date", "portfolio_id", "ticker",
      "exposure", "average_correlation", "quality",
    ])
}

extension Method {
  /// C-13 and C-14: log returns, Pearson on common sessions, one pass over all pairs.
  static let correlations1 = Method(
    step: .correlations, name: "correlations/1",
    parameters: [
      .correlationWindow, .correlationOverlap, .clusterThreshold, .reportMinimumValue,
      .reportMinimumWeight, .greeksModel, .riskFreeRate, .defaultVolatility,
      .historicalVolatilityWindow, .dividendYield,
    ]
  ) { day, portfolio, _ in
    guard let portfolio else { preconditionFailure("correlations are of a portfolio") }
    let summary = try day.correlationSummary(of: portfolio)
    return CalculationOutput(
      [
        summary.matrixRows(day.date, portfolio), summary.calculationRows(day.date, portfolio),
        summary.clusterRows(day.date, portfolio), summary.memberRows(day.date, portfolio),
      ], warnings: summary.warnings(portfolio))
  }
}

extension CorrelationSummary {
  fileprivate func matrixRows(_ date: CivilDate, _ portfolio: PortfolioID) -> CalculatedRows {
    var rows = CalculatedRows(.positionCorrelationMatrix)
    for pair in reported {
      let quality: Quality =
        pair.value == nil
        ? .insufficient : pair.observations >= window ? .fullHistory : .limitedHistory
      rows.append([
        Cell(pair.first.rawValue), Cell(pair.second.rawValue), Cell(date),
        Cell(portfolio.rawValue), Cell(pair.value), Cell(pair.observations), Cell(pair.pValue),
        Cell(window), Cell(quality.rawValue),
      ])
    }
    return rows
  }

  fileprivate func calculationRows(_ date: CivilDate, _ portfolio: PortfolioID) -> CalculatedRows {
    var rows = CalculatedRows(.correlationCalculations)
    rows.append([
      Cell(portfolio.rawValue), Cell(date), Cell(window), id(date, portfolio),
      Cell(diversification.averageCorrelation), Cell(diversification.weightedAverageCorrelation),
      Cell(diversification.effectiveIndependentPositions), Cell(concentration),
      Cell(minimumValue), Cell(minimumWeight), Cell("both"), Cell(clusterThreshold),
      Cell(reportedCount), Cell(positionCount - reportedCount), Cell(scoredCount),
      Cell(pairCount), Cell(knownPairCount), Cell(minimumOverlap), Cell(diversification.score),
      Cell(diversification.hedgedScore), Cell(diversification.pairwise),
      Cell(diversification.pairwiseSigned), Cell(diversification.pairwiseClamped),
      Cell(diversification.documented), Cell(diversification.asExecuted),
      Cell(diversificationRatio), Cell(diversification.herfindahl),
      Cell(diversification.effectivePositions), Cell(diversification.coverage),
      Cell(quality.rawValue),
    ])
    return rows
  }

  fileprivate func clusterRows(_ date: CivilDate, _ portfolio: PortfolioID) -> CalculatedRows {
    var rows = CalculatedRows(.correlationClusters)
    for (index, cluster) in clusters.enumerated() {
      rows.append([
        id(date, portfolio), Cell(index + 1), Cell(date), Cell(portfolio.rawValue),
        Cell(cluster.nickname), Cell(cluster.averageCorrelation), Cell(cluster.totalValue),
        Cell(cluster.share), Cell(cluster.members.count), Cell(quality.rawValue),
      ])
    }
    return rows
  }

  fileprivate func memberRows(_ date: CivilDate, _ portfolio: PortfolioID) -> CalculatedRows {
    var rows = CalculatedRows(.correlationClusterPositions)
    for (index, cluster) in clusters.enumerated() {
      for member in cluster.members {
        rows.append([
          id(date, portfolio), Cell(index + 1), Cell(member.position.rawValue), Cell(date),
          Cell(portfolio.rawValue), Cell(member.symbol.rawValue), Cell(member.exposure),
          Cell(member.averageCorrelation), Cell(quality.rawValue),
        ])
      }
    }
    return rows
  }

  private func id(_ date: CivilDate, _ portfolio: PortfolioID) -> Cell {
    Cell("\(portfolio.rawValue)/\(date)")
  }

  fileprivate func warnings(_ portfolio: PortfolioID) -> [String] {
    guard positionCount > 0 else { return [] }
    var warnings: [String] = []
    if scoredCount < positionCount {
      warnings.append(
        "\(portfolio): \(positionCount - scoredCount) of \(positionCount) positions have no "
          + "exposure and are in no correlation")
    }
    if pairCount > 0, knownPairCount == 0 {
      warnings.append(
        "\(portfolio): no two positions share \(minimumOverlap) returns of the last \(window) "
          + "sessions; diversification is not known")
    } else if let coverage = diversification.coverage, coverage < 0.8 {
      warnings.append(
        "\(portfolio): correlations are known for \(Int((coverage * 100).rounded(.down))) % of "
          + "the weight of all pairs; the others count with the mean of those")
    }
    return warnings
  }
}
