import EventLog
public import Events
public import ExactNumbers
public import Portfolio
public import Records

/// A point that somebody asked for, and what has to be said about it.
public struct ResolvedPoint: Hashable, Sendable {
  public var point: ReplayPoint
  /// For people: the point lies before the first event or after the head, and which range is valid.
  public var warnings: [String]
}

extension Book {
  /// The last sequence: on a live branch a pair, of which the second number counts what has flowed in.
  public var head: EventSequence {
    // What keeps the end from being read is damage, which reading on tells.
    (try? line.head) ?? line.number(ofOwn: log.head)
  }

  /// When the last event was recorded; null for an empty book.
  public var headRecorded: Instant? { (try? line.headRecorded) ?? log.headRecorded }

  /// The as-of of a question that names none: the recorded time of the head.
  ///
  /// A branch that was forked as of a date, or stands on one that was, stands still: there it is the
  /// cut, or the latest effective time of what was done behind it where that is later.
  public func defaultAsOf() throws -> Instant? {
    guard let cut = horizon.cuts.last else { return headRecorded }
    var latest = cut.time
    var cursor = events(EventFilter(kinds: EventCatalog.modelledKinds), from: cut.fork.next)
    while let event = try cursor.next() {
      // What flows into a live branch is not done on it.
      if event.sequence?.flowed == 0 { latest = max(latest, event.effective) }
    }
    return latest
  }

  /// Finds a point on the two clocks.
  ///
  /// - Parameters:
  ///   - asOf: Null is the recorded time of the head, whatever `knownAt` is.
  ///   - knownAt: Null is the head.
  /// - Throws: ``BookError/unknownPoint(text:reason:range:)`` for a sequence or an id that the
  ///   branch does not have.
  public func point(
    asOf: TimeReference? = nil, knownAt: TimeReference? = nil
  ) throws -> ResolvedPoint {
    var warnings: [String] = []
    if head == .zero { warnings.append("the book has no events: there is no point to look at") }
    let known = try knownAt.map { try sequence(knownAt: $0, warnings: &warnings) } ?? head
    let effective =
      switch asOf {
      case nil: try defaultAsOf() ?? .distantPast
      case .instant(let instant): instant
      case .sequence(let sequence): try existing(line.number(sequence)).effective
      case .event(let id): try existing(id: id).effective
      }
    if case .instant? = asOf, let headRecorded, effective > headRecorded {
      warnings.append(
        "as of \(effective) lies after the head, which was recorded at \(headRecorded); "
          + (try recordedRange()))
    }
    if case .instant? = asOf, known > .zero, try isBeforeEveryFact(effective, knownAt: known) {
      warnings.append(
        "as of \(effective) lies before the first event of a portfolio; nothing was held yet; "
          + (try recordedRange()))
    }
    return ResolvedPoint(point: ReplayPoint(asOf: effective, knownAt: known), warnings: warnings)
  }

  /// What the book held at a point, with the prices of what it held.
  public func holdings(at point: ReplayPoint) throws -> Holdings {
    try state(at: point).resolve(asOf: point.asOf)
  }

  /// The facts known at a point, with the prices of the symbols that were ever held.
  ///
  /// The trades are read first; of the prices, only the blocks and columns of their symbols are.
  public func state(at point: ReplayPoint) throws -> BookState {
    let facts = try facts(at: point)
    return try adding(pricesOf: facts.pricedSymbols, to: facts, at: point)
  }

  /// What calculations at a point ask for: what ``state(at:)`` holds, with the prices of every
  /// factor's proxy, rates, short metrics, closed days, and the volatilities of what was ever held.
  ///
  /// - Parameter others: Symbols whose prices and volatilities are asked for beside.
  public func calculationState(
    at point: ReplayPoint, since date: CivilDate? = nil, beside others: Set<Symbol> = []
  ) throws -> BookState {
    let facts = try facts(at: point)
    let symbols = facts.pricedSymbols.union(others)
    let parts = Part.analytics(volatilitiesOf: symbols, asOf: point.asOf)
    return try adding(
      pricesOf: symbols.union(facts.factorProxies), since: date, parts, to: facts, at: point)
  }

  /// The last session, at a point, of any portfolio that is open then; null where there is none. Of
  /// prices only those of the benchmarks are read.
  public func lastSession(at point: ReplayPoint) throws -> CivilDate? {
    let facts = try facts(at: point)
    let benchmarks = Set(
      facts.resolve(asOf: point.asOf).portfolios.values
        .filter { $0.openedAt <= point.asOf && ($0.closedAt.map { $0 > point.asOf } ?? true) }
        .map(\.benchmark))
    let state = try adding(pricesOf: benchmarks, to: facts, at: point)
    return benchmarks.compactMap { benchmark in
      state.market.sessions(benchmark: benchmark, asOf: point.asOf)
        .session(onOrBefore: point.asOf.date)
    }.max()
  }

  /// A benchmark with closes this long before a date has been one for some time.
  private static let daysBefore: Int32 = 31

  /// A state of this branch with no event in it.
  func emptyState(asOf: Instant = .distantFuture) -> BookState {
    var state = BookState(asOf: asOf)
    if isWhatIf { state.session = SessionID(branch) }
    return state
  }

