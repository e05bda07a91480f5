public import Events
public import ExactNumbers
public import Records

/// The facts of a range of events, from which any question as of a time is answered.
///
/// Facts are registers keyed by identity. What corrections and voids act on (entries, exits), bars
/// and splits and dividends of a given time are chosen by sequence alone; everything else keeps its
/// history by (effective time, sequence). So the facts of two adjacent ranges merge by union,
/// backdated events need no special path, and one state answers at any as-of: ``resolve(asOf:)``.
/// Known-at is the last event that was folded.
///
/// The exception is what comes many times a day (ticks, quotes, rates, volatilities), of which a UTC
/// day keeps the last: see ``Market``.
public struct BookState: Hashable, Sendable {
  /// Ticks, quotes, rates, volatilities and short metrics with a later effective time are not
  /// folded, so that an answer within a day is exact as of this time.
  public internal(set) var limit: Instant
  /// The last event folded: the known-at of every answer.
  public private(set) var head = EventSequence.zero
  /// Recorded time of that event.
  public private(set) var headRecorded = Instant.distantPast
  /// Events that could not be read as the whole fact they have to be: an exit without a quantity, a
  /// correction that was not completed. No rule lets one into a log.
  public internal(set) var incomplete: [EventSequence] = []
  /// The modelling session whose what-if branch this is the state of; nil for a book's main line.
  ///
  /// No event says it: whoever folds a branch sets it, and from then on the rules judge as for that
  /// session. ``merge(_:)`` keeps the receiver's.
  public var session: SessionID?

  public internal(set) var market = Market()
  var publications = Publications()
  var users = Table<UserID, History<UserFact>>()
  var portfolios = Table<PortfolioID, History<PortfolioFact>>()
  var tags = Table<TagID, History<TagFact>>()
  var strategies = Table<StrategyID, History<StrategyFact>>()
  var positions = Table<PositionID, PositionFacts>()
  var labels = Table<PositionID, LabelFacts>()
  /// Which position an exit id belongs to: the first that used it.
  var exitOwners = Table<ExitID, PositionID>()
  var movements = Table<MovementID, History<CashMovement>>()
  var instruments = Table<Symbol, History<InstrumentDefined>>()
  var factors = Table<FactorID, History<DefinedFact<FactorDefined>>>()
  var scenarios = Table<ScenarioID, History<DefinedFact<ScenarioDefined>>>()
  var parameters = Table<ParameterKey, History<JSONValue>>()
  var runs = Table<RunKey, RunFact>()
  /// What a cut left of facts that are effective after it.
  var underCut = UnderCut()

  /// Whether this is the state of a what-if branch.
  public var isWhatIf: Bool { session != nil }

  /// An empty state.
  ///
  /// - Parameter asOf: The latest time this state will be asked about; without it, any.
  public init(asOf: Instant = .distantFuture) { limit = asOf }

  /// Takes in an event that stands in the log.
  ///
  /// The order of calls does not matter, so prices may be folded behind everything else.
  ///
  /// - Precondition: Its sequence and recorded time are set, and it was not folded before.
  public mutating func fold(_ event: Event) {
    guard let sequence = event.sequence, let recorded = event.recorded else {
      preconditionFailure("an event is folded after it was appended")
    }
    head = max(head, sequence)
    headRecorded = max(headRecorded, recorded)
    record(event, Stamp(effective: event.effective, sequence: sequence, recorded: recorded))
  }

  /// Takes in the facts of the adjacent later range of events.
  ///
  /// - Precondition: `later` holds later sequences only, and has the same ``limit``.
  public mutating func merge(_ later: BookState) {
    precondition(limit == later.limit, "states of one limit are merged")
    guard later.head > .zero else { return }
    precondition(later.head > head, "the range that is merged is a later one")
    head = later.head
    headRecorded = max(headRecorded, later.headRecorded)
    incomplete += later.incomplete
    market.merge(later.market)
    publications.merge(later.publications)
    users.merge(later.users)
    portfolios.merge(later.portfolios)
    tags.merge(later.tags)
    strategies.merge(later.strategies)
    positions.merge(later.positions) { $0.merge($1) }
    labels.merge(later.labels) { $0.merge($1) }
    exitOwners.merge(later.exitOwners) { _, _ in }
    movements.merge(later.movements)
    instruments.merge(later.instruments)
    factors.merge(later.factors)
    scenarios.merge(later.scenarios)
    parameters.merge(later.parameters)
    runs.merge(later.runs) { $0.merge($1) }
    underCut.merge(later.underCut)
  }
}
