import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Two points compared")
struct BranchDifferenceTests {
  let made: BatchBook
  var main: Book { made.book }
  var end: Instant { made.sessions[made.sessions.count - 1].end }

  init() throws { made = try BatchBook(sessions: 12) }

  private func at(_ book: Book, _ asOf: Instant? = nil) -> BranchPoint {
    BranchPoint(book, at: ReplayPoint(asOf: asOf ?? end, knownAt: book.head))
  }

  private func sell(_ id: String, _ position: PositionID, _ quantity: Int32) -> Event {
    event(
      id, "2024-01-15T20:00:00Z",
      .positionExited(
        PositionExited(position: position, exitPrice: 100, quantity: ExactDecimal(quantity))))
  }

  @Test("a branch without changes differs in nothing but its beginning")
  func same() throws {
    let branch = try main.fork("hedge")
    let difference = try Book.difference(from: at(main), to: at(branch))
    #expect(difference.common == branch.details.fork?.sequence)
    #expect(difference.book.isEmpty)
    #expect(difference.portfolios.isEmpty)
    #expect(difference.events?.left.count == 0)
    #expect(difference.events?.right.events.map(\.kindName) == ["model.forked"])
    #expect(!difference.isEmpty)
    #expect(try Book.difference(from: at(main), to: at(branch), parts: [.positions]).isEmpty)
    #expect(try Book.difference(from: at(main), to: at(main)).isEmpty)
  }

  @Test("names what was done on either side, the trades between them, and that portfolio alone")
  func trades() throws {
    let branch = try main.fork("hedge")
    try branch.append([sell("x1", "a1", 150)])
    let difference = try Book.difference(from: at(main), to: at(branch))
    #expect(difference.book.positions.map(\.id) == [PositionID("a1")])
    #expect(difference.book.trades.trades.map(\.quantity) == [Quantity(150)])
    #expect(difference.portfolios.map(\.portfolio) == [PortfolioID("alpha")])
    let metrics = try #require(difference.portfolios.first)
    #expect(metrics["cash_value"]?.delta == .money(Money(15000)))
    #expect(metrics["long_exposure"]?.isDifferent == true)
    #expect(Set(metrics.metrics.map(\.part)) == [.exposures, .greeks, .factors, .stress, .pnl])
    let back = try Book.difference(from: at(branch), to: at(main), parts: [.positions, .exposures])
    #expect(back.book.trades.trades.map(\.action) == [.enter])
    #expect(back.events == nil)
    #expect(Set(back.portfolios.flatMap(\.metrics).map(\.part)) == [.exposures])
  }

  @Test("what flows into a live branch is on both sides")
  func live() throws {
    let branch = try main.fork("hedge", ForkRequest(mode: .live))
    let next = made.sessions[made.sessions.count - 1].advanced(byDays: 3)
    try main.append([BatchBook.bar("AAA", next, cents: 12_000), sell("m", "b1", 10)])
    try branch.line.refresh()
    let difference = try Book.difference(from: at(main, next.end), to: at(branch, next.end))
    #expect(difference.book.positions.map(\.id) == [PositionID("b1")])
    #expect(difference.events?.left.events.map(\.kindName) == ["position.exited"])
    #expect(difference.events?.right.events.map(\.kindName) == ["model.forked"])
  }

