import ExactNumbers
import Records
import Synchronization

/// What flows into a live branch: events of some kinds that its parent records after the fork.
///
/// Where the parent is live itself, what flows into the parent flows on: what a branch models on
/// itself is no market data.
struct Flow: Sendable {
  /// Whose events flow: a branch of plain numbers.
  let source: BranchLog
  /// The source's last event that the fork showed.
  let start: EventSequence
  /// The source's event from which pairs count: ``start``, or what the live parent counts from, so
  /// that the numbers behind a fork at a pair go on from it.
  private let origin: EventSequence
  let kinds: Set<KindNumber>
  /// The own event behind which nothing flows any more.
  let pin: EventSequence?
  /// The source's event behind which nothing is shown to what was forked from the branch.
  private let limit: EventSequence?
  private let times: OwnTimes

  private init(
    source: BranchLog, start: EventSequence, origin: EventSequence, kinds: Set<KindNumber>,
    pin: EventSequence?, limit: EventSequence? = nil, times: OwnTimes
  ) {
    self.source = source
    self.start = start
    self.origin = origin
    self.kinds = kinds
    self.pin = pin
    self.limit = limit
    self.times = times
  }

  init(
    _ own: EventLog, from parent: BranchLog, at fork: EventSequence, kinds: Set<KindNumber>,
    pin: EventSequence?, flowedThrough: EventSequence?
  ) throws(LogError) {
    let times = OwnTimes(own)
    let stretch = parent.stretch(of: fork)
    let source = try Self.source(from: parent, at: fork)
    if let flow = stretch.flow {
      let start = try flow.start(of: fork, flowedThrough)
      self.init(
        source: source, start: start, origin: start.advanced(by: -Int(fork.flowed)),
        kinds: kinds, pin: pin, times: times)
    } else {
      self.init(source: source, start: fork, origin: fork, kinds: kinds, pin: pin, times: times)
    }
  }

  private func start(
    of fork: EventSequence, _ flowedThrough: EventSequence?
  ) throws(LogError) -> EventSequence {
    if let flowedThrough { return flowedThrough }
    return try last(through: fork)
  }

  /// Whose events flow into a branch that is forked from another one at a number.
  static func source(
    from parent: BranchLog, at fork: EventSequence
  ) throws(LogError) -> BranchLog {
    let stretch = parent.stretch(of: fork)
    if let flow = stretch.flow { return flow.source }
    guard !stretch.hasPairs else {
      throw .flowRefused(
        reason: "its parent stands on a live branch, whose market data does not flow through it")
    }
    // A parent that is live itself, and was forked only behind this point, has a source already.
    return parent.stretches.lazy.compactMap(\.flow).first?.source ?? parent
  }

  func pinned(at own: EventSequence) -> Flow {
    Flow(
      source: source, start: start, origin: origin, kinds: kinds, pin: own, limit: limit,
      times: times)
  }

  func limited(to sequence: EventSequence) -> Flow {
    Flow(
      source: source, start: start, origin: origin, kinds: kinds, pin: pin, limit: sequence,
      times: times)
  }

  // MARK: Numbers

  /// The source's last event that is not behind a number of the branch, of whatever kind.
  func last(through number: EventSequence) throws(LogError) -> EventSequence {
    let end = try end()
    if number.flowed > 0 { return min(origin.advanced(by: Int(number.flowed)), end) }
    guard let recorded = try times.recorded(at: number.own) else { return start }
    return min(try last(recordedThrough: recorded), end)
  }

  /// The number of a source's event in the branch.
  func number(of sequence: EventSequence, recorded: Instant) throws(LogError) -> EventSequence {
    let own = try times.last(recordedBefore: recorded)
    let flowed = sequence.rawValue - origin.rawValue
    guard let number = EventSequence(own: own, flowed: flowed) else {
      throw .flowRefused(
        reason: "the parent has \(flowed) events past the fork; "
          + "a live branch has room for \(EventSequence.pairMax)")
    }
    return number
  }

