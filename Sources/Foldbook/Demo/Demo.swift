import Events
import ExactNumbers

/// The books that `foldbook init --demo` makes.
public enum Demo: String, CaseIterable, Sendable {
  /// Real prices, 2000 to 2013: one portfolio that traded AAPL, MSFT, IBM, GOOG and FB.
  case history
  /// The three documented portfolios on generated prices.
  case books

  /// Makes the demo book in a folder that holds none yet.
  ///
  /// It is recorded in its own time, and holds no secret: everyone's has the same log root.
  public func create(at path: String, environment: BookEnvironment = .live) throws -> Book {
    // The demo's only person is made up, so the key that seals the name may be known.
    var environment = environment
    environment.randomBytes = { [UInt8](repeating: 0x64, count: $0) }
    switch self {
    case .history:
      let script = try DemoHistory().script
      environment.now = { script[0].recorded }
      let book = try Book.create(at: path, id: DemoHistory.bookID, environment: environment)
      try book.appendDefaults()
      var remaining = script.makeIterator()
      try book.appendBulk(recordedTimes: .kept) {
        remaining.next().map { entry in
          var event = entry.event
          event.recorded = entry.recorded
          return event
        }
      }
      return book
    case .books:
      environment.now = { PriceGenerator.first.start }
      let book = try Book.create(at: path, id: DemoBooks.bookID, environment: environment)
      try book.appendDefaults()
      try DemoBooks().fill(book)
      return book
    }
  }
}
