import Events
import ExactNumbers
import Portfolio
import Records

/// Writes users, portfolios and their cash, from the state.
struct IdentityProjector: Projector {
  static let name = "identity"
  static let version = 1
  static var schema: [UInt8] { PackageResources.identity_sql }
  static let kinds: Set<KindNumber> = [
    UserRegistered.kind.number, UserChanged.kind.number, UserDeactivated.kind.number,
    UserForgotten.kind.number, PortfolioOpened.kind.number, PortfolioChanged.kind.number,
    PortfolioClosed.kind.number, CashMoved.kind.number, PositionEntered.kind.number,
    PositionExited.kind.number, PositionCorrected.kind.number, PositionVoided.kind.number,
    InstrumentSplit.kind.number, InstrumentDividend.kind.number, InstrumentDefined.kind.number,
  ]

  private var users: Set<UserID> = []
  private var portfolios: Set<PortfolioID> = []

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    touch(event, in: context)
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    touch(event, in: context)
  }

  private mutating func touch(_ event: Event, in context: ProjectionContext) {
    switch event.payload {
    case .userRegistered(let payload): users.insert(payload.user)
    case .userChanged(let payload): users.insert(payload.user)
    case .userDeactivated(let payload): users.insert(payload.user)
    case .userForgotten(let payload): users.insert(payload.user)
    case .portfolioOpened(let payload): portfolios.insert(payload.portfolio)
    case .portfolioChanged(let payload): portfolios.insert(payload.portfolio)
    case .portfolioClosed(let payload): portfolios.insert(payload.portfolio)
    case .cashMoved(let payload): portfolios.insert(payload.portfolio)
    case .positionEntered(let payload): portfolios.insert(payload.portfolio)
    case .positionExited(let payload): touch(payload.position, in: context)
    case .positionCorrected(let payload): touch(payload.position, in: context)
    case .positionVoided(let payload): touch(payload.position, in: context)
    // Dividends are paid on what is held then, and splits change how much that is.
    case .instrumentSplit(let payload): touch(holdersOf: payload.symbol, in: context)
    case .instrumentDividend(let payload): touch(holdersOf: payload.symbol, in: context)
    case .instrumentDefined(let payload) where payload.kind == .option:
      touch(holdersOf: payload.symbol, in: context)
    default: break
    }
  }

  private mutating func touch(_ position: PositionID, in context: ProjectionContext) {
    if let portfolio = context.state.portfolio(of: position) { portfolios.insert(portfolio) }
  }

  private mutating func touch(holdersOf symbol: Symbol, in context: ProjectionContext) {
    // In a new file every portfolio is touched by its own opening.
    guard context.previousCut != nil else { return }
    for position in context.state.positions(onSymbol: symbol) { touch(position, in: context) }
  }

  mutating func settle(in context: ProjectionContext) throws {
    try context.clear("users", of: users)
    for id in users.sorted() { try write(id, in: context) }
    let balances = try balances(in: context)
    try context.clear("portfolios", of: portfolios)
    for id in portfolios.sorted() { try write(id, balances[id], in: context) }
  }

  private func write(_ id: UserID, in context: ProjectionContext) throws {
    guard let user = context.state.user(id, asOf: context.cut) else { return }
    try context.rows.upsert("users") { row in
      row.text(user.id.rawValue)
      row.text(user.email)
      row.text(user.username ?? user.id.rawValue)
      row.text(user.fullName)
      row.text(user.role.rawValue)
      row.null()
      row.boolean(user.isActive)
      row.boolean(false)
      row.provenance(user.provenance)
    }
  }

  /// More touched portfolios than this, and all are worked out in one pass over the book.
  private static let singlyMax = 4

  private func balances(in context: ProjectionContext) throws -> [PortfolioID: CashBalance] {
    guard portfolios.count <= Self.singlyMax else {
      return context.state.cashBalances(asOf: context.cut)
    }
    var balances: [PortfolioID: CashBalance] = [:]
    for id in portfolios { balances[id] = try? context.state.cash(of: id, asOf: context.cut) }
    return balances
  }

  private func write(
    _ id: PortfolioID, _ cash: CashBalance?, in context: ProjectionContext
  ) throws {
    // Its currency is part of the key, and may have changed.
    try context.delete(from: "portfolio_cash", where: "portfolio_id", id.rawValue)
    guard let portfolio = try details(id, cash, in: context) else { return }
    try context.rows.upsert("portfolios") { row in
      row.text(portfolio.id.rawValue)
      row.text(portfolio.owner?.rawValue)
      row.text(portfolio.name)
      row.text(portfolio.description)
      row.text(portfolio.currency)
      row.text(portfolio.benchmark.rawValue)
      row.time(portfolio.openedAt)
      row.time(portfolio.closedAt)
      row.provenance(portfolio.provenance)
    }
    guard let cash else { return }
    let touched = (cash.provenance ?? portfolio.provenance).lastSequence
    try context.rows.upsert("portfolio_cash") { row in
      row.text(id.rawValue)
      row.text(cash.currency)
      row.number(cash.balance)
      row.sequence(max(touched, portfolio.provenance.lastSequence))
    }
  }

  /// A portfolio at the cut; one that something visible is in though it was opened only later, as
  /// well.
  private func details(
    _ id: PortfolioID, _ cash: CashBalance?, in context: ProjectionContext
  ) throws -> PortfolioDetails? {
    if let portfolio = context.state.portfolio(id, asOf: context.cut) { return portfolio }
    let holdsPositions = try context.rows
      .statement("SELECT 1 FROM positions WHERE portfolio_id = ? LIMIT 1")
      .first({ $0.text(id.rawValue) }) { _ in true }
    guard holdsPositions != nil || cash?.provenance != nil else { return nil }
    return context.state.portfolio(referredTo: id, asOf: context.cut)
  }
}
