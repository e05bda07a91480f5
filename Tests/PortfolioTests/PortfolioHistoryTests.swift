import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("A portfolio session by session")
struct PortfolioHistoryTests {
  private static func history(
    _ ledger: Ledger, asOf time: String, of portfolio: PortfolioID = "p"
  ) throws -> PortfolioHistory {
    var histories = PortfolioHistories(ledger.state, asOf: instant(time))
    return try histories.history(of: portfolio)
  }

  @Test("C-06: the tiny book earns 450 on 50,250, which is 0.8955 %")
  func tinyBook() throws {
    let history = try Self.history(TinyBookTests.ledger(), asOf: "2025-07-01")
    #expect(history.currency == "USD")
    #expect(history.days.map(\.date.description) == ["2025-06-30", "2025-07-01"])
    let first = history.days[0]
    #expect(first.netAssetValue.description == "50250")
    #expect(first.pnl == nil && first.dailyReturn == nil)
    // What happened before the first session is its own.
    #expect(first.netFlows.description == "47375" && first.inflows.description == "50000")
    let second = history.days[1]
    #expect(second.pnl?.description == "450")
    #expect(second.dailyReturn?.description == "0.0089552239")
    #expect(second.netAssetValue.description == "50700")
    #expect(second.totalPnL.description == "3325")
    #expect(second.unrealizedPnL.description == "3325" && second.realizedPnL.isZero)
    #expect(second.longExposure.description == "23200")
    #expect(second.shortExposure.description == "-22500")
    #expect(try second.grossExposure().description == "45700")
    #expect(try second.netExposure().description == "700")
    #expect(second.positionCount == 4 && second.longCount == 2 && second.shortCount == 2)
    #expect(second.netFlows.isZero && second.inflows.isZero && second.income.isZero)
    #expect(!second.isCashUnknown && !second.isPartial)
    #expect(history.day(second.date) == second)
    #expect(history.day(second.date.advanced(byDays: 1)) == nil)
    #expect(history.day(first.date.advanced(byDays: -1)) == nil)
  }

