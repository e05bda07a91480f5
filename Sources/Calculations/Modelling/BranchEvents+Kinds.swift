internal import Events
internal import ExactNumbers
internal import Portfolio

// What each kind is as a change; the table stands with ``ModelChange``.

extension BranchEvents {
  /// Null where it is none.
  func change(_ event: Event, _ id: String) -> ModelChange? {
    switch event.payload {
    case .positionEntered, .positionExited, .positionCorrected, .positionVoided:
      trade(event, id)
    case .positionTagged, .positionUntagged, .positionAttributed, .positionRelated,
      .positionUnrelated, .strategyJoined, .strategyLeft:
      label(event, id)
    case .tagCreated(let tag): named(event, id, tag: tag.tag, tag.name)
    case .tagChanged(let tag): named(event, id, tag: tag.tag, tag.name)
    case .tagRetired(let tag): named(event, id, tag: tag.tag, nil)
    case .strategyCreated(let group):
      ModelChange(event, id, self, .retag, group.portfolio) { $0.note = group.group.rawValue }
    case .strategyChanged(let group):
      ModelChange(event, id, self, .retag) { $0.note = group.group.rawValue }
    case .strategyRetired(let group):
      ModelChange(event, id, self, .retag) { $0.note = group.group.rawValue }
    case .priceTicked, .priceClosed, .quoteUpdated, .volatilityQuoted: price(event, id)
    case .cashMoved(let moved):
      ModelChange(event, id, self, .cash, moved.portfolio) {
        $0.quantity = moved.amount
        $0.note = moved.reason.rawValue
      }
    case .rateSet, .shortReported, .parameterSet, .factorDefined, .factorRetired, .scenarioDefined,
      .scenarioRetired, .instrumentDefined, .instrumentSplit, .instrumentDividend:
      assumption(event, id)
    case .userRegistered, .userChanged, .userDeactivated, .userForgotten, .portfolioOpened,
      .portfolioChanged, .portfolioClosed, .batchStarted, .batchCompleted, .batchFailed, .dayClosed,
      .calculationStarted, .calculationCompleted, .calculationFailed, .calculationSkipped,
      .modelForked, .modelChanged, .modelSaved, .modelCompleted, .modelCancelled, .modelPromoted,
      .exportMade, .auditVerified, .unknown:
      nil
    }
  }

  private func trade(_ event: Event, _ id: String) -> ModelChange? {
    switch event.payload {
    case .positionEntered(let entered):
      return ModelChange(event, id, self, .add, position: entered.position) {
        $0.quantity = entered.quantity
        $0.price = entered.entryPrice
        $0.side = entered.positionType.isSold ? .sellShort : .buy
      }
    case .positionExited(let exited):
      let left = try? state.position(exited.position, asOf: event.effective)
      let isClose = left.map(\.quantity.isZero) ?? false
      return ModelChange(
        event, id, self, isClose ? .close : .resize, position: exited.position
      ) {
        $0.quantity = exited.quantity
        $0.price = exited.exitPrice
        $0.side = left.map { $0.isShort ? .buy : .sell }
        $0.note = exited.reason?.rawValue
      }
    case .positionCorrected(let corrected):
      return ModelChange(event, id, self, .resize, position: corrected.position) {
        $0.quantity = corrected.quantity
        $0.price = corrected.exit == nil ? corrected.entryPrice : corrected.exitPrice
        $0.note = corrected.reason
      }
    case .positionVoided(let voided):
      return ModelChange(
        event, id, self, voided.exit == nil ? .close : .resize, position: voided.position
      ) { $0.note = voided.reason }
    default: preconditionFailure("not a trade")
    }
  }

