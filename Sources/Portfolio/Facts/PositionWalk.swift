internal import Events
internal import ExactNumbers

/// A position's way through its exits and the splits of its symbol, step by step in effective time.
///
/// A split acts on what was effective strictly before it, so it goes before everything of its own
/// time. Quantities here are unsigned and in the units of the time reached; an open quantity is
/// rounded at each split, a price is the one given divided by the product of the ratios, rounded
/// once.
struct PositionWalk: Sendable {
  let entry: EntryFact
  let multiplier: Int64
  private let splits: [Split]
  private let pending: [LiveExit]
  private var nextSplit = 0
  private var nextExit = 0

  private(set) var entered: Quantity
  private(set) var open: Quantity
  /// New units per unit as entered.
  private(set) var growth = Ratio.one
  private(set) var exits: [WalkedExit] = []
  private(set) var splitsApplied: [Stamp] = []
  /// The first exit that was larger than what was open: its place in ``exits``, and what was open.
  private(set) var excess: (index: Int, open: Quantity)?

  /// - Parameters:
  ///   - exits: In order of effective time and sequence.
  ///   - splits: All splits of the symbol that act on the position, in order of time.
  init(_ entry: EntryFact, multiplier: Int64, exits: [LiveExit], splits: [Split]) {
    self.entry = entry
    self.multiplier = multiplier
    self.splits = splits
    pending = exits
    entered = Quantity(entry.quantity)
    open = entered
    // What was split at or before the entry came in new units already.
    while nextSplit < splits.count, splits[nextSplit].stamp.effective <= entry.stamp.effective {
      nextSplit += 1
    }
  }

  /// The same way, at its beginning.
  var restarted: PositionWalk {
    PositionWalk(entry, multiplier: multiplier, exits: pending, splits: splits)
  }

  /// Nothing is left, and no exit follows.
  var isOver: Bool { open.isZero && nextExit == pending.count }

  /// The entry price per unit of the time reached.
  func entryPrice() throws(NumberError) -> Price {
    try Price(entry.price).multiplied(by: growth.inverse)
  }

  func signed(_ quantity: Quantity) -> Quantity { entry.type.isShort ? -quantity : quantity }

  /// Takes every step up to a time.
  mutating func advance(through end: Instant) throws(NumberError) {
    while true {
      let split = nextSplit < splits.count ? splits[nextSplit].stamp.effective : nil
      let exit = nextExit < pending.count ? pending[nextExit].fact.stamp.effective : nil
      if let split, split <= end, exit.map({ split <= $0 }) ?? true {
        try apply(splits[nextSplit])
        nextSplit += 1
      } else if let exit, exit <= end {
        try apply(pending[nextExit])
        nextExit += 1
      } else {
        return
      }
    }
  }

  private mutating func apply(_ split: Split) throws(NumberError) {
    entered = try entered.multiplied(by: split.ratio)
    open = try open.multiplied(by: split.ratio)
    growth = try growth * split.ratio
    for index in exits.indices {
      exits[index].quantity = try exits[index].quantity.multiplied(by: split.ratio)
      exits[index].growth = try exits[index].growth * split.ratio
    }
    splitsApplied.append(split.stamp)
  }

  private mutating func apply(_ exit: LiveExit) throws(NumberError) {
    let quantity = Quantity(exit.fact.quantity)
    if quantity > open, excess == nil { excess = (exits.count, open) }
    open = try open - quantity
    let price = Price(exit.fact.price)
    let gain = try price - entryPrice()
    exits.append(
      WalkedExit(
        exit: exit, quantity: quantity,
        realized: try Money(signed(quantity), at: gain, multiplier: multiplier)))
  }
}

/// An exit that the walk has passed.
struct WalkedExit: Sendable {
  let exit: LiveExit
  /// In the units of the time reached.
  var quantity: Quantity
  /// New units per unit at the time of the exit.
  var growth = Ratio.one
  /// Before fees.
  let realized: Money

  init(exit: LiveExit, quantity: Quantity, realized: Money) {
    self.exit = exit
    self.quantity = quantity
    self.realized = realized
  }

  /// The exit price per unit of the time reached.
  func price() throws(NumberError) -> Price {
    try Price(exit.fact.price).multiplied(by: growth.inverse)
  }
}
