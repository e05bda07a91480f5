import Analytics
import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook shorts`
struct ShortsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shorts",
    abstract: "Short stock and short calls, and how likely each is to be squeezed",
    discussion: """
      HIGH: borrowing costs more than 10 % a year, or it takes more than 5 days to cover; MEDIUM: \
      more than 5 % or 3 days; UNKNOWN: an input is missing and neither rule fires.

      foldbook -C demo shorts --where tag:short_value_traps
      """)

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let book = try CalculatedBook(options, takesFilter: true)
    let labels = try HoldingLabels(book.holdings, options)
    let day = try book.calculations.day()
    let currency = book.currency
    var writer = try book.writer(
      "shorts",
      columns: [
        book.portfolioColumn, AnswerColumn("position_id", isDetail: true),
        AnswerColumn("calculation_date", isDetail: true), AnswerColumn("ticker"),
        AnswerColumn("position_type"), AnswerColumn("underlying_ticker", isDetail: true),
        .number("quantity", .grouped), .money("market_value", currency),
        AnswerColumn("squeeze_risk"), .number("cost_to_borrow_rate", unit: "%/year", .places(2)),
        .number("days_to_cover", unit: "days", .places(1)), .picture(),
        .number("short_interest_ratio", isDetail: true),
        .number("short_interest_shares", isDetail: true),
        .number("avg_daily_volume", isDetail: true), .number("shares_available", isDetail: true),
        AnswerColumn("metric_date"), AnswerColumn("is_stale"),
      ])
    var stale: [String] = []
    var unknown: [String] = []
    for portfolio in book.portfolios {
      for risk in try day.squeeze(of: portfolio) {
        guard let position = book.holdings.positions[risk.position], labels.contain(position) else {
          continue
        }
        if risk.isStale { stale.append(risk.symbol.rawValue) }
        if risk.level == .unknown { unknown.append(risk.symbol.rawValue) }
        try writer.row(Self.values(risk, portfolio, day.date))
      }
    }
    var footnotes = Footnotes()
    if !unknown.isEmpty {
      footnotes.add(
        "\(Self.list(unknown)): no metrics that say enough are known at this point; short.reported "
          + "tells them")
    }
    if !stale.isEmpty { footnotes.add("\(Self.list(stale)): the metrics are older than 35 days") }
    try book.finish(&writer, footnotes)
  }

  private static func values(
    _ risk: SqueezeRisk, _ portfolio: PortfolioID, _ date: CivilDate
  ) -> [JSONValue] {
    let metrics = risk.metrics
    return [
      .string(portfolio.rawValue), .string(risk.position.rawValue), .date(date),
      .string(risk.symbol.rawValue), .string(risk.type.rawValue),
      risk.shortedSymbol == risk.symbol ? .null : .string(risk.shortedSymbol.rawValue),
      .scaled(risk.quantity), .scaled(risk.marketValue), .string(risk.level.rawValue),
      Cell(risk.costToBorrowRate).json, Cell(risk.daysToCover).json, Cell(risk.daysToCover).json,
      .decimal(metrics?.shortInterestRatio),
      .integer(metrics?.shortInterestShares.map { Int($0) }),
      .integer(metrics?.averageDailyVolume.map { Int($0) }),
      .integer(metrics?.sharesAvailable.map { Int($0) }), .date(metrics?.metricDate),
      metrics == nil ? .null : .bool(risk.isStale),
    ]
  }

  private static func list(_ symbols: [String]) -> String {
    let names = Set(symbols).sorted()
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
