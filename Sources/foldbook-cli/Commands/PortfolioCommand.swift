import ArgumentParser
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

struct PortfolioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "portfolio", abstract: "Show what portfolios are worth; open, close, list them",
    discussion: "foldbook portfolio --as-of 2005-03-01",
    subcommands: [Show.self, Open.self, Close.self, List.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show cash, exposures and profit of each portfolio")

    @OptionGroup var options: GlobalOptions

    private static let columns: [AnswerColumn] = [
      AnswerColumn("portfolio_id"), AnswerColumn("currency"), .money("total_value", nil),
      .money("cash_value", nil), .money("long_exposure", nil), .money("short_exposure", nil),
      .number("gross_exposure", isDetail: true), .number("net_exposure", isDetail: true),
      .money("daily_pnl", nil), .money("unrealized_pnl", nil), .money("realized_pnl", nil),
      .number("fees", isDetail: true), .number("dividends", isDetail: true),
      .number("num_positions"), .number("num_long_positions", isDetail: true),
      .number("num_short_positions", isDetail: true), .number("num_unpriced"),
      .number("num_stale", isDetail: true), .number("notional_exposure", isDetail: true),
      .number("delta_adjusted_gross", isDetail: true),
      .number("delta_adjusted_net", isDetail: true),
    ]

    mutating func run() throws {
      let session = try BookSession(options)
      let point = try session.point()
      let holdings = try session.book.holdings(at: point.point)
      if let id = options.portfolioID, holdings.portfolios[id] == nil {
        throw BookError.unknownPortfolio(id: id.rawValue)
      }
      let valuation = try session.valuation(of: holdings, at: point.point)
      let greeks = try OptionGreeks(
        session, at: point.point, holdings, portfolio: options.portfolioID)
      let positions = Dictionary(grouping: holdings.openPositions, by: \.portfolio)
      var writer = try session.writer(
        session.answer("portfolio", at: point), columns: Self.columns, at: point)
      for id in holdings.portfolios.keys.sorted()
      where options.portfolioID == nil || options.portfolioID == id {
        let value = try valuation.portfolio(id)
        let risk = try RiskExposure(positions[id] ?? [], valuation, greeks)
        try writer.row(Self.row(value) + risk.values)
        if value.isPartial {
          writer.warn("\(id): \(value.unpricedCount) positions have no price and are not counted")
        }
        if value.modelPricedCount > 0 {
          writer.warn(
            "\(id): \(value.modelPricedCount) options have no quote and count at the model's price")
        }
        if value.cash.isUnknown, value.positionCount > 0 {
          writer.warn("\(id): no deposit is known, so its cash is what trades moved alone")
        }
      }
      for warning in greeks.warnings { writer.warn(warning) }
      try writer.finish()
      try session.finish()
    }

    /// What a portfolio is exposed to beside what it is worth (C-03).
    private struct RiskExposure {
      private var notional = Money.zero
      private var long = Money.zero
      private var short = Money.zero

      init(
        _ positions: [Position], _ valuation: Valuation, _ greeks: OptionGreeks
      ) throws(NumberError) {
        for position in positions {
          let value = valuation.value(of: position)
          if let amount = value.notionalExposure { notional = try notional + amount.magnitude }
          guard let amount = greeks.deltaAdjustedExposure(of: position, value) else { continue }
          if amount.isNegative { short = try short + amount } else { long = try long + amount }
        }
      }

      var values: [JSONValue] {
        [
          .scaled(notional), .scaled(Money(units: long.units - short.units)),
          .scaled(Money(units: long.units + short.units)),
        ]
      }
    }

    private static func row(_ value: PortfolioValue) throws(NumberError) -> [JSONValue] {
      [
        .string(value.portfolio.rawValue), .string(value.cash.currency),
        .scaled(try value.netAssetValue()), .scaled(value.cash.balance),
        .scaled(value.longExposure), .scaled(value.shortExposure),
        .scaled(try value.grossExposure()), .scaled(try value.netExposure()),
        .scaled(value.positionsDailyPnL), .scaled(value.unrealizedPnL),
        .scaled(value.realizedPnL), .scaled(value.fees), .scaled(value.dividends),
        .integer(value.positionCount), .integer(value.longCount), .integer(value.shortCount),
        .integer(value.unpricedCount), .integer(value.staleCount),
      ]
    }
  }

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open a portfolio",
      discussion: "foldbook portfolio open core --name 'Core Holdings' --currency USD")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "Its id")
    var portfolio: String

    @Option(help: "What it is called (default: its id)")
    var name: String?

    @Option(help: ArgumentHelp("Id of the user whose portfolio it is", valueName: "id"))
    var owner: String?

    @Option(help: ArgumentHelp("What its money is in (default: USD)", valueName: "code"))
    var currency: String?

    @Option(help: ArgumentHelp("What it is compared with (default: SPY)", valueName: "symbol"))
    var benchmark: String?

    @Option(help: "In words")
    var description: String?

    mutating func run() throws {
      let factory = try EventFactory(options, recording)
      let opened = PortfolioOpened(
        portfolio: PortfolioID(portfolio), name: name ?? portfolio,
        owner: owner.map { UserID($0) }, currency: currency?.uppercased(),
        benchmark: benchmark.map(symbolArgument), description: description)
      try factory.append([factory.event(.portfolioOpened(opened))])
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Close a portfolio: it takes nothing more",
      discussion: "foldbook portfolio close core --at 2025-12-31")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "Its id")
    var portfolio: String

    mutating func run() throws {
      let factory = try EventFactory(options, recording)
      let id = try factory.portfolio(portfolio, in: factory.facts()).id
      try factory.append([factory.event(.portfolioClosed(PortfolioClosed(portfolio: id)))])
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the portfolios", discussion: "foldbook portfolio list --json")

    @OptionGroup var options: GlobalOptions

    mutating func run() throws {
      let session = try BookSession(options)
      let point = try session.point()
      let holdings = try session.book.facts(knownAt: point.point.knownAt)
        .resolve(asOf: point.point.asOf)
      var open: [PortfolioID: Int] = [:]
      for position in holdings.openPositions { open[position.portfolio, default: 0] += 1 }
      var writer = try session.writer(
        session.answer("portfolios", at: point),
        columns: [
          AnswerColumn("id"), AnswerColumn("name"), AnswerColumn("user_id"),
          AnswerColumn("currency"), AnswerColumn("benchmark"),
          AnswerColumn("description", isDetail: true), AnswerColumn("opened_at"),
          AnswerColumn("closed_at"), .number("num_positions"),
        ], at: point)
      for portfolio in holdings.portfolios.values.sorted(by: { $0.id < $1.id }) {
        try writer.row([
          .string(portfolio.id.rawValue), .string(portfolio.name),
          .text(portfolio.owner?.rawValue), .string(portfolio.currency),
          .string(portfolio.benchmark.rawValue), .text(portfolio.description),
          .time(portfolio.openedAt), .time(portfolio.closedAt),
          .integer(open[portfolio.id] ?? 0),
        ])
      }
      try writer.finish()
      try session.finish()
    }
  }
}
