public import Events
public import ExactNumbers
internal import Portfolio

/// What a position is exposed to: risk calculations use its delta-adjusted exposure (C-03).
public struct PositionExposure: Sendable {
  public let position: PositionID
  /// An option's underlying, else the position's own symbol.
  public let symbol: Symbol
  /// The side of the position, by its type and not by the sign of its exposure.
  public let isShort: Bool
  public let isOption: Bool
  /// Market value: `q·p·m`, premium for an option. Null: no price.
  public let dollar: Money?
  /// As if delta were 1 or −1.
  public let notional: Money?
  /// `q·m·Δ·S`; where delta is not known the premium, flagged.
  public let deltaAdjusted: Money?
  public let isDeltaMissing: Bool

  /// What risk calculations take: ``deltaAdjusted``.
  public var amount: Double? { deltaAdjusted?.doubleValue }
}

extension CalculationDay {
  /// The exposures of open positions, in the order of ``holdings(of:)``.
  public func exposures(of portfolio: PortfolioID) throws(CalculationError) -> [PositionExposure] {
    try kept("exposures", portfolio) { () throws(CalculationError) in
      var exposures: [PositionExposure] = []
      for (holding, greeks) in zip(try holdings(of: portfolio), try greeks(of: portfolio)) {
        let delta = greeks.unit == nil ? nil : greeks.deltaDollars
        exposures.append(
          PositionExposure(
            position: holding.id, symbol: holding.riskSymbol, isShort: holding.position.isShort,
            isOption: holding.position.isOption, dollar: holding.value.marketValue,
            notional: holding.value.notionalExposure,
            deltaAdjusted: delta ?? holding.value.marketValue,
            isDeltaMissing: holding.position.isOption && delta == nil))
      }
      return exposures
    }
  }

  /// The totals of the three measures.
  public func exposureTotals(of portfolio: PortfolioID) throws(CalculationError) -> ExposureTotals {
    try kept("exposure totals", portfolio) { () throws(CalculationError) in
      var totals = ExposureTotals()
      let exposures = try exposures(of: portfolio)
      do throws(NumberError) {
        for exposure in exposures {
          try totals.dollar.add(exposure.dollar)
          try totals.notional.add(exposure.notional)
          try totals.deltaAdjusted.add(exposure.deltaAdjusted)
          if exposure.isDeltaMissing { totals.deltaMissing += 1 }
          guard let amount = exposure.dollar?.magnitude else { continue }
          if exposure.isOption {
            totals.options = try totals.options + amount
          } else {
            totals.stock = try totals.stock + amount
          }
        }
      } catch {
        throw .outOfRange(what: "the exposures of portfolio \(portfolio)", error)
      }
      return totals
    }
  }
}

/// Long, short, gross and net of one measure of exposure.
public struct ExposureTotal: Hashable, Sendable {
  /// Sum of what is above zero.
  public private(set) var long = Money.zero
  /// Sum of what is below zero: never above it.
  public private(set) var short = Money.zero
  /// Positions whose exposure is not known, and which no total contains.
  public private(set) var excluded = 0

  public var gross: Money { Money(units: long.units - short.units) }
  public var net: Money { Money(units: long.units + short.units) }

  mutating func add(_ amount: Money?) throws(NumberError) {
    guard let amount else {
      excluded += 1
      return
    }
    if amount.isNegative { short = try short + amount } else { long = try long + amount }
  }
}

/// The exposures of a portfolio by the three measures of C-03.
public struct ExposureTotals: Hashable, Sendable {
  public var dollar = ExposureTotal()
  public var notional = ExposureTotal()
  public var deltaAdjusted = ExposureTotal()
  /// Absolute market value of what is no option, and of options.
  public var stock = Money.zero
  public var options = Money.zero
  /// Options counted with their premium, since their delta is not known.
  public var deltaMissing = 0
}
