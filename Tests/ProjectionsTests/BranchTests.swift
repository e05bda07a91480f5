import Events
import ExactNumbers
import Portfolio
import Projections
import Records
import TestSupport
import Testing

@Suite("The tables of a what-if branch") struct BranchTests {
  @Test(
    "caught up in any steps give the bytes of a rebuild, with and without a cut",
    arguments: Seeds.range, [false, true])
  func incremental(seed: UInt64, isCut: Bool) throws {
    let folder = try TemporaryFolder()
    var history = RandomHistory(seed: seed, forks: true, isCut: isCut)
    try history.run(events: 200)
    let ledger = history.ledger
    guard let fork = ledger.fork else { return }
    var random = SeededGenerator(seed: seed &* 17)
    let store = folder.store()
    var head = fork.sequence.rawValue + UInt64.random(in: 0...3, using: &random)
    head = min(head, ledger.head.rawValue)
    _ = try store.rebuild(ledger.change(to: EventSequence(head)))
    while head < ledger.head.rawValue {
      head = min(head + UInt64.random(in: 1...25, using: &random), ledger.head.rawValue)
      let change = ledger.change(to: EventSequence(head))
      _ = try store.catchUp(change)
      let fresh = folder.store("fresh.sqlite")
      _ = try fresh.rebuild(change)
      let difference = try difference(store.dumped(), fresh.dumped())
      #expect(difference == nil, "seed \(seed), head \(head)")
      if difference != nil { return }
    }
  }

  @Test("started from the parent's are those of a rebuild", arguments: Seeds.range)
  func started(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var history = RandomHistory(seed: seed, forks: true)
    try history.run(events: 200)
    let ledger = history.ledger
    guard let fork = ledger.fork else { return }
    let parent = folder.store("parent.sqlite")
    let origin = ledger.changeOfParent(fork)
    _ = try parent.rebuild(origin)
    let before = try parent.dumped()
    let store = folder.store()
    let isStarted = try store.start(from: parent, at: origin.checkpoint, as: "hedge")
    #expect(try parent.dumped() == before)
    guard isStarted else {
      #expect(try store.condition() == .needsRebuild(.missing))
      return
    }
    let change = ledger.change()
    _ = try store.catchUp(change)
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(change)
    #expect(try difference(store.dumped(), fresh.dumped()) == nil, "seed \(seed)")
  }

  /// A position with a price, what is entered after the 20th, and a calculation of a later day.
  private static func ledger() throws -> Ledger {
    var ledger = Ledger(from: "2025-01-31T00:00:00Z")
    func enter(_ id: PositionID, _ time: String) throws {
      try ledger.append(
        .positionEntered(
          PositionEntered(
            position: id, portfolio: "p", symbol: "F", positionType: .long, quantity: 10,
            entryPrice: 10)), time)
    }
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 1_000, reason: .deposit)), "2025-01-01")
    try enter("early", "2025-01-10T15:00:00Z")
    try enter("late", "2025-01-25T15:00:00Z")
    for (day, close) in [("2025-01-17", 11), ("2025-01-24", 12)] as [(String, Int32)] {
      try ledger.append(
        .priceClosed(PriceClosed(symbol: "F", date: date(day), close: ExactDecimal(close))),
        "\(day)T21:00:00Z")
      try ledger.append(.dayClosed(DayClosed(date: date(day))), "\(day)T22:00:00Z")
    }
    // What was said last of a day counts; here it is effective too late to be seen.
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "G", date: date("2025-01-17"), close: 7)),
      "2025-01-17T21:00:00Z")
    try ledger.append(
      .priceClosed(PriceClosed(symbol: "G", date: date("2025-01-17"), close: 8)),
      "2025-01-22T21:00:00Z")
    for (id, day) in [("c1", "2025-01-17"), ("c2", "2025-01-24")] {
      try ledger.append(
        .calculationStarted(
          CalculationStarted(
            calculation: CalculationID(id), calculationType: "data_quality",
            calculationDate: date(day), inputSequence: 1, method: "unknown 1", parameters: [:])),
        "2025-01-30T00:00:00Z")
      try ledger.append(
        .calculationFailed(
          CalculationFailed(calculation: CalculationID(id), errorMessage: "broke")),
        "2025-01-30T00:00:00Z")
    }
    return ledger
  }

  @Test(
    "show nothing of the ancestry that is effective after the cut, however far they are caught up")
  func cut() throws {
    let folder = try TemporaryFolder()
    var ledger = try Self.ledger()
    try ledger.fork("hedge", cut: at("2025-01-20T00:00:00Z"))
    ledger.now = at("2025-03-01T00:00:00Z")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "own", portfolio: "p", symbol: "F", positionType: .long, quantity: 1,
          entryPrice: 10)), "2025-02-20T00:00:00Z")
    let store = folder.store()
    _ = try store.rebuild(ledger.change(asOf: at("2025-02-20T00:00:00Z")))
    #expect(try store.rows("SELECT id FROM positions ORDER BY id") == [["early"], ["own"]])
    #expect(try store.rows("SELECT ticker, close FROM market_data_cache") == [["F", "11.0"]])
    #expect(try store.rows("SELECT id FROM calculation_audit_log") == [["c1"]])
    #expect(
      try store.rows("SELECT DISTINCT valuation_date FROM position_valuations ORDER BY 1")
        == [["2025-01-17"], ["2025-02-20"]])
    #expect(try store.rows("SELECT 1 FROM internal_deferred_events").isEmpty)
    #expect(try store.rows("SELECT balance FROM portfolio_cash") == [["890.0"]])
  }

  @Test("keep the market behind the cut where it flows on")
  func liveCut() throws {
    let folder = try TemporaryFolder()
    var ledger = try Self.ledger()
    try ledger.fork("hedge", cut: at("2025-01-20T00:00:00Z"), keepsMarket: true)
    let store = folder.store()
    _ = try store.rebuild(ledger.change())
    #expect(try store.rows("SELECT id FROM positions") == [["early"]])
    #expect(
      try store.rows("SELECT ticker, close FROM market_data_cache ORDER BY ticker, date")
        == [["F", "11.0"], ["F", "12.0"], ["G", "8.0"]])
  }
}
