public import Events
public import ExactNumbers
public import Portfolio
internal import Records

/// What a portfolio earned in a session, as a fraction.
public struct DailyReturn: Hashable, Sendable {
  public let date: CivilDate
  /// 0.01 is 1 %. Null on the portfolio's first day, and where the denominator is not above zero.
  public let value: Proportion?
}

extension CalculationDay {
  /// The returns of a portfolio's sessions up to this day, one a session, ascending (C-06).
  ///
  /// P&L over NAV of the session before and inflows. While nothing but trades moved its cash, NAV
  /// says nothing, and P&L is divided by the gross exposure of the session before (C-02).
  ///
  /// - Throws: ``CalculationError/outOfRange(what:_:)``, ``CalculationError/unknownPortfolio(id:)``.
  public func dailyReturns(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> ArraySlice<DailyReturn> {
    try track(of: portfolio).returns
  }

  /// The day of the portfolio's history that this day is; null where it is no session, or the
  /// portfolio had not begun.
  public func session(of portfolio: PortfolioID) throws(CalculationError) -> PortfolioDay? {
    let last = try history(of: portfolio).last
    return last?.date == date ? last : nil
  }

  /// The end of an earlier date, from the same facts; kept, since every portfolio may ask for it.
  func earlierDay(_ date: CivilDate) throws(CalculationError) -> CalculationDay {
    let days = try kept("earlier days") { () throws(CalculationError) in EarlierDays() }
    if let day = days.byDate[date] { return day }
    let day = CalculationDay(state, date: date, history: history)
    days.byDate[date] = day
    return day
  }

  /// Every position that the day has something to say of: those open, and those that were left
  /// since the session before; ascending by id.
  public func positionsOfDay(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> [Holding] {
    try kept("positions of the day", portfolio) { () throws(CalculationError) in
      let before = sessions(of: portfolio).session(before: date)?.end ?? .distantPast
      let left = try positions(of: portfolio)
        .filter { !$0.isActive && $0.exitTime.map { $0 > before } ?? false }
        .map { Holding(position: $0, value: valuation.value(of: $0)) }
      guard !left.isEmpty else { return try holdings(of: portfolio) }
      return (try holdings(of: portfolio) + left).sorted { $0.id < $1.id }
    }
  }

  /// Open and closed positions of a portfolio, ascending by id.
  func positions(of portfolio: PortfolioID) throws(CalculationError) -> [Position] {
    let all = try kept("positions by portfolio") { () throws(CalculationError) in
      Dictionary(grouping: holdings.positions.values, by: \.portfolio)
        .mapValues { $0.sorted { $0.id < $1.id } }
    }
    return all[portfolio] ?? []
  }
}

private final class EarlierDays {
  var byDate: [CivilDate: CalculationDay] = [:]
}

// MARK: The step

extension CalculatedTable {
  /// What each position was worth at the end of the day and what the day did to it.
  public static let dailyReturns = CalculatedTable(
    "daily_returns", keyCount: 2,
    [
      "position_id", "calculation_date", "portfolio_id", "quantity", "price", "price_source",
      "price_at", "prior_price", "market_value", "cost_basis", "unrealized_pnl",
      "unrealized_pnl_pct", "realized_pnl", "daily_pnl", "is_stale",
    ])

  /// The same of the portfolio.
  public static let portfolioReturns = CalculatedTable(
    "portfolio_returns", keyCount: 2,
    [
      "portfolio_id", "calculation_date", "net_asset_value", "cash_value", "long_exposure",
      "short_exposure", "net_flows", "income", "fees", "daily_pnl", "daily_return", "realized_pnl",
      "unrealized_pnl", "total_pnl", "num_unpriced", "cash_unknown",
    ])
}

extension Method {
  /// C-01 to C-07: values, results and returns of a day.
  static let returns1 = Method(
    step: .returns, name: "returns/1", parameters: [.staleSessions]
  ) { day, portfolio, _ in
    guard let portfolio else { preconditionFailure("returns are of a portfolio") }
    var positions = CalculatedRows(.dailyReturns)
    for holding in try day.positionsOfDay(of: portfolio) {
      let value = holding.value
      positions.append([
        Cell(holding.id.rawValue), Cell(day.date), Cell(portfolio.rawValue), Cell(value.quantity),
        Cell(value.price), Cell(value.source.rawValue), Cell(value.priceAt),
        Cell(value.priorPrice), Cell(value.marketValue), Cell(value.costBasis),
        Cell(value.unrealizedPnL), Cell(value.unrealizedFraction),
        Cell(holding.position.realizedPnL), Cell(value.dailyPnL), Cell(value.isStale),
      ])
    }
    var totals = CalculatedRows(.portfolioReturns)
    if let session = try day.session(of: portfolio) {
      totals.append([
        Cell(portfolio.rawValue), Cell(day.date), Cell(session.netAssetValue),
        Cell(session.cash), Cell(session.longExposure), Cell(session.shortExposure),
        Cell(session.netFlows), Cell(session.income), Cell(session.fees), Cell(session.pnl),
        Cell(try day.dailyReturns(of: portfolio).last?.value), Cell(session.realizedPnL),
        Cell(session.unrealizedPnL), Cell(session.totalPnL), Cell(session.unpricedCount),
        Cell(session.isCashUnknown),
      ])
    }
    return CalculationOutput([positions, totals], warnings: try day.returnWarnings(portfolio))
  }
}

extension CalculationDay {
  fileprivate func returnWarnings(_ portfolio: PortfolioID) throws(CalculationError) -> [String] {
    var warnings: [String] = []
    let unpriced = try holdings(of: portfolio).filter { $0.value.price == nil }
    if !unpriced.isEmpty {
      warnings.append(
        "\(portfolio): \(list(unpriced.map { "\($0.id) (\($0.position.symbol))" })) "
          + "without a price: totals are partial")
    }
    let modelled = try holdings(of: portfolio).filter(\.value.isModelPriced)
    if !modelled.isEmpty {
      warnings.append(
        "\(portfolio): \(list(modelled.map { "\($0.id) (\($0.position.symbol))" })) "
          + "without a quote: the price is the model's")
    }
    guard let session = try session(of: portfolio) else {
      warnings.append("\(portfolio): \(date) is no session of it: it has no return")
      return warnings
    }
    if session.isCashUnknown {
      warnings.append(
        "\(portfolio): its cash is not known; returns are on gross exposure, not on NAV")
    }
    return warnings
  }
}
