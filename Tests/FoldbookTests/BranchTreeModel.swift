import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// A branch as an ordinary list: a fork copies the whole list of its parent, and what flows into a
/// live branch is copied again whenever somebody looks. It shares no code with the chain of logs.
final class NaiveBranch {
  struct Item {
    var event: Event
    var id: String
    var number: EventSequence
    /// Of what flowed in: the how manieth event of ``NaiveBranch/source`` it is, from 1.
    var flowedFrom: Int?

    var recorded: Instant { event.recorded ?? .distantFuture }
  }

  /// What a fork as of a date does not take along.
  struct Cut {
    var through: EventSequence
    var time: Instant
    var keepsMarket: Bool
  }

  let name: String
  let parent: NaiveBranch?
  let fork: EventSequence
  let cut: Instant?
  let mode: ModelMode?
  let past: [Item]
  let cuts: [Cut]
  /// The branch whose market data flows in, and how many of its events the fork showed.
  let source: NaiveBranch?
  let start: Int
  /// Which of the source's events the numbers of what flows in count from.
  let origin: Int
  private(set) var own: [Item] = []

  init(main name: String) {
    self.name = name
    (parent, cut, mode, source) = (nil, nil, nil, nil)
    (fork, past, cuts, start, origin) = (.zero, [], [], 0, 0)
  }

  init(
    _ name: String, from parent: NaiveBranch, at fork: EventSequence, cut: Instant?,
    _ mode: ModelMode
  ) {
    self.name = name
    self.parent = parent
    self.fork = fork
    self.cut = cut
    self.mode = mode
    past = parent.items.filter { $0.number <= fork }
    var cuts = parent.cuts.map { old in
      Cut(through: min(old.through, fork), time: old.time, keepsMarket: old.keepsMarket)
    }
    if let cut { cuts.append(Cut(through: fork, time: cut, keepsMarket: mode == .live)) }
    self.cuts = cuts
    source = mode == .live ? parent.source(at: fork) : nil
    start = mode == .live ? parent.shown(ofSourceThrough: fork) : 0
    origin = start - Int(fork.flowed)
  }

  var isLive: Bool { source != nil }
  var hasPairs: Bool { isLive || fork.isPair }

  /// The branches whose events it shows: one that it left before that one's own fork is none.
  private var shownBranches: [NaiveBranch] {
    guard let parent else { return [self] }
    return parent.shownBranches.filter { $0.fork < fork || $0.parent == nil } + [self]
  }

  /// The branch that a number is one of.
  private func holder(of number: EventSequence) -> NaiveBranch {
    let shown = shownBranches
    return shown.last { $0.fork < number } ?? shown[0]
  }

  /// What flows into a live branch that is forked from this one at a number; null where nothing of
  /// the market flows on through a frozen branch that stands on a live one.
  func source(at number: EventSequence) -> NaiveBranch? {
    let holder = holder(of: number)
    if holder.hasPairs { return holder.source }
    return shownBranches.first { $0.isLive }?.source ?? self
  }

  // MARK: What it shows

  var items: [Item] {
    guard let source else { return past + own }
    var merged = past
    var waiting = own[...]
    for (index, item) in source.items.enumerated() where isFlowing(item, index) {
      while let next = waiting.first, next.recorded < item.recorded {
        merged.append(waiting.removeFirst())
      }
      var flowed = item
      flowed.flowedFrom = index + 1
      let behind = own.last { $0.recorded < item.recorded }?.number.own ?? fork.own
      flowed.number = pair(behind, index + 1 - origin)
      merged.append(flowed)
    }
    return merged + waiting
  }

  var head: EventSequence {
    let last = own.last?.number ?? fork
    guard let source else { return last }
    let ownRecorded = own.last?.recorded ?? .distantPast
    let seen = source.items.enumerated().filter { isSeen($0.element, $0.offset) }
    guard let end = seen.last, end.element.recorded > ownRecorded else { return last }
    return pair(last.own, end.offset + 1 - origin)
  }

  private func isSeen(_ item: Item, _ index: Int) -> Bool {
    index >= start && (end.map { item.recorded <= $0.recorded } ?? true)
  }

  private func isFlowing(_ item: Item, _ index: Int) -> Bool {
    isSeen(item, index) && EventCatalog.flowingKinds.contains(item.event.kind)
  }

  /// How many events of what flows into a live branch lie before a number.
  private func shown(ofSourceThrough number: EventSequence) -> Int {
    let holder = holder(of: number)
    guard let source = holder.source else { return Int(number.rawValue) }
    if number.flowed > 0 { return holder.origin + Int(number.flowed) }
    var recorded = holder.own.first { $0.number == number }?.recorded ?? .distantPast
    // Behind its end nothing flowed in any more.
    if let end = holder.end { recorded = min(recorded, end.recorded) }
    return max(holder.start, source.items.prefix { $0.recorded <= recorded }.count)
  }

  private func pair(_ own: EventSequence, _ flowed: Int) -> EventSequence {
    EventSequence(own: own, flowed: UInt64(flowed)) ?? .zero
  }

  /// Whether the list of events leaves it out.
  func hides(_ item: Item) -> Bool {
    cuts.contains { cut in
      item.number <= cut.through && item.event.effective > cut.time && !item.isTimeless
        && !(cut.keepsMarket && EventCatalog.flowingKinds.contains(item.event.kind))
    }
  }

  func item(id: String) -> Item? { items.first { $0.id == id } }

  // MARK: What is known

  /// The events known at a number, without those that a fork as of a date dropped on the way.
  func facts(through known: EventSequence? = nil) -> NaiveBook {
    var waiting = items.filter { $0.number <= known ?? EventSequence(.max) }[...]
    var book = NaiveBook()
    for cut in cuts {
      while let next = waiting.first, next.number <= cut.through {
        book.events.append(next.event)
        waiting.removeFirst()
      }
      book = book.cut(at: cut.time, keepsMarket: cut.keepsMarket)
    }
    book.events += waiting.map(\.event)
    for index in book.events.indices {
      book.events[index].sequence = EventSequence(UInt64(index + 1))
    }
    return book
  }

  /// The end of its session.
  var end: Item? {
    own.first { item in
      switch item.event.payload {
      case .modelCompleted, .modelCancelled: true
      default: false
      }
    }
  }

  var isCancelled: Bool {
    own.contains { if case .modelCancelled = $0.event.payload { true } else { false } }
  }

  var hasVoids: Bool {
    own.contains { if case .positionVoided = $0.event.payload { true } else { false } }
  }

  var isPromoted: Bool {
    own.contains { item in
      if case .modelPromoted(let payload) = item.event.payload {
        payload.session.rawValue == name
      } else {
        false
      }
    }
  }

  // MARK: Appending

  var nextNumber: EventSequence {
    let next = (own.last?.number ?? fork).own.next
    return hasPairs ? pair(next, 0) : next
  }

  func append(_ event: Event, id: String) {
    own.append(Item(event: event, id: id, number: nextNumber))
  }

  func takeBack(to count: Int) { own.removeLast(own.count - count) }
}

extension NaiveBranch.Item {
  /// What acts on the known-at clock alone.
  fileprivate var isTimeless: Bool {
    switch event.payload {
    case .positionCorrected, .positionVoided, .modelForked, .modelCompleted, .modelCancelled,
      .modelPromoted:
      true
    default: false
    }
  }
}
