import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook risk`
struct RiskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "risk",
    abstract: "Exposures by three measures, volatility, beta, drawdown, value at risk",
    discussion: """
      Realized measures come from daily returns, ex-ante ones from today's positions, their betas \
      and the factors' covariance. Fractions are of net asset value, of gross exposure where cash \
      is not known.

      foldbook -C demo risk --as-of 2008-09-15
      """)

  @OptionGroup var options: GlobalOptions

  private static let metricNames = [
    "benchmark_ticker", "portfolio_beta", "beta_source", "ex_ante_beta", "beta_observations",
    "annualized_volatility", "ex_ante_volatility", "sharpe_ratio", "sortino_ratio",
    "max_drawdown", "max_drawdown_90", "is_drawdown_stopped", "var_95", "var_99", "observations",
    "window", "risk_free_rate", "rate_source",
  ]
  private static let riskNames = [
    "joint_factor_volatility", "specific_volatility", "factor_volatility", "factor_variance",
    "joint_factor_variance", "specific_variance", "total_variance", "specific_coverage",
  ]

  func run() throws {
    let book = try CalculatedBook(options)
    var footnotes = Footnotes()
    var sheet = FactSheet(Self.facts(book.currency))
    for portfolio in book.portfolios {
      let result = try book.result(.portfolioMetrics, of: portfolio)
      sheet.add(try values(portfolio, result, book))
      footnotes.add(result)
      if FactorsCommand.hasSeveralFactors(result) { footnotes.add(FactorsCommand.riskNote) }
      let excluded = try book.calculations.day().exposureTotals(of: portfolio)
      if excluded.deltaMissing > 0 {
        footnotes.add(
          "\(portfolio): \(counted(excluded.deltaMissing, "option")) of unknown delta count with "
            + "the premium")
      }
    }
    let format = options.resolvedFormat
    var writer = try book.writer("risk", columns: sheet.columns(format))
    try sheet.write(to: &writer, format)
    try book.finish(&writer, footnotes)
  }

  private func values(
    _ portfolio: PortfolioID, _ result: StepResult, _ book: CalculatedBook
  ) throws -> [JSONValue] {
    let day = try book.calculations.day()
    let totals = try day.exposureTotals(of: portfolio)
    let metrics = result.rows(.portfolioRiskMetrics).first
    let risk = result.rows(.portfolioSpecificRisk).first
    func four(_ total: ExposureTotal) -> [JSONValue] {
      [.scaled(total.long), .scaled(total.short), .scaled(total.gross), .scaled(total.net)]
    }
    var values: [JSONValue] = [
      .string(portfolio.rawValue), .date(day.date),
      .text(book.holdings.portfolios[portfolio]?.currency),
      .scaled(try day.netAssetValue(of: portfolio)),
    ]
    values += four(totals.dollar) + four(totals.deltaAdjusted) + four(totals.notional)
    values += [
      .scaled(totals.stock), .scaled(totals.options), .integer(totals.dollar.excluded),
      .integer(totals.deltaMissing),
    ]
    values += Self.metricNames.map { name in
      name.hasPrefix("is_") ? metrics?.flag(name) ?? .null : metrics?[name] ?? .null
    }
    values += Self.riskNames.map { risk?[$0] ?? .null }
    return values + [metrics?["quality"] ?? .null]
  }

  private static func facts(_ currency: String?) -> [AnswerColumn] {
    func four(_ prefix: String) -> [AnswerColumn] {
      ["long", "short", "gross", "net"].map { side in
        .money(prefix.isEmpty ? "\(side)_exposure" : "\(prefix)_\(side)", currency)
      }
    }
    return [
      AnswerColumn("portfolio_id"), AnswerColumn("calculation_date", isDetail: true),
      AnswerColumn("currency", isDetail: true), .money("total_value", currency),
    ] + four("") + four("delta_adjusted") + four("notional") + [
      .money("stock_exposure", currency), .money("options_exposure", currency),
      .number("num_excluded"), .number("num_delta_missing"),
    ] + metricFacts + riskFacts + [AnswerColumn("quality")]
  }

  /// In the order of ``metricNames``.
  private static let metricFacts: [AnswerColumn] = [
    AnswerColumn("benchmark_ticker"), .number("portfolio_beta", .places(3)),
    AnswerColumn("beta_source"), .number("ex_ante_beta", .places(3)),
    .number("beta_observations", isDetail: true), .percent("annualized_volatility"),
    .percent("ex_ante_volatility"), .number("sharpe_ratio", .places(2)),
    .number("sortino_ratio", .places(2)), .percent("max_drawdown"), .percent("max_drawdown_90"),
    AnswerColumn("is_drawdown_stopped", isDetail: true), .percent("var_95"), .percent("var_99"),
    .number("observations", unit: "sessions", .exact), .number("window", isDetail: true),
    .percent("risk_free_rate"), AnswerColumn("rate_source"),
  ]

  /// In the order of ``riskNames``.
  private static let riskFacts: [AnswerColumn] = [
    .percent("joint_factor_volatility"), .percent("specific_volatility"),
    .percent("factor_volatility", isDetail: true), .number("factor_variance", isDetail: true),
    .number("joint_factor_variance", isDetail: true), .number("specific_variance", isDetail: true),
    .number("total_variance", isDetail: true), .percent("specific_coverage", places: 0),
  ]
}
