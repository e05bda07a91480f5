public import ExactNumbers
public import Records

/// The events that a branch shows: those of its ancestry as far as its fork lets it see, then its
/// own.
///
/// Nothing is copied: a branch is a chain of logs, each read up to where the next one left it. Into
/// a *live* branch the events of some kinds that its parent recorded after the fork flow too. They
/// and its own events stand in the order of their recorded times, the parent's first where these are
/// equal, and are numbered by pairs (see `EventSequence`).
public struct BranchLog: Sendable {
  /// One branch's part of the chain.
  struct Stretch: Sendable {
    let log: EventLog
    /// The last number before it: where it was forked; zero for the first branch.
    let fork: EventSequence
    /// Present on a live branch.
    let flow: Flow?
    /// Where the next branch of the chain left it; null for the last one, which goes to its head.
    let through: EventSequence?

    /// Whether its events are numbered by pairs: those of a live branch, and of all that stand on one.
    var hasPairs: Bool { flow != nil || fork.isPair }
  }

  /// Ascending; the last is the branch's own.
  let stretches: [Stretch]

  /// The branch's own events.
  public var own: EventLog { stretches[stretches.count - 1].log }

  /// The last number of the ancestry that the branch shows; zero for the first branch.
  public var fork: EventSequence { stretches[stretches.count - 1].fork }

  private init(_ stretches: [Stretch]) { self.stretches = stretches }

  /// The first branch of a book.
  public init(_ own: EventLog) {
    self.init([Stretch(log: own, fork: .zero, flow: nil, through: nil)])
  }

  /// A branch of another.
  ///
  /// - Parameters:
  ///   - own: Its log, which begins with the sequence behind the fork's.
  ///   - parent: What it was forked from.
  ///   - fork: The last number of the parent's that it shows.
  ///   - flowing: The kinds that flow on into it; null for a frozen branch.
  ///   - pin: The last own event behind which nothing flows in any more; null while it does.
  ///   - flowedThrough: Of a live parent, what had flowed into it at the fork; see
  ///     ``flowedSequence(through:)``.
  /// - Throws: ``LogError/flowRefused(reason:)`` where nothing can flow from there.
  public init(
    _ own: EventLog, from parent: BranchLog, at fork: EventSequence,
    flowing: Set<KindNumber>? = nil, pin: EventSequence? = nil,
    flowedThrough: EventSequence? = nil
  ) throws(LogError) {
    precondition(own.first == fork.own.next, "a branch's sequence continues its parent's")
    let flow: Flow?
    if let flowing {
      flow = try Flow(
        own, from: parent, at: fork, kinds: flowing, pin: pin, flowedThrough: flowedThrough)
    } else {
      flow = nil
    }
    self.init(
      parent.truncated(to: fork, flowedThrough)
        + [Stretch(log: own, fork: fork, flow: flow, through: nil)])
  }

  /// The branch as it was at a number, for what was forked there.
  ///
  /// - Parameter flowedThrough: What had flowed in; null where nothing flows.
  public func asSeen(through number: EventSequence, flowedThrough: EventSequence?) -> BranchLog {
    BranchLog(truncated(to: number, flowedThrough))
  }

  /// The logs it stands on, from the first one, each with the last of its own events that is shown.
  public var inherited: [(log: EventLog, through: EventSequence)] {
    stretches.dropLast().compactMap { stretch in
      stretch.through.map { (stretch.log, $0.own) }
    }
  }

  /// Refuses where nothing could flow into a live branch that is forked at a number.
  ///
  /// - Throws: ``LogError/flowRefused(reason:)``.
  public func requireFlow(at fork: EventSequence) throws(LogError) {
    _ = try Flow.source(from: self, at: fork)
  }

  /// The same branch, its own log too for reading only and without a file held open.
  public func detached() -> BranchLog {
    let last = stretches[stretches.count - 1]
    return BranchLog(
      stretches.dropLast() + [
        Stretch(
          log: last.log.detached(), fork: last.fork, flow: last.flow, through: last.through)
      ])
  }

