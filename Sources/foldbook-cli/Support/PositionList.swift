import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// The positions that the options choose, valued at a point.
struct PositionList {
  struct Entry {
    var position: Position
    var value: PositionValue
    /// Names, ascending.
    var tags: [String]
    /// Names of the strategy groups it is in, ascending.
    var strategies: [String]
    /// The documented `PositionGreeks` of an option; null of anything else.
    var greeks: JSONValue
    /// Null where no price is known.
    var deltaAdjustedExposure: Money?
  }

  let holdings: Holdings
  let greeks: OptionGreeks
  /// In order of portfolio, ticker, entry and id.
  private(set) var entries: [Entry] = []
  private(set) var totals: [PortfolioTotals] = []
  private(set) var warnings: [String] = []

  /// - Throws: `BookError.unknownPortfolio` where the portfolio was never opened.
  init(_ session: BookSession, at point: ReplayPoint, includesClosed: Bool) throws {
    let options = session.options
    holdings = try session.book.holdings(at: point)
    let portfolio = options.portfolioID
    if let portfolio, holdings.portfolios[portfolio] == nil {
      guard let known = try session.book.facts().portfolio(portfolio, asOf: .distantFuture) else {
        throw BookError.unknownPortfolio(id: portfolio.rawValue)
      }
      warnings.append("portfolio \(portfolio) was opened at \(known.openedAt), after this point")
    }
    let valuation = try session.valuation(of: holdings, at: point)
    let labels = try HoldingLabels(holdings, options)
    greeks = try OptionGreeks(session, at: point, holdings, portfolio: portfolio)
    var chosen: [Entry] = []
    for position in holdings.positions.values
    where (includesClosed || position.isActive)
      && (portfolio == nil || position.portfolio == portfolio)
    {
      guard labels.contain(position) else { continue }
      let value = valuation.value(of: position)
      chosen.append(
        Entry(
          position: position, value: value, tags: labels.tags(of: position),
          strategies: labels.strategies(of: position), greeks: greeks.object(of: position),
          deltaAdjustedExposure: greeks.deltaAdjustedExposure(of: position, value)))
    }
    entries = chosen.sorted { $0.order < $1.order }
    totals = try portfolioTotals(of: portfolio, isWhole: labels.filter == .all)
    tellWhatIsMissing(isWhole: labels.filter == .all)
    warnings += greeks.warnings
  }

  /// Several portfolios, so that a row has to say whose it is.
  var hasSeveralPortfolios: Bool { Set(entries.map(\.position.portfolio)).count > 1 }

  /// The currency of all entries; null where there are several or none.
  var currency: String? {
    let currencies = Set(entries.map(\.position.currency))
    return currencies.count == 1 ? currencies.first : nil
  }

  // MARK: Totals

  /// - Parameter isWhole: Everything in the portfolio is among the entries, so cash belongs to it.
  private func portfolioTotals(
    of portfolio: PortfolioID?, isWhole: Bool
  ) throws(NumberError) -> [PortfolioTotals] {
    var totals: [PortfolioID: PortfolioTotals] = [:]
    for details in holdings.portfolios.values where portfolio == nil || details.id == portfolio {
      let cash = holdings.cash[details.id]
      totals[details.id] = PortfolioTotals(
        portfolio: details.id, currency: details.currency,
        cash: isWhole && cash?.isUnknown == false ? cash?.balance : nil)
    }
    for entry in entries { try totals[entry.position.portfolio]?.add(entry.value) }
    return totals.values.filter { isWhole || $0.positionCount > 0 }
      .sorted { $0.portfolio < $1.portfolio }
  }

  // MARK: What the reader should know

