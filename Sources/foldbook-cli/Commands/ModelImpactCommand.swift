import ArgumentParser
import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook model impact`
struct ModelImpactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impact",
    abstract: "Before, after and delta of every metric, and what each change contributes",
    discussion: """
      foldbook -C demo model impact hedge
      foldbook -C demo model impact hedge --as-of 2008-10-10 --no-marginals --json

      Before is the branch without its own changes, after with them, on the same day by the same \
      code. A change's marginal contribution is what it adds to the changes before it. Metrics of \
      past returns stay what they are and are left out of tables.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "What each change contributes, a recalculation each (default: up to \(marginalsMax) changes)")
  )
  var marginals: Bool?

  /// Up to as many changes contributions are worked out unasked.
  private static let marginalsMax = 20

  func run() throws {
    if options.terms != nil {
      throw CommandFailure.usage(
        "an impact is on whole portfolios: use --portfolio ID, not --where")
    }
    let session = try argument.session(options)
    let point = try session.point()
    let model = try session.model(at: point)
    let isOn = marginals ?? (model.changes.count <= Self.marginalsMax)
    let impact = try session.book.impact(at: point.point, marginals: isOn)
    let portfolios = try chosen(impact, session)
    var answer = session.answer("model.impact", at: point)
    answer.extra = members(model, impact, portfolios)
    answer.summary = summary(model, impact, session)
    let currency = try currency(of: portfolios, session, point)
    let isForPeople = options.resolvedFormat.isForPeople
    var writer = try session.writer(
      answer, columns: isForPeople ? peopleColumns(portfolios) : Self.columns, at: point)
    for portfolio in portfolios {
      for metric in portfolio.metrics {
        if isForPeople {
          if Self.isShown(metric) { try writer.row(peopleRow(portfolio, metric, currency)) }
        } else {
          try writer.row(Self.row(portfolio, metric))
        }
      }
      if isForPeople, isOn, !impact.changes.isEmpty {
        writer.add(contributions(portfolio, impact, showsPortfolio: portfolios.count > 1))
      }
    }
    for note in notes(impact, portfolios, isOn: isOn) { writer.warn(note) }
    try writer.finish()
    try session.finish()
  }

  /// Of a session about the whole book one portfolio may be looked at.
  private func chosen(_ impact: Impact, _ session: BookSession) throws -> [PortfolioImpact] {
    guard let wanted = options.portfolioID else { return impact.portfolios }
    let chosen = impact.portfolios.filter { $0.portfolio == wanted }
    guard chosen.isEmpty else { return chosen }
    guard try session.book.facts().portfolio(wanted, asOf: .distantFuture) != nil else {
      throw BookError.unknownPortfolio(id: wanted.rawValue)
    }
    return []
  }

  private func currency(
    of portfolios: [PortfolioImpact], _ session: BookSession, _ point: ResolvedPoint
  ) throws -> [PortfolioID: String] {
    let facts = try session.book.facts(knownAt: point.point.knownAt)
    var currencies: [PortfolioID: String] = [:]
    for portfolio in portfolios {
      currencies[portfolio.portfolio] =
        facts.portfolio(portfolio.portfolio, asOf: .distantFuture)?.currency
    }
    return currencies
  }

  private func members(
    _ model: ModelSession, _ impact: Impact, _ portfolios: [PortfolioImpact]
  ) -> [JSONMember] {
    [
      JSONMember("session_id", .string(model.session.rawValue)),
      JSONMember("status", .string(model.status.name)),
      JSONMember("calculation_date", .date(impact.date)),
      JSONMember(
        "changes",
        .array(
          impact.changes.enumerated().map { index, change in
            .object((change.json.members ?? []) + marginal(index, portfolios))
          })),
    ]
  }

  /// What a change contributes to each metric that it moves, by portfolio.
  private func marginal(_ index: Int, _ portfolios: [PortfolioImpact]) -> [JSONMember] {
    guard portfolios.contains(where: { $0.marginals != nil }) else { return [] }
    let parts = portfolios.compactMap { portfolio -> JSONMember? in
      guard let deltas = portfolio.marginals?[index].deltas else { return nil }
      let moved = zip(portfolio.metrics, deltas).filter { metric, delta in
        metric.group != .history && (delta == .unknown || delta.doubleValue != 0)
      }
      return JSONMember(
        portfolio.portfolio.rawValue, .object(moved.map { JSONMember($0.name, $1.json) }))
    }
    return [JSONMember("marginals", .object(parts))]
  }

  private func summary(
    _ model: ModelSession, _ impact: Impact, _ session: BookSession
  ) -> String {
    "impact of \(model.session), \(model.status.name), with "
      + "\(counted(impact.changes.count(where: { !$0.isReverted }), "change")), as of "
      + "\(impact.asOf.shortText), head #\(session.book.head)"
  }

  // MARK: Rows

  private static let columns: [AnswerColumn] = [
    AnswerColumn("portfolio_id"), AnswerColumn("group"), AnswerColumn("metric"),
    AnswerColumn("unit"), .number("before"), .number("after"), .number("delta"),
    .number("delta_pct"), AnswerColumn("is_unchanged"), AnswerColumn("flags"),
  ]

  private static func row(
    _ portfolio: PortfolioImpact, _ metric: MetricImpact
  ) -> [JSONValue] {
    [
      .string(portfolio.portfolio.rawValue), .string(metric.group.rawValue), .string(metric.name),
      .string(metric.unit.rawValue), metric.before.json, metric.after.json, metric.delta.json,
      Cell(metric.deltaFraction).json, .bool(metric.isUnchanged),
      .array(metric.flags.map { .string($0.rawValue) }),
    ]
  }

  private func peopleColumns(_ portfolios: [PortfolioImpact]) -> [AnswerColumn] {
    [
      AnswerColumn("portfolio_id", isDetail: portfolios.count < 2), AnswerColumn("group"),
      AnswerColumn("metric"), .number("before"), .number("after"), .number("delta"),
      .number("delta_pct"), AnswerColumn("unit"), AnswerColumn("flags"),
    ]
  }

  private func peopleRow(
    _ portfolio: PortfolioImpact, _ metric: MetricImpact, _ currencies: [PortfolioID: String]
  ) -> [JSONValue] {
    [
      .string(portfolio.portfolio.rawValue), .string(metric.group.rawValue), .string(metric.name),
      .string(MetricTexts.text(metric.before, metric.unit)),
      .string(MetricTexts.text(metric.after, metric.unit)),
      .string(MetricTexts.text(metric.delta, metric.unit, isDelta: true)),
      .string(MetricTexts.percent(metric.deltaFraction)),
      .string(MetricTexts.heading(metric.unit, currencies[portfolio.portfolio])),
      .string(metric.flags.map(\.rawValue).joined(separator: ", ")),
    ]
  }

  /// What a person can learn something from.
  private static func isShown(_ metric: MetricImpact) -> Bool {
    metric.group != .history && !isUnknown(metric)
  }

  private static func isUnknown(_ metric: MetricImpact) -> Bool {
    metric.before == .unknown && metric.after == .unknown
  }

  // MARK: Contributions

  /// What people see of the contributions; JSON has all.
  private static let headlines = [
    "net_exposure", "gross_exposure", "delta_adjusted_net", "portfolio_theta", "portfolio_vega",
    "ex_ante_beta",
  ]

  private func contributions(
    _ portfolio: PortfolioImpact, _ impact: Impact, showsPortfolio: Bool
  ) -> Appendix {
    let places = Self.headlines.compactMap { name in
      portfolio.metrics.firstIndex { $0.name == name }
    }
    let crash = portfolio.metrics.indices.filter { portfolio.metrics[$0].group == .stress }
      .min { Self.after($0, portfolio) < Self.after($1, portfolio) }
    let shown = places + (crash.map { [$0] } ?? [])
    let rows = impact.changes.enumerated().map { index, change -> [JSONValue] in
      [
        .integer(change.number), .string(Self.words(change)),
      ]
        + shown.map { place in
          guard let delta = portfolio.marginals?[index].deltas[place] else { return .null }
          return .string(
            MetricTexts.text(delta, portfolio.metrics[place].unit, isDelta: true))
        }
    }
    return Appendix(
      title: "What each change contributes"
        + (showsPortfolio ? " to \(portfolio.portfolio)" : ""),
      columns: [.number("change_no"), AnswerColumn("change")]
        + shown.map { .number(portfolio.metrics[$0].name) },
      rows: rows)
  }

  private static func after(_ index: Int, _ portfolio: PortfolioImpact) -> Double {
    portfolio.metrics[index].after.doubleValue ?? .infinity
  }

  private static func words(_ change: ModelChange) -> String {
    let parts = [
      change.type.rawValue, change.side?.rawValue, change.quantity?.description,
      change.symbol?.rawValue ?? change.position?.rawValue,
      change.price.map { "at \($0)" }, change.isReverted ? "(reverted)" : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }

  private func notes(
    _ impact: Impact, _ portfolios: [PortfolioImpact], isOn: Bool
  ) -> [String] {
    var notes: [String] = []
    if impact.changes.isEmpty { notes.append("nothing was changed on the branch yet") }
    if portfolios.isEmpty, let wanted = options.portfolio {
      notes.append("no change is about portfolio \(wanted)")
    }
    if !isOn, marginals == nil {
      notes.append(
        "contributions of \(impact.changes.count) changes are not worked out unasked: --marginals")
    }
    let unknown = portfolios.flatMap(\.metrics).filter {
      $0.group != .history && Self.isUnknown($0)
    }
    if options.resolvedFormat.isForPeople, !unknown.isEmpty {
      notes.append(
        "known on neither side and left out: \(counted(unknown.count, "metric")), such as "
          + "\(unknown[0].name); --json says why")
    }
    return notes
  }
}
