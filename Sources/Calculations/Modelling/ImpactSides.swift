internal import Events
internal import ExactNumbers
internal import Portfolio

/// The two sides of an impact, and the way from one to the other.
struct ImpactSides {
  /// The base and the branch's definitions.
  let before: CalculationDay
  private var state: BookState
  private var history: MarketHistory
  private let remaining: [Event]

  init(_ base: BookState, _ own: BranchEvents, date: CivilDate, asOf: Instant) {
    var state = base
    for event in own.definitions { state.fold(event) }
    history = MarketHistory(state, through: asOf)
    before = CalculationDay(state, date: date, asOf: asOf, history: history)
    // A void is read whatever comes first, so what it takes back never happens on the way.
    for event in own.reverts { state.fold(event) }
    self.state = state
    remaining = own.steps.map(\.event)
  }

  /// The day with all changes.
  func after() -> CalculationDay {
    var way = Way(self)
    for event in remaining { way.fold(event) }
    return way.day()
  }

  /// Takes changes in one by one.
  struct Way {
    private var state: BookState
    private var history: MarketHistory
    private var hasNewPrices = false
    private let date: CivilDate
    private let asOf: Instant

    init(_ sides: ImpactSides) {
      state = sides.state
      history = sides.history
      date = sides.before.date
      asOf = sides.before.asOf
    }

    mutating func fold(_ event: Event) {
      state.fold(event)
      hasNewPrices = hasNewPrices || event.payload.isPrice
    }

    /// The day with the changes taken in so far.
    mutating func day() -> CalculationDay {
      // Series serve every state of the same prices.
      history = hasNewPrices ? MarketHistory(state, through: asOf) : history.resumed(by: state)
      hasNewPrices = false
      return CalculationDay(state, date: date, asOf: asOf, history: history)
    }
  }
}

extension BranchEvents {
  /// The portfolios that the changes touch and the day knows, ascending; all open ones where a change
  /// is about the market.
  func portfolios(in day: CalculationDay) -> [PortfolioID] {
    var touched = Set(changes.compactMap(\.portfolio))
    if changes.contains(where: \.isOfMarket) { touched.formUnion(day.portfolios) }
    return touched.filter { day.holdings.portfolios[$0] != nil }.sorted()
  }
}

extension ModelChange {
  /// Every portfolio may feel it.
  var isOfMarket: Bool { portfolio == nil && (type == .priceOverride || type == .scenario) }

  /// What its own part is to be worked out of.
  enum Reach {
    case nothing
    case portfolio(PortfolioID)
    case everything
  }

  var reach: Reach {
    if isReverted || event.payload.isDefinition { return .nothing }
    switch event.payload {
    case .positionTagged, .positionUntagged, .positionRelated, .positionUnrelated, .tagCreated,
      .tagChanged, .tagRetired, .strategyCreated, .strategyChanged, .strategyRetired,
      .strategyJoined, .strategyLeft:
      return .nothing
    default:
      // An attribute may be an option's volatility.
      return portfolio.map { .portfolio($0) } ?? .everything
    }
  }
}
