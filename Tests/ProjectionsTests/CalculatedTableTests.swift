import Calculations
import Events
import ExactNumbers
import Projections
import Records
import TestSupport
import Testing

@Suite("Calculated tables") struct CalculatedTableTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore
  private var ledger = Ledger(from: "2025-03-01T00:00:00Z")

  /// A share and a call, and bars of a Friday and of three days of the week after.
  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-02-27")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: 100_000, reason: .deposit)), "2025-02-27")
    for (id, symbol, type) in [
      ("share", "F", .long), ("call", "F250620C00010000", .longCall),
    ] as [(PositionID, Symbol, PositionType)] {
      try ledger.append(
        .positionEntered(
          PositionEntered(
            position: id, portfolio: "p", symbol: symbol, positionType: type, quantity: 10,
            entryPrice: 9)), "2025-02-28T15:00:00Z")
    }
    for (index, day) in Self.days.enumerated() {
      for (symbol, close) in [("SPY", 500 + index), ("F", 10 + index), ("F250620C00010000", 2)] {
        try bar(Symbol(symbol), day, Int64(close))
      }
    }
  }

  private static let days = ["2025-02-28", "2025-03-03", "2025-03-04", "2025-03-06"]

  private mutating func bar(_ symbol: Symbol, _ day: String, _ close: Int64) throws {
    ledger.now = max(ledger.now, at("\(day)T21:00:00Z"))
    try ledger.append(
      .priceClosed(PriceClosed(symbol: symbol, date: date(day), close: decimal(String(close)))),
      "\(day)T21:00:00Z")
  }

  /// Completes a run, with the digest that the facts have now where none is given.
  private mutating func run(
    _ id: CalculationID, _ step: Step = .greeks, of day: String, made time: String,
    portfolio: PortfolioID? = "p", digest: String? = nil, steps: Set<Step> = []
  ) throws {
    let day = date(day)
    let method = MethodCatalog.current(step)
    let facts = CalculationDay(ledger.facts, date: day)
    let isMade = step.isPerPortfolio == (portfolio != nil)
    let digest =
      try digest
      ?? (isMade ? method.output(facts, portfolio, completed: steps).digest : "no digest")
    ledger.now = max(ledger.now, at(time))
    try ledger.append(
      .calculationStarted(
        CalculationStarted(
          calculation: id, calculationType: step.rawValue, calculationDate: day,
          inputSequence: Int64(ledger.head.rawValue), method: method.name,
          parameters: try method.parameters(facts, portfolio, completed: steps),
          portfolio: portfolio)), time)
    try ledger.append(
      .calculationCompleted(
        CalculationCompleted(calculation: id, recordsProcessed: 2, resultDigest: digest)), time)
  }

  private func built(asOf time: String) throws -> ProjectionStore {
    let point = folder.store("point.sqlite")
    _ = try ProjectionStore.build(at: point.path, ledger.change(asOf: at(time)))
    return point
  }

  private func checks(_ store: ProjectionStore) throws -> [[String]] {
    try store.rows("SELECT calculation_id, agrees, late_seq FROM calculation_checks ORDER BY 1")
  }

  private func expectRebuilt() throws {
    let fresh = folder.store("fresh.sqlite")
    _ = try fresh.rebuild(ledger.change())
    #expect(try difference(store.dumped(), fresh.dumped()) == nil)
  }

  @Test(
    "show a run from the end of the day that it is of, or, where it was made before, from then on",
    arguments: [
      ("2025-03-10T09:00:00Z", "2025-03-04T23:59:59Z", false),
      ("2025-03-10T09:00:00Z", "2025-03-04", true),
      ("2025-03-04T12:00:00Z", "2025-03-04T11:59:59Z", false),
      ("2025-03-04T12:00:00Z", "2025-03-04T12:00:00Z", true),
      ("2025-03-03T12:00:00Z", "2025-03-03T12:00:00Z", true),
    ])
  mutating func dueTimes(made: String, asOf: String, isShown: Bool) throws {
    try run("c", of: "2025-03-04", made: made)
    let point = try built(asOf: asOf)
    let shown = isShown ? [["completed"]] : []
    #expect(try point.rows("SELECT status FROM calculation_audit_log") == shown)
    #expect(try checks(point).count == shown.count)
    #expect(try point.rows("SELECT DISTINCT run_id FROM position_greeks").count == shown.count)
  }

  @Test("as of a past date show the runs of dates up to it, whenever they were made")
  mutating func pastDate() throws {
    for (index, day) in Self.days.enumerated() {
      try run(CalculationID("c\(index)"), of: day, made: "2025-03-10T09:00:00Z")
      try ledger.append(.dayClosed(DayClosed(date: date(day))), "\(day)T23:00:00Z")
    }
    let point = try built(asOf: "2025-03-04")
    #expect(try checks(point) == (0..<3).map { ["c\($0)", "1", "null"] })
    #expect(
      try point.rows("SELECT DISTINCT calculation_date FROM position_greeks ORDER BY 1")
        == Self.days.prefix(3).map { [$0] })
    #expect(
      try point.rows(
        "SELECT snapshot_date, total_value FROM portfolio_snapshots WHERE frequency = 'daily'")
        == [
          ["2025-02-28", "93010.0"], ["2025-03-03", "93020.0"], ["2025-03-04", "93030.0"],
        ])
  }

  @Test("name the late fact that changed a result, and a rebuild the first row that it changed")
  mutating func restated() throws {
    try run("c", of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    try run("d", of: "2025-03-03", made: "2025-03-05T09:00:00Z")
    let outcome = try store.rebuild(ledger.change())
    #expect(outcome.differences.isEmpty)
    #expect(try checks(store) == [["c", "1", "null"], ["d", "1", "null"]])
    try bar("F", "2025-03-04", 11)
    let late = ledger.head.description
    let restated = try store.rebuild(ledger.change())
    #expect(try checks(store) == [["c", "0", late], ["d", "1", "null"]])
    let found = try #require(restated.differences.first)
    #expect(restated.differences.count == 1)
    #expect(found.calculation == "c")
    #expect(found.table == "position_greeks")
    #expect(found.key == "position_id=call, calculation_date=2025-03-04")
    #expect(found.column == "delta")
    let delta = try store.rows("SELECT delta FROM position_greeks WHERE run_id = 'c'")
    #expect(found.now == delta.first?.first)
    #expect(found.before.flatMap { Double($0) }.map { $0 > 600 && $0 < 1_000 } == true)
    #expect(found.before != found.now)
  }

  @Test("say which row is gone, and which is new")
  mutating func rowsComeAndGo() throws {
    try run("c", of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    _ = try store.rebuild(ledger.change())
    try ledger.append(
      .positionVoided(PositionVoided(position: "call", reason: "typo")), "2025-03-07")
    let gone = try store.rebuild(ledger.change()).differences
    #expect(gone.map(\.key) == ["position_id=call, calculation_date=2025-03-04"])
    #expect(gone.map(\.before) == ["p"] && gone.map(\.now) == [nil])
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "another", portfolio: "p", symbol: "F", positionType: .long, quantity: 1,
          entryPrice: 9)), "2025-03-03T15:00:00Z")
    let new = try store.rebuild(ledger.change()).differences
    #expect(new.map(\.key) == ["position_id=another, calculation_date=2025-03-04"])
    #expect(new.map(\.before) == [nil] && new.map(\.now) == ["p"])
  }

  @Test("of a digest that was never true find no row that changed")
  mutating func falseDigest() throws {
    try run("c", of: "2025-03-04", made: "2025-03-05T09:00:00Z", digest: "made up")
    _ = try store.rebuild(ledger.change())
    #expect(try store.rebuild(ledger.change()).differences.isEmpty)
    #expect(try checks(store) == [["c", "0", "null"]])
    #expect(try store.rows("SELECT calculation_id FROM restated_calculations") == [["c"]])
  }

  @Test("are those of the last completed run, also when an earlier one is verified after it")
  mutating func superseded() throws {
    try run("b", of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    _ = try store.rebuild(ledger.change())
    try run("a", of: "2025-03-04", made: "2025-03-05T10:00:00Z")
    _ = try store.catchUp(ledger.change())
    try ledger.append(
      .auditVerified(
        AuditVerified(
          scope: "calculation:b", throughSequence: 1, logRoot: "r", passed: true, findings: [])),
      "2025-03-05T11:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try checks(store) == [["a", "1", "null"]])
    #expect(try store.rows("SELECT DISTINCT run_id FROM position_greeks") == [["a"]])
    try expectRebuilt()
  }

  @Test("have no rows of a run that cannot be made any more, and say why")
  mutating func failing() throws {
    try run("c", of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-04"))), "2025-03-04")
    _ = try store.rebuild(ledger.change())
    let exposure = """
      SELECT delta_adjusted_exposure IS NULL FROM position_valuations
      WHERE position_id = 'call' AND valuation_date = '2025-03-04'
      """
    #expect(try store.rows(exposure) == [["0"]])
    try ledger.append(
      .parameterSet(ParameterSet(name: "greeks.model", value: "guess")), "2025-03-04T10:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows("SELECT * FROM position_greeks").isEmpty)
    #expect(try store.rows(exposure) == [["1"]])
    let reason = try store.rows("SELECT error_message FROM calculation_checks")
    #expect(reason.first?.first?.contains("greeks.model") == true)
    try expectRebuilt()
  }

  @Test(
    "say of a run that no method fits that it cannot be made",
    arguments: [(Step.greeks, nil), (Step.marketData, "p"), (Step.snapshots, nil)]
      as [(Step, PortfolioID?)])
  mutating func misstated(step: Step, portfolio: PortfolioID?) throws {
    try run("c", step, of: "2025-03-04", made: "2025-03-05T09:00:00Z", portfolio: portfolio)
    _ = try store.rebuild(ledger.change())
    let check = try store.rows(
      "SELECT current_digest, error_message IS NULL, agrees FROM calculation_checks")
    #expect(check == [["null", "0", "0"]])
  }

  @Test("tell a week that ends before a holiday on the session after it")
  mutating func weeks() throws {
    for day in Self.days {
      try ledger.append(.dayClosed(DayClosed(date: date(day))), "\(day)T23:00:00Z")
    }
    try bar("SPY", "2025-03-10", 510)
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-10"))), "2025-03-10T21:00:00Z")
    _ = try store.rebuild(ledger.change())
    let periods = """
      SELECT snapshot_date, frequency, period_start, told_on FROM portfolio_snapshots
      WHERE frequency <> 'daily'
      """
    #expect(
      try store.rows(periods) == [
        ["2025-02-28", "monthly", "2025-02-28", "2025-02-28"],
        ["2025-02-28", "weekly", "2025-02-28", "2025-02-28"],
        ["2025-03-06", "weekly", "2025-03-03", "2025-03-10"],
      ])
    // A Friday that is known late makes that week another one.
    try bar("SPY", "2025-03-07", 505)
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-07"))), "2025-03-07T23:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(
      try store.rows(periods).last == ["2025-03-07", "weekly", "2025-03-03", "2025-03-07"])
    #expect(try store.rows(periods).count == 3)
    try expectRebuilt()
  }

  @Test("take a snapshot of a day that was closed ahead of its time when that has come")
  mutating func closedAhead() throws {
    ledger.now = at("2025-03-07T21:00:00Z")
    for symbol in ["SPY", "F"] as [Symbol] {
      try ledger.append(
        .priceClosed(PriceClosed(symbol: symbol, date: date("2025-03-10"), close: 30)),
        "2025-03-07T21:00:00Z")
    }
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-10"))), "2025-03-07T21:00:00Z")
    _ = try store.rebuild(ledger.change())
    #expect(try store.rows("SELECT * FROM portfolio_snapshots").isEmpty)
    ledger.now = at("2025-03-11T09:00:00Z")
    try ledger.append(.rateSet(RateSet(series: "DGS10", value: 4)), "2025-03-11T09:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(
      try store.rows("SELECT snapshot_date FROM portfolio_snapshots WHERE frequency = 'daily'")
        == [["2025-03-10"]])
    try expectRebuilt()
  }

  @Test("have no snapshot of a portfolio from the day on that it turns out to have been closed")
  mutating func closedPortfolio() throws {
    for day in Self.days {
      try ledger.append(.dayClosed(DayClosed(date: date(day))), "\(day)T23:00:00Z")
    }
    _ = try store.rebuild(ledger.change())
    for id in ["share", "call"] as [PositionID] {
      try ledger.append(
        .positionExited(PositionExited(position: id, exitPrice: 9, exit: ExitID("x-\(id)"))),
        "2025-03-03T16:00:00Z")
    }
    try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "p")), "2025-03-04T10:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(
      try store.rows("SELECT snapshot_date FROM portfolio_snapshots WHERE frequency = 'daily'")
        == [["2025-02-28"], ["2025-03-03"]])
    try expectRebuilt()
  }

  @Test("follow a void to where a correction had once moved the entry")
  mutating func movedEntry() throws {
    try run("c", of: "2025-02-28", made: "2025-03-01T09:00:00Z")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "late", portfolio: "p", symbol: "F", positionType: .long, quantity: 1,
          entryPrice: 9)), "2025-03-04T15:00:00Z")
    try ledger.append(
      .positionCorrected(
        PositionCorrected(
          position: "late", reason: "wrong day", entryTime: at("2025-02-28T15:00:00Z"))),
      "2025-03-05")
    _ = try store.rebuild(ledger.change())
    let count = "SELECT count(*) FROM position_greeks WHERE position_id = 'late'"
    #expect(try store.rows(count) == [["1"]])
    try ledger.append(
      .positionVoided(PositionVoided(position: "late", reason: "never happened")), "2025-03-06")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(count) == [["0"]])
    try expectRebuilt()
  }

  @Test("see a tick that was recorded ahead of its time when that has come")
  mutating func tickAhead() throws {
    try run("c", of: "2025-03-07", made: "2025-03-07T12:00:00Z")
    try ledger.append(.priceTicked(PriceTicked(symbol: "F", price: 33)), "2025-03-07T20:00:00Z")
    _ = try store.rebuild(ledger.change())
    let price = "SELECT underlying_price FROM position_greeks WHERE position_id = 'share'"
    #expect(try store.rows(price) == [["13.0"]])
    ledger.now = at("2025-03-08T09:00:00Z")
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-08"))), "2025-03-08T09:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(price) == [["33.0"]])
    try expectRebuilt()
  }

  @Test("forget a bar that was known before its session, when another one takes its place")
  mutating func earlyBar() throws {
    func bar(_ close: ExactDecimal) -> Payload {
      .priceClosed(PriceClosed(symbol: "F", date: date("2025-03-10"), close: close))
    }
    ledger.now = at("2025-03-07T12:00:00Z")
    try ledger.append(bar(50), "2025-03-07T12:00:00Z")
    try run("c", of: "2025-03-07", made: "2025-03-08T12:00:00Z")
    _ = try store.rebuild(ledger.change())
    let price = "SELECT underlying_price FROM position_greeks WHERE position_id = 'share'"
    #expect(try store.rows(price) == [["50.0"]])
    ledger.now = at("2025-03-10T21:00:00Z")
    try ledger.append(bar(51), "2025-03-10T21:00:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(price) == [["13.0"]])
    try expectRebuilt()
  }

  @Test("take the terms of a contract back to its entry, whenever they were put right")
  mutating func definedLater() throws {
    func warrant(strike: ExactDecimal) -> Payload {
      .instrumentDefined(
        InstrumentDefined(
          symbol: "WARRANT", kind: .option, underlying: "F", strike: strike,
          expiration: date("2025-12-19"), right: .call))
    }
    try ledger.append(warrant(strike: 1), "2025-03-03")
    try ledger.append(
      .positionEntered(
        PositionEntered(
          position: "warrant", portfolio: "p", symbol: "WARRANT", positionType: .longCall,
          quantity: 1, entryPrice: 1)), "2025-03-03T15:00:00Z")
    try run("c", of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    _ = try store.rebuild(ledger.change())
    let delta = "SELECT unit_delta > 0.9 FROM position_greeks WHERE position_id = 'warrant'"
    #expect(try store.rows(delta) == [["1"]])
    try ledger.append(warrant(strike: 20), "2025-03-06")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(delta) == [["0"]])
    try expectRebuilt()
  }

  @Test("do not change with sessions that a benchmark has later")
  mutating func laterBenchmark() throws {
    try ledger.append(
      .portfolioChanged(PortfolioChanged(portfolio: "p", benchmark: "QQQ")), "2025-02-27")
    try run("c", .returns, of: "2025-03-04", made: "2025-03-05T09:00:00Z")
    try bar("QQQ", "2025-03-06", 400)
    try bar("QQQ", "2025-03-07", 401)
    _ = try store.rebuild(ledger.change())
    #expect(try checks(store) == [["c", "1", "null"]])
  }

  @Test("leave a value as stale as the sessions make it that are known by then")
  mutating func staleness() throws {
    ledger.now = at("2025-03-23T09:00:00Z")
    try ledger.append(.dayClosed(DayClosed(date: date("2025-03-20"))), "2025-03-20T23:00:00Z")
    _ = try store.rebuild(ledger.change())
    let stale = """
      SELECT is_stale FROM position_valuations
      WHERE position_id = 'share' AND valuation_date = '2025-03-20'
      """
    #expect(try store.rows(stale) == [["1"]])
    try bar("SPY", "2025-03-24", 500)
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(stale) == [["0"]])
    try expectRebuilt()
  }
}
