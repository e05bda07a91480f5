import Events
import Portfolio
import Records

/// The events in which two points differ: those past the common number that only one side has.
///
/// An event that flows into a live branch, or was promoted, is on both sides under one id.
struct DifferingEvents {
  /// Kept where they are asked for.
  private(set) var left: [Event] = []
  private(set) var right: [Event] = []
  /// Of each side one event a symbol that has other prices there, and all that is no price.
  private(set) var telling: [Event] = []
  /// Something that every portfolio's metrics may hang on: a parameter, a factor, a rate.
  private(set) var isOfEveryPortfolio = false

  private var symbols: Set<Symbol> = []

  init(_ pair: DifferencePair, keepsAll: Bool) throws {
    let mayShare = try Self.isNotEmpty(pair.left, pair) && Self.isNotEmpty(pair.right, pair)
    let shared =
      mayShare ? try Self.ids(pair.left, pair).intersection(Self.ids(pair.right, pair)) : []
    left = try take(pair.left, pair, shared, keepsAll)
    right = try take(pair.right, pair, shared, keepsAll)
  }

  /// The symbols whose prices differ.
  var pricedSymbols: Set<Symbol> { symbols }

  private static func isNotEmpty(_ side: BranchPoint, _ pair: DifferencePair) throws -> Bool {
    var cursor = pair.rest(of: side)
    return try cursor.next() != nil
  }

  private static func ids(_ side: BranchPoint, _ pair: DifferencePair) throws -> Set<String> {
    var cursor = pair.rest(of: side)
    var ids: Set<String> = []
    while let event = try cursor.next() { ids.insert(try side.book.idText(of: event)) }
    return ids
  }

  private mutating func take(
    _ side: BranchPoint, _ pair: DifferencePair, _ shared: Set<String>, _ keepsAll: Bool
  ) throws -> [Event] {
    var cursor = pair.rest(of: side)
    var kept: [Event] = []
    while let event = try cursor.next() {
      if !shared.isEmpty, shared.contains(try side.book.idText(of: event)) { continue }
      if keepsAll { kept.append(event) }
      note(event)
    }
    return kept
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
