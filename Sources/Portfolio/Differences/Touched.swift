public import Events
internal import ExactNumbers
internal import Records

/// What some events are about: two states that share all other events differ in nothing else.
public struct Touched: Hashable, Sendable {
  /// Also those whose price or splits an event changed.
  public var positions: Set<PositionID>
  public var movements: Set<MovementID>
  /// Also those of the positions and movements.
  public var portfolios: Set<PortfolioID>

  public init(
    positions: Set<PositionID> = [], movements: Set<MovementID> = [],
    portfolios: Set<PortfolioID> = []
  ) {
    self.positions = positions
    self.movements = movements
    self.portfolios = portfolios
  }

  public var isEmpty: Bool { positions.isEmpty && movements.isEmpty && portfolios.isEmpty }

  public mutating func formUnion(_ other: Touched) {
    positions.formUnion(other.positions)
    movements.formUnion(other.movements)
    portfolios.formUnion(other.portfolios)
  }

  public func union(_ other: Touched) -> Touched {
    var result = self
    result.formUnion(other)
    return result
  }
}

extension BookState {
  /// What events are about, by what this state holds: one that took them in.
  ///
  /// An event of a portfolio touches all its positions, since their currency may change with it.
  /// Events of prices, splits and terms touch the positions on their symbols and on options of
  /// them, rates and parameters those that a model may price, each found in one pass over the
  /// positions however many events there are.
  public func touched(by events: some Sequence<Event>) -> Touched {
    var touch = Touch()
    for event in events { touch.add(event) }
    var touched = touch.touched
    if !touch.symbols.isEmpty || touch.isModelTouched {
      for (id, facts) in positions where isTouched(facts, by: touch) {
        touched.positions.insert(id)
      }
    }
    if !touch.tags.isEmpty {
      for (id, facts) in labels
      where facts.tags.entries.contains(where: { touch.tags.contains($0.key) }) {
        touched.positions.insert(id)
      }
    }
    for id in touched.portfolios { touched.positions.formUnion(positions(inPortfolio: id)) }
    for id in touched.positions {
      if let portfolio = portfolio(of: id) { touched.portfolios.insert(portfolio) }
    }
    for id in touched.movements {
      for entry in movements[id]?.ascending ?? [] {
        touched.portfolios.insert(entry.value.portfolio)
      }
    }
    return touched
  }

  private func isTouched(_ facts: PositionFacts, by touch: Touch) -> Bool {
    guard let entry = facts.entry, let origin = facts.origin else { return false }
    if touch.symbols.contains(entry.symbol) { return true }
    guard entry.type.isOption else { return false }
    if touch.isModelTouched { return true }
    return terms(of: entry, origin).map { touch.symbols.contains($0.underlying) } ?? false
  }
}

/// What events name, before it is looked up who holds it.
private struct Touch {
  var touched = Touched()
  var symbols: Set<Symbol> = []
  var tags: Set<TagID> = []
  /// What every option's model may ask for.
  var isModelTouched = false

  mutating func add(_ event: Event) {
    switch event.payload {
    case .positionEntered(let payload): touched.positions.insert(payload.position)
    case .positionExited(let payload): touched.positions.insert(payload.position)
    case .positionCorrected(let payload): touched.positions.insert(payload.position)
    case .positionVoided(let payload): touched.positions.insert(payload.position)
    case .positionRelated(let payload): touched.positions.insert(payload.position)
    case .positionUnrelated(let payload): touched.positions.insert(payload.position)
    case .positionAttributed(let payload): touched.positions.insert(payload.position)
    case .positionTagged(let payload): touched.positions.insert(payload.position)
    case .positionUntagged(let payload): touched.positions.insert(payload.position)
    case .strategyJoined(let payload): touched.positions.insert(payload.position)
    case .strategyLeft(let payload): touched.positions.insert(payload.position)
    case .tagRetired(let payload): tags.insert(payload.tag)
    case .cashMoved(let payload):
      touched.movements.insert(payload.movement ?? MovementID(event.defaultID))
    case .portfolioOpened(let payload): touched.portfolios.insert(payload.portfolio)
    case .portfolioChanged(let payload): touched.portfolios.insert(payload.portfolio)
    case .portfolioClosed(let payload): touched.portfolios.insert(payload.portfolio)
    default: addMarket(event.payload)
    }
  }

  private mutating func addMarket(_ payload: Payload) {
    switch payload {
    case .priceTicked(let payload): symbols.insert(payload.symbol)
    case .priceClosed(let payload): symbols.insert(payload.symbol)
    case .quoteUpdated(let payload): symbols.insert(payload.symbol)
    case .volatilityQuoted(let payload): symbols.insert(payload.symbol)
    case .instrumentDefined(let payload): symbols.insert(payload.symbol)
    case .instrumentSplit(let payload): symbols.insert(payload.symbol)
    case .instrumentDividend(let payload): symbols.insert(payload.symbol)
    case .rateSet, .parameterSet: isModelTouched = true
    default: break
    }
  }
}
