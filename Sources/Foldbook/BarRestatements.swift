import Events
import ExactNumbers
import Records

/// Tells a bar that was taken in before from one that goes back to an earlier value.
///
/// The id that an import mints stands for what a bar says. A close that was 11, then 11.75, and is
/// 11 again says what the first one said, and yet restates the second: it gets the id of the next
/// occurrence. A bar that says what stands in the book already keeps its id, and changes nothing.
struct BarRestatements {
  private struct Day: Hashable {
    var symbol: Symbol
    var date: CivilDate
  }

  private let book: Book
  /// The bar of each day that counts; read when a bar is first met again.
  private var current: [Day: EventSequence]?

  init(_ book: Book) { self.book = book }

  mutating func numbered(_ event: Event) throws -> Event {
    guard case .priceClosed(let bar) = event.payload else { return event }
    var event = event
    var occurrence: UInt32 = 0
    while let sequence = try book.sequence(ofID: book.idText(of: event)) {
      if try currentBar(of: Day(symbol: bar.symbol, date: bar.date)) == sequence { break }
      occurrence += 1
      event.id = .minted(occurrence: occurrence)
    }
    return event
  }

  private mutating func currentBar(of day: Day) throws -> EventSequence? {
    if let current { return current[day] }
    var bars: [Day: EventSequence] = [:]
    var cursor = book.events(EventFilter(kinds: EventCatalog.barKinds))
    while let event = try cursor.next() {
      guard case .priceClosed(let bar) = event.payload else { continue }
      // The later sequence restates the earlier one.
      bars[Day(symbol: bar.symbol, date: bar.date)] = event.sequence
    }
    current = bars
    return bars[day]
  }
}
