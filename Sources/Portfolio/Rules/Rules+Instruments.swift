internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  /// A split leaves every position of its symbol in range and every exit covered, also where it
  /// comes late.
  func judgeSplit(_ payload: InstrumentSplit) throws(RuleError) {
    let split = Split(
      ratio: Ratio(payload.ratio, over: payload.denominator ?? 1), stamp: stamp)
    var splits = state.market.splits(of: payload.symbol)
    splits.record(split)
    do throws(NumberError) {
      // Every price may have to be carried through any run of splits.
      for start in splits.indices {
        var product = Ratio.one
        for split in splits[start...] { product = try product * split.ratio }
      }
    } catch {
      throw refuse(
        .outOfRange, "the splits of \(payload.symbol) together are out of range",
        expected: "a product of ratios within 38 digits", found: "\(error)",
        remedy: "check ratio and denominator")
    }
    for id in state.positions(onSymbol: payload.symbol) {
      guard let facts = state.positions[id], facts.void == nil, let entry = facts.entry,
        let origin = facts.origin, state.terms(of: entry, origin)?.underlying != payload.symbol
      else { continue }
      try requireWalkable(facts, id, splits: splits)
    }
  }

  /// What the dividend credits is in range for every holder.
  func judgeDividend(_ payload: InstrumentDividend) throws(RuleError) {
    for id in state.positions(onSymbol: payload.symbol) {
      guard let facts = state.positions[id], facts.void == nil, let entry = facts.entry,
        !entry.type.isOption, var walk = state.walk(facts)
      else { continue }
      do throws(NumberError) {
        try walk.advance(through: event.effective)
        _ = try Money(walk.entered, at: Price(payload.amount), multiplier: walk.multiplier)
      } catch {
        throw outOfRange("the dividend's amounts for position \(quoted(id.rawValue))", error)
      }
    }
  }
}
