import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import Synchronization
import Testing

/// A book in memory with 100 AAPL on main, whose ids are drawn from a counter.
struct BranchBook {
  static let path = "disk/book"
  let storage: FaultyStorage
  let environment: BookEnvironment
  let main: Book

  init() throws {
    storage = FaultyStorage()
    environment = Self.environment(storage)
    main = try Book.create(at: Self.path, id: "branches", environment: environment)
    try main.append([
      event(
        "open", "2024-01-02T09:00:00Z",
        .portfolioOpened(PortfolioOpened(portfolio: "growth", name: "Growth"))),
      Self.entry("aapl", at: "2024-01-16T20:00:00Z"),
    ])
  }

  /// The same book on a copy of its disk.
  init(copyOf other: BranchBook) throws {
    storage = other.storage.copy()
    environment = Self.environment(storage, from: 1_000)
    main = try Book.open(at: Self.path, environment: environment)
  }

  static func environment(_ storage: FaultyStorage, from start: Int64 = 0) -> BookEnvironment {
    let looks = Counter(start)
    let draws = Counter(start)
    var environment = BookEnvironment(
      storage: storage,
      now: { Instant("2024-06-03T12:00:00Z")!.advanced(bySeconds: looks.next()) },
      randomBytes: { count in
        let draw = draws.next()
        return (0..<count).map { UInt8(truncatingIfNeeded: draw >> Int64($0 % 8 * 8)) }
      })
    environment.lockWaitMilliseconds = 20
    return environment
  }

  func open(_ branch: String, mode: EventLog.Mode = .readWrite) throws -> Book {
    try Book.open(at: Self.path, branch: branch, mode: mode, environment: environment)
  }

  @discardableResult
  func delete(_ branch: String) throws -> DeletedBranch {
    try Book.deleteBranch(branch, at: Self.path, environment: environment)
  }

  static func entry(
    _ position: PositionID, _ symbol: Symbol = "AAPL", at time: String = "2024-02-01T20:00:00Z",
    portfolio: PortfolioID = "growth", quantity: Int32 = 100, source: String = "/tests"
  ) -> Event {
    Event(
      id: .given("enter-\(position.rawValue)"), effective: Instant(time)!, source: source,
      payload: .positionEntered(
        PositionEntered(
          position: position, portfolio: portfolio, symbol: symbol, positionType: .long,
          quantity: ExactDecimal(quantity), entryPrice: 150)))
  }

  static func exit(
    _ id: String, of position: PositionID = "aapl", _ quantity: Int32?,
    at time: String = "2024-03-01T20:00:00Z"
  ) -> Event {
    event(
      id, time,
      .positionExited(
        PositionExited(
          position: position, exitPrice: 160, quantity: quantity.map { ExactDecimal($0) })))
  }

  static func void(_ id: String, _ position: PositionID, exit: ExitID? = nil) -> Event {
    event(
      id, "2024-04-01T20:00:00Z",
      .positionVoided(PositionVoided(position: position, reason: "a mistake", exit: exit)))
  }

  static func deposit(_ id: String, _ amount: Int32 = 1_000) -> Event {
    event(
      id, "2024-02-02T09:00:00Z",
      .cashMoved(
        CashMoved(portfolio: "growth", amount: ExactDecimal(amount), reason: .deposit)))
  }

  static func price(_ id: String, _ price: Int32, at time: String = "2024-02-05T20:00:00Z") -> Event
  {
    event(id, time, .priceTicked(PriceTicked(symbol: "AAPL", price: ExactDecimal(price))))
  }
}

extension Book {
  /// The ids and contents of all events that the branch shows.
  func shownIDs() throws -> [String] {
    var ids: [String] = []
    var cursor = events()
    while let event = try cursor.next() { ids.append(try idText(of: event)) }
    return ids
  }

  func ownIDs() throws -> [String] {
    var ids: [String] = []
    var cursor = ownEvents()
    while let event = try cursor.next() { ids.append(try idText(of: event)) }
    return ids
  }

  /// What is open of a position in the end; null where it is not known.
  func open(_ position: PositionID) throws -> String? {
    let holdings = try holdings(at: ReplayPoint(asOf: .distantFuture, knownAt: head))
    return holdings.positions[position]?.quantity.description
  }
}

final class Counter: Sendable {
  private let count: Mutex<Int64>

  init(_ start: Int64) { count = Mutex(start) }

  func next() -> Int64 {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}
