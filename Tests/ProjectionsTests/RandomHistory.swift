import Events
import ExactNumbers
import Portfolio
import Projections
import Records
import TestSupport

/// Makes histories of everything that can happen to a small book: late, corrected, voided, split,
/// ahead of its time, calculated and calculated again.
struct RandomHistory {
  var random: SeededGenerator
  var ledger = Ledger(from: "2025-01-06T12:00:00Z")
  private var positions: [PositionID] = []
  private var exits: [(PositionID, ExitID)] = []
  var count = 0
  private var target = 0
  /// The days that had bars, in the order in which they came.
  var sessions: [CivilDate] = []
  var runs = RandomRuns()
  /// Whether it becomes a what-if branch somewhere.
  let forks: Bool
  /// Whether the fork is as of a date.
  private let isCut: Bool

  init(seed: UInt64, forks: Bool = false, isCut: Bool = false) {
    random = SeededGenerator(seed: seed)
    self.forks = forks
    self.isCut = isCut
  }

  let portfolios: [PortfolioID] = ["p1", "p2"]
  private let symbols: [Symbol] = [
    "AAPL", "MSFT", "F", "AAPL250117C00150000", "MSFT250620P00100000", "WARRANT",
  ]
  private let tags: [TagID] = ["t1", "t2", "t3"]
  private let groups: [StrategyID] = ["g1", "g2"]

  /// Appends events until there are so many; what the rules refuse is left out.
  mutating func run(events target: Int) throws {
    self.target = target
    if random(3) > 0 { try prepare() }
    while !isFull {
      count += 1
      if random(3) == 0 { ledger.now = ledger.now.advanced(byHours: between(1, 30)) }
      switch random(80) {
      case 0..<4: try session()
      case 4: try calculate(sessions.isEmpty ? day() : pick(sessions))
      case 5: if forks { try fork() }
      default: try append(next(), time())
      }
    }
  }

  /// Once there is something to fork from; later the session is told of.
  private mutating func fork() throws {
    guard ledger.fork == nil else {
      try append(
        pick([
          .modelSaved(ModelSaved(session: "hedge", save: SaveID("s\(count)"), name: "S\(count)")),
          .modelChanged(ModelChanged(session: "hedge", name: "Renamed \(count)")),
        ]), time())
      return
    }
    guard ledger.events.count >= target / 3, ledger.events.count < target else { return }
    try ledger.fork(
      "hedge", portfolio: maybe(pick(portfolios)), cut: isCut ? time() : nil,
      keepsMarket: isCut && random(2) == 0)
  }

  var isFull: Bool { ledger.events.count >= target }

  /// - Returns: Whether it was taken in.
  @discardableResult
  mutating func append(_ payload: Payload, _ effective: Instant) throws -> Bool {
    guard !isFull else { return false }
    do {
      try ledger.append(payload, effective, source: source(), correlation: "batch-1")
    } catch is RuleError {
      return false
    } catch is EventError {
      return false
    }
    switch payload {
    case .positionEntered(let entered): positions.append(entered.position)
    case .positionExited(let exited): exits.append((exited.position, exited.exit ?? ""))
    default: break
    }
    return true
  }

  private mutating func source() -> String {
    Bool.random(using: &random) ? "/tests" : "/imports/bars-csv/a%20file.csv"
  }

  mutating func random(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  mutating func between(_ first: Int64, _ last: Int64) -> Int64 {
    Int64.random(in: first...last, using: &random)
  }

  /// Mostly the recent past, often long ago, now and then the future.
  mutating func time() -> Instant {
    let hours =
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: Int64.random(in: -30...0, using: &random)
      case 5..<8: Int64.random(in: -600...0, using: &random)
      default: Int64.random(in: 0...120, using: &random)
      }
    return ledger.now.advanced(byHours: hours)
  }

