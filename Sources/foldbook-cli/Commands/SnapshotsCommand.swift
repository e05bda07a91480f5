import ArgumentParser
import Events
import Foldbook
import Portfolio
import Records

/// `foldbook snapshots`
struct SnapshotsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshots",
    abstract: "Portfolios at the end of each session, week or month: NAV, P&L, returns, risk",
    discussion: """
      They come from the tables, which are caught up first; with --as-of or --known-at tables are \
      made for that point, which takes as long as a rebuild.

      foldbook -C demo snapshots --frequency monthly --from 2008-01-01 --to 2008-12-31
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "Of sessions, or of weeks and months that are over")
  var frequency: FrequencyArgument = .daily

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The first day (default: all)", valueName: "date"))
  var from: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The last day (default: all)", valueName: "date"))
  var to: String?

  /// The documented fields, then those that are added.
  private static let names = [
    "portfolio_id", "id", "snapshot_date", "frequency", "total_value", "daily_pnl", "period_pnl",
    "daily_return", "long_exposure", "short_exposure", "gross_exposure", "net_exposure",
    "total_pnl", "portfolio_beta", "annualized_volatility", "position_correlation", "max_drawdown",
    "sharpe_ratio", "diversification_score", "cash_value", "portfolio_delta", "portfolio_gamma",
    "portfolio_theta", "portfolio_vega", "portfolio_rho", "num_positions",
    "num_long_positions", "num_short_positions", "num_unpriced", "period_start",
    "delta_adjusted_net", "delta_adjusted_gross", "notional_exposure", "realized_pnl",
    "unrealized_pnl", "net_flows", "data_quality", "run_id", "created_at", "src_seq",
  ]

  func run() throws {
    if options.terms != nil {
      throw CommandFailure.usage("--where chooses holdings, and snapshots are of whole portfolios")
    }
    let session = try BookSession(options)
    let point = try session.point()
    let range = try DateRange(from: from, to: to, session)
    let holdings = try session.book.facts(knownAt: point.point.knownAt)
      .resolve(asOf: point.point.asOf)
    if let id = options.portfolioID, holdings.portfolios[id] == nil {
      throw BookError.unknownPortfolio(id: id.rawValue)
    }
    let rows = try PointTables(session, point).rows(query(range))
    let portfolios = Set(rows.compactMap { $0.text("portfolio_id") })
    let currencies = Set(
      holdings.portfolios.values.filter { portfolios.contains($0.id.rawValue) }.map(\.currency))
    let columns = columns(
      currencies.count == 1 ? currencies.first : nil, hasSeveral: portfolios.count > 1)
    var writer = try session.writer(
      session.answer("snapshots", at: point), columns: columns, at: point)
    for row in rows {
      try writer.row(
        columns.map { column in
          switch column.name {
          case "data_quality": row.parsed("data_quality")
          case "", "period_pnl": row["daily_pnl"]
          case "src_seq": row.sequence("src_seq")
          default: row[column.name]
          }
        })
    }
    if rows.count > 1 { writer.add(Self.series(rows)) }
    for note in Self.notes(rows) { writer.warn(note) }
    try writer.finish()
    try session.finish()
  }

  private func query(_ range: DateRange) -> String {
    var conditions = ["frequency = \(PointTables.quoted(frequency.rawValue))"]
    if let first = range.first { conditions.append("snapshot_date >= '\(first)'") }
    if let last = range.last { conditions.append("snapshot_date <= '\(last)'") }
    if let id = options.portfolio { conditions.append("portfolio_id = \(PointTables.quoted(id))") }
    return """
      SELECT * FROM portfolio_snapshots WHERE \(conditions.joined(separator: " AND "))
      ORDER BY portfolio_id, snapshot_date
      """
  }

  private func columns(_ currency: String?, hasSeveral: Bool) -> [AnswerColumn] {
    let shown: [String: AnswerColumn] = [
      "portfolio_id": AnswerColumn("portfolio_id", isDetail: !hasSeveral),
      "snapshot_date": AnswerColumn("snapshot_date"),
      "total_value": .money("total_value", currency),
      "net_exposure": .money("net_exposure", currency),
      "daily_pnl": .money("daily_pnl", currency, isDetail: frequency != .daily),
      "period_pnl": .money("period_pnl", currency, isDetail: frequency == .daily),
      "daily_return": .percent("daily_return"),
      "portfolio_beta": .number("portfolio_beta", .places(2)),
      "annualized_volatility": .percent("annualized_volatility", places: 1),
      "max_drawdown": .percent("max_drawdown", places: 1),
    ]
    let texts: Set = [
      "id", "frequency", "period_start", "data_quality", "run_id", "created_at",
    ]
    return Self.names.flatMap { name -> [AnswerColumn] in
      let column =
        shown[name]
        ?? (texts.contains(name)
          ? AnswerColumn(name, isDetail: true) : .number(name, isDetail: true))
      return name == "daily_return" ? [column, .picture()] : [column]
    }
  }

  /// Each portfolio's NAV from the first row to the last, for people.
  private static func series(_ rows: [TableRow]) -> Appendix {
    let portfolios = Dictionary(grouping: rows) { $0.text("portfolio_id") ?? "" }
    return Appendix(
      title: "From the first to the last of these days",
      columns: [
        AnswerColumn("portfolio_id"), AnswerColumn("measure"), .number("first", .places(2)),
        .number("lowest", .places(2)), .number("highest", .places(2)), .number("last", .places(2)),
        .picture("course"),
      ],
      rows: portfolios.keys.sorted().flatMap { portfolio in
        ["total_value", "total_pnl"].map { measure -> [JSONValue] in
          let own = portfolios[portfolio] ?? []
          let values = own.map { $0.double(measure) }
          let known = own.map { $0[measure] }.filter { BarScale.number($0) != nil }
          let ordered = known.sorted { BarScale.number($0) ?? 0 < BarScale.number($1) ?? 0 }
          return [
            .string(portfolio), .string(measure), known.first ?? .null, ordered.first ?? .null,
            ordered.last ?? .null, known.last ?? .null, .string(sparkline(values)),
          ]
        }
      })
  }

  /// How many snapshots bear each flag, and since when.
  private static func notes(_ rows: [TableRow]) -> [String] {
    var flags: [String: (count: Int, first: String, last: String)] = [:]
    for row in rows {
      guard case .array(let names)? = row.parsed("data_quality")["flags"] else { continue }
      let date = row.text("snapshot_date") ?? "–"
      for name in names.compactMap(\.text) {
        let known = flags[name]
        flags[name] = (
          (known?.count ?? 0) + 1, min(known?.first ?? date, date), max(known?.last ?? date, date)
        )
      }
    }
    return flags.sorted { $0.key < $1.key }.map { name, flag in
      let span = flag.first == flag.last ? flag.first : "\(flag.first) to \(flag.last)"
      return "\(name): \(grouped(flag.count)) of \(counted(rows.count, "snapshot")), \(span)"
    }
  }
}

enum FrequencyArgument: String, CaseIterable, ExpressibleByArgument {
  case daily, weekly, monthly
}
