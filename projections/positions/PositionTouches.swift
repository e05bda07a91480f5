import Events
import Portfolio

/// The positions whose own row may have changed.
struct PositionTouches {
  private(set) var positions: Set<PositionID> = []

  /// The kinds that can change a position's row.
  static let kinds = [
    PositionEntered.kind.number, PositionExited.kind.number, PositionCorrected.kind.number,
    PositionVoided.kind.number, InstrumentSplit.kind.number, InstrumentDefined.kind.number,
    PortfolioOpened.kind.number, PortfolioChanged.kind.number,
  ]

  mutating func note(_ event: Event, in context: ProjectionContext) {
    // In a new file every position is touched by its own entry.
    let others = context.previousCut != nil
    switch event.payload {
    case .positionEntered(let payload): positions.insert(payload.position)
    case .positionExited(let payload): positions.insert(payload.position)
    case .positionCorrected(let payload): positions.insert(payload.position)
    case .positionVoided(let payload): positions.insert(payload.position)
    case .instrumentSplit(let payload) where others:
      positions.formUnion(context.state.positions(onSymbol: payload.symbol))
    // The terms of an option may be known by its definition alone.
    case .instrumentDefined(let payload) where others && payload.kind == .option:
      positions.formUnion(context.state.positions(onSymbol: payload.symbol))
    // A position's amounts are in its portfolio's currency.
    case .portfolioOpened(let payload) where others:
      positions.formUnion(context.state.positions(inPortfolio: payload.portfolio))
    case .portfolioChanged(let payload) where others && payload.currency != nil:
      positions.formUnion(context.state.positions(inPortfolio: payload.portfolio))
    default: break
    }
  }
}
