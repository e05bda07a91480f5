import EventLog
import Events
import ExactNumbers
import FaultInjection
import Foldbook
import Portfolio
import Records
import TestSupport
import Testing

/// The rules and the fold have their own properties, against a naive model. Here it is shown that
/// nothing between a caller and the fold changes an answer: not the log, not its packing and
/// sealing, not reopening, not sending things twice, not reading only the prices of what is held.
@Suite struct Replaying {
  @Test(
    "any point of a random history is answered as by folding the accepted events in memory",
    arguments: 1...1_000)
  func points(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fixture = try BookFixture()
    var book = fixture.book
    var history = RandomHistory(seed: seed)
    var sent: [Event] = []
    for step in 0..<60 {
      let new = history.next()
      let events =
        Bool.random(using: &random) ? [new] : [new] + sent.shuffled(using: &random).prefix(2)
      if (try? book.append(events)) != nil { sent.append(new) }
      if step % 17 == 16 { try book.seal() }
      if step % 13 == 12 { book = try fixture.reopened() }
    }
    var accepted: [Event] = []
    var cursor = book.events()
    while let event = try cursor.next() { accepted.append(event) }
    // Sent twice is there once.
    #expect(Set(accepted.map(\.id)).count == accepted.count, "seed \(seed)")
    #expect(accepted.count >= 10, "seed \(seed): the history is refused too often to say anything")

    for _ in 0..<12 {
      let point = ReplayPoint(
        asOf: history.anyTime(),
        knownAt: EventSequence(UInt64.random(in: 0...book.head.rawValue, using: &random)))
      var state = BookState(asOf: point.asOf)
      for event in accepted.prefix(Int(point.knownAt.rawValue)) { state.fold(event) }
      let expected = state.resolve(asOf: point.asOf)
      let answered = try book.holdings(at: point)
      let comment = Comment(
        rawValue: "seed \(seed), as of \(point.asOf), known at \(point.knownAt)")
      #expect(Set(answered.positions.keys) == Set(expected.positions.keys), comment)
      for id in expected.positions.keys {
        #expect(answered.positions[id] == expected.positions[id], comment)
      }
      #expect(answered.cash == expected.cash, comment)
      #expect(answered.tagsByPosition == expected.tagsByPosition, comment)
      let prices = (Valuation(answered), Valuation(expected))
      for position in expected.openPositions {
        #expect(
          prices.0.value(of: position) == prices.1.value(of: position), comment)
      }
    }
  }

  @Test("a point that does not exist is said, with the range that does")
  func unknownPoints() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    for reference in [TimeReference.sequence(EventSequence(9)), .event(id: "nobody")] {
      let error = #expect(throws: BookError.self) { try fixture.book.point(knownAt: reference) }
      #expect(error?.description.contains("#1 to #2") == true)
      #expect(throws: BookError.self) { try fixture.book.point(asOf: reference) }
    }
    let early = try fixture.book.point(knownAt: .instant(Instant("2020-01-01T00:00:00Z")!))
    #expect(early.point.knownAt == .zero)
    let range = "sequences run from #1 to #2, recorded from 2024-06-03T12:00:0"
    #expect(early.warnings.count == 1 && early.warnings[0].contains(range))
    let late = try fixture.book.point(asOf: .instant(Instant("2099-01-01T00:00:00Z")!))
    #expect(late.warnings.count == 1 && late.warnings[0].contains(range))
    let known = try fixture.book.point(knownAt: .instant(Instant("2099-01-01T00:00:00Z")!))
    #expect(known.point.knownAt == fixture.book.head)
    #expect(known.warnings.count == 1 && known.warnings[0].contains("after the head"))
    #expect(known.warnings[0].contains(range))
    let inside = try fixture.book.point(
      asOf: .instant(Instant("2024-02-01T00:00:00Z")!),
      knownAt: .instant(try #require(fixture.book.headRecorded)))
    #expect(inside.warnings == [])
  }

  @Test("without an as-of it is the head's recorded time, whatever was known")
  func headAsOf() throws {
    let fixture = try BookFixture()
    try fixture.enterAAPL()
    try fixture.book.append([exit("x", "2024-02-01T00:00:00Z", 10)])
    let point = try fixture.book.point(knownAt: .sequence(EventSequence(1)))
    #expect(point.point.knownAt == EventSequence(1))
    #expect(point.point.asOf == fixture.book.headRecorded)
    #expect(point.warnings == [])
  }

  @Test("an empty book says that it has no point")
  func emptyBook() throws {
    let point = try BookFixture().book.point()
    #expect(point.point.knownAt == .zero)
    #expect(point.warnings.count == 1 && point.warnings[0].contains("no events"))
  }
}