  mutating func day() -> CivilDate { time().date }

  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: 0..<list.count, using: &random)]
  }

  private mutating func position() -> PositionID {
    positions.isEmpty ? "none" : pick(positions)
  }

  mutating func number(_ range: ClosedRange<Int64>, places: Int = 2) -> ExactDecimal {
    let value = try? ExactDecimal(
      coefficient: Int64.random(in: range, using: &random), places: places)
    return value ?? 1
  }

  mutating func maybe<Value>(_ value: Value) -> Value? {
    Bool.random(using: &random) ? value : nil
  }

  private mutating func next() -> Payload {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<3: nextEntry()
    case 3..<5: nextExit()
    case 5..<7: nextCorrection()
    case 7..<12: nextMarket()
    case 12..<14: nextLabel()
    case 14..<16: nextEntity()
    case 16: nextAction()
    case 17: nextReference()
    default: nextRun()
    }
  }

  private mutating func nextEntry() -> Payload {
    let symbol = pick(symbols)
    let type: PositionType =
      switch symbol {
      case "AAPL", "MSFT", "F": pick([.long, .short])
      case "MSFT250620P00100000": pick([.longPut, .shortPut])
      default: pick([.longCall, .shortCall])
      }
    return .positionEntered(
      PositionEntered(
        position: PositionID("pos\(count)"), portfolio: pick(portfolios), symbol: symbol,
        positionType: type, quantity: number(1...10_000), entryPrice: number(1...20_000),
        fees: maybe(1)))
  }

  private mutating func nextExit() -> Payload {
    .positionExited(
      PositionExited(
        position: position(), exitPrice: number(0...20_000), quantity: maybe(1),
        exit: ExitID("x\(count)")))
  }

  private mutating func nextCorrection() -> Payload {
    if !exits.isEmpty, Bool.random(using: &random) {
      let (position, exit) = pick(exits)
      if Bool.random(using: &random) {
        return .positionVoided(PositionVoided(position: position, reason: "wrong", exit: exit))
      }
      return .positionCorrected(
        PositionCorrected(
          position: position, reason: "wrong", exit: exit, exitPrice: number(0...20_000),
          exitTime: maybe(ledger.now.advanced(byHours: 40))))
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      return .positionVoided(PositionVoided(position: position(), reason: "wrong"))
    }
    let time = time()
    return .positionCorrected(
      PositionCorrected(
        position: position(), reason: "wrong", quantity: maybe(7), entryPrice: maybe(3),
        entryTime: maybe(time), symbol: maybe("F")))
  }

  private mutating func nextMarket() -> Payload {
    let symbol = pick(symbols + ["SPY"])
    let price = number(1...20_000)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3:
      return .priceTicked(PriceTicked(symbol: symbol, price: price, size: maybe(3)))
    case 3..<6:
      return .priceClosed(
        PriceClosed(
          symbol: symbol, date: day(), close: price, high: maybe(1_000), volume: maybe(10)))
    case 6:
      return .quoteUpdated(QuoteUpdated(symbol: symbol, bid: maybe(price), last: maybe(price)))
    case 7: return .dayClosed(DayClosed(date: day()))
    case 8: return .rateSet(RateSet(series: pick(["DGS10", "DGS3MO"]), value: price))
    default:
      return Bool.random(using: &random)
        ? .volatilityQuoted(VolatilityQuoted(symbol: symbol, volatility: number(1...99)))
        : .shortReported(
          ShortReported(
            symbol: symbol, shortInterestShares: maybe(1_000), avgDailyVolume: maybe(300),
            costToBorrowRate: maybe(price)))
    }
  }

  private mutating func nextLabel() -> Payload {
    let (one, other) = (position(), position())
    return switch Int.random(in: 0..<8, using: &random) {
    case 0..<3: .positionTagged(PositionTagged(position: one, tag: pick(tags)))
    case 3: .positionUntagged(PositionUntagged(position: one, tag: pick(tags)))
    case 4:
      .positionRelated(
        PositionRelated(position: one, other: other, relation: pick([.hedges, .pairsWith])))
    case 5:
      .positionUnrelated(
        PositionUnrelated(position: one, other: other, relation: pick([.hedges, .pairsWith])))
    case 6:
      .positionAttributed(
        PositionAttributed(
          position: one, name: pick(["thesis", "stop_price", "iv_override"]),
          value: pick([.string("text"), 5, .null])))
    default:
      Bool.random(using: &random)
        ? .strategyJoined(StrategyJoined(group: pick(groups), position: one, leg: maybe(2)))
        : .strategyLeft(StrategyLeft(group: pick(groups), position: one))
    }
  }

  private mutating func nextEntity() -> Payload {
    let portfolio = pick(portfolios)
    let tag = pick(tags)
    return switch Int.random(in: 0..<10, using: &random) {
    case 0: .userRegistered(UserRegistered(user: "u1", role: .admin, username: "ann"))
    case 1: .userChanged(UserChanged(user: "u1", email: pick([.set("a@b.c"), .clear])))
    case 2...4:
      .portfolioOpened(PortfolioOpened(portfolio: portfolio, name: "Portfolio \(portfolio)"))
    case 5:
      random(6) == 0
        ? .portfolioClosed(PortfolioClosed(portfolio: portfolio))
        : .portfolioChanged(
          PortfolioChanged(portfolio: portfolio, currency: maybe("EUR"), benchmark: maybe("F")))
    case 6:
      .cashMoved(CashMoved(portfolio: portfolio, amount: number(-9_999...9_999), reason: .deposit))
    case 7:
      .tagCreated(
        TagCreated(
          tag: tag, name: tag == "t3" ? "#strategy:pairs" : "Tag \(tag)",
          tagType: tag == "t3" ? .strategy : .regular))
    case 8:
      Int.random(in: 0..<4, using: &random) == 0
        ? .tagRetired(TagRetired(tag: tag))
        : .tagChanged(TagChanged(tag: tag, name: "Renamed \(count)"))
    default:
      .strategyCreated(
        StrategyCreated(group: pick(groups), portfolio: portfolio, name: "Group \(count)"))
    }
  }

  private mutating func nextAction() -> Payload {
    let symbol = pick(symbols)
    return Bool.random(using: &random)
      ? .instrumentSplit(
        InstrumentSplit(symbol: symbol, ratio: pick([2, 3, 1]), denominator: maybe(2)))
      : .instrumentDividend(InstrumentDividend(symbol: symbol, amount: number(1...500)))
  }

  private mutating func nextReference() -> Payload {
    switch Int.random(in: 0..<6, using: &random) {
    case 0..<2:
      .factorDefined(
        FactorDefined(
          factor: pick(["market_beta", "oil"]), name: "factor\(count)", displayName: "Factor",
          category: .macro, sortOrder: 1, proxy: maybe(pick(["SPY", "F", "DGS10"])),
          proxyKind: pick([.priceReturn, .yieldChange])))
    case 2:
      .scenarioDefined(
        ScenarioDefined(
          scenario: "s1", name: "scenario\(count)", scenarioType: .custom, sortOrder: 1,
          shocks: [Shock(factor: "oil", shock: number(-50...50))]))
    case 3: .factorRetired(FactorRetired(factor: "oil"))
    case 4: .scenarioRetired(ScenarioRetired(scenario: "s1"))
    default: nextDefinition()
    }
  }

  private mutating func nextDefinition() -> Payload {
    switch random(6) {
    case 0:
      .instrumentDefined(
        InstrumentDefined(symbol: pick(symbols), kind: .stock, sector: maybe("Technology")))
    case 1:
      .instrumentDefined(
        InstrumentDefined(
          symbol: "WARRANT", kind: .option, underlying: "F", strike: number(1...20_000),
          expiration: day().advanced(byDays: 30), right: .call))
    case 2:
      .parameterSet(
        ParameterSet(name: "price.stale_sessions", value: pick([1, 3]), portfolio: maybe("p1")))
    case 3, 4:
      .parameterSet(
        ParameterSet(
          name: "valuation.unquoted_options", value: pick(["model", "model", "null"]),
          portfolio: maybe("p1")))
    default:
      .parameterSet(
        ParameterSet(
          name: pick(["beta.window", "risk.window", "stress.ttl_seconds", "volatility.default"]),
          value: pick([4, 9]),
          portfolio: maybe("p2")))
    }
  }

  private mutating func nextRun() -> Payload {
    let calculation = CalculationID("c\(Int.random(in: 0..<6, using: &random))")
    let batch: BatchID = pick(["b1", "b2"])
    return switch Int.random(in: 0..<8, using: &random) {
    case 0..<3:
      .calculationStarted(
        CalculationStarted(
          calculation: CalculationID("c\(count % 6)"), calculationType: "greeks",
          calculationDate: date("2025-01-06"), inputSequence: 1, method: "bsm 1", parameters: [:],
          batch: maybe(batch), portfolio: maybe("p1")))
    case 3:
      .calculationCompleted(
        CalculationCompleted(
          calculation: calculation, recordsProcessed: 5, resultDigest: "abc"))
    case 4:
      .calculationFailed(CalculationFailed(calculation: calculation, errorMessage: "no price"))
    case 5:
      Bool.random(using: &random)
        ? .batchStarted(BatchStarted(batch: batch, date: date("2025-01-06")))
        : .batchCompleted(BatchCompleted(batch: batch, failures: 1))
    case 6:
      .auditVerified(
        AuditVerified(
          scope: "calculation:\(calculation)", throughSequence: 1, logRoot: "r", passed: true,
          findings: []))
    default:
      .exportMade(
        ExportMade(
          export: ExportID("x\(count)"), exportType: .trades, exportFormat: .csv, fileName: "t.csv",
          fileSizeBytes: 9, sha256: String(repeating: "ab", count: 32)))
    }
  }
}

extension Instant {
  func advanced(byHours hours: Int64) -> Instant {
    Instant(nanosecondsSinceEpoch: nanosecondsSinceEpoch + hours * 3_600_000_000_000)
  }
}
