public import Events
public import ExactNumbers
internal import Records

/// An option that a portfolio holds, as far as a model's price of it depends on who holds it.
public struct HeldOption: Hashable, Sendable {
  /// Its attribute `iv_override` may say its volatility.
  public let position: PositionID
  /// Whose parameters count.
  public let portfolio: PortfolioID
  public let symbol: Symbol
  public let terms: ContractTerms
  /// Effective time of its entry: what splits do to the contract from then on is not known.
  public let entered: Instant
}

/// Prices options that have no tick, quote or close (C-01): on a what-if branch, and where parameter
/// `valuation.unquoted_options` is `model`.
///
/// A portfolio's rules know no model, so who values brings it. It gives a price where the rule asks
/// for one and every input is known: a missing one leaves the option without a price.
public struct PriceModel {
  private let price: (HeldOption, Instant) -> Price?

  /// - Parameter price: Of a held option as of a time up to the end of its expiry, currency per
  ///   share of the underlying; null where an input is missing, or the rule asks for no price.
  public init(_ price: @escaping (HeldOption, Instant) -> Price?) { self.price = price }

  /// The price of an option, in the time and date of its underlying's price, as old as which it is.
  ///
  /// Null where the contract or its underlying was split since the entry: what the exchange made of
  /// the terms is not known until the option is exited as adjusted and entered anew.
  ///
  /// - Parameter unit: In the units of which later time.
  func price(
    of option: HeldOption, at time: Instant, inUnitsOf unit: Instant, _ market: Market
  ) -> MarketPrice? {
    let terms = option.terms
    guard time.date <= terms.expiration,
      !market.isSplit(terms.underlying, after: option.entered, through: unit),
      !market.isSplit(option.symbol, after: option.entered, through: unit),
      let underlying = market.price(of: terms.underlying, asOf: time),
      let price = price(option, time)
    else { return nil }
    return MarketPrice(
      price: price, source: .model, time: underlying.time, date: underlying.date,
      sequence: underlying.sequence)
  }
}

extension Market {
  fileprivate func isSplit(_ symbol: Symbol, after start: Instant, through end: Instant) -> Bool {
    splits(of: symbol).contains {
      $0.stamp.effective > start && $0.stamp.effective <= end && $0.ratio != .one
    }
  }
}

extension BookState {
  /// Whether options without a quote have a model's price (C-01).
  public func pricesUnquotedOptions(of portfolio: PortfolioID, asOf: Instant) -> Bool {
    if isWhatIf { return true }
    let name = Valuation.unquotedOptionsParameter
    let setting =
      parameter(name, portfolio: portfolio, asOf: asOf)
      ?? parameter(name, portfolio: nil, asOf: asOf)
    return setting?.value == .string("model")
  }
}

extension BookState {
  /// Whether an option without a quote has a model's price at any time: where not, nothing depends on
  /// what such a price is made of.
  public var mayPriceUnquotedOptions: Bool {
    isWhatIf
      || parameters.contains { key, history in
        key.name == Valuation.unquotedOptionsParameter
          && history.ascending.contains { $0.value == .string("model") }
      }
  }
}

extension Holdings {
  /// Whether options without a quote have a model's price (C-01).
  public func pricesUnquotedOptions(of portfolio: PortfolioID) -> Bool {
    isWhatIf
      || parameter(Valuation.unquotedOptionsParameter, portfolio: portfolio) == .string("model")
  }
}
