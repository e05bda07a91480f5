public import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

extension CalculationDay {
  /// The sessions over which a portfolio's betas are estimated: the last ones of its calendar.
  func betaWindow(of portfolio: PortfolioID) throws(CalculationError) -> SessionWindow {
    try kept("beta window", portfolio) { () throws(CalculationError) in
      _ = try details(of: portfolio)
      return SessionWindow(
        sessions(of: portfolio).dates, count: try whole(.betaWindow, portfolio))
    }
  }

  /// The betas of a symbol on each of ``tradableFactors``, by ordinary least squares with an
  /// intercept on one factor at a time (C-09).
  ///
  /// - Parameter symbol: What risk comes from: of an option its underlying.
  public func factorBetas(
    of symbol: Symbol, in portfolio: PortfolioID
  ) throws(CalculationError) -> [FactorBeta] {
    if let known = try betas(of: portfolio)[symbol] { return known }
    return try betaStudy(of: portfolio).betas(returns(of: symbol, on: betaWindow(of: portfolio)))
  }

  /// The betas of everything a portfolio holds: once a symbol, however many positions there are.
  private func betas(
    of portfolio: PortfolioID
  ) throws(CalculationError) -> [Symbol: [FactorBeta]] {
    try kept("betas", portfolio) { () throws(CalculationError) in
      let window = try betaWindow(of: portfolio)
      let study = try betaStudy(of: portfolio)
      var betas: [Symbol: [FactorBeta]] = [:]
      for holding in try holdings(of: portfolio) where betas[holding.riskSymbol] == nil {
        betas[holding.riskSymbol] = study.betas(returns(of: holding.riskSymbol, on: window))
      }
      return betas
    }
  }

  private func betaStudy(of portfolio: PortfolioID) throws(CalculationError) -> BetaStudy {
    try kept("beta study", portfolio) { () throws(CalculationError) in
      let window = try betaWindow(of: portfolio)
      return BetaStudy(
        factors: tradableFactors.map { ($0, returns(of: $0, on: window)) },
        window: try whole(.betaWindow, portfolio), minimum: try whole(.betaMinimum, portfolio),
        cap: try number(.betaCap, portfolio))
    }
  }
}

/// The factors of a window, prepared to explain many symbols.
private struct BetaStudy {
  private let factors: [(returns: WindowReturns, regressor: SingleFactor, cap: Double)]
  private let window: Int
  private let minimum: Int

  /// - Parameter cap: Of betas on prices. One on a yield is like a duration, and has no such bound
  ///   (D-30).
  init(factors: [(RiskFactor, WindowReturns)], window: Int, minimum: Int, cap: Double) {
    self.factors = factors.map { factor, returns in
      (returns, SingleFactor(returns.values), factor.kind == .yieldChange ? .infinity : cap)
    }
    self.window = window
    self.minimum = minimum
  }

  func betas(_ response: WindowReturns) -> [FactorBeta] {
    factors.map { factor in
      FactorBeta.estimate(
        response.spanning(factor.returns), on: factor.regressor, window: window,
        minimumObservations: minimum, cap: factor.cap)
    }
  }
}

extension FactorBeta {
  /// In the words of the tables. A factor that never changed leaves no beta, whatever the history.
  var tableQuality: Calculations.Quality {
    switch quality {
    case .full: .fullHistory
    case .limitedHistory: .limitedHistory
    case .insufficient, .flatFactor: .insufficient
    }
  }

  var isCapped: Bool { beta != rawBeta }
}

// MARK: The table

extension CalculatedTable {
  public static let positionFactorBetas = CalculatedTable(
    "position_factor_betas", keyCount: 3,
    [
      "position_id", "factor_id", "calculation_date", "portfolio_id", "symbol", "beta", "alpha",
      "r_squared", "std_err", "t_stat", "p_value", "raw_beta", "observations", "window_start",
      "window_end", "method", "is_capped", "quality",
    ])
}

extension CalculationDay {
  /// A row a position and factor, those without a beta among them.
  func betaRows(of portfolio: PortfolioID) throws(CalculationError) -> CalculatedRows {
    var rows = CalculatedRows(.positionFactorBetas)
    let factors = tradableFactors
    let order = factors.indices.sorted { factors[$0].id < factors[$1].id }
    let window = try betaWindow(of: portfolio)
    let start = Cell(window.dates.first)
    let end = Cell(window.dates.last)
    var cells: [Symbol: [[Cell]]] = [:]
    for holding in try holdings(of: portfolio) {
      let symbol = holding.riskSymbol
      if cells[symbol] == nil {
        let betas = try factorBetas(of: symbol, in: portfolio)
        cells[symbol] = order.map { Self.cells(betas[$0], start, end) }
      }
      for (place, values) in zip(order, cells[symbol, default: []]) {
        rows.append(
          [
            Cell(holding.id.rawValue), Cell(factors[place].id.rawValue), Cell(date),
            Cell(portfolio.rawValue), Cell(symbol.rawValue),
          ] + values)
      }
    }
    return rows
  }

  private static func cells(_ beta: FactorBeta, _ start: Cell, _ end: Cell) -> [Cell] {
    let fit = beta.regression
    return [
      Cell(beta.beta), Cell(fit?.alpha), Cell(fit?.rSquared), Cell(fit?.standardError),
      Cell(fit?.tStatistic), Cell(fit?.pValue), Cell(beta.rawBeta), Cell(beta.observations), start,
      end, Cell("ols"), Cell(beta.isCapped), Cell(beta.tableQuality.rawValue),
    ]
  }
}
