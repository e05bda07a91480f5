public import Records

/// The payload of an event, one case a kind of the catalogue.
public enum Payload: Hashable, Sendable {
  case userRegistered(UserRegistered)
  case userChanged(UserChanged)
  case userDeactivated(UserDeactivated)
  case userForgotten(UserForgotten)
  case portfolioOpened(PortfolioOpened)
  case portfolioChanged(PortfolioChanged)
  case portfolioClosed(PortfolioClosed)
  case cashMoved(CashMoved)
  case instrumentDefined(InstrumentDefined)
  case instrumentSplit(InstrumentSplit)
  case instrumentDividend(InstrumentDividend)
  case positionEntered(PositionEntered)
  case positionExited(PositionExited)
  case positionCorrected(PositionCorrected)
  case positionVoided(PositionVoided)
  case positionRelated(PositionRelated)
  case positionUnrelated(PositionUnrelated)
  case positionAttributed(PositionAttributed)
  case tagCreated(TagCreated)
  case tagChanged(TagChanged)
  case tagRetired(TagRetired)
  case positionTagged(PositionTagged)
  case positionUntagged(PositionUntagged)
  case strategyCreated(StrategyCreated)
  case strategyChanged(StrategyChanged)
  case strategyRetired(StrategyRetired)
  case strategyJoined(StrategyJoined)
  case strategyLeft(StrategyLeft)
  case priceTicked(PriceTicked)
  case priceClosed(PriceClosed)
  case quoteUpdated(QuoteUpdated)
  case volatilityQuoted(VolatilityQuoted)
  case rateSet(RateSet)
  case shortReported(ShortReported)
  case factorDefined(FactorDefined)
  case factorRetired(FactorRetired)
  case scenarioDefined(ScenarioDefined)
  case scenarioRetired(ScenarioRetired)
  case parameterSet(ParameterSet)
  case batchStarted(BatchStarted)
  case batchCompleted(BatchCompleted)
  case batchFailed(BatchFailed)
  case dayClosed(DayClosed)
  case calculationStarted(CalculationStarted)
  case calculationCompleted(CalculationCompleted)
  case calculationFailed(CalculationFailed)
  case calculationSkipped(CalculationSkipped)
  case modelForked(ModelForked)
  case modelChanged(ModelChanged)
  case modelSaved(ModelSaved)
  case modelCompleted(ModelCompleted)
  case modelCancelled(ModelCancelled)
  case modelPromoted(ModelPromoted)
  case exportMade(ExportMade)
  case auditVerified(AuditVerified)
  /// A kind the catalogue does not know, kept as it came.
  case unknown(UnknownPayload)
}

extension Payload {
  /// The payload by itself.
  public var content: any EventPayload {
    switch self {
    case .userRegistered(let payload): payload
    case .userChanged(let payload): payload
    case .userDeactivated(let payload): payload
    case .userForgotten(let payload): payload
    case .portfolioOpened(let payload): payload
    case .portfolioChanged(let payload): payload
    case .portfolioClosed(let payload): payload
    case .cashMoved(let payload): payload
    case .instrumentDefined(let payload): payload
    case .instrumentSplit(let payload): payload
    case .instrumentDividend(let payload): payload
    case .positionEntered(let payload): payload
    case .positionExited(let payload): payload
    case .positionCorrected(let payload): payload
    case .positionVoided(let payload): payload
    case .positionRelated(let payload): payload
    case .positionUnrelated(let payload): payload
    case .positionAttributed(let payload): payload
    case .tagCreated(let payload): payload
    case .tagChanged(let payload): payload
    case .tagRetired(let payload): payload
    case .positionTagged(let payload): payload
    case .positionUntagged(let payload): payload
    case .strategyCreated(let payload): payload
    case .strategyChanged(let payload): payload
    case .strategyRetired(let payload): payload
    case .strategyJoined(let payload): payload
    case .strategyLeft(let payload): payload
    case .priceTicked(let payload): payload
    case .priceClosed(let payload): payload
    case .quoteUpdated(let payload): payload
    case .volatilityQuoted(let payload): payload
    case .rateSet(let payload): payload
    case .shortReported(let payload): payload
    case .factorDefined(let payload): payload
    case .factorRetired(let payload): payload
    case .scenarioDefined(let payload): payload
    case .scenarioRetired(let payload): payload
    case .parameterSet(let payload): payload
    case .batchStarted(let payload): payload
    case .batchCompleted(let payload): payload
    case .batchFailed(let payload): payload
    case .dayClosed(let payload): payload
    case .calculationStarted(let payload): payload
    case .calculationCompleted(let payload): payload
    case .calculationFailed(let payload): payload
    case .calculationSkipped(let payload): payload
    case .modelForked(let payload): payload
    case .modelChanged(let payload): payload
    case .modelSaved(let payload): payload
    case .modelCompleted(let payload): payload
    case .modelCancelled(let payload): payload
    case .modelPromoted(let payload): payload
    case .exportMade(let payload): payload
    case .auditVerified(let payload): payload
    case .unknown(let payload): payload
    }
  }
}

extension Payload {
  /// ``KindNumber/unknown`` for a kind the catalogue does not know.
  public var kind: KindNumber { declaration.number }

  /// The kind's dotted name: CloudEvents' `type`.
  public var kindName: String {
    if case .unknown(let payload) = self { return payload.type }
    return declaration.name
  }

  public var declaration: KindDeclaration { type(of: content).kind }
}
