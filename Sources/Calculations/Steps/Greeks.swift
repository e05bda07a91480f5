internal import Analytics
public import Events
public import ExactNumbers
internal import Portfolio
internal import Records

/// The sensitivities of a position (C-08), times quantity and multiplier.
public struct PositionGreeks: Sendable {
  public enum Status: String, Sendable {
    case ok, expired
    case missingUnderlying = "missing_underlying"
    case missingTerms = "missing_terms"
    case zeroVolatility = "zero_vol"
  }

  public let position: PositionID
  public let status: Status
  public let quality: Quality
  /// Shares of the underlying per unit of its price; null where an input is missing.
  public let unit: UnitGreeks?
  /// Quantity times multiplier: what a unit sensitivity is multiplied by.
  public let scale: Double
  /// Currency per share.
  public let underlyingPrice: Price?
  public let impliedVolatility: Double?
  public let volatilitySource: VolatilitySource?
  public let riskFreeRate: Double?
  public let dividendYield: Double?
  /// Years of 365 days.
  public let yearsToExpiry: Double?
  /// What priced it: `american`, `european`, `linear` for what is no option.
  public let model: String?
  /// Change of value per 1.00 of the underlying, times its price: `Δ·S`.
  public let deltaDollars: Money?
  /// Change of ``deltaDollars`` for a 1 % move: `Γ·S²/100`.
  public let gammaDollars: Money?

  /// Share equivalents.
  public var delta: Double? { unit.map { $0.delta * scale } }
  /// Share equivalents per 1.00 of the underlying.
  public var gamma: Double? { unit.map { $0.gamma * scale } }
  /// Money per calendar day.
  public var theta: Double? { unit.map { $0.theta * scale } }
  /// Money per volatility point.
  public var vega: Double? { unit.map { $0.vega * scale } }
  /// Money per rate point; null also at rate 0 for what may be exercised early, where it is one-sided.
  public var rho: Double? { unit.flatMap { unit in unit.rho.map { $0 * scale } } }
}

/// Sensitivities per share of the underlying: theta a calendar day, vega and rho a point.
public struct UnitGreeks: Sendable {
  public var delta: Double
  public var gamma: Double
  public var theta: Double
  public var vega: Double
  public var rho: Double?

  static let share = UnitGreeks(delta: 1, gamma: 0, theta: 0, vega: 0, rho: 0)
  static let none = UnitGreeks(delta: 0, gamma: 0, theta: 0, vega: 0, rho: 0)
}

/// How much a calculated number can be relied on.
public enum Quality: String, Sendable {
  case fullHistory = "full_history"
  case limitedHistory = "limited_history"
  case insufficient
  case stalePrice = "stale_price"
  case error
}

/// Where an option's volatility comes from, in the order in which they are asked.
public enum VolatilitySource: String, Sendable {
  /// `volatility.quoted` of the contract.
  case quoted
  /// Attribute `iv_override` of the position.
  case attribute
  /// `volatility.quoted` of the underlying.
  case underlying
  /// Of the underlying's returns over `volatility.window` sessions, annualized.
  case historical
  /// Parameter `volatility.default`; flagged.
  case standard = "default"
}

extension CalculationDay {
  /// The Greeks of open positions, in the order of ``holdings(of:)``.
  public func greeks(of portfolio: PortfolioID) throws(CalculationError) -> [PositionGreeks] {
    try kept("greeks", portfolio) { () throws(CalculationError) in
      var greeks: [PositionGreeks] = []
      for holding in try holdings(of: portfolio) {
        greeks.append(try self.greeks(of: holding))
      }
      return greeks
    }
  }

