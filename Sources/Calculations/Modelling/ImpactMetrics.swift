internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// Every metric of C-22 of one portfolio on one day, in a fixed order: value, exposures, counts,
/// Greeks, factors in the order of the factors, risk, scenarios by id, history.
///
/// Each comes from the function that the step of its table uses; there is no second way to it.
public struct ImpactMetrics: Hashable, Sendable {
  public let portfolio: PortfolioID
  public let all: [ImpactMetric]

  /// - Throws: ``CalculationError``.
  public init(_ day: CalculationDay, _ portfolio: PortfolioID) throws(CalculationError) {
    try self.init(day, portfolio, history: Self.history(day, portfolio))
  }

  /// - Parameter history: The metrics of past returns, where they are known: a modelled trade does not
  ///   change them.
  init(
    _ day: CalculationDay, _ portfolio: PortfolioID, history: [ImpactMetric]
  ) throws(CalculationError) {
    self.portfolio = portfolio
    var all = try Self.values(day, portfolio)
    all += try Self.exposures(day, portfolio)
    all += try Self.counts(day, portfolio)
    all += try Self.greeks(day, portfolio)
    all += try Self.factors(day, portfolio)
    all += try Self.risk(day, portfolio)
    all += try Self.stress(day, portfolio)
    self.all = all + history
  }

  public subscript(name: String) -> ImpactMetric? { all.first { $0.name == name } }

  /// Those of past returns.
  var history: [ImpactMetric] { all.filter { $0.group == .history } }
}

// MARK: What it is worth and holds

extension ImpactMetrics {
  private static func values(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let value = try day.value(of: portfolio)
    var flags = priceFlags(value)
    if value.cash.isUnknown { flags.insert(.cashUnknown) }
    return [
      ImpactMetric(
        .value, "total_value", .money, .money(try day.netAssetValue(of: portfolio)), flags: flags),
      ImpactMetric(
        .value, "cash_value", .money, .money(value.cash.balance),
        flags: value.cash.isUnknown ? [.cashUnknown] : []),
    ]
  }

  private static func priceFlags(_ value: PortfolioValue) -> Set<ImpactFlag> {
    var flags: Set<ImpactFlag> = []
    if value.unpricedCount > 0 { flags.insert(.missingPrices) }
    if value.staleCount > 0 { flags.insert(.stalePrices) }
    if value.modelPricedCount > 0 { flags.insert(.modelPrices) }
    return flags
  }

  private static func exposures(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let totals = try day.exposureTotals(of: portfolio)
    let prices = priceFlags(try day.value(of: portfolio))
    var adjusted = prices
    if totals.deltaMissing > 0 { adjusted.insert(.deltaMissing) }
    let notional: Set<ImpactFlag> = totals.notional.excluded > 0 ? [.notionalPartial] : []
    func money(_ name: String, _ amount: Money, _ flags: Set<ImpactFlag>) -> ImpactMetric {
      ImpactMetric(.exposure, name, .money, .money(amount), flags: flags)
    }
    func four(
      _ total: ExposureTotal, _ flags: Set<ImpactFlag>, _ name: (String) -> String
    ) -> [ImpactMetric] {
      [
        money(name("long"), total.long, flags), money(name("short"), total.short, flags),
        money(name("gross"), total.gross, flags), money(name("net"), total.net, flags),
      ]
    }
    return four(totals.dollar, prices) { "\($0)_exposure" }
      + four(totals.deltaAdjusted, adjusted) { "delta_adjusted_\($0)" }
      + four(totals.notional, notional) { "notional_\($0)" }
      + [
        money("stock_exposure", totals.stock, prices),
        money("options_exposure", totals.options, prices),
      ]
  }

  private static func counts(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let value = try day.value(of: portfolio)
    return [
      ("num_positions", value.positionCount), ("num_long_positions", value.longCount),
      ("num_short_positions", value.shortCount), ("num_unpriced", value.unpricedCount),
    ].map { ImpactMetric(.count, $0, .count, .count($1)) }
  }

  /// The sums that a snapshot has, and the two in dollars.
  private static func greeks(
    _ day: CalculationDay, _ portfolio: PortfolioID
  ) throws(CalculationError) -> [ImpactMetric] {
    let measures = try day.greekMeasures(of: portfolio)
    let greeks = try day.greeks(of: portfolio)
    let flags: Set<ImpactFlag> = measures.flags.contains(.greeksPartial) ? [.greeksPartial] : []
    func sum(_ amounts: [Money?]) -> (value: MetricValue, flags: Set<ImpactFlag>) {
      let known = amounts.compactMap(\.self)
      var total = Money.zero
      for amount in known {
        guard let next = try? total + amount else { return (.unknown, [.insufficient]) }
        total = next
      }
      let isPartial = known.count < amounts.count
      return (
        known.isEmpty && isPartial ? .unknown : .money(total), isPartial ? [.greeksPartial] : []
      )
    }
    let delta = sum(greeks.map(\.deltaDollars))
    let gamma = sum(greeks.map(\.gammaDollars))
    return [
      ImpactMetric(
        .greeks, "portfolio_delta", .shares, MetricValue(measures.delta), flags: flags),
      ImpactMetric(
        .greeks, "portfolio_gamma", .shares, MetricValue(measures.gamma), flags: flags),
      ImpactMetric(.greeks, "portfolio_theta", .money, MetricValue(measures.theta), flags: flags),
      ImpactMetric(.greeks, "portfolio_vega", .money, MetricValue(measures.vega), flags: flags),
      ImpactMetric(.greeks, "portfolio_rho", .money, MetricValue(measures.rho), flags: flags),
      ImpactMetric(.greeks, "delta_dollars", .money, delta.value, flags: delta.flags),
      ImpactMetric(.greeks, "gamma_dollars", .money, gamma.value, flags: gamma.flags),
    ]
  }
}
