public import Events
public import ExactNumbers
public import Records

/// Everything a book holds as of a time, known at a sequence.
public struct Holdings: Sendable {
  public let asOf: Instant
  /// The last event that was known.
  public let knownAt: EventSequence
  /// They are those of a what-if branch.
  public let isWhatIf: Bool
  public internal(set) var users: [UserID: UserDetails] = [:]
  public internal(set) var portfolios: [PortfolioID: PortfolioDetails] = [:]
  /// What was entered up to this time, open and closed, without what was voided.
  public internal(set) var positions = Table<PositionID, Position>()
  /// What was entered up to this time and then voided: rows that remain to be shown as removed.
  public internal(set) var voidedPositions = Table<PositionID, Position>()
  public internal(set) var cash: [PortfolioID: CashBalance] = [:]
  public internal(set) var tags: [TagID: TagDetails] = [:]
  /// The tags a position bears, ascending; nothing for one that bears none.
  public internal(set) var tagsByPosition: [PositionID: [TagID]] = [:]
  /// Ascending by position, tag and time.
  public internal(set) var tagSpans: [TagSpan] = []
  /// By name, ascending.
  public internal(set) var attributes: [PositionID: [PositionAttribute]] = [:]
  /// Those that hold and those that ended, ascending by position, other and relation.
  public internal(set) var relationships: [Relationship] = []
  public internal(set) var strategies: [StrategyID: StrategyGroup] = [:]
  public internal(set) var instruments: [Symbol: Definition<InstrumentDefined>] = [:]
  public internal(set) var factors: [FactorID: Definition<FactorDefined>] = [:]
  public internal(set) var scenarios: [ScenarioID: Definition<ScenarioDefined>] = [:]
  /// Ascending by name; of a name the general setting first, then those of portfolios.
  public internal(set) var parameters: [ParameterSetting] = []
  /// Prices, splits and dividends; asked as of ``asOf``.
  public let market: Market
  /// Positions and portfolios whose numbers are out of range for exact arithmetic, and why. They
  /// are missing above. No rule lets one into a log.
  public internal(set) var outOfRange: [String: NumberError] = [:]

  init(asOf: Instant, knownAt: EventSequence, isWhatIf: Bool, market: Market) {
    self.asOf = asOf
    self.knownAt = knownAt
    self.isWhatIf = isWhatIf
    self.market = market
  }

  /// Positions of which something remains, ascending by id.
  public var openPositions: [Position] {
    positions.values.filter(\.isActive).sorted { $0.id < $1.id }
  }

  /// The value of a parameter for a portfolio: its own setting, or the general one.
  public func parameter(_ name: String, portfolio: PortfolioID? = nil) -> JSONValue? {
    let settings = parameters.filter { $0.name == name }
    let own = settings.first { $0.portfolio != nil && $0.portfolio == portfolio }
    return (own ?? settings.first { $0.portfolio == nil })?.value
  }
}
