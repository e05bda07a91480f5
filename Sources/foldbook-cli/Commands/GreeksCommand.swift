import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// `foldbook greeks`
struct GreeksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "greeks",
    abstract: "The sensitivities of open positions, and what they add up to",
    discussion: """
      Of a whole position: delta in share equivalents, theta in money a calendar day, vega a \
      volatility point, rho a rate point; delta_dollars is delta times the underlying's price, \
      gamma_dollars what it changes by when that moves by 1 %.

      foldbook -C demo greeks --where type:SC --as-of 2025-06-30
      """)

  @OptionGroup var options: GlobalOptions

  private static let unitNames = [
    "unit_delta", "unit_gamma", "unit_theta", "unit_vega", "unit_rho",
  ]
  private static let inputNames = [
    "underlying_price", "implied_vol", "iv_source", "risk_free_rate", "dividend_yield",
    "time_to_expiry", "model",
  ]

  func run() throws {
    let book = try CalculatedBook(options, takesFilter: true)
    let labels = try HoldingLabels(book.holdings, options)
    var footnotes = Footnotes()
    var totals: [GreekTotals] = []
    var found: [(row: StepResult.Row, position: Position)] = []
    for portfolio in book.portfolios {
      let result = try book.result(.greeks, of: portfolio)
      var total = GreekTotals(
        portfolio: portfolio, currency: book.holdings.portfolios[portfolio]?.currency)
      var own: [(row: StepResult.Row, position: Position)] = []
      for row in result.rows(.positionGreeks) {
        guard
          let position = row.text("position_id").flatMap({
            book.holdings.positions[PositionID($0)]
          }), labels.contain(position)
        else { continue }
        try total.add(row)
        own.append((row, position))
      }
      found += own.sorted {
        ($0.position.symbol, $0.position.id) < ($1.position.symbol, $1.position.id)
      }
      totals.append(total)
      footnotes.add(result)
    }
    var writer = try book.writer(
      "greeks",
      columns: Self.columns(
        book, hasOptions: found.contains { $0.position.isOption },
        hasProblems: found.contains { $0.row.text("status") != "ok" }))
    for (row, position) in found {
      try writer.row(Self.values(row, position), object: Self.object(row, position))
    }
    let stale = found.count { $0.row.text("quality") == "stale_price" }
    if stale > 0 {
      footnotes.add("\(grouped(stale)) of \(counted(found.count, "position")) have a stale price")
    }
    writer.add(Self.appendix(totals, book))
    if options.terms != nil { footnotes.add("totals are of the chosen positions alone") }
    try book.finish(&writer, footnotes)
  }

  /// - Parameters:
  ///   - hasOptions: Shares have no Greek but delta.
  ///   - hasProblems: Some have a status that people have to see.
  private static func columns(
    _ book: CalculatedBook, hasOptions: Bool, hasProblems: Bool
  ) -> [AnswerColumn] {
    let currency = book.currency
    func sum(_ name: String, _ per: String, isDetail: Bool = false) -> AnswerColumn {
      .number(
        name, unit: currency.map { "\($0)/\(per)" } ?? "per \(per)", .places(2),
        isDetail: isDetail)
    }
    return [
      book.portfolioColumn, AnswerColumn("position_id", isDetail: true),
      AnswerColumn("calculation_date", isDetail: true), AnswerColumn("ticker"),
      AnswerColumn("position_type"), .number("quantity", .grouped),
      .number("delta", unit: "shares", .places(2)),
      .number("gamma", .places(2), isDetail: !hasOptions),
      sum("theta", "day", isDetail: !hasOptions), sum("vega", "point", isDetail: !hasOptions),
      sum("rho", "point", isDetail: true),
      .money("delta_dollars", currency), .picture(),
      .money("gamma_dollars", currency, isDetail: true),
    ] + unitNames.map { .number($0, isDetail: true) } + [
      .number("underlying_price", isDetail: true),
      .percent("implied_vol", places: 1, isDetail: !hasOptions),
      AnswerColumn("iv_source", isDetail: !hasOptions),
      .number("risk_free_rate", isDetail: true), .number("dividend_yield", isDetail: true),
      .number("time_to_expiry", isDetail: true), AnswerColumn("model", isDetail: true),
      AnswerColumn("status", isDetail: !hasProblems), AnswerColumn("quality", isDetail: true),
    ]
  }

  private static func leading(
    _ row: StepResult.Row, _ position: Position
  ) -> [JSONMember] {
    [
      JSONMember("portfolio_id", row["portfolio_id"]),
      JSONMember("position_id", row["position_id"]),
      JSONMember("calculation_date", row["calculation_date"]),
      JSONMember("ticker", .string(position.symbol.rawValue)),
      JSONMember("position_type", .string(position.type.rawValue)),
      JSONMember("quantity", .scaled(position.quantity)),
    ] + GreekFields.names.map { JSONMember($0, row[$0]) }
  }

  private static func values(_ row: StepResult.Row, _ position: Position) -> [JSONValue] {
    let leading = leading(row, position).map(\.value)
    return leading.dropLast() + [row["delta_dollars"]] + leading.suffix(1)
      + (unitNames + inputNames + ["status", "quality"]).map { row[$0] }
  }

  private static func object(_ row: StepResult.Row, _ position: Position) -> JSONValue {
    .object(
      leading(row, position) + [
        JSONMember("status", row["status"]), JSONMember("inputs", GreekFields.inputs(row)),
      ] + (unitNames + ["dividend_yield", "model", "quality"]).map { JSONMember($0, row[$0]) })
  }

  private static func appendix(_ totals: [GreekTotals], _ book: CalculatedBook) -> Appendix {
    let currency = book.currency
    return Appendix(
      title: "Totals; deltas of different underlyings are added up as shares",
      member: "totals",
      columns: [
        AnswerColumn("portfolio_id"), AnswerColumn("currency", isDetail: true),
        .number("delta", unit: "shares", .places(2)), .number("gamma", .places(2)),
        .money("theta", currency), .money("vega", currency), .money("rho", currency),
        .money("delta_dollars", currency), .money("gamma_dollars", currency),
        .number("num_positions"),
        .number("num_without_greeks"),
      ]
    ) { body in
      for total in totals {
        let members = total.members
        try body(members.map(\.value), .object(members))
      }
    }
  }
}

