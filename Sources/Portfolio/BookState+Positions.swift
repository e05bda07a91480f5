public import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// A position as of a time; null when it was not entered by then. One that was voided is
  /// answered as such.
  ///
  /// - Throws: ``NumberError`` where its numbers are out of range for exact arithmetic.
  public func position(_ id: PositionID, asOf: Instant) throws(NumberError) -> Position? {
    guard let facts = positions[id], let origin = facts.origin else { return nil }
    let portfolio = portfolioDetails(origin.portfolio, asOf: asOf, isReferredTo: true)
    let currency = portfolio?.currency ?? PortfolioDetails.defaultCurrency
    return try resolve(id, facts, asOf: asOf, currency: currency)
  }

  /// Every position ever entered, also those voided, in the order of their entries.
  public var positionIDs: [PositionID] {
    positions.keys { $0.origin != nil }
  }

  /// Positions that hold this symbol as now corrected, also closed and voided ones.
  public func positions(onSymbol symbol: Symbol) -> [PositionID] {
    positions.keys { $0.entry?.symbol == symbol }
  }

  /// Positions of a portfolio, also closed and voided ones.
  public func positions(inPortfolio portfolio: PortfolioID) -> [PositionID] {
    positions.keys { $0.origin?.portfolio == portfolio }
  }

  /// The portfolio of a position, whenever it was entered; null for one that is not known.
  public func portfolio(of position: PositionID) -> PortfolioID? {
    positions[position]?.origin?.portfolio
  }

  /// The terms of a position's option: as the entry gives them, else as the OCC symbol says, else
  /// as the instrument was defined. Null for stock, and where a term is not known.
  func terms(of entry: EntryFact, _ origin: PositionOrigin) -> ContractTerms? {
    guard let right = entry.type.right else { return nil }
    // Given terms describe the symbol they were entered with.
    let given = entry.symbol == origin.symbol ? origin.given : nil
    let option = entry.symbol.option
    let defined = option == nil ? termsDefinition(of: entry.symbol) : nil
    guard let underlying = given?.underlying ?? option?.underlying ?? defined?.underlying,
      let strike = given?.strike ?? option?.strike ?? defined?.strike,
      let expiration = given?.expiration ?? option?.expiration ?? defined?.expiration
    else { return nil }
    return ContractTerms(
      underlying: underlying, strike: strike, expiration: expiration, right: right)
  }

  /// The splits that act on a position: those of its symbol, and never those of the stock that an
  /// option is on.
  func splits(actingOn entry: EntryFact, _ terms: ContractTerms?) -> [Split] {
    terms?.underlying == entry.symbol ? [] : market.splits(of: entry.symbol)
  }

  /// The way of a position that was entered and not voided, at its beginning.
  func walk(_ facts: PositionFacts) -> PositionWalk? {
    guard let entry = facts.entry, let origin = facts.origin else { return nil }
    return PositionWalk(
      entry, multiplier: origin.multiplier ?? entry.type.defaultMultiplier,
      exits: facts.liveExits, splits: splits(actingOn: entry, terms(of: entry, origin)))
  }

  func resolve(
    _ id: PositionID, _ facts: PositionFacts, asOf: Instant, currency: String
  )
    throws(NumberError) -> Position?
  {
    guard let entry = facts.entry, let origin = facts.origin, entry.stamp.effective <= asOf,
      var provenance = facts.provenance(asOf: asOf)
    else { return nil }
    let terms = terms(of: entry, origin)
    let multiplier = origin.multiplier ?? entry.type.defaultMultiplier
    let isVoided = facts.void != nil
    var walk = PositionWalk(
      entry, multiplier: multiplier, exits: isVoided ? [] : facts.liveExits,
      splits: splits(actingOn: entry, terms))
    try walk.advance(through: asOf)
    for stamp in walk.splitsApplied { provenance.add(stamp) }

    let entryFees = entry.fees.map { Money($0) } ?? .zero
    var position = Position(
      id: id, portfolio: origin.portfolio, symbol: entry.symbol, type: entry.type,
      quantity: isVoided ? .zero : walk.signed(walk.open),
      entryQuantity: walk.signed(walk.entered), multiplier: multiplier,
      entryPrice: try walk.entryPrice(), entryTime: entry.stamp.effective, entryFees: entryFees,
      terms: terms, currency: currency, exits: [], exitPrice: nil, realizedPnL: .zero,
      fees: isVoided ? .zero : entryFees, isVoided: isVoided,
      isExitedBeyondOpen: walk.excess != nil, isContractUnadjusted: false, dividends: [],
      provenance: provenance)
    for walked in walk.exits {
      guard let exit = facts.exit(walked.exit.id) else { continue }
      let exitFees = walked.exit.fact.fees.map { Money($0) } ?? .zero
      var provenance = Provenance(exit.origin ?? walked.exit.fact.stamp)
      provenance.add(walked.exit.fact.stamp)
      position.exits.append(
        PositionExit(
          id: walked.exit.id, time: walked.exit.fact.stamp.effective,
          quantity: walk.signed(walked.quantity), price: try walked.price(), fees: exitFees,
          reason: walked.exit.reason, realizedPnL: walked.realized, provenance: provenance))
      position.realizedPnL = try position.realizedPnL + walked.realized
      position.fees = try position.fees + exitFees
    }
    guard !isVoided else { return position }
    if position.quantity.isZero { position.exitPrice = try walk.averageExitPrice() }
    position.dividends = try dividendCredits(of: walk.restarted, asOf: asOf)
    if let terms {
      position.isContractUnadjusted = market.splits(of: terms.underlying).contains {
        $0.stamp.effective > entry.stamp.effective && $0.stamp.effective <= asOf
          && $0.ratio != .one && !position.quantity.isZero
      }
    }
    return position
  }

  /// What dividends credited to a position up to a time.
  ///
  /// A dividend goes to whoever held the symbol when the UTC day of its effective time, the ex-date,
  /// began: who buys on the ex-date does not get it, who sells then still does. The quantity held is
  /// carried through the splits up to the dividend's own time, since its amount is per share then.
  func dividendCredits(
    of start: PositionWalk, asOf: Instant
  ) throws(NumberError)
    -> [DividendCredit]
  {
    guard !start.entry.type.isOption else { return [] }
    var walk = start
    var credits: [DividendCredit] = []
    let splits = market.splits(of: walk.entry.symbol)
    for dividend in market.dividends(of: walk.entry.symbol) {
      let time = dividend.stamp.effective
      guard time <= asOf else { break }
      let dayStart = time.date.start
      guard walk.entry.stamp.effective < dayStart else { continue }
      try walk.advance(
        through: Instant(nanosecondsSinceEpoch: dayStart.nanosecondsSinceEpoch - 1))
      var held = walk.open
      for split in splits where split.stamp.effective >= dayStart && split.stamp.effective <= time {
        held = try held.multiplied(by: split.ratio)
      }
      let amount = try Money(
        walk.signed(held), at: Price(dividend.amount), multiplier: walk.multiplier)
      guard !amount.isZero else { continue }
      credits.append(DividendCredit(amount: amount, stamp: dividend.stamp))
    }
    return credits
  }
}

extension PositionWalk {
  /// The exit prices weighted by the exits' quantities, both in the units of the time reached.
  /// Null before the first exit.
  func averageExitPrice() throws(NumberError) -> Price? {
    guard exits.count != 1 else { return try exits[0].price() }
    var total = Quantity.zero
    // Products of quantity and price at 16 places do not always fit their sum into 128 bits, so the
    // average is built from shares of the total quantity: each price's distance from the first one.
    for exit in exits { total = try total + exit.quantity }
    guard let first = exits.first, !total.isZero else { return nil }
    let base = try first.price()
    var weighted: Int128 = 0
    for exit in exits.dropFirst() {
      let distance = try exit.price() - base
      let (product, over) = distance.units.multipliedReportingOverflow(by: exit.quantity.units)
      let (sum, overSum) = weighted.addingReportingOverflow(product)
      guard !over, !overSum else { throw .overflow(operation: "average exit price") }
      weighted = sum
    }
    return try base + Price(units: dividedHalfEven(weighted, by: total.units))
  }
}