  private func label(_ event: Event, _ id: String) -> ModelChange? {
    switch event.payload {
    case .positionTagged(let tagged):
      ModelChange(event, id, self, .retag, position: tagged.position) { $0.tags = [tagged.tag] }
    case .positionUntagged(let untagged):
      ModelChange(event, id, self, .retag, position: untagged.position) {
        $0.tags = [untagged.tag]
      }
    case .positionAttributed(let attributed):
      ModelChange(event, id, self, .retag, position: attributed.position) {
        $0.note = attributed.name
      }
    case .positionRelated(let related):
      ModelChange(event, id, self, .retag, position: related.position) {
        $0.note = related.note ?? "\(related.relation.rawValue) \(related.other)"
      }
    case .positionUnrelated(let unrelated):
      ModelChange(event, id, self, .retag, position: unrelated.position) {
        $0.note = "\(unrelated.relation.rawValue) \(unrelated.other)"
      }
    case .strategyJoined(let joined):
      ModelChange(event, id, self, .retag, position: joined.position) {
        $0.note = joined.group.rawValue
      }
    case .strategyLeft(let left):
      ModelChange(event, id, self, .retag, position: left.position) {
        $0.note = left.group.rawValue
      }
    default: preconditionFailure("not a label")
    }
  }

  private func named(_ event: Event, _ id: String, tag: TagID, _ name: String?) -> ModelChange? {
    ModelChange(event, id, self, .retag) {
      $0.tags = [tag]
      $0.note = name
    }
  }

  private func price(_ event: Event, _ id: String) -> ModelChange? {
    ModelChange(event, id, self, .priceOverride) {
      switch event.payload {
      case .priceTicked(let tick): ($0.symbol, $0.price) = (tick.symbol, tick.price)
      case .priceClosed(let bar): ($0.symbol, $0.price) = (bar.symbol, bar.close)
      case .quoteUpdated(let quote): ($0.symbol, $0.price) = (quote.symbol, quote.last)
      case .volatilityQuoted(let quote):
        $0.symbol = quote.symbol
        $0.note = "volatility \(quote.volatility)"
      default: preconditionFailure("not a price")
      }
    }
  }

  private func assumption(_ event: Event, _ id: String) -> ModelChange? {
    var portfolio: PortfolioID?
    if case .parameterSet(let set) = event.payload { portfolio = set.portfolio }
    return ModelChange(event, id, self, .scenario, portfolio) {
      switch event.payload {
      case .rateSet(let rate): ($0.price, $0.note) = (rate.value, rate.series.rawValue)
      case .shortReported(let report): $0.symbol = report.symbol
      case .parameterSet(let set): $0.note = set.name
      case .factorDefined(let factor): $0.note = factor.name
      case .factorRetired(let factor): $0.note = factor.factor.rawValue
      case .scenarioDefined(let defined):
        ($0.scenario, $0.note) = (defined.scenario, defined.name)
      case .scenarioRetired(let retired): $0.scenario = retired.scenario
      case .instrumentDefined(let defined): $0.symbol = defined.symbol
      case .instrumentSplit(let split): $0.symbol = split.symbol
      case .instrumentDividend(let dividend):
        ($0.symbol, $0.price) = (dividend.symbol, dividend.amount)
      default: preconditionFailure("not an assumption")
      }
    }
  }
}

extension ModelChange {
  fileprivate init(
    _ event: Event, _ id: String, _ events: borrowing BranchEvents, _ type: ModelChangeType,
    _ portfolio: PortfolioID? = nil, fill: (inout ModelChange) -> Void
  ) {
    self.init(
      number: events.changes.count + 1, type: type, event: event, eventID: id,
      portfolio: portfolio)
    fill(&self)
  }

  /// Of a position: its portfolio, and the symbol that it holds behind the event.
  fileprivate init(
    _ event: Event, _ id: String, _ events: borrowing BranchEvents, _ type: ModelChangeType,
    position: PositionID, fill: (inout ModelChange) -> Void
  ) {
    self.init(
      number: events.changes.count + 1, type: type, event: event, eventID: id,
      portfolio: events.portfolio(of: position))
    self.position = position
    symbol = events.symbol(of: position)
    fill(&self)
  }
}

extension BranchEvents {
  fileprivate func portfolio(of position: PositionID) -> PortfolioID? {
    state.portfolio(of: position)
  }

  fileprivate func symbol(of position: PositionID) -> Symbol? {
    (try? state.position(position, asOf: .distantFuture))?.symbol
  }
}

extension PositionType {
  /// It begins with a sale.
  fileprivate var isSold: Bool {
    switch self {
    case .long, .longCall, .longPut: false
    case .short, .shortCall, .shortPut: true
    }
  }
}
