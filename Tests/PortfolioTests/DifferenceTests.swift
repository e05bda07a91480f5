import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("The difference of two books")
struct DifferenceTests {
  static func base() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2025-01-10")
    try ledger.close("160", on: "2025-06-02")
    try ledger.close("400", on: "2025-06-02", symbol: "MSFT")
    return ledger
  }

  static func difference(
    _ left: Ledger, _ right: Ledger, at time: String = "2025-06-02"
  ) throws -> BookDifference {
    try BookDifference(from: left.holdings(asOf: time), to: right.holdings(asOf: time))
  }

  /// A change of the right book, and what it takes to get there.
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// As `exit 50 AAPL LONG of a at 160 for 8000`.
    let trades: [String]
    /// What cash has to move beside the trades.
    let movement: String?
    let fields: [PositionDifference.Field]
    let act: @Sendable (inout Ledger) throws -> Void

    init(
      _ name: String, _ trades: [String], moves movement: String?,
      _ fields: [PositionDifference.Field] = [],
      _ act: @escaping @Sendable (inout Ledger) throws -> Void
    ) {
      testDescription = name
      self.trades = trades
      self.movement = movement
      self.fields = fields
      self.act = act
    }
  }

  static let changes: [Change] = [
    Change("nothing", [], moves: nil) { _ in },
    Change(
      "half is sold: what it made beside today's price remains as cash",
      ["exit 50 AAPL LONG of a 50 at 160 for 8000"], moves: "-250",
      [.quantity, .exits, .realizedPnL, .marketValue]
    ) { try $0.exit("50", at: "155", on: "2025-03-01") },
    Change(
      "all is sold", ["exit 100 AAPL LONG of a 100 at 160 for 16000"], moves: "0",
      [.quantity, .exits, .realizedPnL, .marketValue]
    ) { try $0.exit(at: "160", on: "2025-03-01") },
    Change(
      "a correction makes it more", ["enter 20 AAPL LONG of a 20 at 160 for -3200"], moves: "200",
      [.entryQuantity, .quantity, .marketValue]
    ) { try $0.correct(quantity: "120") },
    Change(
      "another position", ["enter 10 MSFT SHORT of b 10 at 400 for 4000"], moves: "-200"
    ) { try $0.enter("10", at: "380", on: "2025-02-01", id: "b", symbol: "MSFT", type: .short) },
    Change(
      "another position of what nobody priced", ["enter 10 IBM LONG of b 10 at none for none"],
      moves: nil
    ) { try $0.enter("10", at: "380", on: "2025-02-01", id: "b", symbol: "IBM") },
    Change(
      "a position moved into another is no trade", [], moves: "1600",
      [.quantity, .exits, .marketValue]
    ) { ledger in
      try ledger.exit("40", at: "150", on: "2025-03-01")
      try ledger.enter("40", at: "110", on: "2025-03-01", id: "b")
    },
    Change(
      "what two positions lose together comes out of the one that loses most",
      ["exit 10 AAPL LONG of a 10 at 160 for 1600"], moves: "0",
      [.quantity, .exits, .realizedPnL, .marketValue]
    ) { ledger in
      try ledger.exit("40", at: "160", on: "2025-03-01")
      try ledger.enter("30", at: "160", on: "2025-03-01", id: "b")
    },
    Change(
      "a correction to another symbol",
      [
        "exit 100 AAPL LONG of a 100 at 160 for 16000",
        "enter 100 MSFT LONG of a 100 at 400 for -40000",
      ], moves: "24000", [.symbol, .marketValue]
    ) { try $0.correct(symbol: "MSFT") },
    Change(
      "a void", ["exit 100 AAPL LONG of a 100 at 160 for 16000"], moves: "-1000"
    ) { try $0.void() },
    Change("cash alone", [], moves: "-7") { ledger in
      try ledger.append(
        .cashMoved(CashMoved(portfolio: "p", amount: -7, reason: .fee)), at: "2025-03-01")
    },
    Change("an entry price alone is settled in cash", [], moves: "-500", [.entryPrice]) {
      try $0.correct(entryPrice: "155")
    },
    Change("a tag", [], moves: nil, [.tags]) { ledger in
      try ledger.append(
        .tagCreated(TagCreated(tag: "t", name: "core", tagType: .regular)), at: "2025-01-01")
      try ledger.append(.positionTagged(PositionTagged(position: "a", tag: "t")), at: "2025-02-01")
    },
    Change("an attribute", [], moves: nil, [.attributes]) { ledger in
      try ledger.append(
        .positionAttributed(PositionAttributed(position: "a", name: "note", value: "x")),
        at: "2025-02-01")
    },
    Change("a price", [], moves: nil, [.marketValue]) { try $0.close("170", on: "2025-06-02") },
    Change(
      "a split of the right alone", ["enter 100 AAPL LONG of a 100 at 80 for -8000"], moves: "8000",
      [.entryQuantity, .entryPrice, .quantity]
    ) { ledger in
      try ledger.split("2", on: "2025-03-01")
      try ledger.close("80", on: "2025-06-02")
    },
  ]

  @Test("names what differs and the trades that make up for it", arguments: changes)
  func oneChange(row: Change) throws {
    let left = try Self.base()
    var right = left
    try row.act(&right)
    let difference = try Self.difference(left, right)
    #expect(difference.trades.trades.map(Self.text) == row.trades)
    #expect(difference.trades.settlements.first?.movement?.description == row.movement)
    #expect(difference.positions.first { $0.id == "a" }?.fields ?? [] == row.fields.sorted())
    #expect(difference.isEmpty == (left.state == right.state))
    // The other way round: what was bought is sold.
    let back = try Self.difference(right, left)
    #expect(back.trades.trades.count == row.trades.count)
    let sums = zip(difference.portfolios, back.portfolios)
    for (there, back) in sums {
      #expect(there.cash.map { -$0 } == back.cash)
      #expect(there.netAssetValue.map { -$0 } == back.netAssetValue)
    }
  }

  static func text(_ trade: Trade) -> String {
    let lots = trade.lots.map { "\($0.position) \($0.quantity)" }.joined(separator: " and ")
    return "\(trade.action) \(trade.quantity) \(trade.symbol) \(trade.type.rawValue) of \(lots) "
      + "at \(trade.price?.description ?? "none") for \(trade.cash?.description ?? "none")"
  }

  @Test("several positions of one contract are one trade with a lot each")
  func lots() throws {
    var left = try Self.base()
    try left.enter("30", at: "150", on: "2025-01-10", id: "b")
    var right = left
    try right.exit("60", at: "155", on: "2025-03-01")
    try right.exit("30", at: "155", on: "2025-03-01", id: "b")
    let difference = try Self.difference(left, right)
    #expect(
      difference.trades.trades.map(Self.text) == [
        "exit 90 AAPL LONG of a 60 and b 30 at 160 for 14400"
      ])
  }

  @Test("contracts that differ in their multiplier are not taken for each other")
  func multipliers() throws {
    let left = try Self.base()
    var right = left
    try right.exit(at: "160", on: "2025-03-01")
    try right.append(
      .positionEntered(
        PositionEntered(
          position: "b", portfolio: "p", symbol: "AAPL", positionType: .long, quantity: 100,
          entryPrice: 160, multiplier: 10)), at: "2025-03-01")
    let difference = try Self.difference(left, right)
    #expect(difference.trades.trades.count == 2)
  }

  @Test("an id that both books gave to positions of different portfolios is two positions")
  func otherPortfolio() throws {
    var left = try Self.base()
    try left.append(
      .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
    var right = left
    try left.enter("10", at: "400", on: "2025-02-01", id: "b", symbol: "MSFT")
    try right.enter(
      "10", at: "400", on: "2025-02-01", id: "b", symbol: "MSFT", portfolio: "q")
    let difference = try Self.difference(left, right)
    #expect(difference.positions.map(\.portfolio) == ["p", "q"])
    #expect(difference.positions.map { $0.left == nil } == [false, true])
    #expect(difference.trades.trades.map(\.action) == [.exit, .enter])
    #expect(difference.portfolios.map { $0.cash?.description } == ["4000", "-4000"])
  }

  @Test("a portfolio whose currency differs has no difference in money")
  func currencies() throws {
    let left = try Self.base()
    var right = left
    try right.append(
      .portfolioChanged(PortfolioChanged(portfolio: "p", currency: "EUR")), at: "2025-03-01")
    let difference = try Self.difference(left, right)
    #expect(difference.portfolios.map(\.fields) == [[.currency]])
    #expect(difference.portfolios.map(\.currency) == ["EUR"])
    #expect(difference.portfolios.map(\.cash) == [nil])
    #expect(difference.portfolios.map(\.netAssetValue) == [nil])
  }

  @Test("a split between two points is no difference, whichever comes first")
  func splitBetween() throws {
    var ledger = try Self.base()
    try ledger.split("3", over: "7", on: "2025-06-10")
    try ledger.close("380", on: "2025-06-11")
    let (early, late) = (ledger.holdings(asOf: "2025-06-02"), ledger.holdings(asOf: "2025-06-11"))
    for (left, right) in [(early, late), (late, early)] {
      let difference = try BookDifference(from: left, to: right)
      #expect(difference.positions.map(\.fields) == [[.marketValue]])
      #expect(difference.positions.first?.quantity == .zero)
      #expect(difference.trades.trades.isEmpty)
    }
    // 100 became 42.85714286; half of the first would be too much to sell after it.
    var sold = ledger
    try sold.exit("2.85714286", at: "370", on: "2025-06-11")
    let later = sold.holdings(asOf: "2025-06-11")
    #expect(
      try BookDifference(from: early, to: later).trades.trades.map(\.quantity.description)
        == ["2.85714286"])
    // Back again in the units of the later time, at the earlier price in them: 160 · 7 / 3.
    let back = try BookDifference(from: later, to: early).trades.trades
    #expect(back.map(\.quantity.description) == ["2.85714286"])
    #expect(back.map(\.price?.description) == ["373.33333333"])
    #expect(back.map(\.action) == [.enter])
  }

  @Test("a closed position that is the same on both sides is no difference")
  func closed() throws {
    var left = try Self.base()
    try left.exit(at: "160", on: "2025-03-01")
    var right = left
    try right.enter("1", at: "160", on: "2025-03-01", id: "b")
    #expect(try Self.difference(left, right).positions.map(\.id) == ["b"])
  }
}

extension [PositionDifference.Field] {
  /// In the order in which they are reported.
  fileprivate func sorted() -> Self {
    Element.allCases.filter(contains)
  }
}

extension BookDifference {
  /// At the prices that are known, without a model's.
  init(
    from left: Holdings, to right: Holdings, touched: Set<PositionID>? = nil
  ) throws(NumberError) {
    try self.init(from: Valuation(left), to: Valuation(right), touched: touched)
  }
}
