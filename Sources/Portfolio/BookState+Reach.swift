public import Events
public import ExactNumbers
internal import Records

/// From which date on an event changes what a portfolio was worth and exposed to.
public struct Reach: Hashable, Sendable {
  /// Null: every portfolio.
  public let portfolio: PortfolioID?
  public let date: CivilDate
}

extension BookState {
  /// From which date on an event changes results that are calculated from facts; null for one that
  /// changes none, such as a tag or a calculation itself.
  ///
  /// A correction or void reaches back to the first entry of its position; to where an earlier
  /// correction had moved it, whoever keeps those dates knows. The terms of a contract hold from
  /// always on, whenever it is defined.
  public func reach(of event: Event) -> Reach? {
    let date = event.effective.date
    switch event.payload {
    case .positionEntered(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .positionExited(let payload): return reach(payload.position, date)
    case .positionCorrected(let payload):
      let moved = [payload.entryTime, payload.exitTime].compactMap { $0?.date }.min()
      return reach(payload.position, moved ?? date, fromEntry: true)
    case .positionVoided(let payload): return reach(payload.position, date, fromEntry: true)
    case .positionAttributed(let payload): return reach(payload.position, date)
    case .cashMoved(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .portfolioOpened(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .portfolioChanged(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .portfolioClosed(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .parameterSet(let payload): return Reach(portfolio: payload.portfolio, date: date)
    case .priceClosed(let bar): return Reach(portfolio: nil, date: min(bar.date, date))
    case .instrumentDefined(let payload):
      let reach = definesTerms(payload.symbol, through: event.sequence)
      return Reach(portfolio: nil, date: reach ? Instant.distantPast.date : date)
    case .priceTicked, .quoteUpdated, .volatilityQuoted, .rateSet, .shortReported,
      .instrumentSplit, .instrumentDividend, .factorDefined, .factorRetired,
      .scenarioDefined, .scenarioRetired:
      return Reach(portfolio: nil, date: date)
    // On a what-if branch options without a quote have a model's price, whenever it is asked for.
    case .modelForked:
      return holdsUnquotedOptions(before: event.sequence)
        ? Reach(portfolio: nil, date: Instant.distantPast.date) : nil
    default: return nil
    }
  }

  /// Whether an option was entered before an event of which no close was known then.
  private func holdsUnquotedOptions(before sequence: EventSequence?) -> Bool {
    guard let sequence else { return false }
    return positions.contains { _, facts in
      guard let entry = facts.entry, let origin = facts.origin, facts.void == nil else {
        return false
      }
      return entry.type.isOption && origin.stamp.sequence < sequence
        && !market.closes(of: entry.symbol).contains { $0.sequence < sequence }
    }
  }

  /// Whether a definition up to a sequence gave terms that no OCC symbol says.
  private func definesTerms(_ symbol: Symbol, through sequence: EventSequence?) -> Bool {
    guard symbol.option == nil, let sequence, let definitions = instruments[symbol] else {
      return false
    }
    return definitions.ascending.contains { definition in
      let value = definition.value
      return definition.stamp.sequence <= sequence
        && (value.underlying != nil || value.strike != nil || value.expiration != nil)
    }
  }

  private func reach(
    _ position: PositionID, _ date: CivilDate, fromEntry: Bool = false
  ) -> Reach? {
    guard let origin = positions[position]?.origin else { return nil }
    return Reach(
      portfolio: origin.portfolio,
      date: fromEntry ? min(date, origin.stamp.effective.date) : date)
  }
}
