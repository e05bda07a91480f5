import Events
import ExactNumbers
import Portfolio
import Records

/// The fields of a position's row, under the names of domain/api.md, in the documented order.
enum PositionFields {
  /// - Parameters:
  ///   - currency: Of the money in the rows; null where they are of several.
  ///   - showsPortfolio: Whether a table for people says whose position it is.
  static func columns(currency: String?, showsPortfolio: Bool) -> [AnswerColumn] {
    let perShare = currency.map { "\($0)/share" }
    return [
      AnswerColumn("id"), AnswerColumn("portfolio_id", isDetail: !showsPortfolio),
      AnswerColumn("ticker"), AnswerColumn("position_type"),
      .number("quantity", unit: "shares, contracts", .grouped),
      .number("entry_quantity", isDetail: true), .number("entry_price", unit: perShare, .grouped),
      AnswerColumn("entry_date"), AnswerColumn("is_active", isDetail: true),
      .number("exit_price", isDetail: true), AnswerColumn("exit_date", isDetail: true),
      .number("multiplier", isDetail: true), .number("strike_price", isDetail: true),
      AnswerColumn("expiration_date", isDetail: true),
      AnswerColumn("underlying_ticker", isDetail: true),
      AnswerColumn("option_type", isDetail: true),
      .number("current_price", unit: perShare, .grouped),
      AnswerColumn("price_source", isDetail: true), AnswerColumn("price_at", isDetail: true),
      .money("market_value", currency), .money("unrealized_pnl", currency),
      .money("realized_pnl", currency), .number("fees", isDetail: true),
      AnswerColumn("tags"), AnswerColumn("greeks", isDetail: true),
      .number("unrealized_pnl_percent", isDetail: true), .number("daily_pnl", isDetail: true),
      .number("notional_exposure", isDetail: true),
      .number("delta_adjusted_exposure", isDetail: true), AnswerColumn("is_stale", isDetail: true),
      AnswerColumn("strategies", isDetail: true), .number("src_seq", isDetail: true),
    ]
  }

  /// Of what is not known the value is null, never zero.
  static func values(of entry: PositionList.Entry) -> [JSONValue] {
    let position = entry.position
    let value = entry.value
    return [
      .string(position.id.rawValue), .string(position.portfolio.rawValue),
      .string(position.symbol.rawValue), .string(position.type.rawValue),
      .scaled(position.quantity),
      .scaled(position.entryQuantity), .scaled(position.entryPrice),
      .date(position.entryDate), .bool(position.isActive),
      .scaled(position.exitPrice), .date(position.exitDate),
      .integer(Int(position.multiplier)), .decimal(position.terms?.strike),
      .date(position.terms?.expiration),
      .text(position.terms?.underlying.rawValue),
      .text(position.terms?.right.rawValue), .scaled(value.price),
      .string(value.source.rawValue), .time(value.priceAt),
      .scaled(value.marketValue), .scaled(value.unrealizedPnL),
      .scaled(position.realizedPnL), .scaled(position.fees),
      .array(entry.tags.map { .string($0) }), entry.greeks,
      .scaled(value.unrealizedFraction.map(percent)), .scaled(value.dailyPnL),
      .scaled(value.notionalExposure), .scaled(entry.deltaAdjustedExposure),
      .bool(value.isStale),
      .array(entry.strategies.map { .string($0) }), .sequence(position.provenance.lastSequence),
    ]
  }

  static func object(of entry: PositionList.Entry) -> JSONValue {
    let names = columns(currency: nil, showsPortfolio: true).map(\.name)
    return .object(zip(names, values(of: entry)).map { JSONMember($0, $1) })
  }

  /// A proportion has ten places: read with eight it is a hundred times as much, exactly.
  private static func percent(_ fraction: Proportion) -> Price { Price(units: fraction.units) }
}
