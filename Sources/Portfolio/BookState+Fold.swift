internal import Events
internal import ExactNumbers
internal import Records

extension BookState {
  /// Writes what an event says into the registers it is about.
  mutating func record(_ event: Event, _ stamp: Stamp) {
    switch event.payload {
    case .priceTicked, .priceClosed, .quoteUpdated, .instrumentSplit, .instrumentDividend:
      recordMarket(event.payload, stamp)
    case .positionEntered, .positionExited, .positionCorrected, .positionVoided:
      recordPosition(event, stamp)
    case .positionRelated, .positionUnrelated, .positionAttributed, .positionTagged,
      .positionUntagged, .strategyJoined, .strategyLeft:
      recordLabel(event.payload, stamp)
    case .batchStarted, .batchCompleted, .batchFailed, .calculationStarted, .calculationCompleted,
      .calculationFailed, .calculationSkipped, .modelForked, .modelSaved, .modelCompleted,
      .modelCancelled, .modelPromoted, .exportMade:
      recordRun(event.payload, stamp)
    case .userRegistered(let payload): users.record(payload.user, .registered(payload), stamp)
    case .userChanged(let payload): users.record(payload.user, .changed(payload), stamp)
    case .userDeactivated(let payload): users.record(payload.user, .deactivated, stamp)
    case .userForgotten(let payload): users.record(payload.user, .forgotten, stamp)
    case .portfolioOpened(let payload):
      portfolios.record(payload.portfolio, .opened(payload), stamp)
    case .portfolioChanged(let payload):
      portfolios.record(payload.portfolio, .changed(payload), stamp)
    case .portfolioClosed(let payload): portfolios.record(payload.portfolio, .closed, stamp)
    case .tagCreated(let payload): tags.record(payload.tag, .created(payload), stamp)
    case .tagChanged(let payload): tags.record(payload.tag, .changed(payload), stamp)
    case .tagRetired(let payload): tags.record(payload.tag, .retired, stamp)
    case .strategyCreated(let payload): strategies.record(payload.group, .created(payload), stamp)
    case .strategyChanged(let payload): strategies.record(payload.group, .changed(payload), stamp)
    case .strategyRetired(let payload): strategies.record(payload.group, .retired, stamp)
    case .cashMoved(let payload):
      let id = payload.movement ?? MovementID(event.defaultID)
      let movement = CashMovement(
        portfolio: portfolios.shared(payload.portfolio), amount: payload.amount,
        reason: payload.reason)
      movements.record(id, movement, stamp)
    case .instrumentDefined(let payload): instruments.record(payload.symbol, payload, stamp)
    case .factorDefined(let payload): factors.record(payload.factor, .defined(payload), stamp)
    case .factorRetired(let payload): factors.record(payload.factor, .retired, stamp)
    case .scenarioDefined(let payload):
      scenarios.record(payload.scenario, .defined(payload), stamp)
    case .scenarioRetired(let payload): scenarios.record(payload.scenario, .retired, stamp)
    case .parameterSet(let payload):
      let key = ParameterKey(name: payload.name, portfolio: payload.portfolio)
      parameters.record(key, payload.value, stamp)
    case .dayClosed(let payload): publications.record(payload, stamp)
    case .rateSet, .volatilityQuoted, .shortReported: recordPublication(event.payload, stamp)
    // What no rule, holding or calculation depends on: projections read these events themselves.
    case .modelChanged, .auditVerified, .unknown: break
    }
  }

  private mutating func recordPublication(_ payload: Payload, _ stamp: Stamp) {
    guard stamp.effective <= limit else { return }
    switch payload {
    case .rateSet(let payload): publications.record(payload, stamp)
    case .volatilityQuoted(let payload): publications.record(payload, stamp)
    case .shortReported(let payload): publications.record(payload, stamp)
    default: preconditionFailure("not a publication")
    }
  }

  private mutating func recordMarket(_ payload: Payload, _ stamp: Stamp) {
    switch payload {
    case .priceTicked(let tick):
      recordMark(tick.symbol, tick.price, isQuote: false, stamp)
    case .quoteUpdated(let quote):
      guard let last = quote.last else { return }
      recordMark(quote.symbol, last, isQuote: true, stamp)
    case .priceClosed(let bar):
      market.record(
        bar.symbol,
        DayClose(
          date: bar.date, close: bar.close, effective: stamp.effective, sequence: stamp.sequence))
    case .instrumentSplit(let split):
      market.record(
        split.symbol,
        Split(ratio: Ratio(split.ratio, over: split.denominator ?? 1), stamp: stamp))
    case .instrumentDividend(let dividend):
      market.record(dividend.symbol, Dividend(amount: dividend.amount, stamp: stamp))
    default: preconditionFailure("not a market payload")
    }
  }

  private mutating func recordMark(
    _ symbol: Symbol, _ price: ExactDecimal, isQuote: Bool, _ stamp: Stamp
  ) {
    guard stamp.effective <= limit else { return }
    market.record(
      symbol,
      DayMark(
        price: price, effective: stamp.effective, sequence: stamp.sequence, isQuote: isQuote))
  }

