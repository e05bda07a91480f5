internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeCorrection(_ payload: PositionCorrected) throws(RuleError) -> Event {
    let facts = try requirePosition(payload.position)
    let corrected =
      if let id = payload.exit {
        try correctedExit(payload, id, facts)
      } else {
        try correctedEntry(payload, facts)
      }
    var event = try completed(position: payload.position)
    event.payload = .positionCorrected(corrected)
    return event
  }

  private func correctedExit(
    _ payload: PositionCorrected, _ id: ExitID, _ facts: PositionFacts
  ) throws(RuleError) -> PositionCorrected {
    let current = try requireExit(id, facts, payload.position)
    var payload = payload
    payload.complete(\.quantity, with: current.quantity)
    payload.complete(\.exitPrice, with: current.price)
    payload.complete(\.exitTime, with: current.stamp.effective)
    if let fees = current.fees { payload.complete(\.fees, with: fees) }
    var facts = facts
    facts.updateExit(id) {
      $0.restate(
        ExitFact(
          quantity: payload.quantity ?? current.quantity,
          price: payload.exitPrice ?? current.price, fees: payload.fees,
          stamp: stamp.moved(to: payload.exitTime ?? current.stamp.effective)))
    }
    try requireWalkable(facts, payload.position)
    return payload
  }

  private func correctedEntry(
    _ payload: PositionCorrected, _ facts: PositionFacts
  ) throws(RuleError) -> PositionCorrected {
    guard let current = facts.entry, let origin = facts.origin else { return payload }
    var payload = payload
    payload.complete(\.quantity, with: current.quantity)
    payload.complete(\.entryPrice, with: current.price)
    payload.complete(\.entryTime, with: current.stamp.effective)
    payload.complete(\.symbol, with: current.symbol)
    payload.complete(\.positionType, with: current.type)
    if let fees = current.fees { payload.complete(\.fees, with: fees) }
    let entry = EntryFact(
      symbol: payload.symbol ?? current.symbol, type: payload.positionType ?? current.type,
      quantity: payload.quantity ?? current.quantity, price: payload.entryPrice ?? current.price,
      fees: payload.fees, stamp: stamp.moved(to: payload.entryTime ?? current.stamp.effective))
    if entry.stamp.effective != current.stamp.effective {
      try requireOpenPortfolio(
        origin.portfolio, at: entry.stamp.effective, "the entry cannot be moved there")
    }
    var facts = facts
    facts.restate(entry)
    try requireTerms(facts, position: payload.position)
    try requireWalkable(facts, payload.position)
    return payload
  }

  func judgeVoid(_ payload: PositionVoided) throws(RuleError) -> Event {
    let facts = try requirePosition(payload.position)
    if let id = payload.exit { _ = try requireExit(id, facts, payload.position) }
    return try completed(position: payload.position)
  }

  /// An exit of the position that was not voided.
  private func requireExit(
    _ id: ExitID, _ facts: PositionFacts, _ position: PositionID
  ) throws(RuleError) -> ExitFact {
    guard let exit = facts.exit(id), let fact = exit.fact else {
      let known = facts.liveExits.map { quoted($0.id.rawValue) }.joined(separator: ", ")
      throw refuse(
        .unknownExit, "position \(quoted(position.rawValue)) has no exit \(quoted(id.rawValue))",
        expected: known.isEmpty ? "an exit; it has none" : "one of \(known)",
        found: quoted(id.rawValue), remedy: "see `foldbook log` for the position's exits")
    }
    if let void = exit.void {
      throw refuse(
        .exitVoided,
        "exit \(quoted(id.rawValue)) of position \(quoted(position.rawValue)) was voided at "
          + "sequence \(void.sequence) and takes no further changes",
        expected: "an exit that was not voided", found: quoted(id.rawValue),
        remedy: "exit the position again under another id")
    }
    return fact
  }
}
