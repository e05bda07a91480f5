internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio
internal import Records

/// What an option's price and Greeks are made of (C-08).
struct OptionContract {
  var inputs: OptionInputs
  var underlyingPrice: Price
  var volatilitySource: VolatilitySource
  var isAmerican: Bool
  /// The price of the underlying is older than `price.stale_sessions`.
  var isStale: Bool
}

extension OptionContract {
  /// Per share of the underlying.
  func price() throws(AnalyticsError) -> Double {
    isAmerican ? try AmericanOption.price(inputs) : try EuropeanOption.values(inputs).price
  }

  /// Null where one of them is not known.
  func unitGreeks() throws(AnalyticsError) -> UnitGreeks? {
    if isAmerican {
      let values = try AmericanOption.values(inputs)
      guard let delta = values.delta, let gamma = values.gamma, let theta = values.theta,
        let vega = values.vega
      else { return nil }
      return UnitGreeks(
        delta: delta, gamma: gamma, theta: theta / 365, vega: vega / 100,
        rho: values.rho.map { $0 / 100 })
    }
    let values = try EuropeanOption.values(inputs)
    guard let delta = values.delta, let gamma = values.gamma, let theta = values.theta,
      let vega = values.vega, let rho = values.rho
    else { return nil }
    return UnitGreeks(
      delta: delta, gamma: gamma, theta: theta / 365, vega: vega / 100, rho: rho / 100)
  }
}

/// Takes the inputs of options' prices from the facts of a moment: what markets and parameters say,
/// and never what an option itself costs.
struct OptionMarket {
  let history: MarketHistory
  let state: BookState
  let asOf: Instant
  /// The UTC date of ``asOf``.
  let date: CivilDate

  init(_ history: MarketHistory, _ state: BookState, asOf: Instant) {
    self.history = history
    self.state = state
    self.asOf = asOf
    date = asOf.date
  }

  private var parameters: ParametersInForce { ParametersInForce(state: state, asOf: asOf) }

  /// Null where the underlying has no price above zero.
  ///
  /// - Parameter sessions: Those of the portfolio, which say how old a price is; null: whoever asks
  ///   knows it.
  func contract(
    _ position: PositionID, _ symbol: Symbol, _ terms: ContractTerms, _ portfolio: PortfolioID,
    sessions: SessionCalendar? = nil
  ) throws(CalculationError) -> OptionContract? {
    guard let underlying = state.market.price(of: terms.underlying, asOf: asOf),
      underlying.price > .zero
    else { return nil }
    let (volatility, source) = try volatility(of: position, symbol, terms, portfolio)
    let days = Double(terms.expiration.daysSinceEpoch - date.daysSinceEpoch)
    let paid = state.instrument(terms.underlying, asOf: asOf)?.payload.dividendYield?.doubleValue
    let assumed = try parameters.number(.dividendYield, portfolio)
    let stale = try parameters.whole(.staleSessions, portfolio)
    let age = sessions.map { $0.count(after: underlying.date, through: date) }
    return OptionContract(
      inputs: OptionInputs(
        side: terms.right == .call ? .call : .put, spot: underlying.price.doubleValue,
        strike: terms.strike.doubleValue,
        // On its last day an option lives for half a day.
        years: max(days / 365, 0.5 / 365), volatility: volatility,
        rate: try riskFreeRate(portfolio).value,
        dividendYield: paid ?? assumed),
      underlyingPrice: underlying.price, volatilitySource: source,
      isAmerican: try isAmerican(symbol, terms, portfolio), isStale: age.map { $0 > stale } ?? false
    )
  }

  /// Options on these indices are European; other listed ones are American.
  private static let europeanRoots: Set<Symbol> = [
    "SPX", "SPXW", "XSP", "VIX", "VIXW", "NDX", "NDXP", "RUT", "RUTW", "DJX", "MXEF", "MXEA",
  ]

  private func isAmerican(
    _ symbol: Symbol, _ terms: ContractTerms, _ portfolio: PortfolioID
  ) throws(CalculationError) -> Bool {
    guard try parameters.choice(.greeksModel, portfolio) == "auto" else { return false }
    if let style = state.instrument(symbol, asOf: asOf)?.payload.style { return style == .american }
    if state.instrument(terms.underlying, asOf: asOf)?.payload.kind == .index { return false }
    return !Self.europeanRoots.contains(terms.underlying)
  }

  /// The latest 3-month Treasury yield of the last seven days; else the parameter, flagged.
  func riskFreeRate(
    _ portfolio: PortfolioID?
  ) throws(CalculationError) -> (value: Double, isDefault: Bool) {
    let isSet = parameters.isSet(.riskFreeRate, portfolio)
    if !isSet, let rate = state.rate("DGS3MO", asOf: asOf),
      rate.at.date.advanced(byDays: 7) >= date
    {
      return (rate.percent.doubleValue / 100, false)
    }
    return (try parameters.number(.riskFreeRate, portfolio), !isSet)
  }

  private func volatility(
    of position: PositionID, _ symbol: Symbol, _ terms: ContractTerms, _ portfolio: PortfolioID
  ) throws(CalculationError) -> (Double, VolatilitySource) {
    if symbol != terms.underlying, let quoted = state.quotedVolatility(of: symbol, asOf: asOf) {
      return (quoted.volatility.doubleValue, .quoted)
    }
    let own = state.attributes(of: position, asOf: asOf).first { $0.name == "iv_override" }
    if case .number(let number)? = own?.value, let decimal = try? number.decimal() {
      return (decimal.doubleValue, .attribute)
    }
    if let quoted = state.quotedVolatility(of: terms.underlying, asOf: asOf) {
      return (quoted.volatility.doubleValue, .underlying)
    }
    let window = try parameters.whole(.historicalVolatilityWindow, portfolio)
    if let historical = history.volatility(of: terms.underlying, asOf: asOf, sessions: window) {
      return (historical, .historical)
    }
    return (try parameters.number(.defaultVolatility, portfolio), .standard)
  }
}

extension CalculationDay {
  var optionMarket: OptionMarket { OptionMarket(history, state, asOf: asOf) }

  /// Null where the underlying has no price above zero.
  func contract(
    _ holding: Holding, _ terms: ContractTerms
  ) throws(CalculationError) -> OptionContract? {
    let position = holding.position
    return try optionMarket.contract(
      position.id, position.symbol, terms, position.portfolio,
      sessions: sessions(of: position.portfolio))
  }

  /// The latest 3-month Treasury yield of the last seven days; else the parameter, flagged.
  public func riskFreeRate(
    _ portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> (value: Double, isDefault: Bool) {
    try optionMarket.riskFreeRate(portfolio)
  }
}
