import Events
import ExactNumbers
import Portfolio
import Records

/// The definition of the two clocks, taken word by word: take the events up to known-at, apply
/// corrections and voids, keep what is effective up to as-of, sort by (effective time, sequence),
/// walk through. It shares no code with the fold.
struct NaiveBook {
  /// As they were sent, numbered, with the quantity of an exit that left all filled in.
  var events: [Event] = []

  struct Holding: Equatable {
    var quantity: Int128
    var entered: Int128
    var entryPrice: Int128
    var realized: Int128
  }

  struct Answer: Equatable {
    var holdings: [PositionID: Holding] = [:]
    var cash: Int128 = 0
    var tags: [PositionID: [TagID]] = [:]
  }

  struct Entry {
    var symbol: Symbol
    var type: PositionType
    var quantity: ExactDecimal
    var price: ExactDecimal
    var fees: ExactDecimal
    var time: Instant
    var sequence: EventSequence
  }

  struct Exit {
    var position: PositionID
    var quantity: ExactDecimal
    var price: ExactDecimal
    var fees: ExactDecimal
    var time: Instant
    var sequence: EventSequence
  }

  /// What is known: entries and exits as corrected, without what was voided; splits and dividends
  /// as restated.
  struct Known {
    var entries: [PositionID: Entry] = [:]
    var exits: [ExitID: Exit] = [:]
    var splits: [Action: (up: ExactDecimal, down: ExactDecimal)] = [:]
    var dividends: [Action: ExactDecimal] = [:]
  }

  /// What happens to a symbol at a time.
  struct Action: Hashable {
    var symbol: Symbol
    var time: Instant
  }

  func known(at sequence: EventSequence) -> Known {
    var known = Known()
    for event in events where event.sequence ?? .zero <= sequence {
      let number = event.sequence ?? .zero
      switch event.payload {
      case .positionEntered(let entered):
        known.entries[entered.position] = Entry(
          symbol: entered.symbol, type: entered.positionType, quantity: entered.quantity,
          price: entered.entryPrice, fees: entered.fees ?? 0, time: event.effective,
          sequence: number)
      case .positionExited(let exited):
        guard case .given(let id) = event.id else { continue }
        known.exits[exited.exit ?? ExitID(id)] = Exit(
          position: exited.position, quantity: exited.quantity ?? 0, price: exited.exitPrice,
          fees: exited.fees ?? 0, time: event.effective, sequence: number)
      case .positionCorrected(let fix):
        if let id = fix.exit, var exit = known.exits[id] {
          exit.quantity = fix.quantity ?? exit.quantity
          exit.price = fix.exitPrice ?? exit.price
          exit.time = fix.exitTime ?? exit.time
          exit.fees = fix.fees ?? exit.fees
          exit.sequence = number
          known.exits[id] = exit
        } else if fix.exit == nil, var entry = known.entries[fix.position] {
          entry.quantity = fix.quantity ?? entry.quantity
          entry.price = fix.entryPrice ?? entry.price
          entry.time = fix.entryTime ?? entry.time
          entry.symbol = fix.symbol ?? entry.symbol
          entry.type = fix.positionType ?? entry.type
          entry.fees = fix.fees ?? entry.fees
          entry.sequence = number
          known.entries[fix.position] = entry
        }
      case .positionVoided(let void):
        if let id = void.exit {
          known.exits[id] = nil
        } else {
          known.entries[void.position] = nil
          known.exits = known.exits.filter { $0.value.position != void.position }
        }
      case .instrumentSplit(let split):
        known.splits[Action(symbol: split.symbol, time: event.effective)] = (
          split.ratio, split.denominator ?? 1
        )
      case .instrumentDividend(let dividend):
        known.dividends[Action(symbol: dividend.symbol, time: event.effective)] = dividend.amount
      default: break
      }
    }
    return known
  }

  /// One thing that happens in effective time.
  enum Step {
    case split(Symbol, ExactDecimal, ExactDecimal)
    case enter(PositionID)
    case exit(ExitID)
    /// A day begins on which dividends go ex: who holds now is paid then.
    case recordHolders(Action)
    case pay(Action)
  }

  func answer(asOf: Instant, knownAt: EventSequence) -> Answer {
    let known = known(at: knownAt)
    var answer = Answer()
    _ = walk(known, asOf: asOf, into: &answer)
    for event in events where event.sequence ?? .zero <= knownAt && event.effective <= asOf {
      if case .cashMoved(let moved) = event.payload { answer.cash += scaled(moved.amount, 4) }
    }
    let tagging =
      events
      .filter { $0.sequence ?? .zero <= knownAt && $0.effective <= asOf }
      .sorted { ($0.effective, $0.sequence ?? .zero) < ($1.effective, $1.sequence ?? .zero) }
    var tags: [PositionID: Set<TagID>] = [:]
    for event in tagging {
      switch event.payload {
      case .positionTagged(let tagged): tags[tagged.position, default: []].insert(tagged.tag)
      case .positionUntagged(let tagged): tags[tagged.position, default: []].remove(tagged.tag)
      default: break
      }
    }
    for (position, set) in tags where answer.holdings[position] != nil && !set.isEmpty {
      answer.tags[position] = set.sorted()
    }
    return answer
  }