  /// Some of the events that a state is folded from.
  struct Part {
    var filter = EventFilter.all
    /// Closes of these symbols are left out: another part has them.
    var without: Set<Symbol> = []

    static let facts = Part(filter: EventFilter(kinds: EventCatalog.factKinds))
  }

  /// Folds events up to a number, and forgets what the forks on the way cut off.
  func fold(_ parts: [Part], through: EventSequence, into state: inout BookState) throws {
    var start = EventSequence.zero
    for cut in horizon.cuts {
      let end = min(cut.fork, through)
      for part in parts { try fold(part, from: start.next, through: end, into: &state) }
      state.cut(at: cut.time, keepsMarket: cut.keepsMarket)
      start = end
    }
    guard through > start else { return }
    for part in parts { try fold(part, from: start.next, through: through, into: &state) }
  }

  private func facts(at point: ReplayPoint) throws -> BookState {
    var state = emptyState(asOf: point.asOf)
    try fold([.facts], through: point.knownAt, into: &state)
    return state
  }

  /// The facts with the prices of some symbols, and with other parts.
  private func adding(
    pricesOf symbols: Set<Symbol>, since date: CivilDate? = nil, _ parts: [Part] = [],
    to facts: BookState, at point: ReplayPoint
  ) throws -> BookState {
    var parts = parts
    if !symbols.isEmpty { parts.append(.prices(of: symbols, asOf: point.asOf)) }
    let state = try adding(parts, to: facts, at: point)
    // A benchmark that begins within the dates that are asked about leaves those before it to the
    // closes of everything; a risk window reaches back further.
    let first = date.map { min($0.advanced(byDays: -Self.daysBefore).end, point.asOf) }
    guard
      state.asksForEveryClose(asOf: first ?? point.asOf)
        || state.asksForEveryClose(asOf: point.asOf)
    else { return state }
    let closes = Part.closes(without: symbols)
    return horizon.cuts.isEmpty
      ? try adding([closes], to: state, at: point)
      : try adding(parts + [closes], to: facts, at: point)
  }

  /// What a fork cuts off must not take anything along that came later, so on a branch that was
  /// forked as of a date all is folded once more, in the order of the forks.
  private func adding(
    _ parts: [Part], to facts: BookState, at point: ReplayPoint
  ) throws -> BookState {
    var state = horizon.cuts.isEmpty ? facts : emptyState(asOf: point.asOf)
    try fold(
      horizon.cuts.isEmpty ? parts : [.facts] + parts, through: point.knownAt, into: &state)
    return state
  }

  func fold(
    _ part: Part, from: EventSequence, through: EventSequence, into state: inout BookState
  ) throws {
    guard through >= from else { return }
    var cursor = foldedEvents(part.filter, from: from, through: through)
    while let event = try cursor.next() {
      if case .priceClosed(let bar) = event.payload, part.without.contains(bar.symbol) { continue }
      state.fold(event)
    }
  }

  // MARK: Points

  private func sequence(
    knownAt reference: TimeReference, warnings: inout [String]
  ) throws -> EventSequence {
    switch reference {
    case .sequence(let sequence):
      if sequence == .zero { return sequence }
      let number = line.number(sequence)
      // Not every event of the parent shows in a live branch, whose head counts them all.
      if number.flowed == 0 || number > head { _ = try existing(number) }
      return number
    case .event(let id):
      guard let sequence = try existing(id: id).sequence else { return head }
      return sequence
    case .instant(let instant):
      let found = try line.last(recordedThrough: instant)
      if found == .zero, head > .zero {
        warnings.append("nothing was known at \(instant); " + (try recordedRange()))
      }
      if let headRecorded, instant > headRecorded {
        warnings.append("known at \(instant) lies after the head; " + (try recordedRange()))
      }
      return found
    }
  }

  private func recorded(at sequence: EventSequence) throws -> Instant? {
    sequence == .zero ? nil : try line.record(at: sequence)?.recorded
  }

  private func existing(_ sequence: EventSequence) throws -> Event {
    guard sequence > .zero, sequence <= head, let event = try event(at: sequence) else {
      throw BookError.unknownPoint(
        text: "#\(sequence)", reason: "there is no such sequence", range: validRange)
    }
    return event
  }

  private func existing(id: String) throws -> Event {
    guard let sequence = try sequence(ofID: id), let event = try event(at: sequence) else {
      throw BookError.unknownPoint(
        text: "@\(id)", reason: "there is no such event id", range: validRange)
    }
    return event
  }

  /// Whether nothing but definitions, such as the default factors, was effective by then.
  private func isBeforeEveryFact(_ instant: Instant, knownAt: EventSequence) throws -> Bool {
    var cursor = events(
      EventFilter(
        kinds: [PortfolioOpened.kind.number, PositionEntered.kind.number],
        effective: .distantPast...instant),
      through: knownAt)
    return try cursor.next() == nil
  }

  /// The points there are, in recorded time and sequences.
  private func recordedRange() throws -> String {
    guard let first = try recorded(at: .zero.next), let last = headRecorded else {
      return validRange
    }
    return "\(validRange), recorded from \(first) to \(last)"
  }

  private var validRange: String {
    head == .zero ? "the book is empty" : "sequences run from #1 to #\(head)"
  }
}
