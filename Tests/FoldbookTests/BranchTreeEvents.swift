import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport

/// Draws what happens on the branches of a tree: events that fall on few days, few positions and few
/// symbols, so that they meet.
struct BranchTreeEvents {
  var random: SeededGenerator
  private var count = 0

  static let symbols: [Symbol] = ["AAPL", "MSFT"]
  static let positions: [PositionID] = ["a", "b", "c", "d", "e"]
  static let tags: [TagID] = ["t", "u"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// What every tree begins with.
  static var beginning: [Event] {
    [
      event(
        "open", "2000-01-01T00:00:00Z",
        .portfolioOpened(PortfolioOpened(portfolio: "p", name: "Demo"))),
      event(
        "seed", "2000-01-02T00:00:00Z",
        .cashMoved(CashMoved(portfolio: "p", amount: 50_000, reason: .deposit))),
    ]
      + tags.map { tag in
        event(
          "tag-\(tag.rawValue)", "2000-01-01T00:00:00Z",
          .tagCreated(TagCreated(tag: tag, name: tag.rawValue, tagType: .regular)))
      }
  }

  /// A time on a grid of twelve days with a morning, a noon and an end.
  mutating func time() -> Instant {
    let date = CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<12, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return date.start
    case 1: return date.start.advanced(bySeconds: 43_200)
    default: return date.end
    }
  }

  /// The next event on a branch of which these are the facts.
  mutating func next(on facts: NaiveBook) -> Event {
    count += 1
    return Event(
      id: .given("e\(count)"), effective: time(), source: "/tests", payload: payload(facts))
  }

  private mutating func payload(_ facts: NaiveBook) -> Payload {
    let position = Self.positions.randomElement(using: &random) ?? "a"
    let symbol = Self.symbols.randomElement(using: &random) ?? "AAPL"
    switch Int.random(in: 0..<25, using: &random) {
    case 0..<5:
      return .positionEntered(
        PositionEntered(
          position: position, portfolio: "p", symbol: symbol,
          positionType: Bool.random(using: &random) ? .long : .short, quantity: number(1...60),
          entryPrice: number(1...300), fees: Bool.random(using: &random) ? number(0...3) : nil))
    case 5..<10:
      return .positionExited(
        PositionExited(
          position: position, exitPrice: number(0...300),
          quantity: Int.random(in: 0..<4, using: &random) == 0 ? nil : number(1...20)))
    case 10..<12: return .positionCorrected(correction(position, facts))
    case 12:
      return .positionVoided(
        PositionVoided(
          position: position, reason: "test",
          exit: Int.random(in: 0..<3, using: &random) == 0 ? nil : anyExit(facts)))
    case 13:
      let ratios: [(Int32, Int32?)] = [(2, nil), (3, 2), (1, 10), (1, nil)]
      let (up, down) = ratios.randomElement(using: &random) ?? (2, nil)
      return .instrumentSplit(
        InstrumentSplit(
          symbol: symbol, ratio: ExactDecimal(up), denominator: down.map { ExactDecimal($0) }))
    case 14: return .instrumentDividend(InstrumentDividend(symbol: symbol, amount: number(0...2)))
    case 15, 16:
      return .cashMoved(
        CashMoved(portfolio: "p", amount: number(1...50), reason: .adjustment))
    case 17, 18:
      let tag = Self.tags.randomElement(using: &random) ?? "t"
      return Bool.random(using: &random)
        ? .positionTagged(PositionTagged(position: position, tag: tag))
        : .positionUntagged(PositionUntagged(position: position, tag: tag))
    case 19, 20: return .priceTicked(PriceTicked(symbol: symbol, price: number(1...300)))
    case 21: return .quoteUpdated(QuoteUpdated(symbol: symbol, last: number(1...300)))
    case 22: return .rateSet(RateSet(series: "DGS10", value: number(0...6)))
    default:
      return .priceClosed(
        PriceClosed(
          symbol: symbol,
          date: CivilDate(daysSinceEpoch: 20_000 + Int32.random(in: 0..<4, using: &random)),
          close: number(1...300)))
    }
  }

  private mutating func correction(_ position: PositionID, _ facts: NaiveBook) -> PositionCorrected
  {
    if Bool.random(using: &random) {
      let exit = anyExit(facts)
      var fix = PositionCorrected(position: position, reason: "test", exit: exit)
      if let owner = facts.known(at: EventSequence(.max)).exits[exit]?.position {
        fix.position = owner
      }
      switch Int.random(in: 0..<3, using: &random) {
      case 0: fix.quantity = number(1...30)
      case 1: fix.exitPrice = number(0...300)
      default: fix.exitTime = time()
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

  private mutating func anyExit(_ facts: NaiveBook) -> ExitID {
    let made = facts.events.compactMap { event -> ExitID? in
      guard case .positionExited = event.payload, case .given(let id) = event.id else { return nil }
      return ExitID(id)
    }
    return made.randomElement(using: &random) ?? "none"
  }

  /// A number in a range with one or no decimal place.
  private mutating func number(_ range: ClosedRange<Int32>) -> ExactDecimal {
    let tenths =
      Int32.random(in: range, using: &random) * 10 + (Bool.random(using: &random) ? 0 : 5)
    return (try? ExactDecimal(coefficient: Int64(tenths), places: 1)) ?? 1
  }
}