  private mutating func tellWhatIsMissing(isWhole: Bool) {
    let open = entries.filter(\.position.isActive)
    tell(
      open.filter { $0.value.price == nil },
      "no price is known: exposures and NAV are partial, without it")
    tell(
      open.filter(\.value.isModelPriced),
      "it has no quote: the price is the model's, at which nobody traded")
    tell(open.filter(\.value.isStale), "the price is stale: older than the sessions allowed") {
      $0.value.priceAt.map { " (\($0.date))" } ?? ""
    }
    tell(
      open.filter(\.value.isExpired), "it is past its expiry, and no exit says what became of it")
    tell(
      open.filter(\.position.isContractUnadjusted),
      "its underlying was split while it was open: exit it as adjusted and enter the new contract")
    for total in totals where isWhole && total.positionCount > 0 && total.cash == nil {
      warnings.append(
        "portfolio \(total.portfolio) has no cash movements, so its cash and NAV are unknown")
    }
    if !isWhole { warnings.append("totals are of the chosen positions alone, without cash") }
    for (name, error) in holdings.outOfRange.sorted(by: { $0.key < $1.key }) {
      warnings.append("\(name) is left out: \(error)")
    }
  }

  private mutating func tell(
    _ entries: [Entry], _ what: String, detail: (Entry) -> String = { _ in "" }
  ) {
    guard !entries.isEmpty else { return }
    let shown = entries.prefix(8).map { "\($0.position.symbol)\(detail($0))" }
    let more = entries.count - shown.count
    warnings.append(
      "\(shown.joined(separator: ", "))\(more > 0 ? " and \(more) more" : ""): \(what)")
  }
}

extension PositionList.Entry {
  fileprivate var order: (PortfolioID, Symbol, Instant, PositionID) {
    (position.portfolio, position.symbol, position.entryTime, position.id)
  }
}

/// What the positions of a portfolio add up to, in its currency, exactly.
struct PortfolioTotals {
  let portfolio: PortfolioID
  let currency: String
  /// Null where it is unknown, or where only some positions are looked at.
  let cash: Money?
  /// Open positions.
  private(set) var positionCount = 0
  /// Of those, the ones without a price, which no sum contains.
  private(set) var unpricedCount = 0
  /// Sum of the positive market values.
  private(set) var long = Money.zero
  /// Sum of the negative market values.
  private(set) var short = Money.zero
  private(set) var unrealized = Money.zero

  init(portfolio: PortfolioID, currency: String, cash: Money?) {
    self.portfolio = portfolio
    self.currency = currency
    self.cash = cash
  }

  mutating func add(_ value: PositionValue) throws(NumberError) {
    if value.quantity.isZero { return }
    positionCount += 1
    guard let worth = value.marketValue, let gain = value.unrealizedPnL else {
      unpricedCount += 1
      return
    }
    if worth.isNegative { short = try short + worth } else { long = try long + worth }
    unrealized = try unrealized + gain
  }

  /// Under the names of a portfolio's snapshot. Where nothing that is held has a price, its sums
  /// are unknown.
  func members() throws(NumberError) -> [JSONMember] {
    let isKnown = positionCount == 0 || unpricedCount < positionCount
    let net = try long + short
    func sum(_ money: Money) -> JSONValue { isKnown ? .scaled(money) : .null }
    let worth = try cash.map { cash throws(NumberError) in try cash + net }
    return [
      JSONMember("portfolio_id", .string(portfolio.rawValue)),
      JSONMember("currency", .string(currency)),
      JSONMember("num_positions", .integer(positionCount)),
      JSONMember("num_unpriced", .integer(unpricedCount)),
      JSONMember("is_partial", .bool(unpricedCount > 0)),
      JSONMember("long_exposure", sum(long)),
      JSONMember("short_exposure", sum(short)),
      JSONMember("gross_exposure", sum(try long - short)),
      JSONMember("net_exposure", sum(net)),
      JSONMember("unrealized_pnl", sum(unrealized)),
      JSONMember("cash_value", .scaled(cash)),
      JSONMember("total_value", worth.map(sum) ?? .null),
    ]
  }
}
