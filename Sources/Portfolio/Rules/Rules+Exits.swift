internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  func judgeExit(_ payload: PositionExited) throws(RuleError) -> Event {
    var facts = try requirePosition(payload.position)
    if let id = givenExitID(payload), let owner = state.exitOwners[id] {
      throw taken("exit", id.rawValue, at: state.positions[owner]?.exit(id)?.origin)
    }
    guard let entry = facts.entry else { return event }
    guard event.effective >= entry.stamp.effective else {
      let exit = LiveExit(
        id: givenExitID(payload) ?? "new", reason: payload.reason,
        fact: ExitFact(
          quantity: payload.quantity ?? .zero, price: payload.exitPrice, fees: nil, stamp: stamp))
      throw beforeEntry(exit, entry, payload.position)
    }
    var payload = payload
    if payload.quantity == nil {
      payload.complete(\.quantity, with: try openQuantity(facts, payload.position))
    }
    let fact = ExitFact(
      quantity: payload.quantity ?? .zero, price: payload.exitPrice, fees: payload.fees,
      stamp: stamp)
    facts.updateExit(givenExitID(payload) ?? newExit) {
      $0.origin = stamp
      $0.restate(fact)
    }
    try requireWalkable(facts, payload.position)
    var event = try completed(position: payload.position)
    event.payload = .positionExited(payload)
    return event
  }

  /// Stands for the id of an exit whose event has none of its own yet.
  var newExit: ExitID { ExitID("this event") }

  private func givenExitID(_ payload: PositionExited) -> ExitID? {
    if let id = payload.exit { return id }
    guard case .given(let id) = event.id else { return nil }
    return ExitID(id)
  }

  /// All that is open at the event's time, after what was left at or before it.
  private func openQuantity(
    _ facts: PositionFacts, _ id: PositionID
  ) throws(RuleError) -> ExactDecimal {
    guard var walk = state.walk(facts) else { return .zero }
    do throws(NumberError) { try walk.advance(through: event.effective) } catch {
      throw outOfRange("the amounts of position \(quoted(id.rawValue))", error)
    }
    guard walk.open > .zero else {
      throw refuse(
        .nothingOpen, "nothing of position \(quoted(id.rawValue)) is open at \(event.effective)",
        expected: "something to leave", found: lastExit(walk),
        remedy: "correct or void that exit, or give another position or time")
    }
    do throws(NumberError) { return try walk.open.exactDecimal() } catch {
      throw refuse(
        .openQuantityTooLong,
        "\(walk.open) of position \(quoted(id.rawValue)) is open, which no event can hold",
        expected: "at most 15 significant digits", found: "\(error)",
        remedy: "leave it in two exits with quantities of your own")
    }
  }

  func beforeEntry(_ exit: LiveExit, _ entry: EntryFact, _ id: PositionID) -> RuleError {
    let isThis = exit.fact.stamp.sequence == stamp.sequence
    let which = isThis ? "the exit" : "exit \(quoted(exit.id.rawValue)) (\(place(exit.fact.stamp)))"
    return refuse(
      .exitBeforeEntry,
      "\(which) of position \(quoted(id.rawValue)) would be before its entry",
      expected: "an exit at \(entry.stamp.effective) or later",
      found: exit.fact.stamp.effective.description,
      remedy: isThis
        ? "give a later time, or correct the entry's time first"
        : "correct or void that exit first")
  }

  /// Says which exit is larger than what is open, and what leaves so little.
  func tooLarge(_ walk: PositionWalk, _ id: PositionID) -> RuleError {
    guard let excess = walk.excess else {
      preconditionFailure("only a walk with an excess is too large")
    }
    let exit = walk.exits[excess.index].exit
    let isThis = exit.fact.stamp.sequence == stamp.sequence
    let which =
      isThis
      ? "exit of \(exit.fact.quantity) \(walk.entry.symbol)"
      : "exit \(quoted(exit.id.rawValue)) of \(exit.fact.quantity) \(walk.entry.symbol) "
        + "(\(place(exit.fact.stamp)))"
    var cause =
      walk.entry.stamp.sequence == stamp.sequence
      ? "as this event restates its entry" : "entered at sequence \(walk.entry.stamp.sequence)"
    if excess.index > 0 {
      let before = walk.exits[excess.index - 1].exit.fact
      cause =
        before.stamp.sequence == stamp.sequence
        ? "this event leaves \(excess.open)"
        : "the event at sequence \(before.stamp.sequence) leaves \(excess.open)"
    }
    return refuse(
      .exitTooLarge,
      "\(which) is larger than the \(excess.open) open on \(exit.fact.stamp.effective.date) in "
        + "position \(quoted(id.rawValue)) (\(cause))",
      expected: "at most \(excess.open)", found: exit.fact.quantity.description,
      remedy: isThis && excess.open > .zero
        ? "exit \(excess.open) at most, or correct or void what was recorded before"
        : "correct or void that exit first")
  }

  private func lastExit(_ walk: PositionWalk) -> String {
    guard let exit = walk.exits.last?.exit else { return "nothing" }
    return "the last of it left by exit \(quoted(exit.id.rawValue)) (\(place(exit.fact.stamp)))"
  }

  func place(_ stamp: Stamp) -> String { "\(stamp.effective), sequence \(stamp.sequence)" }
}