  /// The part of the chain up to a number, in the last stretch of which nothing flows in behind an
  /// event of its source.
  private func truncated(to number: EventSequence, _ flowedThrough: EventSequence?) -> [Stretch] {
    var part = stretches.prefix { $0.fork < number || $0.fork == .zero }.map { stretch in
      Stretch(
        log: stretch.log, fork: stretch.fork, flow: stretch.flow,
        through: min(stretch.through ?? number, number))
    }
    if let flowedThrough, let last = part.popLast() {
      part.append(
        Stretch(
          log: last.log, fork: last.fork, flow: last.flow?.limited(to: flowedThrough),
          through: last.through))
    }
    return part
  }

  /// The same branch, with nothing flowing in behind one of its own events.
  public func pinned(at own: EventSequence) -> BranchLog {
    let last = stretches[stretches.count - 1]
    guard let flow = last.flow, flow.pin == nil else { return self }
    return BranchLog(
      stretches.dropLast() + [
        Stretch(
          log: last.log, fork: last.fork, flow: flow.pinned(at: own), through: last.through)
      ])
  }

  // MARK: Where it ends

  /// The number of an own event.
  ///
  /// - Precondition: It is behind the fork.
  public func number(ofOwn sequence: EventSequence) -> EventSequence {
    stretches[stretches.count - 1].number(ofOwn: sequence)
  }

  /// The last number.
  public var head: EventSequence {
    get throws(LogError) { try stretches[stretches.count - 1].head }
  }

  /// When the event at the head was recorded; null for an empty book.
  public var headRecorded: Instant? {
    get throws(LogError) {
      for stretch in stretches.reversed() {
        if let recorded = try stretch.endRecorded { return recorded }
      }
      return nil
    }
  }

  /// The damage that keeps anything of the branch from being read; null for a sound chain.
  public var damage: LogDamage? {
    for stretch in stretches.reversed() {
      if let damage = stretch.log.damage { return damage }
    }
    return stretches[stretches.count - 1].flow?.source.damage
  }

  /// Looks for what other processes have appended to the branch and to what flows into it.
  public func refresh() throws(LogError) {
    try own.refresh()
    try stretches[stretches.count - 1].flow?.source.refresh()
  }

  // MARK: What it stands for

  /// What a state at a number was folded from: the root of the log it is in, and of a live branch
  /// also where the parent stands there and its root.
  ///
  /// The same text at the same number means the same events.
  public func rootText(at number: EventSequence) throws(LogError) -> String {
    let stretch = stretch(of: number)
    let own = max(number.own, stretch.fork.own)
    // An empty log has the root of no events: what it stands on says what it shows.
    guard own > stretch.fork.own || stretch.flow != nil || stretch.fork == .zero else {
      return try stretches.count > 1 ? rootTextOfParent(of: stretch) : ""
    }
    let root = try stretch.log.logRoot(at: own).description
    guard let flow = stretch.flow else { return root }
    let last = try flow.last(through: number)
    return "\(root) \(last) \(try flow.root(at: last))"
  }

  private func rootTextOfParent(of stretch: Stretch) throws(LogError) -> String {
    try BranchLog(truncated(to: stretch.fork, nil)).rootText(at: stretch.fork)
  }

  /// The stretch that holds a number.
  func stretch(of number: EventSequence) -> Stretch {
    stretches.last { $0.fork < number } ?? stretches[0]
  }
}

extension BranchLog.Stretch {
  func number(ofOwn sequence: EventSequence) -> EventSequence {
    guard hasPairs else { return sequence }
    guard let number = EventSequence(own: sequence, flowed: 0) else {
      preconditionFailure("a what-if branch has fewer events than a pair has room for")
    }
    return number
  }

  /// The last number it has, of which ``through`` may let less be seen.
  var head: EventSequence {
    get throws(LogError) {
      let own = log.head
      guard let flow else { return own == fork.own ? fork : number(ofOwn: own) }
      return try flow.head(behind: own)
    }
  }

  /// The last number that can be seen of it.
  var end: EventSequence {
    get throws(LogError) {
      let head = try head
      return min(through ?? head, head)
    }
  }

  /// When the last event that can be seen of it was recorded; null where none can.
  var endRecorded: Instant? {
    get throws(LogError) {
      let end = try end
      guard end > fork else { return nil }
      if let flow, end.flowed > 0 { return try flow.recorded(at: end) }
      return end.own == log.head ? log.headRecorded : try log.record(at: end.own)?.recorded
    }
  }
}
