import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// A difference as tables for people: one of each part, then the trades that turn the left side, A,
/// into the right one, B.
struct DiffTables {
  private let difference: BranchDifference
  private let sides: DiffSides
  private let options: GlobalOptions

  init(_ difference: BranchDifference, _ sides: DiffSides, _ options: GlobalOptions) {
    self.difference = difference
    self.sides = sides
    self.options = options
  }

  func appendices() throws -> [Appendix] {
    var appendices: [Appendix] = []
    let positions = difference.book.positions
    if difference.parts.contains(.positions), !positions.isEmpty {
      appendices.append(table(of: positions))
    }
    for part in DifferencePart.allCases {
      let metrics = difference.differingMetrics.filter { $0.2.part == part }
      if !metrics.isEmpty { appendices.append(table(of: metrics, part)) }
    }
    for (name, side, events) in difference.eventSides(sides) where !events.events.isEmpty {
      let rendering = EventRows(side.book, options.resolvedFormat)
      appendices.append(
        Appendix(
          title: "Events of \(name == "left" ? "A" : "B") alone", columns: rendering.columns,
          rows: try events.events.map { try rendering.row(of: $0).values }))
    }
    let trades = difference.book.trades
    if !trades.trades.isEmpty { appendices.append(table(of: trades.trades)) }
    let cash = trades.settlements.filter { $0.movement?.isZero != true }
    if !cash.isEmpty { appendices.append(table(of: cash)) }
    return appendices
  }

  private func table(of positions: [PositionDifference]) -> Appendix {
    let showsPortfolio = Set(positions.map(\.portfolio)).count > 1
    return Appendix(
      title: "Positions, B less A",
      columns: [
        AnswerColumn("portfolio_id", isDetail: !showsPortfolio), AnswerColumn("position_id"),
        AnswerColumn("ticker"), AnswerColumn("position_type"), .number("quantity in A", .grouped),
        .number("in B", .grouped), .money("market_value in A", nil), .money("in B", nil),
        .money("difference", currency), AnswerColumn("fields"),
      ],
      rows: positions.map { position in
        let members = position.members
        func value(_ name: String) -> JSONValue {
          members.first { $0.name == name }?.value ?? .null
        }
        return [
          "portfolio_id", "position_id", "ticker", "position_type", "left_quantity",
          "right_quantity", "left_market_value", "right_market_value", "market_value", "fields",
        ].map(value)
      })
  }

  private func table(
    of metrics: [(PortfolioID, String, MetricDifference)], _ part: DifferencePart
  ) -> Appendix {
    let showsPortfolio = Set(metrics.map(\.0)).count > 1
    return Appendix(
      title: "\(part.rawValue.prefix(1).uppercased() + part.rawValue.dropFirst()), B less A",
      columns: [
        AnswerColumn("portfolio_id", isDetail: !showsPortfolio), AnswerColumn("metric"),
        .number("A"), .number("B"), .number("difference"), AnswerColumn("unit"),
      ],
      rows: metrics.map { portfolio, currency, metric in
        [
          .string(portfolio.rawValue), .string(metric.name),
          .string(MetricTexts.text(metric.left, metric.unit)),
          .string(MetricTexts.text(metric.right, metric.unit)),
          .string(MetricTexts.text(metric.delta, metric.unit, isDelta: true)),
          .string(MetricTexts.heading(metric.unit, currency)),
        ]
      })
  }

  private func table(of trades: [Trade]) -> Appendix {
    let showsPortfolio = Set(trades.map(\.portfolio)).count > 1
    return Appendix(
      title: "Trades that turn A into B",
      columns: [
        AnswerColumn("portfolio_id", isDetail: !showsPortfolio), AnswerColumn("action"),
        AnswerColumn("position_type"), AnswerColumn("ticker"), .number("quantity", .grouped),
        .number("price", .grouped), .money("cash", currency), AnswerColumn("positions"),
      ],
      rows: trades.map { trade in
        [
          .string(trade.portfolio.rawValue), .string(trade.action.rawValue),
          .string(trade.type.rawValue), .string(trade.symbol.rawValue), .scaled(trade.quantity),
          .scaled(trade.price), .scaled(trade.cash),
          .string(trade.lots.map(\.position.rawValue).joined(separator: ", ")),
        ]
      })
  }

  private func table(of settlements: [CashSettlement]) -> Appendix {
    Appendix(
      title: "Cash that moves beside the trades",
      columns: [
        AnswerColumn("portfolio_id"), .money("trades", nil), .money("movement", nil),
        AnswerColumn("currency"),
      ],
      rows: settlements.map {
        [
          .string($0.portfolio.rawValue), .scaled($0.trades), .scaled($0.movement),
          .string($0.currency),
        ]
      })
  }

  /// Of all that differs; null where there are several.
  private var currency: String? {
    let currencies = Set(difference.book.portfolios.map(\.currency))
    return currencies.count == 1 ? currencies.first : nil
  }
}
