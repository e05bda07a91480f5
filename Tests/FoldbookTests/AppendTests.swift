import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import TestSupport
import Testing

@Suite struct Appending {
  @Test("events get sequences without a gap, and recorded times that never go back")
  func sequences() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let outcome = try fixture.book.append([exit("exit", "2024-02-01T20:00:00Z", 40)])
    #expect(outcome.entries.map(\.sequence.rawValue) == [3])
    #expect(outcome.head.rawValue == 3)
    let events = try (1...3).map { try #require(try fixture.book.event(at: EventSequence($0))) }
    #expect(events.map { $0.recorded! } == events.map { $0.recorded! }.sorted())
    #expect(try fixture.book.sequence(ofID: "exit")?.rawValue == 3)
  }

  @Test("the same event again is answered with its first sequence, in one append as in many")
  func idempotent() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let sold = exit("exit", "2024-02-01T20:00:00Z", 40)
    try fixture.book.append([sold])
    for book in [fixture.book, try fixture.reopened()] {
      let again = try book.append([sold, sold])
      #expect(again.entries.map(\.sequence.rawValue) == [3, 3])
      #expect(again.entries.allSatisfy { !$0.isNew })
      #expect(again.head.rawValue == 3)
    }
    let twice = exit("second", "2024-02-02T20:00:00Z", 10)
    #expect(try fixture.book.append([twice, twice]).entries.map(\.isNew) == [true, false])
  }

  @Test(
    "an exit without a quantity is written with what was open, and sent again is the same event")
  func completed() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let all = exit("all", "2024-02-01T20:00:00Z", nil)
    try fixture.book.append([all])
    guard case .positionExited(let stored)? = try fixture.book.event(at: EventSequence(3))?.payload
    else { return #expect(Bool(false), "event 3 is the exit") }
    #expect(stored.quantity == 100)
    #expect(try fixture.book.append([all]).entries.map(\.isNew) == [false])
  }

  @Test("the same id with other content is refused, and nothing of the append is kept")
  func conflict() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    try fixture.book.append([exit("exit", "2024-02-01T20:00:00Z", 40)])
    #expect(throws: BookError.self) {
      try fixture.book.append([
        exit("other", "2024-02-02T20:00:00Z", 10), exit("exit", "2024-02-01T20:00:00Z", 41),
      ])
    }
    #expect(fixture.book.head.rawValue == 3)
    // The refused append left no trace in what later events are judged against.
    #expect(throws: Never.self) {
      try fixture.book.append([exit("rest", "2024-02-02T20:00:00Z", 60)])
    }
  }

  @Test("an append of several events is all or nothing")
  func atomic() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    #expect(throws: RuleError.self) {
      try fixture.book.append([
        exit("one", "2024-02-01T20:00:00Z", 60), exit("two", "2024-02-02T20:00:00Z", 60),
      ])
    }
    #expect(fixture.book.head.rawValue == 2)
    #expect(try fixture.book.append([exit("one", "2024-02-01T20:00:00Z", 60)]).appended == 1)
  }

  @Test("an expected head that has moved is refused")
  func expectedHead() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let sold = exit("exit", "2024-02-01T20:00:00Z", 40)
    #expect(throws: BookError.self) {
      try fixture.book.append([sold], expecting: EventSequence(1))
    }
    #expect(try fixture.book.append([sold], expecting: EventSequence(2)).appended == 1)
  }

  @Test("what another handle appended is judged against")
  func twoHandles() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let other = try fixture.reopened()
    try other.append([exit("exit", "2024-02-01T20:00:00Z", 90)])
    #expect(throws: RuleError.self) {
      try fixture.book.append([exit("more", "2024-02-02T20:00:00Z", 20)])
    }
    #expect(try fixture.book.append([exit("more", "2024-02-02T20:00:00Z", 10)]).head.rawValue == 4)
  }

  @Test("kept recorded times may not be missing or go backwards")
  func keptTimes() throws {
    let fixture = try BookFixture()
    var opened = event(
      "open", "2024-01-02T09:00:00Z",
      .portfolioOpened(PortfolioOpened(portfolio: "growth", name: "Growth")))
    #expect(throws: BookError.self) { try fixture.book.append([opened], recordedTimes: .kept) }
    opened.recorded = Instant("2024-01-02T09:01:00Z")
    try fixture.book.append([opened], recordedTimes: .kept)
    #expect(fixture.book.headRecorded == opened.recorded)
    var deposit = event(
      "cash", "2024-01-03T09:00:00Z",
      .cashMoved(CashMoved(portfolio: "growth", amount: 5, reason: .deposit)))
    deposit.recorded = Instant("2024-01-02T09:00:59Z")
    #expect(throws: BookError.self) { try fixture.book.append([deposit], recordedTimes: .kept) }
  }

  @Test(
    "a full disk is said, nothing is kept of the append, and the book goes on when there is room")
  func fullDisk() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    let sold = exit("exit", "2024-02-01T20:00:00Z", 100)
    fixture.storage.plan(.fail(FaultyStorage.noSpace), at: 0, of: [.write])
    #expect(throws: LogError.self) { try fixture.book.append([sold]) }
    #expect(try fixture.reopened().head.rawValue == 2)
    #expect(try fixture.book.append([sold]).head.rawValue == 3)
  }

  @Test("a bulk append that fails in the middle leaves nothing behind")
  func bulk() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    struct Stop: Error {}
    var count: Int32 = 0
    func tick(_ number: Int32) -> Event {
      event(
        "tick-\(number)", "2024-02-01T20:00:00Z",
        .priceTicked(PriceTicked(symbol: "AAPL", price: ExactDecimal(number + 1))))
    }
    #expect(throws: Stop.self) {
      try fixture.book.appendBulk {
        count += 1
        if count == 9_000 { throw Stop() }
        return tick(count)
      }
    }
    #expect(fixture.book.head.rawValue == 2)
    #expect(try fixture.reopened().head.rawValue == 2)
    count = 0
    let outcome = try fixture.book.appendBulk {
      count += 1
      return count <= 9_000 ? tick(count) : nil
    }
    #expect(outcome.appended == 9_000)
    #expect(try fixture.reopened().head.rawValue == 9_002)
    count = 0
    let again = try fixture.book.appendBulk {
      count += 1
      return count <= 9_000 ? tick(count) : nil
    }
    #expect(again.unchanged == 9_000)
    #expect(again.head.rawValue == 9_002)
  }
}
