public import Events
internal import ExactNumbers
internal import Portfolio
public import Records

/// Portfolios as they stand on one side of an impact: what they are worth, and what they hold
/// (columns `base_portfolio_snapshot` and `modified_portfolio_snapshot`).
///
/// ```json
/// {"as_of":…,"portfolios":[{"cash_value":…,"currency":…,"delta_adjusted_gross":…,"delta_adjusted_net":…,
///   "gross_exposure":…,"long_exposure":…,"net_exposure":…,"num_unpriced":…,"portfolio_id":…,
///   "positions":[{"current_price":…,"id":…,"market_value":…,"position_type":…,"price_source":…,"quantity":…,
///   "ticker":…}],"short_exposure":…,"total_value":…}]}
/// ```
///
/// Portfolios and open positions are ascending by id; quantities are signed; a price or value that is
/// not known is null.
public struct ModelSnapshot: Hashable, Sendable {
  /// Canonical, so that equal portfolios give equal texts.
  public let json: JSONValue

  /// - Throws: ``CalculationError``, also for a portfolio that the day does not know.
  public init(_ day: CalculationDay, _ portfolios: [PortfolioID]) throws(CalculationError) {
    var members: [JSONValue] = []
    for portfolio in portfolios.sorted() {
      members.append(try Self.portfolio(portfolio, day))
    }
    json =
      JSONValue.object([
        JSONMember("as_of", .string(day.asOf.description)),
        JSONMember("portfolios", .array(members)),
      ]).canonical
  }

  private static func portfolio(
    _ portfolio: PortfolioID, _ day: CalculationDay
  ) throws(CalculationError) -> JSONValue {
    let value = try day.value(of: portfolio)
    let totals = try day.exposureTotals(of: portfolio)
    return .object([
      JSONMember("portfolio_id", .string(portfolio.rawValue)),
      JSONMember("currency", .string(value.cash.currency)),
      JSONMember("total_value", number(try day.netAssetValue(of: portfolio))),
      JSONMember("cash_value", number(value.cash.balance)),
      JSONMember("long_exposure", number(totals.dollar.long)),
      JSONMember("short_exposure", number(totals.dollar.short)),
      JSONMember("gross_exposure", number(totals.dollar.gross)),
      JSONMember("net_exposure", number(totals.dollar.net)),
      JSONMember("delta_adjusted_gross", number(totals.deltaAdjusted.gross)),
      JSONMember("delta_adjusted_net", number(totals.deltaAdjusted.net)),
      JSONMember("num_unpriced", .number(JSONNumber(Int64(value.unpricedCount)))),
      JSONMember("positions", .array(try day.holdings(of: portfolio).map(position))),
    ])
  }

  private static func position(_ holding: Holding) -> JSONValue {
    .object([
      JSONMember("id", .string(holding.id.rawValue)),
      JSONMember("ticker", .string(holding.position.symbol.rawValue)),
      JSONMember("position_type", .string(holding.position.type.rawValue)),
      JSONMember("quantity", number(holding.position.quantity)),
      JSONMember("current_price", number(holding.value.price)),
      JSONMember("price_source", .string(holding.value.source.rawValue)),
      JSONMember("market_value", number(holding.value.marketValue)),
    ])
  }

  /// In shortest exact form.
  private static func number(_ value: (some ScaledNumber)?) -> JSONValue {
    // What a scaled number prints is a JSON number.
    value.flatMap { try? JSONValue(parsing: $0.description) } ?? .null
  }
}
