internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// Which positions of a portfolio: all, or by the side of their type.
public enum ExposureView: String, CaseIterable, Sendable {
  case portfolio, longs, shorts

  /// Whether a position on that side is in it.
  public func contains(isShort: Bool) -> Bool {
    switch self {
    case .portfolio: true
    case .longs: !isShort
    case .shorts: isShort
    }
  }
}

/// What risk is a fraction of (C-02).
public struct RiskDenominator: Hashable, Sendable {
  public enum Basis: String, Sendable {
    /// Net asset value.
    case nav
    /// Gross exposure, as only trades ever moved cash, so that it is not known.
    case gross
  }

  public let basis: Basis
  /// Null where it is not above zero.
  public let value: Double?
}

/// A portfolio's exposure to one factor, of one view (C-10).
public struct PortfolioFactorExposure: Sendable {
  public let factor: RiskFactor
  public let view: ExposureView
  /// D: money per 1.00 of the factor's return. Dollars of different factors overlap and must not be
  /// added up. Null where no position has a beta, and of what is a score.
  public let dollars: Double?
  /// X: ``dollars`` over the denominator; of a factor without a proxy its style score.
  public let value: Double?
  /// ``dollars`` over the view's gross exposure, as documented.
  public let ofGross: Double?
  /// The same of absolute exposures and betas, as documented.
  public let magnitude: Double?
  /// Share of the view's gross exposure that has a beta; below 0.8 it is flagged.
  public let coverage: Double?
  public let quality: Quality

  /// Below this share the exposure is flagged.
  public static let smallestCoverage = 0.8
}

/// A portfolio's exposures to every factor.
public struct FactorExposures: Sendable {
  /// The order of ``dollars(_:)`` and ``values(_:)``.
  public let tradable: [RiskFactor]
  public let denominator: RiskDenominator
  /// Of each view those to ``tradable``, in that order.
  let views: [ExposureView: [PortfolioFactorExposure]]
  /// To factors without a proxy.
  let scores: [PortfolioFactorExposure]
  /// Positions whose exposure is not known, and which are in no number.
  public let unknownExposures: Int

  /// D of each factor, not rounded.
  public func dollars(_ view: ExposureView) -> [Double?] { exposures(view).map(\.dollars) }

  /// X of each factor.
  public func values(_ view: ExposureView) -> [Double?] { exposures(view).map(\.value) }

  public func exposures(_ view: ExposureView) -> [PortfolioFactorExposure] {
    views[view, default: []]
  }

  public func exposure(to factor: FactorID, _ view: ExposureView) -> PortfolioFactorExposure? {
    exposures(view).first { $0.factor.id == factor }
  }

  /// The whole portfolio's exposure to the market; null where the book has no such factor.
  public var market: PortfolioFactorExposure? {
    exposures(.portfolio).first { $0.factor.name == "market_beta" }
  }
}

extension CalculationDay {
  /// Net asset value; where cash is not known gross exposure (C-02).
  public func denominator(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> RiskDenominator {
    let isUnknown = try value(of: portfolio).cash.isUnknown
    let value =
      isUnknown
      ? try exposureTotals(of: portfolio).dollar.gross : try netAssetValue(of: portfolio)
    return RiskDenominator(
      basis: isUnknown ? .gross : .nav, value: value > .zero ? value.doubleValue : nil)
  }

  /// The exposures of a portfolio to every factor in use (C-10).
  public func factorExposures(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> FactorExposures {
    try kept("factor exposures", portfolio) { () throws(CalculationError) in
      let denominator = try denominator(of: portfolio)
      let all = try exposures(of: portfolio)
      var betas: [[FactorBeta]] = []
      for exposure in all {
        betas.append(try factorBetas(of: exposure.symbol, in: portfolio))
      }
      let tradable = tradableFactors
      var views: [ExposureView: [PortfolioFactorExposure]] = [:]
      var scores: [PortfolioFactorExposure] = []
      for view in ExposureView.allCases {
        let members = all.indices.filter { view.contains(isShort: all[$0].isShort) }
        views[view] = tradable.indices.map { index in
          Self.exposure(
            to: tradable[index], view, members.map { (all[$0].amount, betas[$0][index]) },
            denominator)
        }
        for factor in factors where !factor.isTradable {
          scores.append(styleScore(factor, view, members.map { all[$0] }))
        }
      }
      return FactorExposures(
        tradable: tradable, denominator: denominator, views: views, scores: scores,
        unknownExposures: all.count { $0.amount == nil })
    }
  }

  private static func exposure(
    to factor: RiskFactor, _ view: ExposureView, _ positions: [(Double?, FactorBeta)],
    _ denominator: RiskDenominator
  ) -> PortfolioFactorExposure {
    let known = positions.compactMap { amount, beta in amount.map { ($0, beta) } }
    let result = FactorExposure(
      exposures: known.map(\.0), betas: known.map(\.1.beta), netAssetValue: denominator.value)
    var dollars = result.dollars
    // Without exposure there is none to any factor, whatever the betas; what has no price is not
    // without exposure.
    if result.coverage == nil { dollars = known.count == positions.count ? 0 : nil }
    let isThin = known.contains { amount, beta in
      amount != 0 && beta.quality == .limitedHistory
    }
    let isCovered = (result.coverage ?? 1) >= PortfolioFactorExposure.smallestCoverage
    return PortfolioFactorExposure(
      factor: factor, view: view, dollars: dollars,
      value: dollars.flatMap { dollars in denominator.value.map { dollars / $0 } },
      ofGross: result.documentedSigned, magnitude: result.documentedMagnitude,
      coverage: result.coverage,
      quality: dollars == nil
        ? .insufficient
        : isThin || !isCovered || known.count < positions.count ? .limitedHistory : .fullHistory)
  }
}

// MARK: The table

extension CalculatedTable {
  public static let portfolioFactorExposures = CalculatedTable(
    "portfolio_factor_exposures", keyCount: 4,
    [
      "portfolio_id", "factor_id", "calculation_date", "view", "exposure_value", "value_basis",
      "exposure_gross_basis", "magnitude_exposure", "exposure_dollar", "coverage", "quality",
    ])
}

extension CalculationDay {
  func exposureRows(of portfolio: PortfolioID) throws(CalculationError) -> CalculatedRows {
    let exposures = try factorExposures(of: portfolio)
    let all = ExposureView.allCases.flatMap { exposures.exposures($0) } + exposures.scores
    var rows = CalculatedRows(.portfolioFactorExposures)
    let ordered = all.sorted {
      ($0.factor.id, $0.view.rawValue) < ($1.factor.id, $1.view.rawValue)
    }
    for exposure in ordered {
      let basis = exposure.factor.isTradable ? exposures.denominator.basis.rawValue : "score"
      rows.append([
        Cell(portfolio.rawValue), Cell(exposure.factor.id.rawValue), Cell(date),
        Cell(exposure.view.rawValue), Cell(exposure.value), Cell(basis), Cell(exposure.ofGross),
        Cell(exposure.magnitude), Cell(Money(nearest: exposure.dollars)),
        Cell(Proportion(nearest: exposure.coverage)), Cell(exposure.quality.rawValue),
      ])
    }
    return rows
  }
}
