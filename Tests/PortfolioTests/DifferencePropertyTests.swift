import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

/// Two branches of a random history, each with random events of its own.
@Suite("The difference of two random books")
struct DifferencePropertyTests {
  static let seeds: [UInt64] = (0..<20).map { 52_000 + $0 }

  struct Pair {
    var left: RandomHistory
    var right: RandomHistory
    /// What each recorded for itself.
    let leftOwn: [Event]
    let rightOwn: [Event]

    init(seed: UInt64, steps: Int) throws {
      let base = try RandomHistory(seed: seed, steps: 30)
      left = try RandomHistory(
        continuing: base.ledger, naive: base.naive, seed: seed &+ 1, steps: steps)
      right = try RandomHistory(
        continuing: base.ledger, naive: base.naive, seed: seed &+ 2, steps: steps)
      leftOwn = Array(left.ledger.events.dropFirst(base.ledger.events.count))
      rightOwn = Array(right.ledger.events.dropFirst(base.ledger.events.count))
    }
  }

  /// What is open, and its units do not depend on who holds it.
  struct Contract: Hashable {
    let symbol: Symbol
    let type: PositionType
  }

  static func open(
    _ holdings: Holdings, inUnitsOf later: Holdings
  ) throws -> [Contract: Quantity] {
    var open: [Contract: Quantity] = [:]
    for position in holdings.openPositions {
      let contract = Contract(symbol: position.symbol, type: position.type)
      var quantity = position.quantity
      for split in later.market.splits(of: position.symbol)
      where split.stamp.effective > holdings.asOf && split.stamp.effective <= later.asOf {
        quantity = try quantity.multiplied(by: split.ratio)
      }
      open[contract] = try (open[contract] ?? .zero) + quantity
    }
    return open.filter { !$0.value.isZero }
  }

  /// The left's open quantities after the trades, which are checked against what is open.
  static func applied(
    _ trades: [Trade], to open: [Contract: Quantity], _ note: Comment
  ) throws -> [Contract: Quantity] {
    var open = open
    for trade in trades {
      let contract = Contract(symbol: trade.symbol, type: trade.type)
      #expect(!trade.quantity.isNegative && !trade.quantity.isZero, note)
      var sum = Quantity.zero
      for lot in trade.lots { sum = try sum + lot.quantity }
      #expect(sum == trade.quantity, note)
      let adds = (trade.action == .enter) != [.short, .shortCall, .shortPut].contains(trade.type)
      open[contract] =
        try (open[contract] ?? .zero) + (adds ? trade.quantity : -trade.quantity)
    }
    return open.filter { !$0.value.isZero }
  }

  @Test("trades and cash turn the left into the right, and no fewer trades do", arguments: seeds)
  func trades(seed: UInt64) throws {
    for offset in 0..<8 as Range<UInt64> {
      let seed = seed * 100 + offset
      var pair = try Pair(seed: seed, steps: 8)
      for isSameTime in [true, false] {
        let time = pair.left.time()
        let left = pair.left.ledger.state.resolve(asOf: time)
        let right = pair.right.ledger.state.resolve(asOf: isSameTime ? time : pair.right.time())
        let note: Comment = "seed \(seed), \(left.asOf) and \(right.asOf)"
        let difference = try BookDifference(from: left, to: right)
        let later = left.asOf <= right.asOf ? right : left
        let wanted = try Self.open(right, inUnitsOf: later)
        let had = try Self.open(left, inUnitsOf: later)
        let trades = difference.trades.trades
        #expect(try Self.applied(trades, to: had, note) == wanted, note)
        let changed = Set(had.keys).union(wanted.keys).filter { had[$0] != wanted[$0] }
        #expect(trades.count == changed.count, note)
        for trade in trades where trade.action == .exit {
          for lot in trade.lots { #expect(left.positions[lot.position]?.isActive == true, note) }
        }
        try Self.expectFooting(difference, left, right, note)
      }
    }
  }

  /// Deltas are those of the portfolios' totals; trades and settlement make up the cash.
  static func expectFooting(
    _ difference: BookDifference, _ left: Holdings, _ right: Holdings, _ note: Comment
  ) throws {
    let before = try Valuation(left).portfolio("p")
    let after = try Valuation(right).portfolio("p")
    let portfolio = difference.portfolios.first
    let cash = try after.cash.balance - before.cash.balance
    #expect(portfolio?.cash ?? .zero == cash, note)
    #expect(
      try portfolio?.netAssetValue ?? .zero == after.netAssetValue() - before.netAssetValue(), note)
    #expect(try portfolio?.realizedPnL ?? .zero == after.realizedPnL - before.realizedPnL, note)
    let settlement = difference.trades.settlements.first
    if let trades = settlement?.trades, let movement = settlement?.movement {
      #expect(try trades + movement == cash, note)
    } else {
      #expect(settlement == nil ? cash.isZero : true, note)
    }
  }

  @Test("looking only at what own events touched finds the same", arguments: seeds)
  func touched(seed: UInt64) throws {
    for offset in 0..<12 as Range<UInt64> {
      let seed = seed * 100 + offset
      // Few events, so that not everything is touched by others.
      var pair = try Pair(seed: seed, steps: 2)
      let time = pair.left.time()
      let (left, right) = (pair.left.ledger.state, pair.right.ledger.state)
      let touched = left.touched(by: pair.leftOwn).union(right.touched(by: pair.rightOwn))
      let whole = try BookDifference(from: left.resolve(asOf: time), to: right.resolve(asOf: time))
      let some = try BookDifference(
        from: left.resolve(asOf: time), to: right.resolve(asOf: time), touched: touched.positions)
      #expect(some == whole, "seed \(seed), \(time)")
      let parts = try BookDifference(
        from: left.resolve(asOf: time, only: touched), to: right.resolve(asOf: time, only: touched))
      #expect(parts.positions == whole.positions, "seed \(seed), \(time)")
      #expect(parts.portfolios == whole.portfolios, "seed \(seed), \(time)")
      #expect(parts.trades == whole.trades, "seed \(seed), \(time)")
    }
  }

  @Test("a book does not differ from itself, and time alone changes no entry", arguments: seeds)
  func itself(seed: UInt64) throws {
    var history = try RandomHistory(seed: seed, steps: 60)
    let state = history.ledger.state
    for _ in 0..<10 {
      let (one, other) = (history.time(), history.time())
      let left = state.resolve(asOf: one)
      #expect(try BookDifference(from: left, to: left).isEmpty, "seed \(seed), \(one)")
      let difference = try BookDifference(from: left, to: state.resolve(asOf: other))
      for position in difference.positions {
        #expect(
          !position.fields.contains { [.entryQuantity, .entryPrice, .entryTime].contains($0) },
          "seed \(seed), \(one) and \(other): \(position.id)")
      }
    }
  }
}
