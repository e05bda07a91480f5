public import Events
internal import ExactNumbers
internal import Records

/// The rules of the ledger: what an event has to satisfy before it is appended.
///
/// An event is judged against all that is known when it is appended, whatever its effective time: a
/// late fact may not break a fact that is effective later. A judged event is complete, so that
/// folding it needs no other event.
public enum Rules {
  /// Judges an event.
  ///
  /// - Parameters:
  ///   - event: It needs no sequence and no recorded time yet.
  ///   - state: The facts at the head, folded without a limit.
  /// - Returns: The event with what the ledger works out: the quantity of an exit that leaves all,
  ///   the whole fact that a correction restates, the portfolio as subject of an event that names
  ///   only its position or its strategy group.
  /// - Throws: ``RuleError`` for the first rule it breaks.
  public static func judge(_ event: Event, against state: BookState) throws(RuleError) -> Event {
    if let session = state.session, let status = state.sessionStatus(session), status.isEnded {
      try Judge(event: event, state: state).requireOutlasting(session, status)
    }
    // Marks come by the million and touch nothing but themselves.
    switch event.payload {
    case .priceTicked(let tick) where !tick.price.isNegative: return event
    case .quoteUpdated(let quote) where !(quote.last?.isNegative ?? false): return event
    default: break
    }
    do throws(EventError) { try event.validate() } catch {
      throw RuleError(error, event.kindName)
    }
    return try Judge(event: event, state: state).judged()
  }

  /// Judges an event and takes it in.
  ///
  /// - Precondition: The event has the sequence and recorded time it will have in the log.
  /// - Throws: ``RuleError``; then the state is what it was.
  public static func append(
    _ event: Event, to state: inout BookState
  ) throws(RuleError) -> Event {
    let judged = try judge(event, against: state)
    state.fold(judged)
    return judged
  }

  /// How many tags a position may bear.
  public static let tagsPerPositionMax = 20
  /// How many tags in use an owner may have.
  public static let tagsPerOwnerMax = 100
}

/// One event before the state it is judged against.
struct Judge {
  let event: Event
  let state: BookState

  var kind: String { event.kindName }

  /// When limits are held against what is there: at the event's own time, and in the end.
  var moments: [Instant] {
    event.effective == .distantFuture ? [.distantFuture] : [event.effective, .distantFuture]
  }

  func judged() throws(RuleError) -> Event {
    switch event.payload {
    case .userRegistered, .userChanged, .userDeactivated, .userForgotten: try judgeUser()
    case .portfolioOpened, .portfolioChanged, .portfolioClosed, .cashMoved: try judgePortfolio()
    case .instrumentSplit(let payload): try judgeSplit(payload)
    case .instrumentDividend(let payload): try judgeDividend(payload)
    case .positionEntered(let payload): try judgeEntry(payload)
    case .positionExited(let payload): return try judgeExit(payload)
    case .positionCorrected(let payload): return try judgeCorrection(payload)
    case .positionVoided(let payload): return try judgeVoid(payload)
    case .positionRelated(let payload):
      return try judgeRelation(payload.position, payload.other)
    case .positionUnrelated(let payload):
      return try judgeRelation(payload.position, payload.other)
    case .positionAttributed(let payload):
      try requirePosition(payload.position)
      return try completed(position: payload.position)
    case .tagCreated, .tagChanged, .tagRetired: try judgeTag()
    case .positionTagged(let payload):
      try judgeTagging(payload)
      return try completed(position: payload.position)
    case .positionUntagged(let payload):
      try requirePosition(payload.position)
      try requireTag(payload.tag)
      return try completed(position: payload.position)
    case .strategyCreated, .strategyChanged, .strategyRetired, .strategyJoined, .strategyLeft:
      return try judgeStrategy()
    case .factorDefined, .factorRetired, .scenarioDefined, .scenarioRetired, .parameterSet:
      try judgeDefinition()
    case .batchStarted, .batchCompleted, .batchFailed, .calculationStarted, .calculationCompleted,
      .calculationFailed, .calculationSkipped, .modelForked, .modelChanged, .modelSaved,
      .modelCompleted, .modelCancelled, .modelPromoted, .exportMade:
      try judgeRun()
    case .instrumentDefined, .priceTicked, .priceClosed, .quoteUpdated, .volatilityQuoted, .rateSet,
      .shortReported, .dayClosed, .auditVerified, .unknown:
      break
    }
    return event
  }

  func refuse(
    _ rule: RuleError.Rule, _ problem: String, expected: String, found: String, remedy: String
  ) -> RuleError {
    RuleError(rule, kind, problem, expected: expected, found: found, remedy: remedy)
  }

  /// - Parameter thing: What has the id, as "position".
  func unknown(_ rule: RuleError.Rule, _ thing: String, _ id: String, remedy: String) -> RuleError {
    refuse(
      rule, "no \(thing) \(quoted(id)) is known", expected: "a \(thing) that was recorded before",
      found: quoted(id), remedy: remedy)
  }

  func taken(_ thing: String, _ id: String, at stamp: Stamp?) -> RuleError {
    let place = stamp.map { " at sequence \($0.sequence)" } ?? ""
    return refuse(
      .idTaken, "the \(thing) id \(quoted(id)) was used before\(place)",
      expected: "an id that is given once", found: quoted(id), remedy: "give another id")
  }

  /// The event with the portfolio as its subject, where its payload does not say it.
  func withSubject(_ portfolio: PortfolioID?) throws(RuleError) -> Event {
    guard let portfolio else { return event }
    var event = event
    if let subject = event.subject, subject != portfolio.rawValue {
      throw refuse(
        .subjectDisagrees, "the event is about portfolio \(quoted(portfolio.rawValue))",
        expected: "subject \(quoted(portfolio.rawValue)) or none", found: quoted(subject),
        remedy: "leave the subject out")
    }
    event.subject = portfolio.rawValue
    return event
  }

  func completed(position: PositionID) throws(RuleError) -> Event {
    try withSubject(state.portfolio(of: position))
  }
}

/// An id or a name in a message, cut where it is long.
func quoted(_ text: String) -> String {
  text.unicodeScalars.count <= 64
    ? "\"\(text)\"" : "\"\(String(text.unicodeScalars.prefix(63)))…\""
}
