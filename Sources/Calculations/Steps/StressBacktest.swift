internal import Analytics
public import Events
public import ExactNumbers
public import Portfolio

/// Stress predictions against what happened: for every session, what the factors' own moves should
/// have brought the holdings of the session before, and what the portfolio brought.
///
/// A good factor model predicts well whatever the scenario is, since each past day is one. What is
/// traded within a day is in what happened and not in what was predicted.
public struct StressBacktest: Sendable {
  public struct Day: Sendable {
    public let date: CivilDate
    /// Of the market factor; null where its proxy has no return from session to session.
    public let marketReturn: Double?
    /// D of the market at the end of the session before, times its return: direct, one factor.
    public let predictedPnL: Money?
    /// All factors with a return and an exposure pinned, by the conditional method.
    public let conditionalPnL: Money?
    /// Change of net asset value less flows (C-06); null where it is not known.
    public let realizedPnL: Money?

    /// What happened less what was predicted.
    public var error: Money? { Self.difference(realizedPnL, predictedPnL) }
    public var conditionalError: Money? { Self.difference(realizedPnL, conditionalPnL) }

    private static func difference(_ left: Money?, _ right: Money?) -> Money? {
      guard let left, let right else { return nil }
      return try? left - right
    }
  }

  public let portfolio: PortfolioID
  /// Ascending; the first session only says what is held.
  public let days: [Day]
  public let market: BacktestSummary
  public let conditional: BacktestSummary
}

/// How predictions compare with what happened, over the days on which both are known.
public struct BacktestSummary: Hashable, Sendable {
  public let days: Int
  /// Pearson's; null below three days, or where either never changes.
  public let correlation: Double?
  /// Mean of realized less predicted, money: what the prediction lacks a day.
  public let meanError: Double?
  /// √ mean squared error, money.
  public let rootMeanSquareError: Double?
  /// 1 − Σ(realized − predicted)² / Σ(realized − mean)²: below 0 is worse than guessing the mean.
  public let rSquared: Double?
  /// Share of the days whose sign was right, of those where neither is 0.
  public let hitRate: Double?
}

extension StressBacktest {
  /// One pass over the sessions; of each day nothing but its row is kept.
  ///
  /// - Parameters:
  ///   - state: The facts, with the prices of what was held and of the factors.
  ///   - sessions: Ascending. Each but the first becomes a row.
  ///   - history: Of the same state; shared with other calculations.
  /// - Throws: ``CalculationError``.
  public init(
    _ state: BookState, portfolio: PortfolioID, sessions: [CivilDate],
    history: MarketHistory? = nil
  ) throws(CalculationError) {
    guard let last = sessions.last else {
      self.init(portfolio, [])
      return
    }
    let history = history ?? MarketHistory(state, through: last.end)
    var realized: [CivilDate: (before: CivilDate, profit: Money)] = [:]
    let end = CalculationDay(state, date: last, history: history)
    var before: PortfolioDay?
    for day in try end.history(of: portfolio) {
      if let before, let profit = day.pnl { realized[day.date] = (before.date, profit) }
      before = day
    }
    var days: [Day] = []
    var day: CalculationDay?
    for date in sessions {
      let next = date == last ? end : CalculationDay(state, date: date, history: history)
      if let day {
        let prediction = try StressPrediction(day, portfolio, next)
        let result = realized[date].flatMap { $0.before == day.date ? $0.profit : nil }
        days.append(
          Day(
            date: date, marketReturn: prediction.marketReturn, predictedPnL: prediction.market,
            conditionalPnL: prediction.conditional, realizedPnL: result))
      }
      day = next
    }
    self.init(portfolio, days)
  }

  init(_ portfolio: PortfolioID, _ days: [Day]) {
    self.portfolio = portfolio
    self.days = days
    market = BacktestSummary(days.map { ($0.predictedPnL, $0.realizedPnL) })
    conditional = BacktestSummary(days.map { ($0.conditionalPnL, $0.realizedPnL) })
  }
}

/// What the exposures of one session's end say of the moves of the next session.
private struct StressPrediction {
  let marketReturn: Double?
  var market: Money?
  var conditional: Money?

  init(
    _ day: CalculationDay, _ portfolio: PortfolioID, _ next: CalculationDay
  ) throws(CalculationError) {
    let factors = day.tradableFactors
    let window = SessionWindow([day.date, next.date], count: 1)
    let returns: [Double?] = factors.map { factor in
      let returns = next.returns(of: factor, on: window)
      guard let value = returns.values.first, value.isFinite,
        returns.starts.first == day.date.daysSinceEpoch
      else { return nil }
      return value
    }
    let marketIndex = factors.firstIndex { $0.name == "market_beta" }
    marketReturn = marketIndex.flatMap { returns[$0] }
    // Nothing held is nothing predicted: such a day says nothing about the model.
    guard day.holdings.portfolios[portfolio] != nil,
      try !day.holdings(of: portfolio).isEmpty
    else { return }
    let exposures = try day.factorExposures(of: portfolio).dollars(.portfolio)
    if let marketIndex, let exposure = exposures[marketIndex], let marketReturn {
      market = Money(nearest: exposure * marketReturn)
    }
    let covariance = try day.stressCovariance(of: portfolio).aligned(factors)?.covariance
    let test = StressTest(
      exposures: exposures, shocks: returns, pinned: returns.map { $0 != nil },
      covariance: covariance, correlation: nil, ridge: try day.number(.stressRidge, portfolio))
    conditional = Money(nearest: test.conditionalPnL)
  }
}

extension BacktestSummary {
  init(_ pairs: [(predicted: Money?, realized: Money?)]) {
    let known = pairs.compactMap { pair -> (predicted: Double, realized: Double)? in
      guard let predicted = pair.predicted, let realized = pair.realized else { return nil }
      return (predicted.doubleValue, realized.doubleValue)
    }
    days = known.count
    let predicted = known.map(\.predicted)
    let realized = known.map(\.realized)
    let errors = known.map { $0.realized - $0.predicted }
    correlation = Correlation.between(predicted, realized, minimumOverlap: 3).value
    meanError = Moments.mean(errors)
    let squares = Moments.mean(errors.map { $0 * $0 })
    rootMeanSquareError = squares.map { $0.squareRoot() }
    if let squares, let center = Moments.mean(realized),
      let spread = Moments.mean(realized.map { ($0 - center) * ($0 - center) }), spread > 0
    {
      rSquared = 1 - squares / spread
    } else {
      rSquared = nil
    }
    let signed = known.filter { $0.predicted != 0 && $0.realized != 0 }
    hitRate =
      signed.isEmpty
      ? nil
      : Double(signed.count { ($0.predicted < 0) == ($0.realized < 0) }) / Double(signed.count)
  }
}
