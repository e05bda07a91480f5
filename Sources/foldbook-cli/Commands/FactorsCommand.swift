import ArgumentParser
import Calculations
import Events
import Foldbook
import Portfolio
import Records

/// `foldbook factors`
struct FactorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "factors",
    abstract: "What portfolios are exposed to, and what their risk comes from",
    discussion: """
      exposure_value is the beta of the whole portfolio on its net asset value: 1.20 gains 1.20 % \
      when the factor gains 1 %; of a factor without a proxy it is a score. Dollar exposures of \
      different factors overlap and must not be added up. A contribution to risk below zero is a \
      hedge.

      foldbook -C demo factors --view longs --positions
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "Of all positions, of long or of short ones (default: all three)")
  var view: ViewArgument?

  @Flag(help: "The betas of every position too")
  var positions = false

  static let overlapNote =
    "dollar exposures of different factors overlap: they must not be added up"
  static let riskNote =
    "contributions go by one beta a factor and overlap where factors move together, as dollar "
    + "exposures do; expected volatility goes by one joint regression"

  func run() throws {
    let book = try CalculatedBook(options)
    var footnotes = Footnotes()
    var results: [StepResult] = []
    for portfolio in book.portfolios {
      results.append(try book.result(.portfolioMetrics, of: portfolio))
    }
    let isForPeople = options.resolvedFormat.isForPeople
    let isWide = isForPeople && view == nil
    var writer = try book.writer(
      "factors", columns: isWide ? Self.wideColumns(book) : Self.columns(book, view))
    for result in results {
      footnotes.add(result)
      let rows = exposures(result, book)
      for row in rows where !isWide || row.text("view") == "portfolio" {
        try writer.row(
          isWide ? Self.wideValues(row, rows, book) : Self.values(row, book))
      }
    }
    writer.add(Self.contributions(results, book))
    writer.add(Self.specificRisk(results, book))
    if positions {
      if isForPeople {
        for (portfolio, result) in zip(book.portfolios, results) {
          writer.add(Self.betaSquare(result, portfolio, book))
        }
      } else {
        writer.add(Self.betas(results, book))
      }
    }
    footnotes.add(Self.overlapNote)
    if results.contains(where: Self.hasSeveralFactors) { footnotes.add(Self.riskNote) }
    try book.finish(&writer, footnotes)
  }

  /// Whether the expected risk of a portfolio comes from more than one factor.
  static func hasSeveralFactors(_ result: StepResult) -> Bool {
    result.rows(.factorRiskContributions).count { $0.double("variance_contribution") != nil } > 1
  }

  /// View by view, the whole portfolio first; factors by their place in lists.
  private func exposures(_ result: StepResult, _ book: CalculatedBook) -> [StepResult.Row] {
    let rows = result.rows(.portfolioFactorExposures)
      .sorted { book.factorOrder($0["factor_id"]) < book.factorOrder($1["factor_id"]) }
    return (view.map { [$0] } ?? ViewArgument.allCases).flatMap { view in
      rows.filter { $0.text("view") == view.rawValue }
    }
  }

  private static func values(_ row: StepResult.Row, _ book: CalculatedBook) -> [JSONValue] {
    [
      row["portfolio_id"], row["view"], book.factorName(row["factor_id"]), row["factor_id"],
      row["calculation_date"], row["exposure_value"], row["exposure_value"],
      row["exposure_dollar"], row["magnitude_exposure"], row["exposure_gross_basis"],
      row["value_basis"], row["coverage"], row["quality"],
    ]
  }

  /// A line a factor: the whole portfolio, and what its longs and its shorts have in it.
  private static func wideColumns(_ book: CalculatedBook) -> [AnswerColumn] {
    let currency = book.currency
    return [
      book.portfolioColumn, AnswerColumn("factor"),
      .number("exposure_value", unit: "of NAV", .places(3)), .picture(),
      .money("exposure_dollar", currency), .money("longs", currency), .money("shorts", currency),
      .percent("coverage", places: 0), AnswerColumn("quality"),
    ]
  }

  private static func wideValues(
    _ row: StepResult.Row, _ rows: [StepResult.Row], _ book: CalculatedBook
  ) -> [JSONValue] {
    func dollars(_ view: String) -> JSONValue {
      rows.first { $0["factor_id"] == row["factor_id"] && $0.text("view") == view }?[
        "exposure_dollar"] ?? .null
    }
    return [
      row["portfolio_id"], book.factorName(row["factor_id"]), row["exposure_value"],
      row["exposure_value"], row["exposure_dollar"], dollars("longs"), dollars("shorts"),
      row["coverage"], row["quality"],
    ]
  }

  private static func columns(_ book: CalculatedBook, _ view: ViewArgument?) -> [AnswerColumn] {
    [
      book.portfolioColumn, AnswerColumn("view", isDetail: view == .portfolio),
      AnswerColumn("factor"),
      AnswerColumn("factor_id", isDetail: true), AnswerColumn("calculation_date", isDetail: true),
      .number("exposure_value", unit: "of NAV", .places(3)), .picture(),
      .money("exposure_dollar", book.currency), .number("magnitude", isDetail: true),
      .number("exposure_gross_basis", isDetail: true), AnswerColumn("value_basis", isDetail: true),
      .percent("coverage", places: 0), AnswerColumn("quality"),
    ]
  }

  private static func contributions(
    _ results: [StepResult], _ book: CalculatedBook
  ) -> Appendix {
    let names = [
      "exposure_value", "variance_contribution", "pct_of_factor_variance",
      "volatility_contribution", "quality",
    ]
    return Appendix(
      title: "Contributions to factor risk, a year; below zero is a hedge",
      member: "risk_contributions",
      columns: [
        book.portfolioColumn, AnswerColumn("factor"), AnswerColumn("factor_id", isDetail: true),
        AnswerColumn("calculation_date", isDetail: true), .number("exposure_value", .places(3)),
        .number("variance_contribution", .places(6)),
        .percent("pct_of_factor_variance", places: 1), .percent("volatility_contribution"),
        AnswerColumn("quality", isDetail: true), .picture(),
      ]
    ) { body in
      for result in results {
        let rows = result.rows(.factorRiskContributions)
          .sorted { book.factorOrder($0["factor_id"]) < book.factorOrder($1["factor_id"]) }
        for row in rows {
          let members =
            [
              JSONMember("portfolio_id", row["portfolio_id"]),
              JSONMember("factor", book.factorName(row["factor_id"])),
              JSONMember("factor_id", row["factor_id"]),
              JSONMember("calculation_date", row["calculation_date"]),
            ] + names.map { JSONMember($0, row[$0]) }
          try body(members.map(\.value) + [row["volatility_contribution"]], .object(members))
        }
      }
    }
  }

  private static func specificRisk(_ results: [StepResult], _ book: CalculatedBook) -> Appendix {
    let columns: [AnswerColumn] = [
      AnswerColumn("portfolio_id"), AnswerColumn("calculation_date", isDetail: true),
      .percent("joint_factor_volatility"), .percent("specific_volatility"),
      .percent("total_volatility"), .percent("factor_volatility", isDetail: true),
      .number("factor_variance", isDetail: true),
      .number("joint_factor_variance", isDetail: true),
      .number("specific_variance", isDetail: true), .number("total_variance", isDetail: true),
      .percent("specific_coverage", places: 0), AnswerColumn("quality"),
    ]
    return Appendix(
      title: "Expected risk, a year: of factors, beside them, of both", member: "risk",
      columns: columns
    ) { body in
      for row in results.flatMap({ $0.rows(.portfolioSpecificRisk) }) {
        let members = columns.map { JSONMember($0.name, row[$0.name]) }
        try body(members.map(\.value), .object(members))
      }
    }
  }

  /// A line a ticker, a column a factor that any has a beta on.
  private static func betaSquare(
    _ result: StepResult, _ portfolio: PortfolioID, _ book: CalculatedBook
  ) -> Appendix {
    let rows = result.rows(.positionFactorBetas)
    var factors: [JSONValue] = []
    var betas: [String: [JSONValue: JSONValue]] = [:]
    for row in rows {
      guard let symbol = row.text("symbol") else { continue }
      betas[symbol, default: [:]][row["factor_id"]] = row["beta"]
      if row["beta"] != .null, !factors.contains(row["factor_id"]) {
        factors.append(row["factor_id"])
      }
    }
    factors.sort { book.factorOrder($0) < book.factorOrder($1) }
    return Appendix(
      title: "Betas of what \(portfolio) holds, of options those of their underlyings",
      columns: [AnswerColumn("ticker")]
        + factors.map { .number(book.factorName($0).plainText, .places(2)) },
      rows: betas.sorted { $0.key < $1.key }.map { symbol, values in
        [.string(symbol)] + factors.map { values[$0] ?? .null }
      })
  }

  private static func betas(_ results: [StepResult], _ book: CalculatedBook) -> Appendix {
    let columns: [AnswerColumn] = [
      book.portfolioColumn, AnswerColumn("position_id", isDetail: true),
      AnswerColumn("ticker"), AnswerColumn("symbol", isDetail: true), AnswerColumn("factor"),
      AnswerColumn("factor_id", isDetail: true), AnswerColumn("calculation_date", isDetail: true),
      .number("beta", .places(3)), .number("std_err", .places(3)), .number("t_stat", .places(1)),
      .percent("r_squared", places: 0), .number("observations"),
      .number("alpha", isDetail: true), .number("p_value", isDetail: true),
      .number("raw_beta", isDetail: true), AnswerColumn("window_start", isDetail: true),
      AnswerColumn("window_end", isDetail: true), AnswerColumn("method", isDetail: true),
      AnswerColumn("is_capped", isDetail: true), AnswerColumn("quality"),
    ]
    return Appendix(
      title: "Betas of the positions, of options those of their underlyings",
      member: "position_betas", columns: columns
    ) { body in
      for row in results.flatMap({ $0.rows(.positionFactorBetas) }) {
        let position = row.text("position_id").flatMap { book.holdings.positions[PositionID($0)] }
        let members = columns.map { column in
          switch column.name {
          case "ticker": JSONMember("ticker", .text(position?.symbol.rawValue))
          case "factor": JSONMember("factor", book.factorName(row["factor_id"]))
          case "is_capped": JSONMember("is_capped", row.flag("is_capped"))
          default: JSONMember(column.name, row[column.name])
          }
        }
        try body(members.map(\.value), .object(members))
      }
    }
  }
}

/// Which side of a portfolio.
enum ViewArgument: String, CaseIterable, ExpressibleByArgument {
  case portfolio, longs, shorts
}