  @Test(
    "only what differs is read, and says what all of it would say",
    arguments: 1...4 as ClosedRange<UInt64>)
  func partial(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let branch = try main.fork("hedge")
    for number in 0..<6 {
      let side = Bool.random(using: &random) ? main : branch
      let position: PositionID = ["a1", "a2", "b1"].randomElement(using: &random) ?? "a1"
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        try side.append([
          event(
            "cash\(number)", "2024-01-12T00:00:00Z",
            .cashMoved(CashMoved(portfolio: "beta", amount: 500, reason: .deposit)))
        ])
      case 1:
        let day = made.sessions[Int.random(in: 6..<12, using: &random)]
        try side.append([
          BatchBook.bar(
            ["AAA", "BBB", "CCC"].randomElement(using: &random) ?? "AAA", day, cents: 9_900,
            id: "-\(number)")
        ])
      default:
        try side.append([sell("s\(number)", position, Int32.random(in: 1...40, using: &random))])
      }
    }
    let partial = try Book.difference(from: at(main), to: at(branch))
    var states = (
      try main.calculationState(at: at(main).point),
      try branch.calculationState(at: at(branch).point)
    )
    states.0.session = "hedge"
    states.1.session = "hedge"
    let whole = try BookDifference(
      from: Valuation(states.0.resolve(asOf: end), model: MarketHistory(states.0).priceModel),
      to: Valuation(states.1.resolve(asOf: end), model: MarketHistory(states.1).priceModel))
    #expect(partial.book.positions.map(\.id) == whole.positions.map(\.id), "seed \(seed)")
    #expect(partial.book.positions.map(\.marketValue) == whole.positions.map(\.marketValue))
    #expect(partial.book.trades == whole.trades)
    #expect(partial.book.portfolios.map(\.cash) == whole.portfolios.map(\.cash))
    for portfolio in partial.portfolios {
      for (state, side) in [(states.0, \MetricDifference.left), (states.1, \.right)] {
        let metrics = try ImpactMetrics(
          CalculationDay(state, date: end.date, asOf: end), portfolio.portfolio)
        for metric in portfolio.metrics where metric.part != .pnl {
          #expect(
            metric[keyPath: side] == metrics[metric.name]?.value, "seed \(seed) \(metric.name)")
        }
      }
    }
  }

  @Test("what flows into two live branches is on both sides, whatever it was forked at")
  func siblings() throws {
    let one = try main.fork("one", ForkRequest(mode: .live))
    let next = end.date.advanced(byDays: 3)
    try main.append([BatchBook.bar("AAA", next, cents: 12_000), sell("m", "b1", 10)])
    let other = try main.fork("other", ForkRequest(mode: .live))
    try main.append([
      BatchBook.bar("BBB", next, cents: 9_000), BatchBook.bar("CCC", next, cents: 8_000),
    ])
    for book in [one, other] { try book.refresh() }
    let point = ReplayPoint(asOf: next.end, knownAt: other.head)
    let difference = try Book.difference(
      from: at(one, next.end), to: BranchPoint(other, at: point), parts: [.positions, .events])
    #expect(difference.book.positions.map(\.id) == [PositionID("b1")])
    #expect(difference.events?.left.events.map(\.kindName) == ["model.forked"])
    #expect(
      difference.events?.right.events.map(\.kindName) == ["position.exited", "model.forked"])
    // What only one side knows yet is that side's.
    let earlier = ReplayPoint(
      asOf: next.end, knownAt: try #require(try other.sequence(ofID: "bar-BBB-\(next)")))
    let events = try Book.difference(
      from: at(one, next.end), to: BranchPoint(other, at: earlier), parts: [.events]
    ).events
    #expect(events?.left.events.map(\.kindName) == ["model.forked", "price.closed"])
    #expect(events?.right.count == 2)
  }

  @Test("a branch that was forked as of a date hides what is later, also from a point before it")
  func cut() throws {
    let before = main.head
    try main.append([sell("m", "a1", 50)])
    let branch = try main.fork("then", ForkRequest(asOf: .instant(made.sessions[5].end)))
    try branch.append([sell("x", "b1", 10)])
    let difference = try Book.difference(
      from: BranchPoint(branch, at: ReplayPoint(asOf: end, knownAt: before)), to: at(branch),
      parts: [.positions, .exposures])
    #expect(difference.common == before)
    #expect(difference.book.positions.map(\.id) == [PositionID("b1")])
    #expect(difference.book.positions.map(\.quantity) == [Quantity(-10)])
    // Main shows the sale that the cut hides: it is main's alone, though the branch stands on it.
    let events = try Book.difference(from: at(main), to: at(branch), parts: [.events]).events
    #expect(events?.left.events.contains { $0.id == .given("m") } == true)
    #expect(events?.right.events.contains { $0.id == .given("m") } == false)
  }

  @Test("all events of a side are counted, the first of them listed")
  func many() throws {
    let branch = try main.fork("hedge")
    try main.append([sell("x1", "a1", 10), sell("x2", "a1", 20), sell("x3", "b1", 10)])
    let events = try #require(
      try Book.difference(from: at(main), to: at(branch), parts: [.events], listing: 2).events)
    #expect(events.left.count == 3)
    #expect(events.left.events.map(\.id) == [.given("x1"), .given("x2")])
    #expect(events.right.count == 1)
  }

  @Test("two times of one branch are compared in everything")
  func times() throws {
    let difference = try Book.difference(
      from: at(main, made.sessions[5].end), to: at(main), parts: [.positions, .pnl])
    #expect(!difference.book.isEmpty)
    #expect(difference.book.trades.trades.isEmpty)
    #expect(difference.portfolios.map(\.portfolio) == [PortfolioID("alpha"), PortfolioID("beta")])
    #expect(
      difference.portfolios.flatMap(\.metrics).contains {
        $0.name == "net_asset_value" && $0.isDifferent
      })
  }
}