  /// 1,000 on Monday, 30 June 2025, and a session each of five days.
  private static func fundedLedger() throws -> Ledger {
    var ledger = Ledger()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "p", name: "Demo")), at: "2025-06-28")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 1_000, reason: .deposit, movement: "seed")),
      at: "2025-06-30")
    for day in ["2025-06-27", "2025-06-30", "2025-07-01", "2025-07-02", "2025-07-03"] {
      try ledger.close("500", on: day, symbol: "SPY")
    }
    return ledger
  }

  @Test("flows are no result; income and fees are; each falls on the session that it precedes")
  func flows() throws {
    var ledger = try Self.fundedLedger()
    let moves: [(Int32, CashReason, String)] = [
      (200, .deposit, "2025-07-01"), (-50, .withdrawal, "2025-07-01"),
      (-30, .adjustment, "2025-07-01"), (20, .adjustment, "2025-07-01"),
      (7, .interest, "2025-07-02"), (3, .dividend, "2025-07-02"), (-2, .fee, "2025-07-02"),
      (9, .deposit, "2025-07-05"),
    ]
    for (amount, reason, time) in moves {
      try ledger.append(
        .cashMoved(CashMoved(portfolio: "p", amount: ExactDecimal(amount), reason: reason)),
        at: time)
    }
    let days = try Self.history(ledger, asOf: "2025-07-06").days
    #expect(
      days.map(\.date.description) == ["2025-06-30", "2025-07-01", "2025-07-02", "2025-07-03"])
    #expect(days[1].netFlows.description == "140" && days[1].inflows.description == "220")
    #expect(days[1].pnl?.description == "0" && days[1].dailyReturn?.description == "0")
    #expect(days[2].income.description == "10" && days[2].fees.description == "2")
    #expect(days[2].pnl?.description == "8")
    // 8 over 1,140
    #expect(days[2].dailyReturn?.description == "0.0070175439")
    #expect(days[3].totalPnL.description == "8" && days[3].pnl?.description == "0")
    // Saturday's deposit waits for the next session.
    #expect(days[3].cash.description == "1148")
  }

  /// The rules let no log restate a movement; the facts of a live branch and its parent may.
  @Test("a movement that is restated counts as last stated by the end of each session")
  func restatedMovement() throws {
    var ledger = try Self.fundedLedger()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Other")), at: "2025-06-28")
    let statements: [(PortfolioID, Int32, CashReason, String)] = [
      ("p", 100, .deposit, "2025-07-01"), ("p", 80, .deposit, "2025-07-02"),
      ("q", 80, .deposit, "2025-07-03T09:00:00Z"), ("q", 60, .interest, "2025-07-03T10:00:00Z"),
    ]
    var state = ledger.state
    for (index, (portfolio, amount, reason, time)) in statements.enumerated() {
      var event = ledger.next(
        .cashMoved(
          CashMoved(
            portfolio: portfolio, amount: ExactDecimal(amount), reason: reason, movement: "m")),
        at: instant(time))
      event.sequence = event.sequence?.advanced(by: index)
      state.fold(event)
    }
    ledger = Ledger(state: state)
    try Self.expectAgreement(ledger, asOf: instant("2025-07-03"), "restated")
    let days = try Self.history(ledger, asOf: "2025-07-03").days
    #expect(days.map(\.netFlows.description) == ["1000", "100", "-20", "-80"])
    #expect(days.map(\.cash.description) == ["1000", "1100", "1080", "1000"])
    let others = try Self.history(ledger, asOf: "2025-07-03", of: "q").days
    #expect(others.map(\.cash.description) == ["0", "0", "0", "60"])
    #expect(others.map(\.netFlows.description) == ["0", "0", "0", "0"])
    #expect(others.map(\.isCashUnknown) == [true, true, true, false])
    #expect(others.map { $0.dailyReturn?.description } == [nil, nil, nil, nil])
  }

  /// A split of the parent that flows into a live branch can leave less than its exits take.
  @Test("exits beyond what is open are counted as the holdings count them")
  func beyondOpen() throws {
    var ledger = try Self.fundedLedger()
    try ledger.enter("10", at: "10", on: "2025-06-30")
    try ledger.close("11", on: "2025-06-30")
    var state = ledger.state
    for (index, time) in ["2025-07-01", "2025-07-02", "2025-07-03"].enumerated() {
      var event = ledger.next(
        .positionExited(
          PositionExited(position: "a", exitPrice: 12, quantity: 5, exit: ExitID("x\(index)"))),
        at: instant(time))
      event.sequence = event.sequence?.advanced(by: index)
      state.fold(event)
    }
    let days = try Self.history(Ledger(state: state), asOf: "2025-07-03").days
    #expect(days.map(\.realizedPnL.description) == ["0", "10", "20", "30"])
    #expect(days.map(\.positionCount) == [1, 1, 0, 1])
    try Self.expectAgreement(Ledger(state: state), asOf: instant("2025-07-03"), "beyond")
  }

  @Test("a portfolio without a deposit says that its cash is not known")
  func cashUnknown() throws {
    var ledger = Ledger()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "p", name: "Demo")), at: "2025-06-30")
    // What was held before the portfolio was opened brings its beginning forward.
    try ledger.enter("10", at: "100", on: "2025-06-27")
    for (date, price) in [("2025-06-27", "101"), ("2025-06-30", "102")] {
      try ledger.close(price, on: date)
    }
    let days = try Self.history(ledger, asOf: "2025-06-30").days
    #expect(days.map(\.isCashUnknown) == [true, true])
    #expect(days.map(\.cash.description) == ["-1000", "-1000"])
    #expect(days.map { $0.pnl?.description } == [nil, "10"])
    #expect(try Self.history(ledger, asOf: "2025-06-26").days.isEmpty)
    #expect(try Self.history(ledger, asOf: "2025-06-30", of: "nobody").days.isEmpty)
  }

  @Test("an option stands at its intrinsic value from its expiry on, whatever its stock does")
  func expiredOption() throws {
    var ledger = try Self.fundedLedger()
    let call: Symbol = "AAPL250701C00150000"
    try ledger.enter("1", at: "3", on: "2025-06-30", id: "c", symbol: call, type: .longCall)
    // Without an OCC symbol the terms are the entry's own.
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "d", portfolio: "p", symbol: "PUT", positionType: .shortPut, quantity: 1,
          entryPrice: 2, underlying: "AAPL", strike: 160,
          expiration: CivilDate(daysSinceEpoch: 20_270))), at: "2025-06-30")
    for (date, price) in [("2025-06-30", "154"), ("2025-07-01", "155"), ("2025-07-02", "170")] {
      try ledger.close(price, on: date)
    }
    try ledger.close("4", on: "2025-06-30", symbol: call)
    try ledger.close("5", on: "2025-06-30", symbol: "PUT")
    try ledger.split("2", on: "2025-07-03T00:00:00Z")
    let days = try Self.history(ledger, asOf: "2025-07-03").days
    #expect(days.map(\.longExposure.description) == ["400", "400", "500", "500"])
    #expect(days.map(\.shortExposure.description) == ["-500", "-500", "-500", "-500"])
    try Self.expectAgreement(ledger, asOf: instant("2025-07-03"), "expired")
  }

  /// Each day says what the holdings resolved as of it say, and its result is that of its positions.
  @Test("no P&L is made up where something gets or loses its price, or is traded without one")
  func unpriced() throws {
    var ledger = try Self.fundedLedger()
    // Bought on the 1st without a price, first priced on the 3rd.
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "x", portfolio: "p", symbol: "X", positionType: .long, quantity: 10,
          entryPrice: 50)), at: "2025-07-01")
    try ledger.close("52", on: "2025-07-03", symbol: "X")
    let days = try Self.history(ledger, asOf: "2025-07-03").days
    #expect(days.map(\.date.description).last == "2025-07-03")
    let pnl = Dictionary(uniqueKeysWithValues: days.map { ($0.date.description, $0.pnl) })
    #expect(pnl["2025-07-01"] == .some(nil))
    // Held without a price all day long: the rest of the portfolio earned nothing.
    #expect(pnl["2025-07-02"]??.isZero == true)
    #expect(pnl["2025-07-03"] == .some(nil))
    #expect(days.last?.dailyReturn == nil && days.last?.totalPnL.description == "20")
  }

  private static func expectAgreement(
    _ ledger: Ledger, asOf: Instant, _ comment: Comment, checksResults: Bool = false
  ) throws {
    var histories = PortfolioHistories(ledger.state, asOf: asOf)
    let history = try histories.history(of: "p")
    var before: PortfolioDay?
    for day in history.days {
      defer { before = day }
      let holdings = ledger.state.resolve(asOf: day.asOf)
      let total = try Valuation(holdings).portfolio("p")
      #expect(day.asOf == min(day.date.end, asOf))
      #expect(day.cash == total.cash.balance, comment)
      #expect(day.isCashUnknown == total.cash.isUnknown, comment)
      #expect(day.longExposure == total.longExposure, comment)
      #expect(day.shortExposure == total.shortExposure, comment)
      #expect(try day.netAssetValue == total.netAssetValue(), comment)
      #expect(day.realizedPnL == total.realizedPnL, comment)
      #expect(day.unrealizedPnL == total.unrealizedPnL, comment)
      #expect(day.positionCount == total.positionCount, comment)
      #expect(day.longCount == total.longCount && day.shortCount == total.shortCount, comment)
      #expect(day.unpricedCount == total.unpricedCount, comment)
      #expect(day.staleCount == total.staleCount, comment)
      let moved = total.cash.movements
      let other = try (moved[.dividend] ?? .zero) + (moved[.interest] ?? .zero)
      #expect(try day.totalIncome == total.dividends + other, comment)
      #expect(try day.totalFees == total.fees - (moved[.fee] ?? .zero), comment)
      let profit = try total.realizedPnL + total.unrealizedPnL
      #expect(try day.totalPnL == profit + day.totalIncome - day.totalFees, comment)
      if let before {
        #expect(try day.totalIncome == before.totalIncome + day.income, comment)
        #expect(try day.totalFees == before.totalFees + day.fees, comment)
        let pnl = try day.netAssetValue - before.netAssetValue - day.netFlows
        guard day.pnl != nil || day.unpricedCount + before.unpricedCount == 0 else {
          #expect(day.dailyReturn == nil)
          continue
        }
        #expect(day.pnl == pnl, comment)
        let base = try before.netAssetValue + day.inflows
        #expect(
          day.dailyReturn == (base > .zero ? try Proportion(pnl, over: base) : nil), comment)
        if checksResults, day.unpricedCount == 0, before.unpricedCount == 0 {
          let credited = try total.dividends - before.credited(in: ledger)
          let positions = try (total.positionsDailyPnL ?? .zero) - credited
          let expected = try positions + day.income - day.fees
          // Every market value and every trade is rounded once at the fourth place, a price after a
          // split at the eighth.
          #expect(abs(pnl.units - expected.units) <= 20, "\(comment), \(day.date)")
        }
      } else {
        #expect(day.pnl == nil && day.dailyReturn == nil)
      }
    }
  }

  @Test(
    "each day of a random history is what asking as of it answers, and its positions explain it",
    arguments: 0..<60 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var history = try RandomHistory(seed: 4_000 + seed, steps: 60)
    var random = SeededGenerator(seed: seed)
    for day in 0..<14 as Range<Int32> {
      let date = CivilDate(daysSinceEpoch: 19_999 + day)
      // A few days are no sessions, and not every symbol trades on each.
      guard Int.random(in: 0..<5, using: &random) > 0 else { continue }
      try history.ledger.close("500", on: date.description, symbol: "SPY")
      for symbol in RandomHistory.symbols where Int.random(in: 0..<3, using: &random) > 0 {
        let price = Int.random(in: 1...300, using: &random)
        try history.ledger.close("\(price)", on: date.description, symbol: symbol)
      }
    }
    if seed % 3 == 0 {
      try history.ledger.append(
        .parameterSet(ParameterSet(name: "price.stale_sessions", value: 1)),
        at: CivilDate(daysSinceEpoch: 20_004).end)
    }
    let cut = seed % 2 == 0 ? CivilDate(daysSinceEpoch: 20_013).end : history.time()
    var state = BookState(asOf: cut)
    for event in history.ledger.events { state.fold(event) }
    try Self.expectAgreement(
      Ledger(state: state, events: history.ledger.events), asOf: cut, "seed \(seed)",
      checksResults: true)
  }
}

extension PortfolioDay {
  /// What `instrument.dividend` had credited by the end of the day.
  fileprivate func credited(in ledger: Ledger) throws -> Money {
    try ledger.state.cash(of: "p", asOf: asOf).dividends
  }
}