/// Events that mostly make sense: late ones, corrections, voids, splits, prices, tags, cash.
private struct RandomHistory {
  private var random: SeededGenerator
  private var count = 0
  private var positions: [PositionID] = []
  private var exits: [(PositionID, ExitID)] = []
  private static let start = Instant("2024-01-02T00:00:00Z")!

  init(seed: UInt64) { random = SeededGenerator(seed: seed &* 31) }

  mutating func anyTime() -> Instant {
    Self.start.advanced(bySeconds: Int64.random(in: 0...(120 * 24), using: &random) * 3_600)
  }

  mutating func next() -> Event {
    count += 1
    if count == 1 {
      return event(
        "open", Self.start.description,
        .portfolioOpened(PortfolioOpened(portfolio: "p", name: "P", benchmark: "A")))
    }
    if count == 2 {
      return event(
        "tag", Self.start.description,
        .tagCreated(TagCreated(tag: "t", name: "t", tagType: .regular)))
    }
    return event("e\(count)", anyTime().description, payload())
  }

  private mutating func payload() -> Payload {
    let symbol: Symbol = ["A", "B", "C"].randomElement(using: &random) ?? "A"
    let small = ExactDecimal(Int32.random(in: 1...60, using: &random))
    let position = positions.randomElement(using: &random) ?? "none"
    switch Int.random(in: 0..<14, using: &random) {
    case 0...3:
      let id = PositionID("p\(count)")
      positions.append(id)
      return .positionEntered(
        PositionEntered(
          position: id, portfolio: "p", symbol: symbol,
          positionType: Bool.random(using: &random) ? .long : .short, quantity: small,
          entryPrice: ExactDecimal(Int32.random(in: 1...200, using: &random))))
    case 4...5:
      let id = ExitID("x\(count)")
      exits.append((position, id))
      return .positionExited(
        PositionExited(
          position: position, exitPrice: small,
          quantity: Bool.random(using: &random)
            ? nil : ExactDecimal(Int32.random(in: 1...20, using: &random)),
          exit: id))
    case 6:
      return .positionCorrected(
        PositionCorrected(position: position, reason: "random", quantity: small))
    case 7:
      let exit = exits.randomElement(using: &random)
      return .positionVoided(
        PositionVoided(
          position: exit?.0 ?? position, reason: "random",
          exit: Bool.random(using: &random) ? exit?.1 : nil))
    case 8:
      return .instrumentSplit(
        InstrumentSplit(
          symbol: symbol, ratio: ExactDecimal(Int32.random(in: 1...3, using: &random))))
    case 9:
      return .positionTagged(PositionTagged(position: position, tag: "t"))
    case 10:
      return .cashMoved(CashMoved(portfolio: "p", amount: small, reason: .deposit))
    case 11:
      return .priceTicked(PriceTicked(symbol: symbol, price: small))
    case 12:
      return .instrumentDividend(InstrumentDividend(symbol: symbol, amount: 1))
    default:
      let date = anyTime().date
      return .priceClosed(PriceClosed(symbol: symbol, date: date, close: small))
    }
  }
}
