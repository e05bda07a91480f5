import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Foldbook
import Records

/// `foldbook attribution`
struct AttributionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribution",
    abstract: "What a portfolio's profit or loss is made of",
    discussion: """
      From the end of a day, else from the beginning, to the point. Contributions add up to the \
      change of net asset value without deposits and withdrawals; by tag or strategy a position \
      may count more than once.

      foldbook -C demo attribution --by sector --from 2008-01-01 --as-of 2008-12-31
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "What positions are grouped by")
  var by: GroupingArgument = .position

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The day at whose end it begins (default: with the portfolio)", valueName: "date"))
  var from: String?

  func run() throws {
    let book = try CalculatedBook(options)
    let start = try from.map { try DateRange.date($0, book.session) }
    let day = try book.calculations.day()
    if let start, start > day.date {
      throw CommandFailure.usage("--from \(start) lies after the point, which is on \(day.date)")
    }
    guard let grouping = AttributionGrouping(rawValue: by.rawValue) else {
      preconditionFailure("every grouping of the command line is one")
    }
    var footnotes = Footnotes()
    var totals: [Attribution] = []
    var names: [String] = []
    var rows: [[JSONValue]] = []
    for portfolio in book.portfolios {
      let attribution = try day.attribution(of: portfolio, from: start)
      let (own, warnings) = try day.rows(of: attribution, by: grouping)
      rows += own.map { values($0, portfolio, attribution) }
      names += own.map { "\(portfolio) \($0.name)" }
      totals.append(attribution)
      for warning in warnings { footnotes.add("\(portfolio): \(warning)") }
    }
    let isAmbiguous = Set(names).count < names.count
    var writer = try book.writer("attribution", columns: columns(book, showsKey: isAmbiguous))
    for row in rows { try writer.row(row) }
    writer.add(Self.totals(totals, book))
    try book.finish(&writer, footnotes)
  }

  /// - Parameter showsKey: Names are not enough to tell the rows apart.
  private func columns(_ book: CalculatedBook, showsKey: Bool) -> [AnswerColumn] {
    let currency = book.currency
    return [
      book.portfolioColumn, AnswerColumn("group_by", isDetail: true),
      AnswerColumn("from", isDetail: true), AnswerColumn("through", isDetail: true),
      AnswerColumn("key", isDetail: !showsKey), AnswerColumn("name"),
      .number("num_positions", isDetail: by == .position),
      .number("num_unknown", isDetail: true), .money("total_pnl", currency),
      .picture(), .percent("share_of_total", places: 1),
      .percent("share_of_start"), .money("realized_pnl", currency),
      .money("unrealized_pnl_change", currency), .money("dividends", currency),
      .money("fees", currency),
    ]
  }

  private func values(
    _ row: AttributionRow, _ portfolio: PortfolioID, _ attribution: Attribution
  ) -> [JSONValue] {
    let sum = row.contribution
    // Where nothing of a group is known, neither is what it contributed.
    let isKnown = row.positionCount == 0 || row.unknownCount < row.positionCount
    func money(_ amount: Money) -> JSONValue { isKnown ? .scaled(amount) : .null }
    return [
      .string(portfolio.rawValue), .string(by.rawValue), .date(attribution.from),
      .date(attribution.through), .text(row.key), .string(row.name), .integer(row.positionCount),
      .integer(row.unknownCount), money(sum.total), money(sum.total),
      isKnown ? .scaled(row.shareOfTotal) : .null, isKnown ? .scaled(row.shareOfStart) : .null,
      money(sum.realized), money(sum.unrealizedChange), money(sum.dividends), money(sum.fees),
    ]
  }

  private static func totals(_ totals: [Attribution], _ book: CalculatedBook) -> Appendix {
    let currency = book.currency
    return Appendix(
      title: "The portfolio: P&L is the change of NAV less flows", member: "totals",
      columns: [
        AnswerColumn("portfolio_id"), AnswerColumn("from"), AnswerColumn("through"),
        .money("start_value", currency), .money("end_value", currency),
        .money("net_flows", currency), .money("total_pnl", currency),
        .money("unexplained_pnl", currency),
      ]
    ) { body in
      for total in totals {
        let members = [
          JSONMember("portfolio_id", .string(total.portfolio.rawValue)),
          JSONMember("from", .date(total.from)), JSONMember("through", .date(total.through)),
          JSONMember("start_value", .scaled(total.startValue)),
          JSONMember("end_value", .scaled(total.endValue)),
          JSONMember("net_flows", .scaled(total.netFlows)),
          JSONMember("total_pnl", .scaled(total.total)),
          JSONMember("unexplained_pnl", .scaled(total.unexplained)),
        ]
        try body(members.map(\.value), .object(members))
      }
    }
  }
}

enum GroupingArgument: String, CaseIterable, ExpressibleByArgument {
  case position, type, tag, strategy, underlying, sector
}