/// The documented names of a position's Greeks.
enum GreekFields {
  static let names = ["delta", "gamma", "theta", "vega", "rho", "delta_dollars", "gamma_dollars"]

  static func inputs(_ row: StepResult.Row) -> JSONValue {
    .object(
      ["underlying_price", "implied_vol", "iv_source", "risk_free_rate", "time_to_expiry"]
        .map { JSONMember($0, row[$0]) })
  }

  /// The documented `PositionGreeks`.
  static func object(_ row: StepResult.Row) -> JSONValue {
    .object(
      (["position_id", "calculation_date"] + names + ["status"]).map { JSONMember($0, row[$0]) }
        + [JSONMember("inputs", inputs(row))])
  }
}

/// Sums of Greeks. Where no position has any they are not known.
private struct GreekTotals {
  let portfolio: PortfolioID
  let currency: String?
  private var sums: [Double] = [0, 0, 0, 0, 0]
  private var deltaDollars = Money.zero
  private var gammaDollars = Money.zero
  private var count = 0
  private var known = 0

  init(portfolio: PortfolioID, currency: String?) {
    self.portfolio = portfolio
    self.currency = currency
  }

  mutating func add(_ row: StepResult.Row) throws(NumberError) {
    count += 1
    let values = GreekFields.names.prefix(5).compactMap { row.double($0) }
    guard values.count == sums.count else { return }
    known += 1
    for index in sums.indices { sums[index] += values[index] }
    if let amount = Money(row["delta_dollars"]) { deltaDollars = try deltaDollars + amount }
    if let amount = Money(row["gamma_dollars"]) { gammaDollars = try gammaDollars + amount }
  }

  var members: [JSONMember] {
    let isKnown = known > 0 || count == 0
    let numbers = sums.map { isKnown ? Cell($0).json : JSONValue.null }
    let money = [deltaDollars, gammaDollars].map { isKnown ? JSONValue.scaled($0) : .null }
    return [
      JSONMember("portfolio_id", .string(portfolio.rawValue)),
      JSONMember("currency", .text(currency)),
    ] + zip(GreekFields.names, numbers + money).map { JSONMember($0, $1) } + [
      JSONMember("num_positions", .integer(count)),
      JSONMember("num_without_greeks", .integer(count - known)),
    ]
  }
}
