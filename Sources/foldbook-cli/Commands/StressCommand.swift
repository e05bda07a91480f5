import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook stress`
struct StressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress", abstract: "What scenarios would do to portfolios, by every named method",
    discussion: "foldbook -C demo stress 'COVID-19 Crash' --as-of 2008-09-15",
    subcommands: [StressShow.self, StressBacktestCommand.self], defaultSubcommand: StressShow.self)
}

/// `foldbook stress [SCENARIO]`
struct StressShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The result of each scenario, or of one",
    discussion: """
      conditional_pnl is the headline: what is to be expected given the moves that the scenario \
      fixes. revalued_pnl prices options anew where their underlyings would stand. direct_pnl and \
      correlated_pnl are the documented methods, kept for comparison: added up over factors that \
      move together they count the market again and again. Nothing is clipped.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp("Its name or code (default: every active one)", valueName: "scenario"))
  var scenario: String?

  @Option(help: "Of all positions, of long or of short ones")
  var view: ViewArgument = .portfolio

  @Flag(help: "Moves of the market and of yields by several sizes too")
  var marketRisk = false

  static let documentedNote =
    "direct_pnl and correlated_pnl are the documented methods, for comparison; conditional_pnl is "
    + "the one to use, with options revalued_pnl"

  func run() throws {
    let book = try CalculatedBook(options)
    let scenarios = try scenarios(book)
    var footnotes = Footnotes()
    var results: [(portfolio: PortfolioID, result: StepResult)] = []
    for portfolio in book.portfolios {
      results.append((portfolio, try book.result(.stressTests, of: portfolio)))
    }
    var writer = try book.writer("stress", columns: Self.columns(book))
    var detailed: [StepResult.Row] = []
    for (_, result) in results {
      let rows = result.rows(.stressTestResults).filter { $0.text("view") == view.rawValue }
      for scenario in scenarios {
        guard let row = rows.first(where: { $0.text("scenario_id") == scenario.scenario.rawValue })
        else { continue }
        detailed.append(row)
        try writer.row(
          Self.values(row, scenario, result), object: Self.object(row, scenario, result))
      }
      footnotes.add(result)
    }
    if scenario != nil { writer.add(Self.impacts(detailed, book)) }
    if marketRisk { writer.add(Self.marketRisk(results.map(\.result), book)) }
    if !detailed.isEmpty { footnotes.add(Self.documentedNote) }
    try book.finish(&writer, footnotes)
  }

  /// By their place in lists.
  ///
  /// - Throws: `BookError.unknownScenario` with those there are.
  private func scenarios(_ book: CalculatedBook) throws -> [ScenarioDefined] {
    let active = book.holdings.scenarios.values.filter(\.isActive).map(\.payload)
      .sorted { ($0.sortOrder, $0.scenario) < ($1.sortOrder, $1.scenario) }
    guard let scenario else { return active }
    let wanted = scenario.lowercased()
    let found = active.filter {
      $0.scenario.rawValue.lowercased() == wanted || $0.name.lowercased() == wanted
    }
    guard !found.isEmpty else {
      throw BookError.unknownScenario(
        text: scenario, known: active.map { "\($0.scenario) (\($0.name))" })
    }
    return found
  }

  private static let moneyNames = [
    "conditional_pnl", "revalued_pnl", "direct_pnl", "correlated_pnl", "correlation_effect",
  ]

  private static func columns(_ book: CalculatedBook) -> [AnswerColumn] {
    let currency = book.currency
    let documented = "documented"
    return [
      book.portfolioColumn, AnswerColumn("scenario_id", isDetail: true), AnswerColumn("name"),
      AnswerColumn("scenario_type", isDetail: true), AnswerColumn("severity", isDetail: true),
      AnswerColumn("view", isDetail: true), AnswerColumn("calculation_date", isDetail: true),
      .money("conditional_pnl", currency), .percent("pct_of_nav", places: 1),
      .picture(), .money("revalued_pnl", currency),
      .money("direct_pnl", documented), .money("correlated_pnl", documented),
      .money("correlation_effect", documented, isDetail: true),
      .number("new_portfolio_value", isDetail: true), AnswerColumn("exceeds_nav", isDetail: true),
      AnswerColumn("loss_cap_applied", isDetail: true), .number("uncapped_pnl", isDetail: true),
      .percent("coverage", places: 0, isDetail: true),
      AnswerColumn("missing_factors", isDetail: true),
      AnswerColumn("factor_impacts", isDetail: true),
      AnswerColumn("implied_moves", isDetail: true), AnswerColumn("quality"),
      AnswerColumn("calculated_at", isDetail: true), AnswerColumn("expires_at", isDetail: true),
    ]
  }

  private static func values(
    _ row: StepResult.Row, _ scenario: ScenarioDefined, _ result: StepResult
  ) -> [JSONValue] {
    [
      row["portfolio_id"], row["scenario_id"], .string(scenario.name),
      .string(scenario.scenarioType.rawValue), .text(scenario.severity?.rawValue), row["view"],
      row["calculation_date"], row["conditional_pnl"], row["pct_of_nav"], row["conditional_pnl"],
      row["revalued_pnl"], row["direct_pnl"], row["correlated_pnl"], row["correlation_effect"],
      row["new_portfolio_value"], row.flag("exceeds_nav"), row.flag("loss_cap_applied"),
      row["uncapped_pnl"], row["coverage"], row.parsed("missing_factors"),
      row.parsed("factor_impacts"), row.parsed("implied_moves"), row["quality"],
      result.calculatedAt,
      result.expiresAt,
    ]
  }

  /// The documented `StressResult`, and what is added to it.
  private static func object(
    _ row: StepResult.Row, _ scenario: ScenarioDefined, _ result: StepResult
  ) -> JSONValue {
    .object(
      [
        JSONMember("portfolio_id", row["portfolio_id"]),
        JSONMember("scenario_id", row["scenario_id"]),
        JSONMember("name", .string(scenario.name)),
        JSONMember("severity", .text(scenario.severity?.rawValue)),
        JSONMember(
          "impact",
          [
            "dollar_impact": row["conditional_pnl"],
            "percentage_impact": hundredfold(row["pct_of_nav"]),
            "new_portfolio_value": row["new_portfolio_value"],
          ]),
      ]
        + ["direct_pnl", "correlated_pnl", "correlation_effect", "conditional_pnl", "revalued_pnl"]
        .map { JSONMember($0, row[$0]) } + [
          JSONMember("missing_factors", row.parsed("missing_factors")),
          JSONMember("calculated_at", result.calculatedAt),
          JSONMember("expires_at", result.expiresAt),
          JSONMember("scenario_type", .string(scenario.scenarioType.rawValue)),
          JSONMember("view", row["view"]),
          JSONMember("calculation_date", row["calculation_date"]),
          JSONMember("pct_of_nav", row["pct_of_nav"]),
          JSONMember("exceeds_nav", row.flag("exceeds_nav")),
          JSONMember("loss_cap_applied", row.flag("loss_cap_applied")),
          JSONMember("uncapped_pnl", row["uncapped_pnl"]),
          JSONMember("factor_impacts", row.parsed("factor_impacts")),
          JSONMember("implied_moves", row.parsed("implied_moves")),
          JSONMember("coverage", row["coverage"]), JSONMember("quality", row["quality"]),
        ])
  }

  /// What each shocked factor does, for people; programs have it in the rows.
  private static func impacts(_ rows: [StepResult.Row], _ book: CalculatedBook) -> Appendix {
    let currency = book.currency
    return Appendix(
      title: "By factor; what is not pinned enters the documented methods alone",
      columns: [
        book.portfolioColumn, AnswerColumn("factor"), .percent("shock"), AnswerColumn("pinned"),
        .money("exposure", currency), .money("conditional_pnl", currency),
        .money("direct_pnl", currency),
      ],
      rows: rows.flatMap { row -> [[JSONValue]] in
        guard case .object(let factors) = row.parsed("factor_impacts") else { return [] }
        return factors.map { factor in
          [row["portfolio_id"], book.factorName(.string(factor.name))]
            + ["shock", "pinned", "exposure", "conditional_pnl", "direct_pnl"]
            .map { factor.value[$0] ?? .null }
        }
      })
  }

  private static func marketRisk(_ results: [StepResult], _ book: CalculatedBook) -> Appendix {
    let currency = book.currency
    let names = [
      "portfolio_id", "scenario_type", "calculation_date", "scenario_value", "predicted_pnl",
      "pct_of_nav", "revalued_pnl", "new_portfolio_value", "coverage", "quality",
    ]
    return Appendix(
      title: "Market risk: moves of one factor", member: "market_risk",
      columns: [
        book.portfolioColumn, AnswerColumn("scenario_type"),
        AnswerColumn("calculation_date", isDetail: true), .percent("scenario_value"),
        .money("predicted_pnl", currency), .percent("pct_of_nav", places: 1),
        .money("revalued_pnl", currency), .number("new_portfolio_value", isDetail: true),
        .number("coverage", isDetail: true), AnswerColumn("quality"), .picture(),
      ]
    ) { body in
      for result in results {
        let rows = result.rows(.generatedStressResults).sorted { left, right in
          (
            left.text("scenario_type")?.hasPrefix("rates") ?? false ? 1 : 0,
            left.double("scenario_value") ?? 0
          )
            < (
              right.text("scenario_type")?.hasPrefix("rates") ?? false ? 1 : 0,
              right.double("scenario_value") ?? 0
            )
        }
        for row in rows {
          try body(
            names.map { row[$0] } + [row["predicted_pnl"]],
            .object(
              names.map { JSONMember($0, row[$0]) } + [
                JSONMember("missing_factors", row.parsed("missing_factors")),
                JSONMember("exceeds_nav", row.flag("exceeds_nav")),
              ]))
        }
      }
    }
  }
}