  /// Whether every exit known is covered by what is open at its time, and none is before its entry.
  func isConsistent() -> Bool {
    let known = known(at: EventSequence(.max))
    var answer = Answer()
    return walk(known, asOf: .distantFuture, into: &answer)
  }

  private func walk(_ known: Known, asOf: Instant, into answer: inout Answer) -> Bool {
    var steps: [(time: Instant, rank: Int, sequence: EventSequence, step: Step)] = []
    for (action, split) in known.splits {
      steps.append((action.time, 0, .zero, .split(action.symbol, split.up, split.down)))
    }
    for (id, entry) in known.entries { steps.append((entry.time, 1, .zero, .enter(id))) }
    for (id, exit) in known.exits { steps.append((exit.time, 2, exit.sequence, .exit(id))) }
    for action in known.dividends.keys where action.time <= asOf {
      steps.append((action.time.date.start, -1, .zero, .recordHolders(action)))
      steps.append((action.time, 3, .zero, .pay(action)))
    }
    steps.sort { ($0.time, $0.rank, $0.sequence) < ($1.time, $1.rank, $1.sequence) }

    var growth: [PositionID: [(ExactDecimal, ExactDecimal)]] = [:]
    var holders: [Action: [PositionID: Int128]] = [:]
    var isCovered = true
    for step in steps where step.time <= asOf {
      switch step.step {
      case .split(let symbol, let up, let down):
        for (id, entry) in known.entries where entry.symbol == symbol {
          guard var holding = answer.holdings[id] else { continue }
          holding.quantity = split(holding.quantity, up, down)
          holding.entered = split(holding.entered, up, down)
          growth[id, default: []].append((up, down))
          holding.entryPrice = divided(entry.price, growth[id, default: []])
          answer.holdings[id] = holding
        }
        for (key, held) in holders where key.symbol == symbol {
          holders[key] = held.mapValues { split($0, up, down) }
        }
      case .enter(let id):
        guard let entry = known.entries[id] else { continue }
        let quantity = sign(entry.type) * scaled(entry.quantity, 8)
        answer.holdings[id] = Holding(
          quantity: quantity, entered: quantity, entryPrice: scaled(entry.price, 8), realized: 0)
        answer.cash -= money(quantity, scaled(entry.price, 8)) + scaled(entry.fees, 4)
      case .exit(let id):
        guard let exit = known.exits[id], let entry = known.entries[exit.position] else {
          continue
        }
        guard var holding = answer.holdings[exit.position] else {
          isCovered = false
          continue
        }
        let quantity = sign(entry.type) * scaled(exit.quantity, 8)
        if quantity.magnitude > holding.quantity.magnitude || holding.quantity == 0 {
          isCovered = false
        }
        holding.quantity -= quantity
        holding.realized += money(quantity, scaled(exit.price, 8) - holding.entryPrice)
        answer.holdings[exit.position] = holding
        answer.cash += money(quantity, scaled(exit.price, 8)) - scaled(exit.fees, 4)
      case .recordHolders(let key):
        holders[key] = answer.holdings.filter {
          known.entries[$0.key]?.symbol == key.symbol
        }.mapValues(\.quantity)
      case .pay(let key):
        guard let amount = known.dividends[key] else { continue }
        for quantity in holders[key, default: [:]].values {
          answer.cash += money(quantity, scaled(amount, 8))
        }
      }
    }
    return isCovered
  }

  private func sign(_ type: PositionType) -> Int128 {
    [.short, .shortCall, .shortPut].contains(type) ? -1 : 1
  }

  func scaled(_ decimal: ExactDecimal, _ places: Int) -> Int128 {
    var units = Int128(decimal.coefficient)
    for _ in 0..<(places - Int(decimal.places)) { units *= 10 }
    return units
  }

  private func money(_ quantity: Int128, _ price: Int128) -> Int128 {
    rounded(quantity * price, 1_000_000_000_000)
  }

  private func split(_ units: Int128, _ up: ExactDecimal, _ down: ExactDecimal) -> Int128 {
    rounded(units * scaled(up, 8), scaled(down, 8))
  }

  func divided(
    _ price: ExactDecimal, _ growth: [(ExactDecimal, ExactDecimal)]
  ) -> Int128 {
    // The test's ratios are whole, so the products stay small.
    var numerator = scaled(price, 8)
    var denominator: Int128 = 1
    for (up, down) in growth {
      numerator *= scaled(down, 0)
      denominator *= scaled(up, 0)
    }
    return rounded(numerator, denominator)
  }

  /// Half to even, by the remainder's double.
  private func rounded(_ numerator: Int128, _ denominator: Int128) -> Int128 {
    var quotient = numerator / denominator
    let rest = (numerator - quotient * denominator).magnitude * 2
    if rest > denominator.magnitude || (rest == denominator.magnitude && quotient & 1 == 1) {
      quotient += numerator < 0 ? -1 : 1
    }
    return quotient
  }
}
