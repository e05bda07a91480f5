import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// A difference as an answer: rows of each part, then the trades that turn the left into the right.
struct DiffReport {
  private let difference: BranchDifference
  private let sides: DiffSides
  private let options: GlobalOptions
  private var names: (left: String, right: String) { (sides.left.text, sides.right.text) }

  init(_ difference: BranchDifference, _ sides: DiffSides, _ options: GlobalOptions) {
    self.difference = difference
    self.sides = sides
    self.options = options
  }

  func write() throws {
    let session = BookSession(sides.right.book, options)
    var answer = session.answer("diff")
    answer.head = nil
    answer.extra = members
    answer.summary = summary
    let isForPeople = options.resolvedFormat.isForPeople
    let rows = try rows()
    var writer = try session.writer(answer, columns: isForPeople ? [] : Self.columns)
    if isForPeople {
      for appendix in try appendices() { writer.add(appendix) }
    } else {
      for row in rows {
        let values = Self.columns.map { column in
          row.first { $0.name == column.name }?.value ?? .null
        }
        try writer.row(values, object: .object(row))
      }
    }
    for side in [sides.left, sides.right] {
      for warning in side.point.warnings { writer.warn("\(side.text): \(warning)") }
    }
    let unpriced = difference.book.portfolios.map(\.unpricedCount).reduce(0, +)
    if unpriced > 0 {
      writer.warn(
        "\(counted(unpriced, "position")) that differ have no known price: what differs in money is "
          + "without them")
    }
    try writer.finish()
  }

  private var summary: String {
    func words(_ side: DiffSides.Side) -> String {
      "\(side.book.branch) as of \(side.point.point.asOf.shortText), known at "
        + "#\(side.point.point.knownAt)"
    }
    return "A  \(words(sides.left))\nB  \(words(sides.right))"
      + (difference.isEmpty
        ? "\nno difference in \(partNames.joined(separator: ", "))" : "")
  }

  private var partNames: [String] {
    DifferencePart.allCases.filter { difference.parts.contains($0) }.map(\.rawValue)
  }

  private var members: [JSONMember] {
    func json(_ side: DiffSides.Side) throws -> JSONValue {
      let point = side.point.point
      return [
        "requested": .string(side.text), "branch": .string(side.book.branch),
        "as_of": .time(point.asOf == .distantPast ? nil : point.asOf),
        "sequence": .sequence(point.knownAt),
        "parent_sequence": .sequence(try side.book.parentSequence(at: point.knownAt)),
        "head": .sequence(side.book.head),
      ]
    }
    return [
      JSONMember("left", (try? json(sides.left)) ?? .null),
      JSONMember("right", (try? json(sides.right)) ?? .null),
      JSONMember("common_sequence", .sequence(difference.common)),
      JSONMember("parts", .array(partNames.map { .string($0) })),
      JSONMember("is_different", .bool(!difference.isEmpty)),
      JSONMember("portfolios", .array(difference.book.portfolios.map(Self.json))),
      JSONMember("trades", .array(difference.book.trades.trades.map(Self.json))),
      JSONMember("settlements", .array(difference.book.trades.settlements.map(Self.json))),
    ]
  }

  private func shows(_ part: DifferencePart) -> Bool { difference.parts.contains(part) }

  private var metrics: [(PortfolioID, String, MetricDifference)] {
    difference.portfolios.flatMap { portfolio in
      portfolio.metrics.filter(\.isDifferent).map {
        (portfolio.portfolio, portfolio.currency, $0)
      }
    }
  }

  // MARK: For programs

  private static let columns: [AnswerColumn] = [
    "part", "portfolio_id", "position_id", "ticker", "position_type", "left_quantity",
    "right_quantity", "quantity", "left_market_value", "right_market_value", "market_value",
    "fields", "metric", "unit", "left", "right", "delta", "flags", "side", "branch", "event",
  ].map { AnswerColumn($0) }

