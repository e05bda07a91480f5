public import Events
public import ExactNumbers
public import Portfolio

/// Everything that is calculated as of one moment, from the facts known at one sequence.
///
/// Results are worked out when they are first asked for and kept, since steps build on one another:
/// exposures on Greeks, factor exposures on exposures, stress tests on factor exposures. Each is in
/// a file of its own, as an extension.
///
/// The same facts, moment and portfolio give the same results to the bit, on any machine.
public final class CalculationDay {
  public let state: BookState
  /// The session's date, or the UTC date of ``asOf``.
  public let date: CivilDate
  /// Facts with a later effective time are invisible.
  public let asOf: Instant
  let history: MarketHistory
  private var results: [ResultKey: Any] = [:]
  private var variants: [UnquotedOptions: CalculationDay] = [:]

  /// - Parameters:
  ///   - state: The facts, with the prices of what is held, its underlyings, the benchmarks and the
  ///     factors' proxies.
  ///   - asOf: Null is the end of the date.
  ///   - history: Shared by the days of one state, whose series it keeps.
  public init(
    _ state: BookState, date: CivilDate, asOf: Instant? = nil, history: MarketHistory? = nil
  ) {
    self.state = state
    self.date = date
    self.asOf = asOf ?? date.end
    self.history = history ?? MarketHistory(state)
  }

  /// What the book holds; of a day that fails, the error is kept too, so that a step that builds on
  /// it fails the same way whoever asks first.
  public lazy var holdings: Holdings = state.resolve(asOf: asOf)

  /// Values the holdings, options without a quote by the rule of C-01.
  public lazy var valuation = Valuation(holdings, model: history.priceModel) { benchmark in
    history.sessions(benchmark: benchmark, asOf: asOf)
  }

  /// The same day with another rule for options without a quote.
  func variant(_ rule: UnquotedOptions) -> CalculationDay {
    if rule == history.unquotedOptions { return self }
    if let known = variants[rule] { return known }
    let history = history.variant(rule)
    let variant = CalculationDay(history.state, date: date, asOf: asOf, history: history)
    variants[rule] = variant
    return variant
  }

  /// Works a result out once.
  ///
  /// - Parameter name: What it is, unique among the results of this portfolio.
  func kept<Value>(
    _ name: StaticString, _ portfolio: PortfolioID? = nil,
    _ make: () throws(CalculationError) -> Value
  ) throws(CalculationError) -> Value {
    let key = ResultKey(name: "\(name)", portfolio: portfolio)
    if let known = results[key] as? Result<Value, CalculationError> { return try known.get() }
    let result: Result<Value, CalculationError>
    do throws(CalculationError) { result = .success(try make()) } catch { result = .failure(error) }
    results[key] = result
    return try result.get()
  }

  private struct ResultKey: Hashable {
    let name: String
    let portfolio: PortfolioID?
  }
}

extension CalculationDay {
  /// The portfolios that are open, ascending by id.
  public var portfolios: [PortfolioID] {
    holdings.portfolios.values
      .filter { $0.openedAt <= asOf && ($0.closedAt.map { $0 > asOf } ?? true) }
      .map(\.id).sorted()
  }

  /// - Throws: ``CalculationError/unknownPortfolio(id:)``.
  func details(of portfolio: PortfolioID) throws(CalculationError) -> PortfolioDetails {
    guard let details = holdings.portfolios[portfolio] else {
      throw .unknownPortfolio(id: portfolio.rawValue)
    }
    return details
  }

  /// The sessions of a portfolio up to this day.
  public func sessions(of portfolio: PortfolioID) -> SessionCalendar {
    valuation.sessions(for: portfolio)
  }

  /// Open positions with their values, ascending by id.
  public func holdings(of portfolio: PortfolioID) throws(CalculationError) -> [Holding] {
    try kept("holdings", portfolio) { () throws(CalculationError) in
      _ = try details(of: portfolio)
      try checkModelPrices(of: portfolio)
      return openByPortfolio[portfolio, default: []].map { position in
        Holding(position: position, value: valuation.value(of: position))
      }
    }
  }

  private var openByPortfolio: [PortfolioID: [Position]] {
    let open = try? kept("open positions") { () throws(CalculationError) in
      Dictionary(grouping: holdings.openPositions, by: \.portfolio)
    }
    return open ?? [:]
  }

  /// What a portfolio is worth.
  public func value(of portfolio: PortfolioID) throws(CalculationError) -> PortfolioValue {
    try kept("value", portfolio) { () throws(CalculationError) in
      try checkModelPrices(of: portfolio)
      do throws(NumberError) {
        return try valuation.portfolio(portfolio)
      } catch {
        throw .outOfRange(what: "the value of portfolio \(portfolio)", error)
      }
    }
  }

  /// Net asset value; what ratios divide by where it is known and positive.
  public func netAssetValue(of portfolio: PortfolioID) throws(CalculationError) -> Money {
    let value = try value(of: portfolio)
    do throws(NumberError) {
      return try value.netAssetValue()
    } catch {
      throw .outOfRange(what: "the NAV of portfolio \(portfolio)", error)
    }
  }
}

/// An open position and what it is worth.
public struct Holding: Sendable {
  public let position: Position
  public let value: PositionValue

  public var id: PositionID { position.id }
  /// What its risk comes from: an option's underlying, else itself.
  public var riskSymbol: Symbol { position.terms?.underlying ?? position.symbol }
}

extension Money {
  /// The amount nearest to a double, half to even at four places; null where there is none.
  public init?(nearest value: Double?) {
    guard let value, value.isFinite, value.magnitude < 1e14 else { return nil }
    self.init(units: Int128((value * 10_000).rounded(.toNearestOrEven)))
  }
}

extension Proportion {
  /// The fraction nearest to a double, half to even at ten places; null where there is none.
  public init?(nearest value: Double?) {
    guard let value, value.isFinite, value.magnitude < 1e9 else { return nil }
    self.init(units: Int128((value * 1e10).rounded(.toNearestOrEven)))
  }
}
