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
      for appendix in try DiffTables(difference, sides, options).appendices() {
        writer.add(appendix)
      }
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
    for (name, _, events) in difference.eventSides(sides) where events.count > events.events.count {
      writer.warn(
        "\(name == "left" ? "A" : "B") alone has \(counted(events.count, "event")), of which the first "
          + "\(grouped(events.events.count)) are listed: log shows all")
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
    let counts = difference.eventSides(sides).map { name, _, events in
      JSONMember("\(name)_events", .integer(events.count))
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
    ] + counts
  }

  // MARK: For programs

  private static let columns: [AnswerColumn] = [
    "part", "portfolio_id", "position_id", "ticker", "position_type", "left_quantity",
    "right_quantity", "quantity", "left_market_value", "right_market_value", "market_value",
    "fields", "metric", "unit", "left", "right", "delta", "flags", "side", "branch", "event",
  ].map { AnswerColumn($0) }

  private func rows() throws -> [[JSONMember]] {
    var rows: [[JSONMember]] = []
    if difference.parts.contains(.positions) { rows += difference.book.positions.map(\.members) }
    rows += difference.differingMetrics.map { portfolio, currency, metric in
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
    for (name, side, events) in difference.eventSides(sides) {
      let rendering = EventRows(side.book, .json, showsBranch: false)
      for event in events.events {
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
}

extension BranchDifference {
  /// Portfolio, its currency and the metric.
  var differingMetrics: [(PortfolioID, String, MetricDifference)] {
    portfolios.flatMap { portfolio in
      portfolio.metrics.filter(\.isDifferent).map {
        (portfolio.portfolio, portfolio.currency, $0)
      }
    }
  }

  /// None where events were not asked for.
  func eventSides(_ sides: DiffSides) -> [(String, DiffSides.Side, EventsDifference.Side)] {
    guard let events else { return [] }
    return [("left", sides.left, events.left), ("right", sides.right, events.right)]
  }
}

extension PositionDifference {
  /// A row of it.
  var members: [JSONMember] {
    let some = right ?? left
    return [
      JSONMember("part", "positions"),
      JSONMember("portfolio_id", .string(portfolio.rawValue)),
      JSONMember("position_id", .string(id.rawValue)),
      JSONMember("ticker", .text(some?.position.symbol.rawValue)),
      JSONMember("position_type", .text(some?.position.type.rawValue)),
      JSONMember("left_quantity", left == nil ? .null : .scaled(leftQuantity)),
      JSONMember("right_quantity", right == nil ? .null : .scaled(rightQuantity)),
      JSONMember("quantity", .scaled(quantity)),
      JSONMember("left_market_value", .scaled(left?.value.marketValue)),
      JSONMember("right_market_value", .scaled(right?.value.marketValue)),
      JSONMember("market_value", .scaled(marketValue)),
      JSONMember("fields", .array(fields.map { .string($0.rawValue) })),
    ]
  }
}
