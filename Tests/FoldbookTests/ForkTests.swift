import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Foundation
import Portfolio
import Records
import TestSupport
import Testing

@Suite("A fork")
struct ForkTests {
  let fixture: BookFixture
  var main: Book { fixture.book }

  init() throws {
    fixture = try BookFixture()
    try fixture.enterAAPL()
    try main.append([
      tick("t1", "2024-02-01T15:00:00Z", 155), tick("t2", "2024-03-01T15:00:00Z", 160),
    ])
  }

  @Test("shows what its parent held, and what is done on either side stays there")
  func sides() throws {
    let branch = try main.fork("hedge")
    #expect(branch.head == EventSequence(5))
    #expect(try quantity(branch) == Quantity(ExactDecimal(100)))
    try branch.append([exit("sell", "2024-03-04T15:00:00Z", 40)])
    try main.append([exit("sell-all", "2024-03-05T15:00:00Z", nil)])
    #expect(try quantity(branch) == Quantity(ExactDecimal(60)))
    #expect(try quantity(main) == nil)
    #expect(
      try kinds(branch) == Array(try kinds(main).prefix(4)) + ["model.forked", "position.exited"])
    let reopened = try Book.open(at: "disk/book", branch: "hedge", environment: fixture.environment)
    #expect(try quantity(reopened) == Quantity(ExactDecimal(60)))
    #expect(reopened.head == EventSequence(6))
  }

  @Test("numbers go on behind the fork, and are found by number, id and recorded time")
  func lookups() throws {
    let branch = try main.fork("hedge", ForkRequest(asOf: .sequence(EventSequence(2))))
    #expect(branch.head == EventSequence(3))
    try branch.append([exit("sell", "2024-03-04T15:00:00Z", 40)])
    #expect(try branch.sequence(ofID: "enter") == EventSequence(2))
    #expect(try branch.sequence(ofID: "t1") == nil)
    #expect(try branch.sequence(ofID: "sell") == EventSequence(4))
    let recorded = try #require(try branch.event(at: EventSequence(2))?.recorded)
    #expect(try branch.point(knownAt: .instant(recorded)).point.knownAt == EventSequence(2))
    #expect(throws: BookError.self) { try branch.point(knownAt: .sequence(EventSequence(5))) }
  }

  @Test("an id of the ancestry never expires: the same event answers, another is refused")
  func ids() throws {
    let branch = try main.fork("hedge")
    let again = try branch.append([tick("t1", "2024-02-01T15:00:00Z", 155)])
    #expect(again.appended == 0)
    #expect(again.entries.map(\.sequence) == [EventSequence(3)])
    #expect(throws: BookError.self) {
      try branch.append([tick("t1", "2024-02-01T15:00:00Z", 156)])
    }
    #expect(branch.head == EventSequence(5))
  }

  @Test("as of a date: what is effective later is invisible, whatever order it came in")
  func cut() throws {
    try main.append([
      exit("late", "2024-02-20T15:00:00Z", 30),
      event(
        "fix", "2024-06-01T00:00:00Z",
        .positionCorrected(
          PositionCorrected(
            position: "aapl", reason: "typing", entryPrice: 149))),
    ])
    let date = try #require(CivilDate(year: 2024, month: 2, day: 15)).end
    let branch = try main.fork("then", ForkRequest(asOf: .instant(date)))
    let state = try branch.state(at: branch.point().point)
    let position = try #require(state.resolve(asOf: date).openPositions.first)
    #expect(position.quantity == Quantity(ExactDecimal(100)))
    #expect(position.entryPrice == Price(ExactDecimal(149)))
    #expect(state.market.price(of: "AAPL", asOf: .distantFuture)?.price == Price(ExactDecimal(155)))
    // Time stands still on the branch until something is done on it.
    #expect(try branch.defaultAsOf() == date)
    try branch.append([exit("more", "2024-02-16T15:00:00Z", 100)])
    #expect(try branch.defaultAsOf() == Instant("2024-02-16T15:00:00Z"))
    #expect(try quantity(branch) == nil)
    let seen = try kinds(branch)
    #expect(!seen.dropLast().contains("position.exited"))
    #expect(seen.contains("position.corrected"))
  }

  @Test("a live one takes the parent's market data in, and none of its trades")
  func live() throws {
    let date = try #require(CivilDate(year: 2024, month: 2, day: 15)).end
    let branch = try main.fork("alive", ForkRequest(asOf: .instant(date), mode: .live))
    let later = try #require(Instant("2024-04-01T00:00:00Z"))
    #expect(try price(branch, later) == Price(ExactDecimal(160)))
    try main.append([
      exit("sell-all", "2024-03-05T15:00:00Z", nil), tick("t3", "2024-03-10T15:00:00Z", 170),
    ])
    try branch.refresh()
    #expect(try price(branch, later) == Price(ExactDecimal(170)))
    #expect(try quantity(branch, later) == Quantity(ExactDecimal(100)))
    let head = branch.head
    #expect(head.own == EventSequence(5))
    #expect(head.flowed == 2)
    #expect(head.description == "5+2")
    try branch.append([exit("own", "2024-03-11T15:00:00Z", 10)])
    #expect(branch.head.own == EventSequence(6))
    #expect(branch.head.flowed == 0)
    #expect(try quantity(branch, later) == Quantity(ExactDecimal(90)))
    // A point before the price came in is what it was.
    let before = ReplayPoint(
      asOf: later, knownAt: try #require(EventSequence(own: EventSequence(5), flowed: 0)))
    #expect(
      try branch.state(at: before).market.price(of: "AAPL", asOf: later)?.price
        == Price(ExactDecimal(160)))
    #expect(try branch.sequence(ofID: "t3") == EventSequence(own: EventSequence(5), flowed: 2))
    #expect(try branch.sequence(ofID: "sell-all") == nil)
  }

  @Test("a live one that leaves early, as of a date, takes in all that came since")
  func early() throws {
    let date = try #require(CivilDate(year: 2024, month: 2, day: 15)).end
    let request = ForkRequest(
      asOf: .instant(date), knownAt: .sequence(EventSequence(2)), mode: .live)
    let branch = try main.fork("early", request)
    #expect(try kinds(branch).suffix(3) == ["price.ticked", "price.ticked", "model.forked"])
    #expect(try price(branch, .distantFuture) == Price(ExactDecimal(160)))
  }

  @Test("an own event stays what its id means where the parent gives the id to another one later")
  func ownFirst() throws {
    let branch = try main.fork("alive", ForkRequest(mode: .live))
    let own = tick("mine", "2024-03-10T15:00:00Z", 170)
    try branch.append([own])
    let first = branch.head
    try main.append([tick("mine", "2024-03-10T15:00:00Z", 171)])
    #expect(try branch.append([own]).entries.map(\.sequence) == [first])
    #expect(throws: BookError.self) {
      try branch.append([tick("mine", "2024-03-10T15:00:00Z", 171)])
    }
  }

  @Test("going back from the head of a live one comes to each number and to its fork")
  func backwards() throws {
    let branch = try main.fork("alive", ForkRequest(mode: .live))
    try main.append([tick("t3", "2024-03-10T15:00:00Z", 170)])
    try branch.line.refresh()
    var numbers: [EventSequence] = []
    var number = branch.head
    while number > .zero {
      numbers.append(number)
      number = try branch.line.number(before: number)
    }
    #expect(numbers.map(\.description) == ["5+1", "5", "4", "3", "2", "1"])
  }

  @Test("ending a session pins what flows in")
  func pinned() throws {
    let branch = try main.fork("alive", ForkRequest(mode: .live))
    try main.append([tick("t3", "2024-03-10T15:00:00Z", 170)])
    try branch.append([
      event("done", "2024-03-11T00:00:00Z", .modelCompleted(ModelCompleted(session: "alive")))
    ])
    let head = branch.head
    try main.append([tick("t4", "2024-03-12T15:00:00Z", 180)])
    #expect(branch.head == head)
    let later = try #require(Instant("2024-04-01T00:00:00Z"))
    #expect(try price(branch, later) == Price(ExactDecimal(170)))
    let reopened = try Book.open(at: "disk/book", branch: "alive", environment: fixture.environment)
    #expect(reopened.head == head)
    #expect(try price(reopened, later) == Price(ExactDecimal(170)))
    #expect(throws: RuleError.self) { try branch.append([exit("x", "2024-03-11T15:00:00Z", 1)]) }
  }

  @Test("forks of forks show the whole ancestry, live ones too")
  func chains() throws {
    let live = try main.fork("live", ForkRequest(mode: .live))
    try main.append([tick("t3", "2024-03-10T15:00:00Z", 170)])
    try live.append([exit("own", "2024-03-11T15:00:00Z", 10)])
    let frozen = try live.fork("frozen")
    let second = try live.fork("second", ForkRequest(mode: .live))
    try main.append([tick("t4", "2024-03-12T15:00:00Z", 180)])
    try live.append([exit("own2", "2024-03-13T15:00:00Z", 10)])
    try second.refresh()
    let later = try #require(Instant("2024-04-01T00:00:00Z"))
    #expect(try price(frozen, later) == Price(ExactDecimal(170)))
    #expect(try quantity(frozen, later) == Quantity(ExactDecimal(90)))
    #expect(try price(second, later) == Price(ExactDecimal(180)))
    #expect(try quantity(second, later) == Quantity(ExactDecimal(90)))
    #expect(try quantity(live, later) == Quantity(ExactDecimal(80)))
    let third = try frozen.fork("third")
    try third.append([exit("own3", "2024-03-14T15:00:00Z", 50)])
    #expect(try quantity(third, later) == Quantity(ExactDecimal(40)))
    #expect(throws: LogError.self) { try frozen.fork("fourth", ForkRequest(mode: .live)) }
    #expect(try main.branches() == ["frozen", "live", "main", "second", "third"])
  }

  @Test("a branch of a branch that stands still stands still too")
  func standsStill() throws {
    let date = try #require(CivilDate(year: 2024, month: 2, day: 15)).end
    let then = try main.fork("then", ForkRequest(asOf: .instant(date)))
    try then.append([exit("own", "2024-02-20T15:00:00Z", 10)])
    let child = try then.fork("child")
    #expect(child.standsStill)
    #expect(try child.defaultAsOf() == Instant("2024-02-20T15:00:00Z"))
    #expect(try child.point().point.asOf == Instant("2024-02-20T15:00:00Z"))
  }

  @Test(
    "what the parent records late, under an earlier time, does not change what was forked before")
  func lateFlow() throws {
    let live = try main.fork("live", ForkRequest(mode: .live))
    try live.append([exit("own", "2024-03-11T15:00:00Z", 10)])
    let child = try live.fork("child")
    let before = try kinds(child)
    var late = tick("t3", "2024-03-10T15:00:00Z", 170)
    late.recorded = try #require(main.headRecorded)
    try main.append([late], recordedTimes: .kept)
    try live.refresh()
    // By the times of recording it stands before what was done on the live branch.
    #expect(try live.sequence(ofID: "t3") == EventSequence(own: EventSequence(4), flowed: 1))
    let reopened = try Book.open(at: "disk/book", branch: "child", environment: fixture.environment)
    #expect(reopened.damage == nil)
    #expect(try kinds(reopened) == before)
    try reopened.append([exit("more", "2024-03-12T15:00:00Z", 10)])
  }

  @Test("a split that flows in late is known to the rules of a branch that stays open")
  func lateSplit() throws {
    let live = try main.fork("live", ForkRequest(mode: .live))
    try live.append([exit("own", "2024-03-11T15:00:00Z", 10)])
    var split = event(
      "split", "2024-02-01T00:00:00Z",
      .instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: ExactDecimal(2))))
    split.recorded = try #require(main.headRecorded)
    try main.append([split], recordedTimes: .kept)
    try live.append([exit("rest", "2024-03-12T15:00:00Z", nil)])
    let sequence = try #require(try live.sequence(ofID: "rest"))
    guard case .positionExited(let exited)? = try live.event(at: sequence)?.payload else {
      Issue.record("the exit is not there")
      return
    }
    #expect(exited.quantity == ExactDecimal(190))
  }

  @Test("another handle learns that a session has ended, and takes nothing more in")
  func endSeen() throws {
    let branch = try main.fork("alive", ForkRequest(mode: .live))
    let other = try Book.open(at: "disk/book", branch: "alive", environment: fixture.environment)
    try other.append([
      event("done", "2024-03-11T00:00:00Z", .modelCompleted(ModelCompleted(session: "alive")))
    ])
    try main.append([tick("t4", "2024-03-12T15:00:00Z", 180)])
    try branch.refresh()
    #expect(branch.head == other.head)
    #expect(branch.head.flowed == 0)
  }

  @Test("the head of a live branch can be asked for, whatever the parent has recorded there")
  func headAsked() throws {
    let branch = try main.fork("alive", ForkRequest(mode: .live))
    try main.append([exit("sell-all", "2024-03-05T15:00:00Z", nil)])
    try branch.refresh()
    let head = branch.head
    #expect(head.flowed == 1)
    #expect(try branch.point(knownAt: .sequence(head)).point.knownAt == head)
  }

  @Test("a person is the book's: no branch registers, changes or forgets one")
  func persons() throws {
    try main.append([
      event(
        "ann", "2024-01-02T09:00:00Z",
        .userRegistered(UserRegistered(user: "ann", role: .manager, username: "ann")))
    ])
    let branch = try main.fork("hedge")
    let error = #expect(throws: RuleError.self) {
      try branch.append([
        event("gone", "2024-03-11T00:00:00Z", .userForgotten(UserForgotten(user: "ann")))
      ])
    }
    #expect(error?.code == "FB-RULE-049")
    #expect(try main.facts().user("ann", asOf: .distantFuture)?.isForgotten == false)
  }

  @Test("a long chain of forks is read without a file open for each")
  func depth() throws {
    var book = main
    let depth = ProcessInfo.processInfo.environment["FOLDBOOK_EXHAUSTIVE"] == nil ? 60 : 1_000
    for index in 1...depth { book = try book.fork("b\(index)") }
    #expect(book.head == EventSequence(4).advanced(by: depth))
    #expect(try quantity(book) == Quantity(ExactDecimal(100)))
    try book.append([exit("own", "2024-03-11T15:00:00Z", 10)])
    #expect(try quantity(book) == Quantity(ExactDecimal(90)))
  }

  @Test(
    "a name that no folder and no point could bear is refused",
    arguments: [
      "", ".hidden", "a/b", "a b", "main@x", "-x", "2008-09-12", "today",
      String(repeating: "n", count: 65), "x.",
    ])
  func names(_ name: String) throws {
    #expect(throws: BookError.self) { try main.fork(name) }
    #expect(try main.branches() == ["main"])
  }

  @Test("a name that is taken is refused, in whatever case", arguments: ["hedge", "HEDGE", "main"])
  func taken(_ name: String) throws {
    _ = try main.fork("hedge")
    #expect(throws: BookError.self) { try main.fork(name) }
  }

  @Test("a point behind the head and one that is not there are refused, and leave nothing")
  func points() throws {
    for point in [TimeReference.sequence(EventSequence(9)), .event(id: "nowhere")] {
      #expect(throws: BookError.self) { try main.fork("x", ForkRequest(asOf: point)) }
    }
    #expect(throws: BookError.self) { try main.fork("x", ForkRequest(portfolio: "unknown")) }
    #expect(throws: BookError.self) { try main.fork("x", ForkRequest(user: "unknown")) }
    #expect(try main.branches() == ["main"])
  }

  @Test("a parent that lost what the branch stands on is damage that the branch names")
  func damagedParent() throws {
    _ = try main.fork("hedge")
    fixture.storage.flipBit(3, ofByte: 700, in: "disk/book/branches/main/log/journal")
    let branch = try Book.open(at: "disk/book", branch: "hedge", environment: fixture.environment)
    #expect(branch.damage != nil)
    #expect(throws: LogError.self) { try branch.append([exit("x", "2024-03-11T15:00:00Z", 1)]) }
    #expect(throws: LogError.self) {
      try branch.state(at: ReplayPoint(asOf: .distantFuture, knownAt: branch.head))
    }
    #expect(try !branch.verify(deep: true).isSound)
  }

  @Test("a crash at any call of a fork leaves no branch, or a whole one")
  func crashes() throws {
    var calls = 0
    while true {
      let fixture = try BookFixture()
      try fixture.enterAAPL()
      fixture.storage.stop(afterChanges: calls)
      let isDone = (try? fixture.book.fork("hedge")) != nil
      fixture.storage.crash(seed: UInt64(calls))
      let book = try Book.open(at: "disk/book", environment: fixture.environment)
      #expect(book.damage == nil)
      if try book.branches().contains("hedge") {
        let branch = try Book.open(
          at: "disk/book", branch: "hedge", environment: fixture.environment)
        #expect(branch.damage == nil)
        #expect(try quantity(branch) == Quantity(ExactDecimal(100)))
      } else {
        #expect(!isDone)
        #expect(try quantity(book.fork("hedge")) == Quantity(ExactDecimal(100)))
      }
      if isDone { break }
      calls += 1
    }
    #expect(calls > 5)
  }

  // MARK: What is looked at

  private func tick(_ id: String, _ time: String, _ price: Int32) -> Event {
    event(id, time, .priceTicked(PriceTicked(symbol: "AAPL", price: ExactDecimal(price))))
  }

  private func quantity(_ book: Book, _ asOf: Instant = .distantFuture) throws -> Quantity? {
    let point = ReplayPoint(asOf: asOf, knownAt: book.head)
    return try book.holdings(at: point).openPositions.first?.quantity
  }

  private func price(_ book: Book, _ asOf: Instant) throws -> Price? {
    try book.state(at: ReplayPoint(asOf: asOf, knownAt: book.head)).market
      .price(of: "AAPL", asOf: asOf)?.price
  }

  private func kinds(_ book: Book) throws -> [String] {
    var cursor = book.events()
    var kinds: [String] = []
    while let event = try cursor.next() { kinds.append(event.kindName) }
    return kinds
  }
}