  private mutating func recordPosition(_ event: Event, _ stamp: Stamp) {
    switch event.payload {
    case .positionEntered(let entered): recordEntry(entered, stamp)
    case .positionExited(let exited):
      guard let quantity = exited.quantity else {
        incomplete.append(stamp.sequence)
        return
      }
      let id = exited.exit ?? ExitID(event.defaultID)
      let fact = ExitFact(
        quantity: quantity, price: exited.exitPrice, fees: exited.fees, stamp: stamp)
      exitOwners.update(id, orInsert: positions.shared(exited.position)) { _ in }
      update(exited.position) { facts in
        facts.updateExit(id) { exit in
          if exit.origin == nil {
            exit.origin = stamp
            exit.reason = exited.reason
          }
          exit.restate(fact)
        }
      }
    case .positionCorrected(let corrected): recordCorrection(corrected, stamp)
    case .positionVoided(let voided):
      update(voided.position) { facts in
        if let id = voided.exit {
          facts.updateExit(id) { Stamp.keepLater(stamp, in: &$0.void) }
        } else {
          Stamp.keepLater(stamp, in: &facts.void)
        }
      }
    default: preconditionFailure("not a position payload")
    }
  }

  private mutating func recordEntry(_ entered: PositionEntered, _ stamp: Stamp) {
    var entered = entered
    entered.portfolio = portfolios.shared(entered.portfolio)
    let facts = PositionFacts(entered: entered, stamp)
    positions.update(entered.position, orInsert: facts) { $0.merge(facts) }
  }

  private mutating func recordCorrection(_ corrected: PositionCorrected, _ stamp: Stamp) {
    if let id = corrected.exit {
      guard let quantity = corrected.quantity, let price = corrected.exitPrice,
        let time = corrected.exitTime
      else {
        incomplete.append(stamp.sequence)
        return
      }
      let fact = ExitFact(
        quantity: quantity, price: price, fees: corrected.fees, stamp: stamp.moved(to: time))
      update(corrected.position) { $0.updateExit(id) { $0.restate(fact) } }
    } else {
      guard let quantity = corrected.quantity, let price = corrected.entryPrice,
        let time = corrected.entryTime, let symbol = corrected.symbol,
        let type = corrected.positionType
      else {
        incomplete.append(stamp.sequence)
        return
      }
      let fact = EntryFact(
        symbol: symbol, type: type, quantity: quantity, price: price, fees: corrected.fees,
        stamp: stamp.moved(to: time))
      update(corrected.position) { $0.restate(fact) }
    }
  }

  private mutating func update(
    _ position: PositionID, _ change: (inout PositionFacts) -> Void
  ) {
    positions.update(position, orInsert: changed(PositionFacts(), change), change)
  }

  private mutating func recordLabel(_ payload: Payload, _ stamp: Stamp) {
    switch payload {
    case .positionTagged(let tagged):
      label(tagged.position) { $0.tags.record(tagged.tag, true, stamp) }
    case .positionUntagged(let untagged):
      label(untagged.position) { $0.tags.record(untagged.tag, false, stamp) }
    case .positionAttributed(let attributed):
      let value = attributed.value == .null ? nil : attributed.value
      label(attributed.position) { $0.attributes.record(attributed.name, value, stamp) }
    case .positionRelated(let related):
      let details = RelationDetails(ratio: related.ratio, note: related.note)
      let (start, key) = RelationKey.placed(related.position, related.other, related.relation)
      label(start) { $0.relations.record(key, details, stamp) }
    case .positionUnrelated(let unrelated):
      let (start, key) = RelationKey.placed(
        unrelated.position, unrelated.other, unrelated.relation)
      label(start) { $0.relations.record(key, nil, stamp) }
    case .strategyJoined(let joined):
      let leg = StrategyLeg(leg: joined.leg, role: joined.role)
      label(joined.position) { $0.strategies.record(joined.group, leg, stamp) }
    case .strategyLeft(let left):
      label(left.position) { $0.strategies.record(left.group, nil, stamp) }
    default: preconditionFailure("not a label payload")
    }
  }

  private mutating func label(_ position: PositionID, _ change: (inout LabelFacts) -> Void) {
    labels.update(
      positions.shared(position), orInsert: changed(LabelFacts(), change), change)
  }

  private mutating func recordRun(_ payload: Payload, _ stamp: Stamp) {
    let (key, status): (RunKey, RunFact.Status) =
      switch payload {
      case .batchStarted(let payload): (.batch(payload.batch), .running)
      case .batchCompleted(let payload): (.batch(payload.batch), .ended)
      case .batchFailed(let payload): (.batch(payload.batch), .ended)
      case .calculationStarted(let payload): (.calculation(payload.calculation), .running)
      case .calculationCompleted(let payload): (.calculation(payload.calculation), .ended)
      case .calculationFailed(let payload): (.calculation(payload.calculation), .ended)
      case .calculationSkipped(let payload): (.calculation(payload.calculation), .ended)
      case .modelForked(let payload): (.session(payload.session), .running)
      case .modelCompleted(let payload): (.session(payload.session), .ended)
      case .modelCancelled(let payload): (.session(payload.session), .cancelled)
      case .modelPromoted(let payload): (.promotion(payload.session), .ended)
      case .modelSaved(let payload): (.save(payload.session, payload.save), .ended)
      case .exportMade(let payload): (.export(payload.export), .ended)
      default: preconditionFailure("not the payload of a run")
      }
    let fact = RunFact(status: status, stamp: stamp)
    runs.update(key, orInsert: fact) { $0.merge(fact) }
  }
}

extension Stamp {
  /// The same event, speaking of another effective time: what a correction says of an entry.
  func moved(to effective: Instant) -> Stamp {
    Stamp(effective: effective, sequence: sequence, recorded: recorded)
  }
}

private func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var value = value
  change(&value)
  return value
}