  private func greeks(of holding: Holding) throws(CalculationError) -> PositionGreeks {
    let position = holding.position
    let scale = position.quantity.doubleValue * Double(position.multiplier)
    guard position.isOption else { return share(holding, scale) }
    guard let terms = position.terms else {
      return incomplete(holding, scale, .missingTerms, underlying: nil)
    }
    if date > terms.expiration {
      return PositionGreeks(
        position: position.id, status: .expired, quality: .fullHistory, unit: UnitGreeks.none,
        scale: scale, underlyingPrice: valuation.price(of: terms.underlying)?.price,
        impliedVolatility: nil, volatilitySource: nil, riskFreeRate: nil, dividendYield: nil,
        yearsToExpiry: 0, model: nil, deltaDollars: .zero, gammaDollars: .zero)
    }
    guard let contract = try contract(holding, terms) else {
      return incomplete(holding, scale, .missingUnderlying, underlying: nil)
    }
    return priced(holding, contract, scale)
  }

  /// A share's delta is 1: scaled by its quantity it adds up with options' (C-08).
  private func share(_ holding: Holding, _ scale: Double) -> PositionGreeks {
    PositionGreeks(
      position: holding.id, status: holding.value.price == nil ? .missingUnderlying : .ok,
      quality: holding.value.price == nil
        ? .insufficient : holding.value.isStale ? .stalePrice : .fullHistory,
      unit: .share, scale: scale, underlyingPrice: holding.value.price, impliedVolatility: nil,
      volatilitySource: nil, riskFreeRate: nil, dividendYield: nil, yearsToExpiry: nil,
      model: "linear", deltaDollars: holding.value.marketValue,
      gammaDollars: holding.value.marketValue.map { _ in .zero })
  }

  private func incomplete(
    _ holding: Holding, _ scale: Double, _ status: PositionGreeks.Status, underlying: Price?
  ) -> PositionGreeks {
    PositionGreeks(
      position: holding.id, status: status, quality: .insufficient, unit: nil, scale: scale,
      underlyingPrice: underlying, impliedVolatility: nil, volatilitySource: nil,
      riskFreeRate: nil, dividendYield: nil, yearsToExpiry: nil, model: nil, deltaDollars: nil,
      gammaDollars: nil)
  }

  private func priced(
    _ holding: Holding, _ contract: OptionContract, _ scale: Double
  ) -> PositionGreeks {
    let spot = contract.inputs.spot
    var status = PositionGreeks.Status.ok
    var unit: UnitGreeks?
    if contract.inputs.volatility <= 0 {
      status = .zeroVolatility
      unit = UnitGreeks.none
      unit?.delta = Self.deltaWithoutVolatility(contract.inputs)
    } else {
      unit = try? contract.unitGreeks()
    }
    return PositionGreeks(
      position: holding.id, status: status,
      quality: unit == nil ? .error : contract.isStale ? .stalePrice : .fullHistory, unit: unit,
      scale: scale, underlyingPrice: contract.underlyingPrice,
      impliedVolatility: contract.inputs.volatility, volatilitySource: contract.volatilitySource,
      riskFreeRate: contract.inputs.rate, dividendYield: contract.inputs.dividendYield,
      yearsToExpiry: contract.inputs.years,
      model: contract.isAmerican ? "american" : "european",
      deltaDollars: Money(nearest: unit.map { $0.delta * scale * spot }),
      gammaDollars: Money(nearest: unit.map { $0.gamma * scale * spot * spot / 100 }))
  }

  /// ±1 in the money of the forward, else 0.
  private static func deltaWithoutVolatility(_ inputs: OptionInputs) -> Double {
    let forward =
      inputs.spot * Elementary.exp((inputs.rate - inputs.dividendYield) * inputs.years)
    switch inputs.side {
    case .call: return forward > inputs.strike ? 1 : 0
    case .put: return forward < inputs.strike ? -1 : 0
    }
  }
}

// MARK: The step

extension CalculatedTable {
  public static let positionGreeks = CalculatedTable(
    "position_greeks", keyCount: 2,
    [
      "position_id", "calculation_date", "portfolio_id", "delta", "gamma", "theta", "vega", "rho",
      "delta_dollars", "gamma_dollars", "unit_delta", "unit_gamma", "unit_theta", "unit_vega",
      "unit_rho", "underlying_price", "implied_vol", "iv_source", "risk_free_rate",
      "dividend_yield", "time_to_expiry", "model", "status", "quality",
    ])
}