  private func rows() throws -> [[JSONMember]] {
    var rows: [[JSONMember]] = []
    if shows(.positions) { rows += difference.book.positions.map(Self.members) }
    rows += metrics.map { portfolio, currency, metric in
      [
        JSONMember("part", .string(metric.part.rawValue)),
        JSONMember("portfolio_id", .string(portfolio.rawValue)),
        JSONMember("metric", .string(metric.name)),
        JSONMember(
          "unit", .string(metric.unit == .money ? currency : metric.unit.rawValue)),
        JSONMember("left", metric.left.json), JSONMember("right", metric.right.json),
        JSONMember("delta", metric.delta.json),
        JSONMember("flags", .array(metric.flags.map { .string($0.rawValue) })),
      ]
    }
    for (name, side, events) in eventSides {
      let rendering = EventRows(side.book, .json, showsBranch: false)
      for event in events {
        rows.append([
          JSONMember("part", "events"), JSONMember("side", .string(name)),
          JSONMember(
            "branch",
            .string(event.sequence.map { side.book.branchName(of: $0) } ?? side.book.branch)),
          JSONMember("event", try rendering.row(of: event).object),
        ])
      }
    }
    return rows
  }

  private var eventSides: [(String, DiffSides.Side, [Event])] {
    guard let events = difference.events else { return [] }
    return [("left", sides.left, events.left), ("right", sides.right, events.right)]
  }

  private static func members(_ position: PositionDifference) -> [JSONMember] {
    let some = position.right ?? position.left
    return [
      JSONMember("part", "positions"),
      JSONMember("portfolio_id", .string(position.portfolio.rawValue)),
      JSONMember("position_id", .string(position.id.rawValue)),
      JSONMember("ticker", .text(some?.position.symbol.rawValue)),
      JSONMember("position_type", .text(some?.position.type.rawValue)),
      JSONMember("left_quantity", position.left == nil ? .null : .scaled(position.leftQuantity)),
      JSONMember("right_quantity", position.right == nil ? .null : .scaled(position.rightQuantity)),
      JSONMember("quantity", .scaled(position.quantity)),
      JSONMember("left_market_value", .scaled(position.left?.value.marketValue)),
      JSONMember("right_market_value", .scaled(position.right?.value.marketValue)),
      JSONMember("market_value", .scaled(position.marketValue)),
      JSONMember("fields", .array(position.fields.map { .string($0.rawValue) })),
    ]
  }

  private static func json(_ portfolio: PortfolioDifference) -> JSONValue {
    [
      "portfolio_id": .string(portfolio.portfolio.rawValue),
      "currency": .string(portfolio.currency), "is_on_left": .bool(portfolio.left != nil),
      "is_on_right": .bool(portfolio.right != nil),
      "fields": .array(portfolio.fields.map { .string($0.rawValue) }),
      "cash": .scaled(portfolio.cash), "market_value": .scaled(portfolio.marketValue),
      "net_asset_value": .scaled(portfolio.netAssetValue),
      "realized_pnl": .scaled(portfolio.realizedPnL),
      "num_positions": .integer(portfolio.positionCount),
      "num_unpriced": .integer(portfolio.unpricedCount),
    ]
  }

  private static func json(_ trade: Trade) -> JSONValue {
    [
      "portfolio_id": .string(trade.portfolio.rawValue), "ticker": .string(trade.symbol.rawValue),
      "position_type": .string(trade.type.rawValue), "action": .string(trade.action.rawValue),
      "quantity": .scaled(trade.quantity), "price": .scaled(trade.price),
      "multiplier": .integer(Int(trade.multiplier)), "cash": .scaled(trade.cash),
      "lots": .array(
        trade.lots.map {
          [
            "position_id": .string($0.position.rawValue), "quantity": .scaled($0.quantity),
            "is_on_left": .bool($0.isOnLeft),
          ]
        }),
    ]
  }

  private static func json(_ settlement: CashSettlement) -> JSONValue {
    [
      "portfolio_id": .string(settlement.portfolio.rawValue),
      "currency": .string(settlement.currency), "trades": .scaled(settlement.trades),
      "movement": .scaled(settlement.movement),
    ]
  }

  // MARK: For people

  private func appendices() throws -> [Appendix] {
    var appendices: [Appendix] = []
    let positions = difference.book.positions
    if shows(.positions), !positions.isEmpty { appendices.append(table(of: positions)) }
    for part in DifferencePart.allCases {
      let metrics = metrics.filter { $0.2.part == part }
      if !metrics.isEmpty { appendices.append(table(of: metrics, part)) }
    }
    for (name, side, events) in eventSides where !events.isEmpty {
      let rendering = EventRows(side.book, options.resolvedFormat)
      appendices.append(
        Appendix(
          title: "Events of \(name == "left" ? "A" : "B") alone", columns: rendering.columns,
          rows: try events.map { try rendering.row(of: $0).values }))
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
        let members = Self.members(position)
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