  /// The number before another, of the branch's own event or the source's, of whatever kind.
  func number(before number: EventSequence) throws(LogError) -> EventSequence {
    let earlier =
      number.flowed > 0
      ? origin.advanced(by: Int(number.flowed) - 1) : try last(through: number)
    let own = number.flowed > 0 ? number.own : EventSequence(number.own.rawValue - 1)
    guard let ownNumber = EventSequence(own: own, flowed: 0) else {
      preconditionFailure("a number that is less than a pair's has room in one")
    }
    guard earlier > start, let recorded = try source.record(at: earlier)?.recorded else {
      return ownNumber
    }
    return max(ownNumber, try self.number(of: earlier, recorded: recorded))
  }

  /// The source's event of a pair; null where the branch has no such number.
  func sequence(of number: EventSequence) throws(LogError) -> EventSequence? {
    guard number.flowed > 0 else { return nil }
    let sequence = origin.advanced(by: Int(number.flowed))
    guard sequence <= (try end()), let record = try source.record(at: sequence),
      kinds.contains(record.kind),
      try self.number(of: sequence, recorded: record.recorded) == number
    else { return nil }
    return sequence
  }

  /// The branch's last number, behind its last own event.
  func head(behind own: EventSequence) throws(LogError) -> EventSequence {
    let end = try end()
    guard end > start, let recorded = try source.record(at: end)?.recorded,
      try times.recorded(at: own).map({ $0 < recorded }) ?? true
    else {
      guard let number = EventSequence(own: own, flowed: 0) else {
        preconditionFailure("a what-if branch has fewer events than a pair has room for")
      }
      return number
    }
    return try number(of: end, recorded: recorded)
  }

  func recorded(at number: EventSequence) throws(LogError) -> Instant? {
    try source.record(at: origin.advanced(by: Int(number.flowed)))?.recorded
  }

  /// The source's last event recorded by a time, not before ``start``.
  ///
  /// Recorded times never go back, so it is found by halving.
  func last(recordedThrough instant: Instant) throws(LogError) -> EventSequence {
    var low = start
    var high = try source.head
    while low < high {
      let middle = EventSequence(low.rawValue + (high.rawValue - low.rawValue + 1) / 2)
      if let recorded = try source.record(at: middle)?.recorded, recorded > instant {
        high = EventSequence(middle.rawValue - 1)
      } else {
        low = middle
      }
    }
    return low
  }

  /// The source's last event that flows.
  private func end() throws(LogError) -> EventSequence {
    var end = max(try source.head, start)
    if let limit { end = min(end, limit) }
    guard let pin, let recorded = try times.recorded(at: pin) else { return end }
    return min(end, try last(recordedThrough: recorded))
  }

  func root(at sequence: EventSequence) throws(LogError) -> String {
    try source.rootText(at: sequence)
  }

  /// The own events, whose times say where what flows stands among them.
  func lastOwn(recordedThrough instant: Instant) throws(LogError) -> EventSequence {
    try times.last(recordedThrough: instant)
  }
}

/// When the own events of a live branch were recorded.
final class OwnTimes: Sendable {
  private let log: EventLog
  private let known = Mutex<[Instant]>([])

  init(_ log: EventLog) { self.log = log }

  /// Null for one that is not there, as the one before the first.
  func recorded(at sequence: EventSequence) throws(LogError) -> Instant? {
    let times = try times()
    guard sequence >= log.first else { return nil }
    let index = Int(sequence.rawValue - log.first.rawValue)
    return index < times.count ? times[index] : nil
  }

  func last(recordedBefore instant: Instant) throws(LogError) -> EventSequence {
    let times = try times()
    return before(partition(times.indices) { times[$0] < instant })
  }

  func last(recordedThrough instant: Instant) throws(LogError) -> EventSequence {
    let times = try times()
    return before(partition(times.indices) { times[$0] <= instant })
  }

  private func before(_ index: Int) -> EventSequence {
    EventSequence(log.first.rawValue + UInt64(index) - 1)
  }

  private func times() throws(LogError) -> [Instant] {
    let count = Int(log.head.rawValue + 1 - log.first.rawValue)
    var times = known.withLock { $0 }
    // A log that ends before what was read has taken back an append that could not be synced.
    if times.count > count { times = [] }
    guard times.count < count else { return times }
    var cursor = log.cursor(from: log.first.advanced(by: times.count))
    while let next = try cursor.next() { times.append(next.record.recorded) }
    let read = times
    known.withLock { $0 = read }
    return times
  }
}
