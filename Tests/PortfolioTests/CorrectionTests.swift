import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Exits, corrections and voids")
struct CorrectionTests {
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.enter("100", at: "150", on: "2025-01-10", fees: "1")
    try ledger.exit("40", at: "160", on: "2025-02-10", exit: "x", fees: "2")
    return ledger
  }

  @Test("an exit without a quantity leaves all, and the quantity is written into it")
  func wholeExit() throws {
    var ledger = try Self.ledger()
    let event = try ledger.exit(at: "170", on: "2025-03-10")
    guard case .positionExited(let payload) = event.payload else {
      Issue.record("another payload")
      return
    }
    #expect(payload.quantity == 60)
    #expect(event.subject == "p")
    let position = try ledger.position()
    #expect(!position.isActive)
    // (40 · 160 + 60 · 170) / 100
    #expect(position.exitPrice?.description == "166")
    #expect(position.realizedPnL.description == "1600")
  }

  @Test("the defaulted quantity is what is open at the effective time, after splits")
  func wholeExitAfterSplit() throws {
    var ledger = try Self.ledger()
    try ledger.split("2", on: "2025-02-20")
    let event = try ledger.exit(at: "90", on: "2025-03-10")
    guard case .positionExited(let payload) = event.payload else {
      Issue.record("another payload")
      return
    }
    #expect(payload.quantity == 120)
  }

  @Test("a completed event counts as the one that was sent")
  func resent() throws {
    var ledger = try Self.ledger()
    let sent = ledger.next(
      .positionExited(PositionExited(position: "a", exitPrice: 170)), at: instant("2025-03-10"))
    let stored = try ledger.append(sent.payload, at: sent.effective)
    #expect(stored.hasSameContent(as: sent))
  }

  @Test("a correction is completed to the whole restated entry")
  func completedEntry() throws {
    var ledger = try Self.ledger()
    let event = try ledger.correct(entryPrice: "151")
    guard case .positionCorrected(let payload) = event.payload else {
      Issue.record("another payload")
      return
    }
    #expect(payload.quantity == 100)
    #expect(payload.entryPrice == 151)
    #expect(payload.entryTime == instant("2025-01-10"))
    #expect(payload.symbol == "AAPL")
    #expect(payload.positionType == .long)
    #expect(payload.fees == 1)
    #expect(payload.exitPrice == nil && payload.exitTime == nil)
    #expect(try ledger.position().realizedPnL.description == "360")
  }

  @Test("a correction of an exit is completed to the whole restated exit")
  func completedExit() throws {
    var ledger = try Self.ledger()
    let event = try ledger.correct(exit: "x", quantity: "50")
    guard case .positionCorrected(let payload) = event.payload else {
      Issue.record("another payload")
      return
    }
    #expect(payload.quantity == 50)
    #expect(payload.exitPrice == 160)
    #expect(payload.exitTime == instant("2025-02-10"))
    #expect(payload.fees == 2)
    #expect(payload.entryPrice == nil && payload.symbol == nil)
    #expect(try ledger.position().quantity.description == "50")
  }

  @Test("a correction acts on the known-at clock only, whatever its effective time")
  func knownAt() throws {
    var ledger = try Self.ledger()
    let known = ledger.state.head
    try ledger.correct(quantity: "90", on: "2029-01-01")
    #expect(try ledger.position(asOf: "2025-01-31").quantity.description == "90")
    let believed = try ledger.state(knownAt: known).position("a", asOf: instant("2025-01-31"))
    #expect(believed?.quantity.description == "100")
  }

  @Test("an entry whose time is moved is there from its new time on")
  func moved() throws {
    var ledger = try Self.ledger()
    try ledger.correct(entryTime: "2025-01-05")
    #expect(try ledger.position(asOf: "2025-01-05").isActive)
    try ledger.correct(entryTime: "2025-01-20")
    #expect(try ledger.state.position("a", asOf: instant("2025-01-19")) == nil)
    #expect(ledger.holdings(asOf: "2025-01-19").positions.isEmpty)
  }

  @Test("an entry moved across a split comes in new units")
  func movedAcrossSplit() throws {
    var ledger = try Self.ledger()
    try ledger.split("2", on: "2025-01-15")
    #expect(try ledger.position().quantity.description == "160")
    try ledger.correct(entryTime: "2025-01-20")
    #expect(try ledger.position().quantity.description == "60")
  }

  @Test("a corrected symbol and type change direction, splits and multiplier")
  func symbol() throws {
    var ledger = try Self.ledger()
    try ledger.correct(symbol: "AAPL250930P00165000", type: .shortPut)
    let position = try ledger.position()
    #expect(position.quantity.description == "-60")
    #expect(position.multiplier == 100)
    #expect(position.terms?.underlying == "AAPL")
    #expect(position.terms?.strike == 165)
    #expect(position.terms?.right == .put)
    #expect(position.terms?.expiration == CivilDate("2025-09-30"))
  }

  @Test("a voided exit reopens what it left")
  func voidedExit() throws {
    var ledger = try Self.ledger()
    try ledger.void(exit: "x")
    let position = try ledger.position()
    #expect(position.quantity.description == "100")
    #expect(position.exits.isEmpty)
    #expect(position.realizedPnL.description == "0")
  }

  @Test("a voided entry never happened: no holding, no cash, only a removed row")
  func voidedEntry() throws {
    var ledger = try Self.ledger()
    let known = ledger.state.head
    try ledger.void()
    let holdings = ledger.holdings()
    #expect(holdings.positions.isEmpty)
    #expect(holdings.cash["p"]?.balance.description == "50000")
    let removed = try #require(holdings.voidedPositions["a"])
    #expect(removed.isVoided && !removed.isActive)
    #expect(removed.quantity.isZero)
    #expect(removed.provenance.deleted == Ledger.recorded(ledger.state.head))
    #expect(try ledger.state(knownAt: known).position("a", asOf: .distantFuture)?.isActive == true)
  }

  @Test("a late entry changes history, and not what was believed")
  func lateEntry() throws {
    var ledger = try Self.ledger()
    let known = ledger.state.head
    try ledger.enter("7", at: "10", on: "2025-01-02", id: "late")
    #expect(ledger.holdings(asOf: "2025-01-03").positions["late"] != nil)
    let believed = ledger.state(knownAt: known).resolve(asOf: instant("2025-01-03"))
    #expect(believed.positions.isEmpty)
  }

  @Test("a row says who made it and who touched it last")
  func provenance() throws {
    var ledger = try Self.ledger()
    let entered = EventSequence(3)
    var provenance = try ledger.position(asOf: "2025-01-31").provenance
    #expect(provenance.firstSequence == entered && provenance.lastSequence == entered)
    provenance = try ledger.position().provenance
    #expect(provenance.created == Ledger.recorded(entered))
    #expect(provenance.lastSequence == EventSequence(4))
    try ledger.correct(exit: "x", exitPrice: "161")
    try ledger.split("2", on: "2025-02-20")
    try ledger.split("3", on: "2025-02-20", symbol: "MSFT")
    provenance = try ledger.position().provenance
    #expect(provenance.created == Ledger.recorded(entered))
    #expect(provenance.lastSequence == EventSequence(6))
    #expect(provenance.updated == Ledger.recorded(EventSequence(6)))
    #expect(provenance.deleted == nil)
  }
}
