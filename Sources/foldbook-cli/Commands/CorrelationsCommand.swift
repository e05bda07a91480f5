import ArgumentParser
import Calculations
import Events
import Portfolio
import Records

/// `foldbook correlations`
struct CorrelationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "correlations",
    abstract: "How positions move together: diversification, clusters, the matrix",
    discussion: """
      diversification_score is 1 less the weighted sum of all correlations, each position with \
      itself included: 0 for a single position. The other scores are the documented formulas, under \
      their own names. The matrix shows positions above correlation.report_minimum_value and \
      correlation.report_minimum_weight; scores take all.

      foldbook -C demo correlations --portfolio core --as-of 2008-09-15
      """)

  @OptionGroup var options: GlobalOptions

  /// As many positions make a square that fits a terminal.
  private static let squareMax = 10
  /// Of more positions, so many of the strongest pairs are shown.
  private static let pairsMax = 25

  private static let facts: [AnswerColumn] = [
    AnswerColumn("portfolio_id"), AnswerColumn("calculation_date", isDetail: true),
    .number("lookback_days", unit: "sessions", .exact),
    .number("diversification_score", .places(4)), .number("hedged_diversification", .places(4)),
    .number("diversification_pairwise", .places(4)),
    .number("diversification_pairwise_signed", isDetail: true),
    .number("diversification_pairwise_clamped", isDetail: true),
    .number("diversification_documented", .places(4)),
    .number("diversification_as_executed", .places(4)),
    .number("diversification_ratio", .places(4)), .number("average_correlation", .places(4)),
    .number("weighted_average_correlation", .places(4)),
    .number("effective_positions", .places(2)),
    .number("effective_positions_by_weight", .places(2)), .number("herfindahl", .places(4)),
    .percent("concentration_score", places: 1),
    .number("correlation_threshold", isDetail: true),
    .number("positions_scored"), .number("positions_included"), .number("positions_excluded"),
    .number("pairs"), .number("pairs_known"), .number("minimum_overlap", isDetail: true),
    .number("min_position_value", isDetail: true),
    .number("min_portfolio_weight", isDetail: true), AnswerColumn("filter_mode", isDetail: true),
    .percent("coverage", places: 0), AnswerColumn("quality"),
  ]

  func run() throws {
    let book = try CalculatedBook(options)
    var footnotes = Footnotes()
    var sheet = FactSheet(Self.facts)
    var results: [StepResult] = []
    for portfolio in book.portfolios {
      let result = try book.result(.correlations, of: portfolio)
      for row in result.rows(.correlationCalculations) {
        sheet.add(Self.facts.map { row[$0.name] })
      }
      footnotes.add(result)
      results.append(result)
    }
    let format = options.resolvedFormat
    var writer = try book.writer("correlations", columns: sheet.columns(format))
    try sheet.write(to: &writer, format)
    writer.add(Self.clusters(results, book))
    if format.isForPeople {
      for (portfolio, result) in zip(book.portfolios, results) {
        if let matrix = Self.matrix(result, portfolio, book) { writer.add(matrix) }
      }
    } else {
      writer.add(Self.pairs(results, book))
    }
    try book.finish(&writer, footnotes)
  }

  private static func clusters(_ results: [StepResult], _ book: CalculatedBook) -> Appendix {
    let columns: [AnswerColumn] = [
      book.portfolioColumn, .number("cluster_no"), AnswerColumn("nickname"),
      .number("position_count"), .money("total_value", book.currency),
      .percent("portfolio_share", places: 1), .picture(),
      .number("average_correlation", .places(3)), AnswerColumn("positions"),
    ]
    return Appendix(
      title: "Clusters: positions connected by correlations at or beyond the threshold",
      member: "clusters", columns: columns
    ) { body in
      for result in results {
        let members = result.rows(.correlationClusterPositions)
        for row in result.rows(.correlationClusters) {
          let own = members.filter { $0["cluster_no"] == row["cluster_no"] }
          let tickers = own.compactMap { $0.text("ticker") }
          let shown = tickers.prefix(6).joined(separator: ", ")
          let names = [
            "cluster_no", "nickname", "position_count", "total_value", "portfolio_share",
          ]
          let values =
            [row["portfolio_id"]] + names.map { row[$0] } + [
              row["portfolio_share"], row["average_correlation"],
              .string(tickers.count > 6 ? "\(shown) and \(tickers.count - 6) more" : shown),
            ]
          try body(
            values,
            .object(
              ([
                "portfolio_id", "calculation_date", "cluster_no", "nickname", "position_count",
                "total_value", "portfolio_share", "average_correlation", "quality",
              ].map { JSONMember($0, row[$0]) }) + [
                JSONMember(
                  "positions",
                  .array(
                    own.map { member in
                      .object(
                        ["position_id", "ticker", "exposure", "average_correlation"]
                          .map { JSONMember($0, member[$0]) })
                    }))
              ]))
        }
      }
    }
  }

  private static let pairNames = [
    "portfolio_id", "calculation_date", "position1_id", "position2_id", "correlation",
    "observations", "p_value", "lookback_days", "quality",
  ]

  private static func pairs(_ results: [StepResult], _ book: CalculatedBook) -> Appendix {
    Appendix(
      title: "Correlations", member: "matrix", columns: pairNames.map { AnswerColumn($0) }
    ) { body in
      for row in results.flatMap({ $0.rows(.positionCorrelationMatrix) }) {
        let members =
          pairNames.map { JSONMember($0, row[$0]) } + [
            JSONMember("ticker1", ticker(row["position1_id"], book)),
            JSONMember("ticker2", ticker(row["position2_id"], book)),
          ]
        try body(pairNames.map { row[$0] }, .object(members))
      }
    }
  }

  private static func ticker(_ id: JSONValue, _ book: CalculatedBook) -> JSONValue {
    .text(id.text.flatMap { book.holdings.positions[PositionID($0)]?.symbol.rawValue })
  }

  /// A square where it fits, else the pairs furthest from zero; null without pairs.
  private static func matrix(
    _ result: StepResult, _ portfolio: PortfolioID, _ book: CalculatedBook
  ) -> Appendix? {
    let pairs = result.rows(.positionCorrelationMatrix)
    guard !pairs.isEmpty else { return nil }
    let ids = Set(pairs.flatMap { [$0.text("position1_id"), $0.text("position2_id")] })
      .compactMap { $0 }
      .sorted {
        (ticker(.string($0), book).plainText, $0) < (ticker(.string($1), book).plainText, $1)
      }
    return ids.count <= squareMax
      ? square(pairs, ids, portfolio, book) : strongest(pairs, ids.count, portfolio, book)
  }

  private static func square(
    _ pairs: [StepResult.Row], _ ids: [String], _ portfolio: PortfolioID, _ book: CalculatedBook
  ) -> Appendix {
    var values: [[String]: JSONValue] = [:]
    for pair in pairs {
      guard let first = pair.text("position1_id"), let second = pair.text("position2_id") else {
        continue
      }
      values[[first, second]] = pair["correlation"]
      values[[second, first]] = pair["correlation"]
    }
    let tickers = ids.map { ticker(.string($0), book) }
    return Appendix(
      title: "Correlations of \(portfolio)",
      columns: [AnswerColumn("ticker")] + tickers.map { .number($0.plainText, .places(2)) },
      rows: zip(ids, tickers).map { id, ticker in
        [ticker] + ids.map { $0 == id ? 1 : values[[id, $0]] ?? .null }
      })
  }

  private static func strongest(
    _ pairs: [StepResult.Row], _ count: Int, _ portfolio: PortfolioID, _ book: CalculatedBook
  ) -> Appendix {
    let known = pairs.filter { $0.double("correlation") != nil }
      .sorted { abs($0.double("correlation") ?? 0) > abs($1.double("correlation") ?? 0) }
    return Appendix(
      title:
        "The strongest of the \(grouped(pairs.count)) correlations between \(count) positions of "
        + "\(portfolio); --json has all",
      columns: [
        AnswerColumn("ticker1"), AnswerColumn("ticker2"), .number("correlation", .places(2)),
        .picture(), .number("observations"),
      ],
      rows: known.prefix(pairsMax).map { pair in
        [
          ticker(pair["position1_id"], book), ticker(pair["position2_id"], book),
          pair["correlation"], pair["correlation"], pair["observations"],
        ]
      })
  }
}
