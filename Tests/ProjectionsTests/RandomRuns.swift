import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// What a random history has calculated so far.
struct RandomRuns {
  fileprivate struct Owner: Hashable {
    var date: CivilDate
    var portfolio: PortfolioID?
  }

  fileprivate var completed: [Owner: Set<Step>] = [:]
}

/// Sessions, and what the daily batch does with them.
extension RandomHistory {
  private static let stocks: [Symbol] = ["SPY", "AAPL", "MSFT", "F"]

  /// A book in which something can be calculated: factors with proxies, short windows, and the bars
  /// of some sessions.
  mutating func prepare() throws {
    let long = at("2024-12-02")
    for portfolio in portfolios {
      try append(
        .portfolioOpened(
          PortfolioOpened(
            portfolio: portfolio, name: "Portfolio \(portfolio)",
            benchmark: random(4) == 0 ? "F" : nil)), long)
    }
    try append(.cashMoved(CashMoved(portfolio: "p1", amount: 900_000, reason: .deposit)), long)
    let proxies: [(FactorID, Symbol, ProxyKind)] = [
      ("market_beta", "SPY", .priceReturn), ("oil", "F", .priceReturn),
      ("interest_rate", "DGS10", .yieldChange),
    ]
    for (index, (factor, proxy, kind)) in proxies.enumerated() {
      try append(
        .factorDefined(
          FactorDefined(
            factor: factor, name: factor.rawValue, displayName: "Factor", category: .macro,
            sortOrder: Int64(index), proxy: proxy, proxyKind: kind)), long)
    }
    try append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: "s1", name: "scenario", scenarioType: .custom, sortOrder: 1,
          shocks: [
            Shock(factor: "market_beta", shock: decimal("-0.1")),
            Shock(factor: "oil", shock: decimal("0.2"), pinned: false),
          ])), long)
    let parameters: [(String, JSONValue)] = [
      ("beta.minimum_observations", 3), ("beta.window", 6), ("covariance.minimum_observations", 3),
      ("correlation.minimum_overlap", 3), ("correlation.report_minimum_value", 0),
      ("correlation.report_minimum_weight", 0), ("correlation.cluster_threshold", 0),
      ("risk.minimum_observations", 3), ("greeks.model", "bsm"),
    ]
    for (name, value) in parameters {
      try append(.parameterSet(ParameterSet(name: name, value: value)), long)
    }
    for _ in 0..<between(4, 7) {
      try bars()
      ledger.now = ledger.now.advanced(byHours: 24)
    }
  }

  /// Bars of a day and mostly its end, with everything that is calculated then.
  mutating func session() throws {
    try bars()
    let date = ledger.now.date
    if random(3) > 0 { try append(.dayClosed(DayClosed(date: date)), date.end) }
    if random(3) > 0 { try calculate(date) }
    ledger.now = ledger.now.advanced(byHours: 24)
  }

  private mutating func bars() throws {
    let date = ledger.now.date
    sessions.append(date)
    for symbol in Self.stocks where random(8) > 0 {
      try append(
        .priceClosed(
          PriceClosed(symbol: symbol, date: date, close: number(9_000...11_000), volume: 10)),
        random(8) == 0 ? ledger.now.advanced(byHours: between(0, 60)) : ledger.now)
    }
    try append(.rateSet(RateSet(series: "DGS10", value: number(400...450))), ledger.now)
  }

  /// Some of the steps of a day, in their order, each with an end of its own.
  mutating func calculate(_ date: CivilDate) throws {
    count += 1
    let batch: BatchID? = random(2) == 0 ? BatchID("batch\(count)") : nil
    if let batch { try append(.batchStarted(BatchStarted(batch: batch, date: date)), ledger.now) }
    let input =
      random(4) == 0 ? EventSequence(UInt64(random(Int(ledger.head.rawValue)))) : ledger.head
    let day = CalculationDay(ledger.facts(at: input), date: date)
    for step in Step.allCases where random(5) > 0 && !isFull {
      let owners: [PortfolioID?] = step.isPerPortfolio ? portfolios : [nil]
      for owner in owners where random(6) > 0 {
        // Somebody else's word for it may be wrong.
        let portfolio = random(30) == 0 ? (owner == nil ? "p1" : nil) : owner
        try make(step, portfolio, day, input, batch)
      }
    }
    if let batch {
      try append(.batchCompleted(BatchCompleted(batch: batch, failures: 0)), ledger.now)
    }
  }

  private mutating func make(
    _ step: Step, _ portfolio: PortfolioID?, _ day: CalculationDay, _ input: EventSequence,
    _ batch: BatchID?
  ) throws {
    count += 1
    let calculation = CalculationID("run\(count)")
    let method = MethodCatalog.current(step)
    let owner = RandomRuns.Owner(date: day.date, portfolio: portfolio)
    let completed = runs.completed[owner, default: []]
      .union(runs.completed[RandomRuns.Owner(date: day.date, portfolio: nil), default: []])
    let isMade = step.isPerPortfolio == (portfolio != nil)
    let parameters = try? method.parameters(day, portfolio, completed: completed)
    let hasBegun = try append(
      .calculationStarted(
        CalculationStarted(
          calculation: calculation, calculationType: step.rawValue, calculationDate: day.date,
          inputSequence: Int64(input.rawValue),
          method: random(30) == 0 ? "\(step.rawValue)/0" : method.name,
          parameters: parameters ?? [:], batch: batch, portfolio: portfolio)),
      runTime())
    guard hasBegun else { return }
    switch random(12) {
    case 0:
      try append(
        .calculationFailed(CalculationFailed(calculation: calculation, errorMessage: "no price")),
        runTime())
    case 1:
      try append(
        .calculationSkipped(CalculationSkipped(calculation: calculation, reason: "returns failed")),
        runTime())
    case 2: break
    default:
      let isTrue = isMade && random(6) > 0
      let output = isTrue ? try? method.output(day, portfolio, completed: completed) : nil
      let hasEnded = try append(
        .calculationCompleted(
          CalculationCompleted(
            calculation: calculation, recordsProcessed: Int64(output?.rowCount ?? 1),
            resultDigest: output?.digest ?? "no digest")),
        runTime())
      guard hasEnded else { return }
      runs.completed[owner, default: []].insert(step)
      if random(8) == 0 {
        try append(
          .auditVerified(
            AuditVerified(
              scope: "calculation:\(calculation)", throughSequence: 1, logRoot: "r", passed: true,
              findings: [])), ledger.now)
      }
    }
  }

  /// Mostly when it is recorded; also long before, or ahead of it.
  private mutating func runTime() -> Instant { random(6) == 0 ? time() : ledger.now }
}
