import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport

/// A random history in which everything that hangs on positions comes and changes too: portfolios,
/// tags, groups and instruments often come into being after what refers to them.
struct CutHistory {
  private(set) var ledger: Ledger
  private var random: SeededGenerator
  private var names = 0

  static let option: Symbol = "CALL"
  static let positions: [PositionID] = RandomHistory.positions + ["o", "q1", "q2"]

  init(seed: UInt64, steps: Int) throws {
    let history = try RandomHistory(seed: seed, steps: steps)
    ledger = history.ledger
    random = SeededGenerator(seed: seed ^ 0x5EED)
    for _ in 0..<steps {
      let (payload, time) = (payload(), time())
      do { try ledger.append(payload, at: time) } catch is RuleError {}
    }
  }

  mutating func time() -> Instant {
    let date = CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<12, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return date.start
    case 1:
      return Instant(
        nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch + 43_200_000_000_000)
    default: return date.end
    }
  }

  private mutating func name() -> String {
    names += 1
    return "name \(names)"
  }

  private mutating func payload() -> Payload {
    let position = Self.positions.randomElement(using: &random) ?? "a"
    let other = Self.positions.randomElement(using: &random) ?? "b"
    let tag: TagID = ["t", "u", "v", "w"].randomElement(using: &random) ?? "t"
    let group: StrategyID = ["g", "h"].randomElement(using: &random) ?? "g"
    let portfolio: PortfolioID = Bool.random(using: &random) ? "p" : "q"
    switch Int.random(in: 0..<20, using: &random) {
    case 0:
      return .portfolioOpened(
        PortfolioOpened(portfolio: "q", name: name(), currency: "EUR", benchmark: "QQQ"))
    case 1: return .portfolioChanged(PortfolioChanged(portfolio: portfolio, name: name()))
    case 2: return .tagCreated(TagCreated(tag: tag, name: name(), tagType: .strategy))
    case 3:
      return Int.random(in: 0..<3, using: &random) == 0
        ? .tagRetired(TagRetired(tag: tag)) : .tagChanged(TagChanged(tag: tag, name: name()))
    case 4, 5: return .positionTagged(PositionTagged(position: position, tag: tag))
    case 6:
      return .strategyCreated(StrategyCreated(group: group, portfolio: portfolio, name: name()))
    case 7: return .strategyChanged(StrategyChanged(group: group, name: name()))
    case 8, 9: return .strategyJoined(StrategyJoined(group: group, position: position, leg: 1))
    case 10: return .strategyLeft(StrategyLeft(group: group, position: position))
    case 11:
      return .positionRelated(
        PositionRelated(
          position: position, other: other,
          relation: Relation.allCases.randomElement(using: &random) ?? .hedges))
    case 12:
      return .positionUnrelated(
        PositionUnrelated(position: position, other: other, relation: .hedges))
    case 13:
      return .positionAttributed(
        PositionAttributed(position: position, name: "note", value: .string(name())))
    case 14:
      return .instrumentDefined(
        InstrumentDefined(
          symbol: Self.option, kind: .option, name: name(), underlying: "AAPL",
          strike: Bool.random(using: &random) ? 100 : 120,
          expiration: CivilDate(daysSinceEpoch: 20_100), right: .call))
    case 15, 16:
      let isOption = Bool.random(using: &random)
      return .positionEntered(
        PositionEntered(
          position: isOption ? "o" : Bool.random(using: &random) ? "q1" : "q2",
          portfolio: portfolio, symbol: isOption ? Self.option : "MSFT",
          positionType: isOption ? .longCall : .long, quantity: 5, entryPrice: 10))
    case 17:
      return .positionCorrected(
        PositionCorrected(position: position, reason: "test", entryTime: time()))
    case 18:
      return .parameterSet(
        ParameterSet(name: "beta.window", value: .string(name()), portfolio: portfolio))
    default: return definition()
    }
  }

  private mutating func definition() -> Payload {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .userRegistered(UserRegistered(user: "u1", role: .manager, username: name()))
    case 1: return .userChanged(UserChanged(user: "u1", username: name()))
    case 2:
      return .factorDefined(
        FactorDefined(
          factor: "f", name: name(), displayName: "F", category: .macro, sortOrder: 1))
    default: return .factorRetired(FactorRetired(factor: "f"))
    }
  }
}

/// All that holdings show, without the as-of they were asked for.
struct Shown: Equatable {
  let users: [UserID: UserDetails]
  let portfolios: [PortfolioID: PortfolioDetails]
  let positions: Table<PositionID, Position>
  let voided: Table<PositionID, Position>
  let cash: [PortfolioID: CashBalance]
  let tags: [TagID: TagDetails]
  let tagsByPosition: [PositionID: [TagID]]
  let tagSpans: [TagSpan]
  let attributes: [PositionID: [PositionAttribute]]
  let relationships: [Relationship]
  let strategies: [StrategyID: StrategyGroup]
  let factors: [FactorID: Definition<FactorDefined>]
  let parameters: [ParameterSetting]

  init(_ holdings: Holdings) {
    users = holdings.users
    portfolios = holdings.portfolios
    positions = holdings.positions
    voided = holdings.voidedPositions
    cash = holdings.cash
    tags = holdings.tags
    tagsByPosition = holdings.tagsByPosition
    tagSpans = holdings.tagSpans
    attributes = holdings.attributes
    relationships = holdings.relationships
    strategies = holdings.strategies
    factors = holdings.factors
    parameters = holdings.parameters
  }
}

/// What a state says of the market at a time.
struct ShownMarket: Equatable {
  let prices: [MarketPrice?]
  let instruments: [Symbol: Definition<InstrumentDefined>]
  let rates: [RateFixing?]
  let volatilities: [QuotedVolatility?]
  let shorts: [ShortMetrics?]
  let closedDays: Set<CivilDate>

  init(_ state: BookState, asOf: Instant, days: CivilDate) {
    let holdings = state.resolve(asOf: asOf)
    prices = RandomHistory.symbols.map { holdings.market.price(of: $0, asOf: asOf) }
    instruments = holdings.instruments
    rates = ["DGS3MO", "DGS10"].map { state.rate($0, asOf: asOf) }
    volatilities = RandomHistory.symbols.map { state.quotedVolatility(of: $0, asOf: asOf) }
    shorts = RandomHistory.symbols.map { state.shortMetrics(of: $0, asOf: asOf) }
    // Days dated later than an as-of are not over then, whatever was said of them.
    closedDays = Set(state.closedDays(asOf: asOf).filter { $0 <= days })
  }
}
