internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeEntry(_ payload: PositionEntered) throws(RuleError) {
    if let origin = state.positions[payload.position]?.origin {
      throw taken("position", payload.position.rawValue, at: origin.stamp)
    }
    try requireOpenPortfolio(payload.portfolio, at: event.effective, "nothing can be entered")
    let facts = PositionFacts(entered: payload, stamp)
    try requireTerms(facts, position: payload.position)
    try requireWalkable(facts, payload.position)
  }

  /// Where the event will stand.
  var stamp: Stamp {
    Stamp(
      effective: event.effective, sequence: event.sequence ?? state.head.next,
      recorded: event.recorded ?? state.headRecorded)
  }

  /// A position that was entered and not voided.
  @discardableResult
  func requirePosition(_ id: PositionID) throws(RuleError) -> PositionFacts {
    guard let facts = state.positions[id], facts.origin != nil, facts.entry != nil else {
      throw unknown(
        .unknownPosition, "position", id.rawValue,
        remedy: "enter it first, or look for its id with `foldbook positions`")
    }
    if let void = facts.void {
      throw refuse(
        .positionVoided,
        "position \(quoted(id.rawValue)) was voided at sequence \(void.sequence) and takes "
          + "no further changes",
        expected: "a position that was not voided", found: quoted(id.rawValue),
        remedy: "enter what really happened under another id")
    }
    return facts
  }

  /// Of an option every term is known, and its symbol is not its underlying's.
  func requireTerms(_ facts: PositionFacts, position: PositionID) throws(RuleError) {
    guard let entry = facts.entry, let origin = facts.origin else { return }
    guard let right = entry.type.right else {
      guard entry.symbol.option == nil else {
        throw refuse(
          .optionTermsUnknown,
          "\(entry.symbol) is an option and \(entry.type.rawValue) is for stock",
          expected: "LC, LP, SC or SP", found: entry.type.rawValue,
          remedy: "give the type of the option")
      }
      return
    }
    if let option = entry.symbol.option, option.right != right {
      throw refuse(
        .optionTermsUnknown, "\(entry.symbol) is a \(option.right.rawValue)",
        expected: option.right == .call ? "LC or SC" : "LP or SP", found: entry.type.rawValue,
        remedy: "correct symbol and type together")
    }
    guard let terms = state.terms(of: entry, origin) else {
      throw refuse(
        .optionTermsUnknown,
        "position \(quoted(position.rawValue)) is an option whose terms are not known",
        expected: "underlying, strike and expiration",
        found: "symbol \(quoted(entry.symbol.rawValue))",
        remedy: "give all three, or the OCC symbol (AAPL250117C00150000), or define the "
          + "instrument first")
    }
    guard terms.underlying != entry.symbol else {
      throw refuse(
        .optionNamedAsUnderlying,
        "the option bears the symbol of its underlying, whose prices would be taken for its own",
        expected: "the option's own symbol", found: quoted(entry.symbol.rawValue),
        remedy: "give the OCC symbol (AAPL250117C00150000)")
    }
  }

  /// The whole way of a position stays in range for exact arithmetic, no split leaves nothing of a
  /// price or quantity, each exit is covered by what is open at its time, and none is before the
  /// entry.
  ///
  /// - Parameters:
  ///   - facts: The position with what the event says of it.
  ///   - splits: All splits of its symbol, where the event changes them.
  func requireWalkable(
    _ facts: PositionFacts, _ id: PositionID, splits: [Split]? = nil
  ) throws(RuleError) {
    guard let entry = facts.entry, let origin = facts.origin else { return }
    let exits = facts.liveExits
    if let first = exits.first, first.fact.stamp.effective < entry.stamp.effective {
      throw beforeEntry(first, entry, id)
    }
    let acting = splits ?? state.splits(actingOn: entry, state.terms(of: entry, origin))
    var walk = PositionWalk(
      entry, multiplier: origin.multiplier ?? entry.type.defaultMultiplier, exits: exits,
      splits: acting)
    var vanished: Vanished?
    do throws(NumberError) {
      _ = try Money(
        Quantity(entry.quantity), at: Price(entry.price), multiplier: walk.multiplier)
      // What a later split makes whole again is nothing until then, so each stretch is looked at.
      for split in acting where split.stamp.effective > entry.stamp.effective && vanished == nil {
        try walk.advance(through: split.stamp.effective)
        vanished = try walk.vanished(after: split)
      }
      try walk.advance(through: .distantFuture)
      for exit in walk.exits {
        _ = try exit.price()
        _ = try Money(
          Quantity(exit.exit.fact.quantity), at: Price(exit.exit.fact.price),
          multiplier: walk.multiplier)
      }
      _ = try walk.entryPrice()
      if walk.excess == nil { _ = try walk.averageExitPrice() }
    } catch {
      throw outOfRange("the amounts of position \(quoted(id.rawValue))", error)
    }
    if let vanished { throw nothingLeft(vanished, id) }
    if walk.excess != nil { throw tooLarge(walk, id) }
  }

  func outOfRange(_ what: String, _ error: NumberError) -> RuleError {
    refuse(
      .outOfRange, "\(what) are out of range for exact arithmetic",
      expected: "quantity · price · multiplier below 10^22", found: "\(error)",
      remedy: "check quantity, price and multiplier; split a really large trade in two")
  }
}
