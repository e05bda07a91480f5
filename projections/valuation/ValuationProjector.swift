import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// Writes what each position was worth at the end of each closed session and is worth at the cut.
///
/// The rows are derived from the state and the rows of `positions`. What changed is kept as the
/// earliest date from which a position's rows have to be derived anew.
struct ValuationProjector: Projector {
  static let name = "valuation"
  static let version = 3
  static var schema: [UInt8] { PackageResources.valuation_sql }
  static let kinds: Set<KindNumber> = Set(
    PositionTouches.kinds + ModelPriceTouches.kinds
      + [DayClosed.kind.number, ParameterSet.kind.number])

  private var touches = PositionTouches()
  private var modelPrices = ModelPriceTouches()
  private var closedDates: Set<CivilDate> = []
  private var portfolios: Set<PortfolioID> = []
  /// Rows of every position from here on.
  private var everythingFrom: CivilDate?

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    try touch(event, in: context)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    try touch(event, in: context)
    if case .dayClosed(let day) = event.payload { closedDates.insert(day.date) }
  }

  private mutating func touch(_ event: Event, in context: ProjectionContext) throws {
    // In a new file every row is derived anyway.
    guard context.previousCut != nil else { return }
    touches.note(event, in: context)
    modelPrices.note(event, in: context)
    switch event.payload {
    case .positionEntered(let entered):
      let underlying = entered.underlying ?? entered.symbol.option?.underlying
      for symbol in [entered.symbol, underlying].compactMap(\.self) {
        try noteSymbol(symbol, in: context)
      }
    case .positionCorrected(let corrected):
      if let symbol = corrected.symbol {
        try noteSymbol(symbol, in: context)
        if let underlying = symbol.option?.underlying { try noteSymbol(underlying, in: context) }
      }
    case .instrumentDefined(let defined) where defined.kind == .option:
      if let underlying = defined.underlying { try noteSymbol(underlying, in: context) }
    case .portfolioOpened(let opened):
      portfolios.insert(opened.portfolio)
      try noteSymbol(opened.benchmark ?? PortfolioDetails.defaultBenchmark, in: context)
    case .portfolioChanged(let changed):
      guard let benchmark = changed.benchmark else { break }
      portfolios.insert(changed.portfolio)
      try noteSymbol(benchmark, in: context)
    case .parameterSet(let parameter)
    where parameter.name == "price.stale_sessions"
      || parameter.name == Valuation.unquotedOptionsParameter:
      if let portfolio = parameter.portfolio {
        portfolios.insert(portfolio)
      } else {
        everythingFrom = .earliest
      }
    default: break
    }
  }

  /// Where no benchmark has a close, sessions are the dates on which anything the book is concerned
  /// with has one. A symbol it was not concerned with before may bring in sessions.
  private mutating func noteSymbol(_ symbol: Symbol, in context: ProjectionContext) throws {
    let isKnown = try context.rows.statement(
      """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM positions WHERE ticker = ?1)
        OR EXISTS (SELECT 1 FROM positions WHERE underlying_ticker = ?1)
        OR EXISTS (SELECT 1 FROM portfolios WHERE benchmark_ticker = ?1)
      """
    ).first({ $0.text(symbol.rawValue) }) { _ in true }
    if isKnown == nil { everythingFrom = .earliest }
  }

  mutating func settle(in context: ProjectionContext) throws {
    let plan = try ValuationPlan(in: context)
    let market = MarketHistory(context.state, through: context.cut.date.end)
    var series = ValuationSeries(context.state, asOf: context.cut, model: market.priceModel)
    guard context.previousCut != nil else {
      for held in try context.heldPositions(where: "") {
        try plan.write(held, from: .earliest, &series, in: context)
      }
      return
    }
    for (id, date) in try touchedFrom(in: context).sorted(by: { $0.key < $1.key }) {
      try context.rows
        .statement("DELETE FROM position_valuations WHERE position_id = ? AND valuation_date >= ?")
        .run { row in
          row.text(id.rawValue)
          row.date(date)
        }
      for held in try context.heldPositions(where: "AND id = ?", { $0.text(id.rawValue) }) {
        try plan.write(held, from: date, &series, in: context)
      }
    }
  }

  private func touchedFrom(in context: ProjectionContext) throws -> [PositionID: CivilDate] {
    var from: [PositionID: CivilDate] = [:]
    func touch(_ id: PositionID, _ date: CivilDate) { from[id] = min(from[id] ?? date, date) }
    func touchHeld(
      since date: CivilDate, _ condition: String = "", _ bind: (inout Binder) -> Void = { _ in }
    ) throws {
      let since = "AND (exit_date IS NULL OR exit_date >= ?) \(condition)"
      let held = try context.heldPositions(where: since) { row in
        row.date(date)
        bind(&row)
      }
      for position in held { touch(position.id, date) }
    }
    for id in touches.positions { touch(id, .earliest) }
    for id in portfolios {
      try touchHeld(since: .earliest, "AND portfolio_id = ?") { $0.text(id.rawValue) }
    }
    for (symbol, date) in context.prices.symbols {
      try touchHeld(since: date, "AND ticker = ?") { $0.text(symbol.rawValue) }
      try touchHeld(since: date, "AND underlying_ticker = ?") { $0.text(symbol.rawValue) }
    }
    for (portfolio, date) in context.greeks {
      try touchHeld(since: date, "AND underlying_ticker IS NOT NULL AND portfolio_id = ?") {
        $0.text(portfolio.rawValue)
      }
    }
    for (scope, date) in modelPrices.touches {
      switch scope {
      case .all: try touchHeld(since: date, "AND underlying_ticker IS NOT NULL")
      case .portfolio(let portfolio):
        try touchHeld(since: date, "AND underlying_ticker IS NOT NULL AND portfolio_id = ?") {
          $0.text(portfolio.rawValue)
        }
      case .position(let position): touch(position, date)
      case .symbol(let symbol):
        try touchHeld(since: date, "AND underlying_ticker IS NOT NULL AND ticker = ?") {
          $0.text(symbol.rawValue)
        }
        try touchHeld(since: date, "AND underlying_ticker = ?") { $0.text(symbol.rawValue) }
      }
    }
    for date in closedDates { try touchHeld(since: date) }
    for date in [everythingFrom, context.prices.sessions].compactMap(\.self) {
      try touchHeld(since: date)
    }
    // The row of the cut moves with the cut's date.
    if let previous = context.previousCut?.date, previous != context.cut.date {
      try touchHeld(since: previous)
    }
    return from
  }
}

extension CivilDate {
  /// Before every date a book can name.
  static let earliest = Instant.distantPast.date
}
