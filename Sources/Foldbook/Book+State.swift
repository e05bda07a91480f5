import EventLog
import Events
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
  /// The last sequence.
  public var head: EventSequence { log.head }

  /// When the last event was recorded; null for an empty book.
  public var headRecorded: Instant? { log.headRecorded }

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
      case nil: headRecorded ?? .distantPast
      case .instant(let instant): instant
      case .sequence(let sequence): try existing(sequence).effective
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
    var state = try facts(at: point)
    try foldPrices(of: state.pricedSymbols, at: point, into: &state)
    return state
  }

  /// What calculations at a point ask for: what ``state(at:)`` holds, with the prices of every
  /// factor's proxy, rates, short metrics, closed days, and the volatilities of what was ever held.
  public func calculationState(
    at point: ReplayPoint, since date: CivilDate? = nil
  ) throws -> BookState {
    var state = try facts(at: point)
    let symbols = state.pricedSymbols
    try foldPrices(of: symbols.union(state.factorProxies), at: point, since: date, into: &state)
    let past = Instant.distantPast...point.asOf
    let quoted: Set = [VolatilityQuoted.kind.number]
    try fold(
      EventFilter(kinds: EventCatalog.analyticsKinds.subtracting(quoted), effective: past),
      through: point.knownAt, into: &state)
    if !symbols.isEmpty {
      try fold(
        EventFilter(kinds: quoted, symbols: symbols, effective: past), through: point.knownAt,
        into: &state)
    }
    return state
  }

  /// The last session, at a point, of any portfolio that is open then; null where there is none. Of
  /// prices only those of the benchmarks are read.
  public func lastSession(at point: ReplayPoint) throws -> CivilDate? {
    var state = try facts(at: point)
    let benchmarks = Set(
      state.resolve(asOf: point.asOf).portfolios.values
        .filter { $0.openedAt <= point.asOf && ($0.closedAt.map { $0 > point.asOf } ?? true) }
        .map(\.benchmark))
    try foldPrices(of: benchmarks, at: point, into: &state)
    return benchmarks.compactMap { benchmark in
      state.market.sessions(benchmark: benchmark, asOf: point.asOf)
        .session(onOrBefore: point.asOf.date)
    }.max()
  }

  /// A benchmark with closes this long before a date has been one for some time.
  private static let daysBefore: Int32 = 31

  private func facts(at point: ReplayPoint) throws -> BookState {
    var state = BookState(asOf: point.asOf)
    try fold(EventFilter(kinds: EventCatalog.factKinds), through: point.knownAt, into: &state)
    return state
  }

  private func foldPrices(
    of symbols: Set<Symbol>, at point: ReplayPoint, since date: CivilDate? = nil,
    into state: inout BookState
  ) throws {
    if !symbols.isEmpty {
      try fold(
        EventFilter(
          kinds: EventCatalog.marketKinds, symbols: symbols, effective: .distantPast...point.asOf,
          // A bar is restated by a later one of its day, whatever their times.
          timeless: EventCatalog.barKinds),
        through: point.knownAt, into: &state)
    }
    // A benchmark that begins within the dates that are asked about leaves those before it to the
    // closes of everything; a risk window reaches back further.
    let first = date.map { min($0.advanced(byDays: -Self.daysBefore).end, point.asOf) }
    if state.asksForEveryClose(asOf: first ?? point.asOf)
      || state.asksForEveryClose(asOf: point.asOf)
    {
      try fold(EventFilter(kinds: EventCatalog.barKinds), through: point.knownAt, into: &state) {
        !symbols.contains($0)
      }
    }
  }

  private func fold(
    _ filter: EventFilter, through: EventSequence, into state: inout BookState,
    where isWanted: (Symbol) -> Bool = { _ in true }
  ) throws {
    var cursor = events(filter, through: through)
    while let event = try cursor.next() {
      if case .priceClosed(let bar) = event.payload, !isWanted(bar.symbol) { continue }
      state.fold(event)
    }
  }

  // MARK: Points

  private func sequence(
    knownAt reference: TimeReference, warnings: inout [String]
  ) throws -> EventSequence {
    switch reference {
    case .sequence(let sequence):
      if sequence != .zero { _ = try existing(sequence) }
      return sequence
    case .event(let id):
      guard let sequence = try existing(id: id).sequence else { return head }
      return sequence
    case .instant(let instant):
      let found = try lastSequence(recordedThrough: instant)
      if found == .zero, head > .zero {
        warnings.append("nothing was known at \(instant); " + (try recordedRange()))
      }
      if let headRecorded, instant > headRecorded {
        warnings.append("known at \(instant) lies after the head; " + (try recordedRange()))
      }
      return found
    }
  }

  /// Recorded times never go back, so the last one at or before an instant is found by halving.
  private func lastSequence(recordedThrough instant: Instant) throws -> EventSequence {
    var low: UInt64 = 0
    var high = head.rawValue
    while low < high {
      let middle = low + (high - low + 1) / 2
      guard let recorded = try recorded(at: EventSequence(middle)), recorded > instant else {
        low = middle
        continue
      }
      high = middle - 1
    }
    return EventSequence(low)
  }

  private func recorded(at sequence: EventSequence) throws -> Instant? {
    sequence == .zero ? nil : try log.record(at: sequence)?.recorded
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
