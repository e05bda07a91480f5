public import Records

/// Reads the events that a branch shows in the order of their numbers, as its logs were when the
/// cursor came to them.
public struct BranchCursor: Sendable {
  private let filter: LogFilter
  private let from: EventSequence
  private let through: EventSequence?
  private var waiting: ArraySlice<BranchLog.Stretch>
  private var current: StretchCursor?

  init(
    _ stretches: [BranchLog.Stretch], _ filter: LogFilter, from: EventSequence,
    through: EventSequence?
  ) {
    self.filter = filter
    self.from = from
    self.through = through
    waiting = stretches[...]
  }

  /// The next event that passes the filter, under the number it has in the branch; null at the end.
  ///
  /// - Throws: ``LogError/damaged(_:)`` at the first bytes that do not hold; nothing is left out.
  public mutating func next() throws(LogError) -> SequencedRecord? {
    while true {
      if let next = try current?.next() { return next }
      current = nil
      guard let stretch = waiting.popFirst() else { return nil }
      if let through, stretch.fork >= through, stretch.fork > .zero { return nil }
      if let end = stretch.through, end < from { continue }
      current = try StretchCursor(stretch, filter, from: from, through: through)
    }
  }
}

/// The events of one stretch, the flow among its own.
private struct StretchCursor: Sendable {
  private let stretch: BranchLog.Stretch
  private let from: EventSequence
  /// The last number that is wanted; null for all there are.
  private let through: EventSequence?
  private var own: LogCursor
  /// One over the flow's source, or none: an array, since a value cannot hold one of its own type.
  private var flow: [BranchCursor] = []
  /// Read ahead, to be told apart by their recorded times.
  private var nextOwn: SequencedRecord?
  private var nextFlowed: SequencedRecord?

  init(
    _ stretch: BranchLog.Stretch, _ filter: LogFilter, from: EventSequence,
    through: EventSequence?
  ) throws(LogError) {
    self.stretch = stretch
    self.from = from
    let limit: EventSequence?
    switch (stretch.through, through) {
    case (let end?, let asked?): limit = min(end, asked)
    case (let end, let asked): limit = end ?? asked
    }
    self.through = limit
    // All pairs are greater than a plain number.
    let isWithin = from > stretch.fork && from.isPair == stretch.hasPairs
    own = stretch.log.cursor(
      filter, from: isWithin ? max(from.own, stretch.log.first) : stretch.log.first,
      through: limit.map(\.own))
    guard let flow = stretch.flow else { return }
    var wanted = filter
    wanted.kinds = filter.kinds?.intersection(flow.kinds) ?? flow.kinds
    guard wanted.kinds != [] else { return }
    // What stands before `from` lies among earlier own events.
    let start = isWithin ? try flow.last(through: from).next : flow.start.next
    let first = isWithin && from.flowed > 0 ? EventSequence(start.rawValue - 1) : start
    let head = try stretch.head
    let end = try flow.last(through: min(limit ?? head, head))
    if first <= end { self.flow = [flow.source.cursor(wanted, from: first, through: end)] }
  }

  mutating func next() throws(LogError) -> SequencedRecord? {
    while let next = try merged() {
      guard next.sequence >= from else { continue }
      if let through, next.sequence > through { return nil }
      return next
    }
    return nil
  }

  private mutating func merged() throws(LogError) -> SequencedRecord? {
    if nextOwn == nil { nextOwn = try own.next() }
    if nextFlowed == nil, !self.flow.isEmpty { nextFlowed = try self.flow[0].next() }
    guard let flow = stretch.flow, let flowed = nextFlowed else { return takeOwn() }
    if let own = nextOwn, own.record.recorded < flowed.record.recorded { return takeOwn() }
    nextFlowed = nil
    return SequencedRecord(
      sequence: try flow.number(of: flowed.sequence, recorded: flowed.record.recorded),
      record: flowed.record)
  }

  private mutating func takeOwn() -> SequencedRecord? {
    guard let own = nextOwn else { return nil }
    nextOwn = nil
    return SequencedRecord(
      sequence: stretch.number(ofOwn: own.sequence), record: own.record)
  }
}
