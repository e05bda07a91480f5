import ArgumentParser
import Foldbook
import Records

/// `foldbook positions`
struct PositionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "What is held, valued: open positions and the totals of their portfolios",
    discussion: """
      Quantities are signed: short is negative. Prices are per share, money is in the portfolio's \
      currency. What is not known is left empty, in JSON null.
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Closed positions too")
  var all = false

  func run() throws {
    let session = try BookSession(options)
    let point = try session.point()
    let list = try PositionList(session, at: point.point, includesClosed: all)
    let totals = try list.totals.map { try $0.members() }
    var answer = session.answer("positions", at: point)
    answer.extra = [JSONMember("totals", .array(totals.map { .object($0) }))]
    var writer = try session.writer(
      answer,
      columns: PositionFields.columns(
        currency: list.currency, showsPortfolio: list.hasSeveralPortfolios),
      at: point)
    for entry in list.entries { try writer.row(PositionFields.values(of: entry)) }
    if let first = totals.first {
      writer.add(
        Appendix(
          title: "Totals, in the portfolio's currency",
          columns: first.map { Self.totalColumn($0.name) },
          rows: totals.map { $0.map(\.value) }))
    }
    for warning in list.warnings { writer.warn(warning) }
    try writer.finish()
    try session.finish()
  }

  private static func totalColumn(_ name: String) -> AnswerColumn {
    switch name {
    case "portfolio_id", "currency", "is_partial": AnswerColumn(name)
    case "num_positions", "num_unpriced": .number(name)
    default: .money(name, nil)
    }
  }
}
