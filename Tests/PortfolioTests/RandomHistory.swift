import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport

/// A random history of a small book, in which facts come late, are corrected, voided and restated,
/// and often fall on the same time.
struct RandomHistory {
  var ledger: Ledger
  var naive: NaiveBook
  private var random: SeededGenerator
  private(set) var refused = 0
  /// What the rules and the naive model did not agree about, in words; empty when they agree.
  private(set) var disagreements: [String] = []

  static let symbols: [Symbol] = ["AAPL", "MSFT"]
  static let positions: [PositionID] = ["a", "b", "c", "d"]
  static let tags: [TagID] = ["t", "u"]

  init(seed: UInt64, steps: Int) throws {
    random = SeededGenerator(seed: seed)
    ledger = try Ledger.withPortfolio()
    for tag in Self.tags {
      try ledger.append(
        .tagCreated(TagCreated(tag: tag, name: tag.rawValue, tagType: .regular)),
        at: "2000-01-01")
    }
    naive = NaiveBook(events: ledger.events)
    for _ in 0..<steps { try step() }
  }

  /// More of a history that another one begins.
  init(continuing ledger: Ledger, naive: NaiveBook, seed: UInt64, steps: Int) throws {
    random = SeededGenerator(seed: seed)
    self.ledger = ledger
    self.naive = naive
    for _ in 0..<steps { try step() }
  }

  /// A time on a grid of twelve days with a morning, a noon and an end.
  mutating func time() -> Instant {
    let date = CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<12, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return date.start
    case 1:
      return Instant(
        nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch + 43_200_000_000_000)
    default: return date.end
    }
  }

  mutating func sequence() -> EventSequence {
    EventSequence(UInt64.random(in: 0...ledger.state.head.rawValue, using: &random))
  }

  private mutating func step() throws {
    let event = ledger.next(payload(), at: time())
    let before = ledger.state
    let expected = naive.accepts(event)
    do {
      let stored = try ledger.append(event.payload, at: event.effective)
      if !expected { disagreements.append("accepted \(event)") }
      var sent = event
      if case .positionExited(let exited) = stored.payload {
        sent.payload = .positionExited(exited)
      }
      naive.events.append(sent)
    } catch let error as RuleError {
      refused += 1
      if expected { disagreements.append("\(error) for \(event)") }
      if ledger.state != before { disagreements.append("a refusal changed the state: \(error)") }
    }
  }

  private mutating func payload() -> Payload {
    let position = Self.positions.randomElement(using: &random) ?? "a"
    let symbol = Self.symbols.randomElement(using: &random) ?? "AAPL"
    switch Int.random(in: 0..<26, using: &random) {
    case 0..<4:
      return .positionEntered(
        PositionEntered(
          position: position, portfolio: "p", symbol: symbol,
          positionType: Bool.random(using: &random) ? .long : .short, quantity: number(1...60),
          entryPrice: number(1...300), fees: Bool.random(using: &random) ? number(0...3) : nil))
    case 4..<10:
      return .positionExited(
        PositionExited(
          position: position, exitPrice: number(0...300),
          quantity: Int.random(in: 0..<3, using: &random) == 0 ? nil : number(1...30),
          fees: Bool.random(using: &random) ? number(0...3) : nil))
    case 10..<13: return .positionCorrected(correction(position))
    case 13:
      return .positionVoided(
        PositionVoided(
          position: position, reason: "test",
          exit: Int.random(in: 0..<4, using: &random) == 0 ? nil : anyExit()))
    case 14, 15:
      let ratios: [(Int32, Int32?)] = [(2, nil), (3, 2), (1, 10), (1, nil), (7, nil)]
      let (up, down) = ratios.randomElement(using: &random) ?? (2, nil)
      return .instrumentSplit(
        InstrumentSplit(
          symbol: symbol, ratio: ExactDecimal(up), denominator: down.map { ExactDecimal($0) }))
    case 16:
      return .instrumentDividend(InstrumentDividend(symbol: symbol, amount: number(0...2)))
    case 17:
      return .cashMoved(
        CashMoved(
          portfolio: "p", amount: number(-50...50),
          reason: CashReason.allCases.randomElement(using: &random) ?? .adjustment))
    case 18..<22: return price(symbol)
    case 22..<24: return publication(symbol)
    default:
      let tag = Self.tags.randomElement(using: &random) ?? "t"
      return Bool.random(using: &random)
        ? .positionTagged(PositionTagged(position: position, tag: tag))
        : .positionUntagged(PositionUntagged(position: position, tag: tag))
    }
  }

  private mutating func price(_ symbol: Symbol) -> Payload {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .priceTicked(PriceTicked(symbol: symbol, price: number(1...300)))
    case 1: return .quoteUpdated(QuoteUpdated(symbol: symbol, last: number(1...300)))
    default:
      return .priceClosed(PriceClosed(symbol: symbol, date: time().date, close: number(1...300)))
    }
  }

  mutating func publication(_ symbol: Symbol) -> Payload {
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      return .rateSet(
        RateSet(series: Bool.random(using: &random) ? "DGS3MO" : "DGS10", value: number(0...6)))
    case 1: return .volatilityQuoted(VolatilityQuoted(symbol: symbol, volatility: number(0...1)))
    case 2: return .shortReported(ShortReported(symbol: symbol, daysToCover: number(0...9)))
    default: return .dayClosed(DayClosed(date: time().date))
    }
  }

  private mutating func correction(_ position: PositionID) -> PositionCorrected {
    if Bool.random(using: &random) {
      var fix = PositionCorrected(position: position, reason: "test", exit: anyExit())
      switch Int.random(in: 0..<3, using: &random) {
      case 0: fix.quantity = number(1...30)
      case 1: fix.exitPrice = number(0...300)
      default: fix.exitTime = time()
      }
      if let id = fix.exit, let owner = naive.known(at: EventSequence(.max)).exits[id]?.position {
        fix.position = owner
      }
      return fix
    }
    var fix = PositionCorrected(position: position, reason: "test")
    switch Int.random(in: 0..<5, using: &random) {
    case 0: fix.quantity = number(1...60)
    case 1: fix.entryPrice = number(1...300)
    case 2: fix.entryTime = time()
    case 3: fix.symbol = Self.symbols.randomElement(using: &random)
    default: fix.positionType = Bool.random(using: &random) ? .long : .short
    }
    return fix
  }

  /// An exit that was made, voided or not; sometimes one that never was.
  private mutating func anyExit() -> ExitID {
    let made = ledger.events.compactMap { event -> ExitID? in
      guard case .positionExited = event.payload, case .given(let id) = event.id else { return nil }
      return ExitID(id)
    }
    return made.randomElement(using: &random) ?? "none"
  }

  /// A number in a range with one or no decimal place.
  private mutating func number(_ range: ClosedRange<Int32>) -> ExactDecimal {
    let tenths =
      Int32.random(in: range, using: &random) * 10
      + (Bool.random(using: &random) ? 0 : 5)
    return (try? ExactDecimal(coefficient: Int64(max(tenths, range.lowerBound * 10)), places: 1))
      ?? 1
  }
}
