public import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// A portfolio's cash as of a time (C-02).
  ///
  /// Movements count whole, of each trade its `quantity · price · multiplier` rounded once, less
  /// its fees, and what dividends credited.
  ///
  /// - Throws: ``NumberError`` where a sum is out of range for exact arithmetic.
  public func cash(of portfolio: PortfolioID, asOf: Instant) throws(NumberError) -> CashBalance {
    let details = portfolioDetails(portfolio, asOf: asOf, isReferredTo: true)
    var cash = CashBalance(
      portfolio: portfolio, currency: details?.currency ?? PortfolioDetails.defaultCurrency)
    for (_, history) in movements {
      guard let entry = history.entry(asOf: asOf), entry.value.portfolio == portfolio else {
        continue
      }
      try cash.add(entry)
    }
    for id in positions(inPortfolio: portfolio) {
      guard let facts = positions[id],
        let position = try resolve(id, facts, asOf: asOf, currency: cash.currency)
      else { continue }
      try cash.add(position, facts)
    }
    return cash
  }
}

extension CashBalance {
  mutating func add(_ movement: Dated<CashMovement>) throws(NumberError) {
    let amount = Money(movement.value.amount)
    movements[movement.value.reason] = try (movements[movement.value.reason] ?? .zero) + amount
    balance = try balance + amount
    Provenance.add(movement.stamp, to: &provenance)
  }

  /// What a position's trades and dividends did to cash.
  mutating func add(_ position: Position, _ facts: PositionFacts) throws(NumberError) {
    guard !position.isVoided, let entry = facts.entry else { return }
    func value(_ quantity: ExactDecimal, _ price: ExactDecimal) throws(NumberError) -> Money {
      let amount = try Money(
        Quantity(quantity), at: Price(price), multiplier: position.multiplier)
      return position.isShort ? -amount : amount
    }
    var traded = -(try value(entry.quantity, entry.price))
    Provenance.add(entry.stamp, to: &provenance)
    for exit in position.exits {
      guard let fact = facts.exit(exit.id)?.fact else { continue }
      traded = try traded + value(fact.quantity, fact.price)
      Provenance.add(fact.stamp, to: &provenance)
    }
    for credit in position.dividends {
      dividends = try dividends + credit.amount
      balance = try balance + credit.amount
      Provenance.add(credit.stamp, to: &provenance)
    }
    trades = try trades + traded
    tradeFees = try tradeFees + position.fees
    balance = try balance + traded - position.fees
  }
}
