import Events
import Portfolio
import Records

/// The events in which two points differ: those past the common number that only one side has, and
/// those before it that the other side's fork cut off.
struct DifferingEvents {
  /// Listed up to a limit.
  private(set) var left = EventsDifference.Side()
  private(set) var right = EventsDifference.Side()
  /// Of each side one event a symbol that has other prices there, and all that is no price.
  private(set) var telling: [Event] = []
  /// Something that every portfolio's metrics may hang on: a parameter, a factor, a rate.
  private(set) var isOfEveryPortfolio = false

  private var symbols: Set<Symbol> = []

  init(_ pair: DifferencePair, listing limit: Int) throws {
    let shared = try SharedEvents(pair)
    left = try take(pair.left, besides: pair.right, pair, shared, limit)
    right = try take(pair.right, besides: pair.left, pair, shared, limit)
  }

  /// The symbols whose prices differ.
  var pricedSymbols: Set<Symbol> { symbols }

  private mutating func take(
    _ side: BranchPoint, besides other: BranchPoint, _ pair: DifferencePair,
    _ shared: SharedEvents, _ limit: Int
  ) throws -> EventsDifference.Side {
    var kept = EventsDifference.Side()
    try takeHidden(
      from: other, of: side, through: min(pair.common, side.point.knownAt), limit, &kept)
    var cursor = pair.rest(of: side)
    while let event = try cursor.next() {
      if try shared.contains(event, of: side) { continue }
      kept.add(event, limit)
      note(event)
    }
    return kept
  }

  /// What is effective by the side's as-of and lies behind a cut of the other's.
  private mutating func takeHidden(
    from other: BranchPoint, of side: BranchPoint, through last: EventSequence, _ limit: Int,
    _ kept: inout EventsDifference.Side
  ) throws {
    guard let cut = other.book.horizon.cuts.map(\.time).min(), cut < side.point.asOf else { return }
    var cursor = side.book.events(EventFilter(effective: cut...side.point.asOf), through: last)
    while let event = try cursor.next() {
      guard other.book.horizon.hides(event) else { continue }
      kept.add(event, limit)
      note(event)
    }
  }

  private mutating func note(_ event: Event) {
    switch event.payload {
    case .priceTicked(let tick): note(tick.symbol, event)
    case .priceClosed(let bar): note(bar.symbol, event)
    case .quoteUpdated(let quote): note(quote.symbol, event)
    case .volatilityQuoted(let quote): note(quote.symbol, event)
    case .rateSet, .shortReported, .parameterSet, .factorDefined, .factorRetired,
      .scenarioDefined, .scenarioRetired:
      isOfEveryPortfolio = true
      telling.append(event)
    default: telling.append(event)
    }
  }

  private mutating func note(_ symbol: Symbol, _ event: Event) {
    if symbols.insert(symbol).inserted { telling.append(event) }
  }
}
