import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// One row a thing: what a book of after the cut had, and what then holds on the branch.
@Suite("Recording on a state that was cut")
struct CutRulesTests {
  static let time = instant("2025-03-31")

  /// A book cut at the end of March.
  static func cut(
    keepsMarket: Bool = false, _ record: (inout Ledger) throws -> Void
  ) throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2025-01-10")
    try record(&ledger)
    var state = ledger.state
    state.cut(at: time, keepsMarket: keepsMarket)
    return Ledger(state: state, events: ledger.events)
  }

  static let accepted: [Acceptance] = [
    Acceptance("an exit of all that a later exit of the parent had taken, with its id") { ledger in
      ledger = try cut { try $0.exit(at: "160", on: "2025-04-01", exit: "x") }
      let exit = try ledger.exit(at: "155", on: "2025-04-02", exit: "x")
      guard case .positionExited(let payload) = exit.payload else { return }
      #expect(payload.quantity == 100)
      #expect(try ledger.position().exits.map(\.price.description) == ["155"])
    },
    Acceptance("an exit of what an exit corrected beyond the cut had taken") { ledger in
      ledger = try cut { ledger in
        try ledger.exit(at: "160", on: "2025-03-01", exit: "x")
        try ledger.correct(exit: "x", exitTime: "2025-05-01")
      }
      try ledger.exit("100", at: "155", on: "2025-03-02", exit: "x")
    },
    Acceptance("the id of a position entered later, without what hung on it") { ledger in
      ledger = try cut { ledger in
        try ledger.enter("1", at: "1", on: "2025-04-01", id: "b")
        try ledger.append(
          .positionAttributed(PositionAttributed(position: "b", name: "note", value: "old")),
          at: "2025-02-01")
        try ledger.append(
          .positionRelated(PositionRelated(position: "a", other: "b", relation: .hedges)),
          at: "2025-02-01")
        try ledger.append(
          .positionRelated(PositionRelated(position: "b", other: "a", relation: .covers)),
          at: "2025-02-01")
      }
      try ledger.enter("2", at: "2", on: "2025-02-02", id: "b", symbol: "MSFT")
      let holdings = ledger.holdings()
      #expect(holdings.positions["b"]?.symbol == "MSFT")
      #expect(holdings.relationships.isEmpty)
      #expect(holdings.attributes.isEmpty)
    },
    Acceptance("the id of a position voided later than the cut, entered later too") { ledger in
      ledger = try cut { ledger in
        try ledger.enter("1", at: "1", on: "2025-04-01", id: "b")
        try ledger.void("b")
      }
      try ledger.enter("2", at: "2", on: "2025-02-02", id: "b")
    },
    Acceptance("id and name of a portfolio opened later") { ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-04-01")
        try ledger.append(
          .portfolioChanged(PortfolioChanged(portfolio: "q", description: .set("early"))),
          at: "2025-02-01")
      }
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-02-15")
      #expect(ledger.holdings().portfolios["q"]?.description == nil)
    },
    Acceptance("an entry into a portfolio that was closed later") { ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
        try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-04-01")
      }
      try ledger.enter("2", at: "2", on: "2025-05-02", id: "b", portfolio: "q")
    },
    Acceptance("an entry into a portfolio that was opened later than another entry into it") {
      ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q", currency: "EUR")),
          at: "2025-04-01")
        try ledger.enter("2", at: "2", on: "2025-02-02", id: "b", portfolio: "q")
      }
      #expect(ledger.holdings().portfolios["q"]?.currency == "EUR")
      try ledger.enter("2", at: "2", on: "2025-05-02", id: "c", portfolio: "q")
    },
    Acceptance("the id of a movement of later") { ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .cashMoved(CashMoved(portfolio: "p", amount: 1, reason: .fee, movement: "m")),
          at: "2025-04-01")
      }
      try ledger.append(
        .cashMoved(CashMoved(portfolio: "p", amount: 2, reason: .fee, movement: "m")),
        at: "2025-04-01")
    },
    Acceptance("a tag created later under the same id and name") { ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .tagCreated(TagCreated(tag: "t", name: "core", tagType: .regular)), at: "2025-04-01")
      }
      try ledger.append(
        .tagCreated(TagCreated(tag: "t", name: "core", tagType: .strategy)), at: "2025-04-01")
    },
    Acceptance("a tag that was retired later") { ledger in
      ledger = try cut { ledger in
        try ledger.append(
          .tagCreated(TagCreated(tag: "t", name: "core", tagType: .regular)), at: "2025-01-01")
        try ledger.append(.tagRetired(TagRetired(tag: "t")), at: "2025-04-01")
      }
      try ledger.append(.positionTagged(PositionTagged(position: "a", tag: "t")), at: "2025-05-01")
      #expect(ledger.holdings().tagsByPosition["a"] == ["t"])
    },
    Acceptance("an exit that a later split of the parent would make too large") { ledger in
      ledger = try cut { try $0.split("1", over: "10", on: "2025-04-01") }
      try ledger.exit("100", at: "150", on: "2025-04-02")
    },
    Acceptance("a bar of a day whose restatement was effective later") { ledger in
      ledger = try cut { ledger in
        try ledger.close("155", on: "2025-03-03")
        try ledger.append(
          .priceClosed(
            PriceClosed(symbol: "AAPL", date: instant("2025-03-03").date, close: 156)),
          at: "2025-04-01")
      }
      let market = ledger.holdings().market
      #expect(market.price(of: "AAPL", asOf: instant("2025-03-03")) == nil)
      try ledger.close("157", on: "2025-03-03")
      #expect(
        ledger.holdings().market.price(of: "AAPL", asOf: time)?.price.description == "157")
    },
    Acceptance("a factor defined later, of which only its end was earlier") { ledger in
      ledger = try cut { ledger in
        try ledger.append(factor, at: "2025-04-01")
        try ledger.append(.factorRetired(FactorRetired(factor: "f")), at: "2025-02-01")
      }
      #expect(throws: RuleError.self) {
        try ledger.append(.factorRetired(FactorRetired(factor: "f")), at: "2025-05-01")
      }
      try ledger.append(factor, at: "2025-04-01")
      #expect(ledger.holdings().factors["f"]?.isActive == true)
    },
    Acceptance("other terms of an option that was defined later") { ledger in
      ledger = try cut { ledger in
        try ledger.append(terms(strike: 100), at: "2025-04-01")
        try ledger.enter(
          "1", at: "5", on: "2025-02-01", id: "o", symbol: "CALL", type: .longCall)
      }
      #expect(try ledger.position("o", asOf: "2025-03-01").terms?.strike == 100)
      try ledger.append(terms(strike: 120), at: "2025-03-15")
      #expect(try ledger.position("o", asOf: "2025-03-01").terms?.strike == 120)
    },
  ]

  private static let factor = Payload.factorDefined(
    FactorDefined(factor: "f", name: "f", displayName: "F", category: .macro, sortOrder: 1))

  private static func terms(strike: ExactDecimal) -> Payload {
    .instrumentDefined(
      InstrumentDefined(
        symbol: "CALL", kind: .option, underlying: "AAPL", strike: strike,
        expiration: CivilDate(daysSinceEpoch: 20_500), right: .call))
  }

  @Test("accepts what only a forgotten fact would forbid", arguments: accepted)
  func accepts(row: Acceptance) throws {
    var ledger = Ledger()
    try row.act(&ledger)
    #expect(ledger.state.head > .zero)
  }

  /// What is refused, as a forgotten fact is not known.
  static let refused: [(name: String, rule: RuleError.Rule, payload: Payload)] = [
    (
      "an exit of a position entered later", .unknownPosition,
      .positionExited(PositionExited(position: "b", exitPrice: 1, quantity: 1))
    ),
    (
      "a void of a later exit", .unknownExit,
      .positionVoided(PositionVoided(position: "a", reason: "test", exit: "x"))
    ),
    (
      "cash of a portfolio opened later", .unknownPortfolio,
      .cashMoved(CashMoved(portfolio: "q", amount: 1, reason: .fee))
    ),
    (
      "a tag created later", .unknownTag,
      .positionTagged(PositionTagged(position: "a", tag: "t"))
    ),
    ("a user registered later", .unknownUser, .userDeactivated(UserDeactivated(user: "u"))),
    (
      "a batch that has ended: it is of the other clock", .idTaken,
      .batchStarted(BatchStarted(batch: "n", date: CivilDate(daysSinceEpoch: 20_000)))
    ),
    (
      "a position voided, whose entry is before the cut", .positionVoided,
      .positionExited(PositionExited(position: "v", exitPrice: 1, quantity: 1))
    ),
  ]

  @Test("refuses what names a forgotten fact", arguments: refused.indices)
  func refuses(index: Int) throws {
    var ledger = try Self.cut { ledger in
      try ledger.enter("1", at: "1", on: "2025-04-01", id: "b")
      try ledger.enter("1", at: "1", on: "2025-02-01", id: "v")
      try ledger.void("v")
      try ledger.exit("1", at: "160", on: "2025-04-01", exit: "x")
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-04-01")
      try ledger.append(
        .tagCreated(TagCreated(tag: "t", name: "core", tagType: .regular)), at: "2025-04-01")
      try ledger.append(
        .userRegistered(UserRegistered(user: "u", role: .viewer, username: "u")), at: "2025-04-01")
      try ledger.append(
        .batchStarted(BatchStarted(batch: "n", date: CivilDate(daysSinceEpoch: 20_000))),
        at: "2025-04-01")
    }
    let row = Self.refused[index]
    let error = #expect(throws: RuleError.self) { try ledger.append(row.payload, at: "2025-05-01") }
    #expect(error?.rule == row.rule, "\(row.name)")
  }

  @Test("a live branch keeps the market, and its trades alone are cut")
  func live() throws {
    let ledger = try Self.cut(keepsMarket: true) { ledger in
      try ledger.split("2", on: "2025-04-01")
      try ledger.close("90", on: "2025-04-02")
      try ledger.dividend("1", on: "2025-04-03")
      try ledger.append(.rateSet(RateSet(series: "DGS10", value: 4)), at: "2025-04-02")
      try ledger.append(.dayClosed(DayClosed(date: instant("2025-04-02").date)), at: "2025-04-02")
      try ledger.exit("50", at: "90", on: "2025-04-04")
    }
    let position = try ledger.position()
    #expect(position.quantity.description == "200")
    #expect(position.dividends.map(\.amount.description) == ["200"])
    #expect(try ledger.value(asOf: "2025-04-04").marketValue?.description == "18000")
    #expect(ledger.state.rate("DGS10", asOf: .distantFuture)?.percent == 4)
    #expect(ledger.state.closedDays(asOf: .distantFuture).count == 1)
  }

  @Test("a cut within a day is exact in a state that was folded with it as its limit")
  func withinDay() throws {
    var ledger = try Ledger.withPortfolio()
    for (price, hour) in [(1, "10"), (2, "12"), (3, "14")] as [(ExactDecimal, String)] {
      try ledger.append(
        .priceTicked(PriceTicked(symbol: "AAPL", price: price)), at: "2025-03-31T\(hour):00:00Z")
    }
    let time = instant("2025-03-31T13:00:00Z")
    var state = BookState(asOf: time)
    for event in ledger.events { state.fold(event) }
    state.cut(at: time, keepsMarket: false, limit: .distantFuture)
    #expect(state.limit == .distantFuture)
    for asked in [time, instant("2025-04-01")] {
      let price = state.resolve(asOf: asked).market.price(of: "AAPL", asOf: asked)
      #expect(price?.price.description == "2")
    }
    var branch = Ledger(state: state, events: ledger.events)
    try branch.append(
      .priceTicked(PriceTicked(symbol: "AAPL", price: 5)), at: "2025-04-01T10:00:00Z")
    let later = instant("2025-04-01")
    #expect(
      branch.state.resolve(asOf: later).market.price(of: "AAPL", asOf: later)?.price.description
        == "5")
  }

  @Test("what is left of a history is what would have been recorded without the rest")
  func histories() throws {
    let names = [("one", "2025-01-01"), ("two", "2025-02-01"), ("three", "2025-04-01")]
    func ledger(_ names: [(String, String)]) throws -> BookState {
      var state = BookState()
      for (index, (name, time)) in ([("zero", "2024-12-01")] + names).enumerated() {
        let payload: Payload =
          index == 0
          ? .tagCreated(TagCreated(tag: "t", name: name, tagType: .regular))
          : .tagChanged(TagChanged(tag: "t", name: name))
        let sequence = EventSequence(UInt64(index + 1))
        state.fold(
          Event(
            sequence: sequence, id: .given(name), effective: instant(time),
            recorded: Ledger.recorded(sequence), source: "/tests", payload: payload))
      }
      let last = EventSequence(9)
      state.fold(
        Event(
          sequence: last, id: .given("last"), effective: instant("2025-01-01"),
          recorded: Ledger.recorded(last), source: "/tests",
          payload: .dayClosed(DayClosed(date: instant("2025-01-01").date))))
      return state
    }
    for kept in 0...2 {
      var cut = try ledger(names)
      cut.cut(at: instant(["2024-12-01", "2025-01-01", "2025-02-01"][kept]), keepsMarket: true)
      #expect(cut == (try ledger(Array(names.prefix(kept)))))
    }
  }
}