extension Method {
  /// C-08: American options by the integral equation, European ones in closed form.
  static let greeks1 = Method(
    step: .greeks, name: "greeks/1",
    parameters: [
      .greeksModel, .riskFreeRate, .defaultVolatility, .historicalVolatilityWindow, .dividendYield,
      .staleSessions,
    ]
  ) { day, portfolio, _ in
    guard let portfolio else { preconditionFailure("Greeks are of a portfolio") }
    var rows = CalculatedRows(.positionGreeks)
    for greeks in try day.greeks(of: portfolio) {
      rows.append([
        Cell(greeks.position.rawValue), Cell(day.date), Cell(portfolio.rawValue),
        Cell(greeks.delta), Cell(greeks.gamma), Cell(greeks.theta), Cell(greeks.vega),
        Cell(greeks.rho), Cell(greeks.deltaDollars), Cell(greeks.gammaDollars),
        Cell(greeks.unit?.delta), Cell(greeks.unit?.gamma), Cell(greeks.unit?.theta),
        Cell(greeks.unit?.vega), Cell(greeks.unit?.rho), Cell(greeks.underlyingPrice),
        Cell(greeks.impliedVolatility), Cell(greeks.volatilitySource?.rawValue),
        Cell(greeks.riskFreeRate), Cell(greeks.dividendYield), Cell(greeks.yearsToExpiry),
        Cell(greeks.model), Cell(greeks.status.rawValue), Cell(greeks.quality.rawValue),
      ])
    }
    return CalculationOutput([rows], warnings: try day.greekWarnings(portfolio))
  }
}

extension CalculationDay {
  fileprivate func greekWarnings(_ portfolio: PortfolioID) throws(CalculationError) -> [String] {
    let greeks = try greeks(of: portfolio)
    var warnings: [String] = []
    let missing = greeks.filter { $0.unit == nil || $0.status == .missingUnderlying }
    if !missing.isEmpty {
      warnings.append(
        "\(portfolio): \(missing.count) of \(greeks.count) positions have no Greeks: "
          + list(missing.map { "\($0.position) (\($0.status.rawValue))" }))
    }
    let assumed = greeks.filter { $0.volatilitySource == .standard }
    if !assumed.isEmpty {
      warnings.append(
        "\(portfolio): no volatility is known for \(list(assumed.map(\.position.rawValue))); "
          + "the default was used")
    }
    warnings += try holdingWarnings(portfolio)
    if greeks.contains(where: { $0.riskFreeRate != nil }), try riskFreeRate(portfolio).isDefault {
      warnings.append("\(portfolio): no DGS3MO of the last seven days; default_rate was used")
    }
    return warnings
  }

  /// What is odd about the prices that exposures and Greeks rest on.
  func holdingWarnings(_ portfolio: PortfolioID) throws(CalculationError) -> [String] {
    let holdings = try holdings(of: portfolio)
    var warnings: [String] = []
    func warn(_ found: [Holding], _ what: String) {
      guard !found.isEmpty else { return }
      warnings.append(
        "\(portfolio): \(found.count) of \(holdings.count) positions \(what): "
          + list(found.map(\.position.symbol.rawValue)))
    }
    warn(holdings.filter(\.value.isStale), "have a stale price")
    warn(
      holdings.filter { $0.position.terms.map { date > $0.expiration } ?? false },
      "are options past their expiry, and no exit says what became of them")
    warn(holdings.filter(isBelowIntrinsic), "are options priced below their intrinsic value")
    return warnings
  }

  private func isBelowIntrinsic(_ holding: Holding) -> Bool {
    // A European option may be worth less; no market got it wrong.
    guard let terms = holding.position.terms, date <= terms.expiration,
      !holding.value.isModelPriced, let price = holding.value.price,
      let spot = valuation.price(of: terms.underlying)?.price
    else { return false }
    let strike = Price(terms.strike)
    return price.units
      < (terms.right == .call ? spot.units - strike.units : strike.units - spot.units)
  }

  /// The first few of a list for people, and how many more there are.
  func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}
