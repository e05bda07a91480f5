internal import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// What the book holds as of a time, known at ``head``. A pure function of the facts.
  ///
  /// Of the facts, those effective up to `asOf` count; the effective time of a correction or a void
  /// itself does not matter.
  public func resolve(asOf: Instant) -> Holdings {
    var holdings = Holdings(asOf: asOf, knownAt: head, isWhatIf: isWhatIf, market: market)
    resolvePositions(&holdings)
    resolveEntities(&holdings)
    resolveLabels(&holdings)
    resolveStrategies(&holdings)
    resolveDefinitions(&holdings)
    return holdings
  }

  /// The part of ``resolve(asOf:)`` that is about some things alone: the positions with what hangs
  /// on them, their portfolios, and the parameters. The cost grows with these, not with the book.
  ///
  /// Cash is what these positions and movements did to it, which is no balance; the difference of
  /// two such parts is that of the balances where nothing else differs.
  public func resolve(asOf: Instant, only touched: Touched) -> Holdings {
    var holdings = Holdings(asOf: asOf, knownAt: head, isWhatIf: isWhatIf, market: market)
    for id in touched.portfolios { resolvePortfolio(id, &holdings) }
    for id in touched.movements {
      if let history = movements[id] { resolveMovement(history, &holdings) }
    }
    for id in touched.positions.sorted() {
      guard let facts = positions[id] else { continue }
      resolvePosition(id, facts, &holdings)
      if labels.contains(id) { resolveLabels(of: id, &holdings) }
    }
    resolveParameters(&holdings)
    return holdings
  }

  private func resolvePositions(_ holdings: inout Holdings) {
    for id in portfolios.keys { resolvePortfolio(id, &holdings) }
    for (_, history) in movements { resolveMovement(history, &holdings) }
    for (id, facts) in positions { resolvePosition(id, facts, &holdings) }
  }

  private func resolvePortfolio(_ id: PortfolioID, _ holdings: inout Holdings) {
    guard let details = portfolio(id, asOf: holdings.asOf) else { return }
    holdings.portfolios[id] = details
    holdings.cash[id] = CashBalance(portfolio: id, currency: details.currency)
  }

  private func resolveMovement(_ history: History<CashMovement>, _ holdings: inout Holdings) {
    guard let movement = history.entry(asOf: holdings.asOf) else { return }
    addCash(of: movement.value.portfolio, to: &holdings) { cash throws(NumberError) in
      try cash.add(movement)
    }
  }

  private func resolvePosition(
    _ id: PositionID, _ facts: PositionFacts, _ holdings: inout Holdings
  ) {
    let asOf = holdings.asOf
    guard let origin = facts.origin, let entry = facts.entry, entry.stamp.effective <= asOf else {
      return
    }
    referTo(origin.portfolio, in: &holdings)
    let currency =
      holdings.portfolios[origin.portfolio]?.currency ?? PortfolioDetails.defaultCurrency
    do throws(NumberError) {
      guard let position = try resolve(id, facts, asOf: asOf, currency: currency) else { return }
      if position.isVoided {
        holdings.voidedPositions.update(id, orInsert: position) { $0 = position }
      } else {
        holdings.positions.update(id, orInsert: position) { $0 = position }
      }
      addCash(of: origin.portfolio, to: &holdings) { cash throws(NumberError) in
        try cash.add(position, facts)
      }
    } catch {
      holdings.outOfRange[id.rawValue] = error
    }
  }

  /// A portfolio that something visible is in is answered even where it was opened only later.
  private func referTo(_ id: PortfolioID, in holdings: inout Holdings) {
    guard holdings.cash[id] == nil else { return }
    let details = portfolioDetails(id, asOf: holdings.asOf, isReferredTo: true)
    holdings.portfolios[id] = details
    holdings.cash[id] = CashBalance(
      portfolio: id, currency: details?.currency ?? PortfolioDetails.defaultCurrency)
  }

  private func addCash(
    of id: PortfolioID, to holdings: inout Holdings,
    _ add: (inout CashBalance) throws(NumberError) -> Void
  ) {
    referTo(id, in: &holdings)
    guard var cash = holdings.cash[id] else { return }
    do throws(NumberError) {
      try add(&cash)
      holdings.cash[id] = cash
    } catch {
      holdings.outOfRange[id.rawValue] = error
    }
  }

  private func resolveEntities(_ holdings: inout Holdings) {
    let asOf = holdings.asOf
    for (id, _) in users { holdings.users[id] = user(id, asOf: asOf) }
    for (id, _) in tags { holdings.tags[id] = tag(id, asOf: asOf) }
  }

  private func resolveLabels(_ holdings: inout Holdings) {
    for id in labelledPositions.sorted() { resolveLabels(of: id, &holdings) }
  }

  private func resolveLabels(of id: PositionID, _ holdings: inout Holdings) {
    let asOf = holdings.asOf
    let spans = tagSpans(of: id, asOf: asOf)
    holdings.tagSpans += spans
    let current = spans.filter { $0.to == nil }.map(\.tag)
    if !current.isEmpty { holdings.tagsByPosition[id] = current }
    for span in spans where holdings.tags[span.tag] == nil {
      holdings.tags[span.tag] = tagDetails(span.tag, asOf: asOf, isReferredTo: true)
    }
    let attributes = attributes(of: id, asOf: asOf)
    if !attributes.isEmpty { holdings.attributes[id] = attributes }
    holdings.relationships += relationships(from: id, asOf: asOf)
  }

  private func resolveDefinitions(_ holdings: inout Holdings) {
    let asOf = holdings.asOf
    for (symbol, _) in instruments { holdings.instruments[symbol] = instrument(symbol, asOf: asOf) }
    for (id, _) in factors { holdings.factors[id] = factor(id, asOf: asOf) }
    for (id, _) in scenarios { holdings.scenarios[id] = scenario(id, asOf: asOf) }
    resolveParameters(&holdings)
  }

  private func resolveParameters(_ holdings: inout Holdings) {
    let asOf = holdings.asOf
    holdings.parameters = parameters.keys
      .compactMap { parameter($0.name, portfolio: $0.portfolio, asOf: asOf) }
      .sorted {
        ($0.name, $0.portfolio?.rawValue ?? "") < ($1.name, $1.portfolio?.rawValue ?? "")
      }
  }
}
