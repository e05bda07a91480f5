internal import Analytics
internal import Events
internal import ExactNumbers
public import Portfolio
internal import Records

/// Which facts decide whether options without a quote have a model's price (C-01).
enum UnquotedOptions: Hashable {
  /// That the branch is a what-if, and the parameter.
  case asFolded
  /// The parameter alone: a run that a what-if branch has from before its fork.
  case byParameter
  /// They have none: a run that was made before the rule was known.
  case unpriced
}

extension Parameter {
  /// What a model's price depends on beside the facts.
  public static let ofModelPrices: [Parameter] = [
    .unquotedOptions, .greeksModel, .riskFreeRate, .defaultVolatility,
    .historicalVolatilityWindow, .dividendYield,
  ]
}

extension Price {
  /// The price nearest to a double, half to even at eight places; null where there is none.
  init?(nearest value: Double) {
    guard value.isFinite, value >= 0, value < 1e10 else { return nil }
    self.init(units: Int128((value * 1e8).rounded(.toNearestOrEven)))
  }
}

extension MarketHistory {
  /// The C-08 value of options without a quote where C-01 asks for one: from the inputs that the
  /// Greeks have, volatility by the chain that the market's price of the option has no part in.
  ///
  /// Null where the underlying has no price above zero, a parameter cannot be what it is set to, or
  /// the model gives no price.
  public var priceModel: PriceModel? {
    guard unquotedOptions != .unpriced else { return nil }
    return PriceModel { [self] option, time in
      guard state.pricesUnquotedOptions(of: option.portfolio, asOf: time) else { return nil }
      let contract = try? OptionMarket(self, state, asOf: time)
        .contract(option.position, option.symbol, option.terms, option.portfolio)
      guard let contract, let price = try? contract.price() else { return nil }
      return Price(nearest: price)
    }
  }
}

extension CalculationDay {
  /// Refuses what a model's price would be missing for no other reason.
  ///
  /// - Throws: ``CalculationError/badParameter(name:expected:found:)``.
  func checkModelPrices(of portfolio: PortfolioID) throws(CalculationError) {
    guard history.unquotedOptions != .unpriced else { return }
    _ = try value(.unquotedOptions, portfolio)
    guard state.pricesUnquotedOptions(of: portfolio, asOf: asOf) else { return }
    for parameter in Parameter.ofModelPrices { _ = try value(parameter, portfolio) }
  }

  /// What a run of a portfolio has to record of the rule for options without a quote; nothing where
  /// no one asked for one, so that the runs of such a book are what they were.
  func recordedModelParameters(
    _ portfolio: PortfolioID
  ) throws(CalculationError) -> [JSONMember] {
    guard state.isWhatIf || isSet(.unquotedOptions, portfolio) else { return [] }
    var members: [JSONMember] = []
    for parameter in Parameter.ofModelPrices {
      members.append(JSONMember(parameter.name, try value(parameter, portfolio)))
    }
    if state.isWhatIf { members.append(JSONMember(Self.whatIfMember, .bool(true))) }
    return members
  }

  private static let whatIfMember = "what_if"

  /// The day as a recorded run had it.
  ///
  /// A what-if branch has the runs of its parent, which priced no options for being a what-if; and a
  /// run that does not tell the parameter although it was set before knew of no such rule.
  ///
  /// - Parameters:
  ///   - parameters: That the run recorded.
  ///   - input: The last fact that it saw.
  func asRecorded(
    _ parameters: JSONValue, input: EventSequence, _ portfolio: PortfolioID?
  ) -> CalculationDay {
    if parameters[Parameter.unquotedOptions.name] == nil {
      let settings = [portfolio, nil].compactMap { owner in
        state.parameter(Parameter.unquotedOptions.name, portfolio: owner, asOf: asOf)
      }
      if settings.contains(where: { $0.provenance.firstSequence <= input }) {
        return variant(.unpriced)
      }
    }
    if state.isWhatIf, parameters[Self.whatIfMember] == nil { return variant(.byParameter) }
    return self
  }
}
