public import ExactNumbers
public import Records

extension BranchLog {
  /// A cursor over the events that the branch shows, from one number through another.
  ///
  /// - Parameter through: Null for the head.
  public func cursor(
    _ filter: LogFilter = .all, from: EventSequence = EventSequence(1),
    through: EventSequence? = nil
  ) -> BranchCursor {
    BranchCursor(stretches, filter, from: from, through: through)
  }

  /// The event at a number; null where the branch shows none there.
  public func record(at number: EventSequence) throws(LogError) -> Record? {
    guard number > .zero else { return nil }
    let stretch = stretch(of: number)
    if let through = stretch.through, number > through { return nil }
    guard number.flowed == 0 else {
      guard let flow = stretch.flow, let sequence = try flow.sequence(of: number) else {
        return nil
      }
      return try flow.source.record(at: sequence)
    }
    guard number.isPair == stretch.hasPairs else { return nil }
    return try stretch.log.record(at: number.own)
  }

  /// When the event at a number was recorded, also where it is one of the parent's that does not show.
  public func recorded(at number: EventSequence) throws(LogError) -> Instant? {
    if number.flowed > 0, let flow = stretch(of: number).flow {
      return try flow.recorded(at: number)
    }
    return try record(at: number)?.recorded
  }

  /// The number of the first event with this id; null where the branch shows none.
  public func number(ofID id: String) throws(LogError) -> EventSequence? {
    for stretch in stretches {
      if let found = try stretch.number(ofID: id) { return found }
    }
    return nil
  }

  /// The same, of the events that are not its own: what an append has to ask beside its own log.
  public func inheritedNumber(ofID id: String) throws(LogError) -> EventSequence? {
    for stretch in stretches.dropLast() {
      if let found = try stretch.number(ofID: id) { return found }
    }
    return try stretches[stretches.count - 1].flowedNumber(ofID: id)
  }

  /// The last number recorded at or before an instant; zero where there is none.
  public func last(recordedThrough instant: Instant) throws(LogError) -> EventSequence {
    for stretch in stretches.reversed() {
      if let found = try stretch.last(recordedThrough: instant) { return found }
    }
    return .zero
  }

  /// The number before another: there may be nothing to be seen at it on a live branch, where not all
  /// of the parent's events flow in.
  public func number(before number: EventSequence) throws(LogError) -> EventSequence {
    let stretch = stretch(of: number)
    guard stretch.hasPairs else { return EventSequence(number.rawValue - 1) }
    guard let flow = stretch.flow else {
      return number.own.rawValue - 1 == stretch.fork.own.rawValue
        ? stretch.fork : stretch.number(ofOwn: EventSequence(number.own.rawValue - 1))
    }
    let before = try flow.number(before: number)
    // Behind the fork nothing but its own events and what flowed in has a number.
    return before.flowed == 0 && before.own <= stretch.fork.own ? stretch.fork : before
  }

  /// On a live branch the last event, of whatever kind, of the log whose market data flows in that is
  /// not behind a number; null where nothing flows there.
  public func flowedSequence(through number: EventSequence) throws(LogError) -> EventSequence? {
    try stretch(of: number).flow?.last(through: number)
  }

  /// The number that people mean by a plain one: on a live branch that of the own event.
  public func number(_ sequence: EventSequence) -> EventSequence {
    let stretch = stretches[stretches.count - 1]
    guard !sequence.isPair, sequence > stretch.fork.own else {
      return inherited(sequence)
    }
    return stretch.hasPairs ? EventSequence(own: sequence, flowed: 0) ?? sequence : sequence
  }

  private func inherited(_ sequence: EventSequence) -> EventSequence {
    guard !sequence.isPair,
      let stretch = stretches.last(where: { $0.fork.own < sequence }), stretch.hasPairs
    else { return sequence }
    return EventSequence(own: sequence, flowed: 0) ?? sequence
  }
}

extension BranchLog.Stretch {
  func number(ofID id: String) throws(LogError) -> EventSequence? {
    var found: EventSequence?
    if let own = try log.sequence(ofID: id) { found = shown(number(ofOwn: own)) }
    guard let flowed = try flowedNumber(ofID: id) else { return found }
    return found.map { min($0, flowed) } ?? flowed
  }

  func flowedNumber(ofID id: String) throws(LogError) -> EventSequence? {
    guard let flow, let sequence = try flow.source.number(ofID: id), sequence > flow.start,
      let record = try flow.source.record(at: sequence), flow.kinds.contains(record.kind)
    else { return nil }
    let number = try flow.number(of: sequence, recorded: record.recorded)
    return try flow.sequence(of: number) == nil ? nil : shown(number)
  }

  private func shown(_ number: EventSequence) -> EventSequence? {
    through.map { number <= $0 } ?? true ? number : nil
  }

  /// The last number of the stretch recorded at or before an instant; null where none was.
  func last(recordedThrough instant: Instant) throws(LogError) -> EventSequence? {
    let end = try end
    if let flow {
      let own = try flow.lastOwn(recordedThrough: instant)
      let flowed = try flow.last(recordedThrough: instant)
      var found = own > fork.own ? number(ofOwn: own) : fork
      if flowed > flow.start, let recorded = try flow.source.record(at: flowed)?.recorded {
        found = max(found, try flow.number(of: flowed, recorded: recorded))
      }
      return found > fork ? min(found, end) : nil
    }
    var low = fork.own
    var high = end > fork ? end.own : fork.own
    while low < high {
      let middle = EventSequence(low.rawValue + (high.rawValue - low.rawValue + 1) / 2)
      if let recorded = try log.record(at: middle)?.recorded, recorded > instant {
        high = EventSequence(middle.rawValue - 1)
      } else {
        low = middle
      }
    }
    return low > fork.own ? number(ofOwn: low) : nil
  }
}
