import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Records
import Synchronization
import TestSupport

/// A book on a disk in memory, with a clock that moves a second with every look.
struct BookFixture {
  let storage: FaultyStorage
  let environment: BookEnvironment
  let book: Book

  init(storage: FaultyStorage = FaultyStorage()) throws {
    self.storage = storage
    environment = Self.environment(storage)
    book = try Book.create(at: "disk/book", id: "fixture", environment: environment)
  }

  static func environment(_ storage: FaultyStorage) -> BookEnvironment {
    let ticks = Ticks()
    return BookEnvironment(
      storage: storage,
      now: { Instant("2024-06-03T12:00:00Z")!.advanced(bySeconds: ticks.next()) },
      randomBytes: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) } })
  }

  func reopened() throws -> Book { try Book.open(at: "disk/book", environment: environment) }

  /// Opens a portfolio and enters 100 AAPL at 150 on 2024-01-16.
  func enterAAPL() throws {
    try book.append([
      event(
        "open", "2024-01-02T09:00:00Z",
        .portfolioOpened(PortfolioOpened(portfolio: "growth", name: "Growth"))),
      event(
        "enter", "2024-01-16T20:00:00Z",
        .positionEntered(
          PositionEntered(
            position: "aapl", portfolio: "growth", symbol: "AAPL", positionType: .long,
            quantity: 100, entryPrice: 150))),
    ])
  }
}

private final class Ticks: Sendable {
  private let count = Mutex<Int64>(0)
  func next() -> Int64 {
    count.withLock {
      $0 += 1; return $0
    }
  }
}

extension Instant {
  func advanced(bySeconds seconds: Int64) -> Instant {
    Instant(nanosecondsSinceEpoch: nanosecondsSinceEpoch + seconds * 1_000_000_000)
  }
}

func event(_ id: String, _ time: String, _ payload: Payload) -> Event {
  Event(id: .given(id), effective: Instant(time)!, source: "/tests", payload: payload)
}

func exit(
  _ id: String, _ time: String, _ quantity: Int32?, at price: Int32 = 160
) -> Event {
  event(
    id, time,
    .positionExited(
      PositionExited(
        position: "aapl", exitPrice: ExactDecimal(price),
        quantity: quantity.map { ExactDecimal($0) }
      )))
}
