import EventLog
import Events
import ExactNumbers
import Records

// What a state that calculations ask for is folded from, beside the facts.

extension Book.Part {
  /// Rates, short metrics and closed days, and the volatilities of some symbols.
  static func analytics(volatilitiesOf symbols: Set<Symbol>, asOf: Instant) -> [Book.Part] {
    let past = Instant.distantPast...asOf
    let quoted: Set = [VolatilityQuoted.kind.number]
    let parts = [
      Book.Part(
        filter: EventFilter(
          kinds: EventCatalog.analyticsKinds.subtracting(quoted), effective: past))
    ]
    guard !symbols.isEmpty else { return parts }
    return parts + [
      Book.Part(filter: EventFilter(kinds: quoted, symbols: symbols, effective: past))
    ]
  }

  /// The prices of some symbols.
  ///
  /// - Precondition: There are some; a filter without any lets all prices through.
  static func prices(of symbols: Set<Symbol>, asOf: Instant) -> Book.Part {
    precondition(!symbols.isEmpty, "a filter without symbols lets all prices through")
    return Book.Part(
      filter: EventFilter(
        kinds: EventCatalog.marketKinds, symbols: symbols, effective: .distantPast...asOf,
        // A bar is restated by a later one of its day, whatever their times.
        timeless: EventCatalog.barKinds))
  }

  /// The closes of every symbol that another part does not have.
  static func closes(without symbols: Set<Symbol>) -> Book.Part {
    Book.Part(filter: EventFilter(kinds: EventCatalog.barKinds), without: symbols)
  }
}
