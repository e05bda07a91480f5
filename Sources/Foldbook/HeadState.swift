import EventLog
import Events
import Portfolio
import Records

/// What the writer knows: the facts of every event up to the one it read last.
///
/// Prices are left out: no rule asks for them.
struct HeadState: Sendable {
  var facts = BookState()
  /// The last sequence that has been read, folded or not.
  private(set) var sequence = EventSequence.zero

  /// Folds what was appended since, by whatever process.
  mutating func catchUp(with book: Book, to head: EventSequence, _ cursor: LogCursor) throws {
    var cursor = cursor
    while let next = try cursor.next() { facts.fold(try book.event(next)) }
    sequence = head
  }

  /// The filter and start of the cursor that ``catchUp(with:to:_:)`` reads.
  static let filter = LogFilter(kinds: EventCatalog.factKinds)

  /// Takes note that everything up to a sequence is folded.
  mutating func advance(to head: EventSequence) { sequence = head }
}
