import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

/// Finds the event of the new past that makes an own event of the branch impossible: the one behind
/// which it is refused, and before which it was not.
///
/// What the branch newly sees is halved again and again, and the facts are folded up to there: a few
/// folds, however much was appended to the parent.
struct RebaseSearch {
  private let rebase: Rebase
  private let event: Event
  /// The own events before it that are in the new generation.
  private let before: [Event]

  /// - Parameter leftOut: Numbers of own events that are not.
  init(_ rebase: Rebase, _ event: Event, leftOut: Set<EventSequence>) throws {
    self.rebase = rebase
    self.event = event
    var before: [Event] = []
    var number = rebase.plan.target.sequence.own
    var cursor = rebase.book.ownEvents(EventFilter(kinds: EventCatalog.factKinds))
    while var own = try cursor.next(), own.sequence != event.sequence {
      if let old = own.sequence, leftOut.contains(old) { continue }
      number = number.next
      own.sequence = rebase.renewed.line.number(ofOwn: number)
      before.append(own)
    }
    self.before = before
  }

  /// The event; null where no single one is the reason.
  func culprit(of cause: any Error) throws -> Event? {
    if case BookError.idConflict(_, let sequence) = cause {
      return try rebase.renewed.event(at: sequence)
    }
    // The fork moves in two steps: on to the new sequence, then the cut to the new time.
    var fork = rebase.plan.target
    fork.cut = rebase.from.cut
    let moved =
      fork == rebase.plan.target
      ? rebase.renewed
      : try Rebase.book(
        rebase.book, on: rebase.parent, rebase.plan.details, fork, .onTrial)
    if try isRefused(on: moved, through: fork.sequence) {
      return try culpritBySequence(on: moved)
    }
    return try culpritByTime(fork)
  }

  private func culpritBySequence(on moved: Book) throws -> Event? {
    let start = shared
    guard try !isRefused(on: moved, through: start) else { return nil }
    var numbers: [EventSequence] = []
    var cursor = moved.line.cursor(
      EventFilter(kinds: EventCatalog.factKinds).logFilter, from: start.next,
      through: rebase.plan.target.sequence)
    while let next = try cursor.next() { numbers.append(next.sequence) }
    let first = try Self.first(of: numbers) { try isRefused(on: moved, through: $0) }
    return try first.flatMap { try moved.event(at: $0) }
  }

  /// The last number up to which the old past and the new one are the same.
  private var shared: EventSequence {
    var shared = min(rebase.from.sequence, rebase.plan.target.sequence)
    for (old, new) in zip(rebase.book.ancestry, rebase.parent.ancestry)
    where old.generation != new.generation || old.id != new.id {
      let forks = [old.fork?.sequence, new.fork?.sequence].compactMap { $0 }
      shared = min(shared, forks.min() ?? .zero)
    }
    return shared
  }

  private func culpritByTime(_ fork: ForkPoint) throws -> Event? {
    guard let old = fork.cut, let new = rebase.plan.target.cut, old < new else { return nil }
    var events: [Event] = []
    var cursor = rebase.renewed.line.cursor(
      EventFilter(kinds: EventCatalog.factKinds, effective: old...new).logFilter,
      through: fork.sequence)
    while let next = try cursor.next() {
      // A range of times has both its ends.
      if next.record.effective > old { events.append(try rebase.renewed.event(next)) }
    }
    let times = Set(events.map(\.effective)).sorted()
    let first = try Self.first(of: times) { time in
      var at = fork
      at.cut = time
      let book = try Rebase.book(
        rebase.book, on: rebase.parent, rebase.plan.details, at, .onTrial)
      return try isRefused(on: book, through: at.sequence)
    }
    let named = Set(event.payload.positionsNamed)
    let candidates = events.filter { $0.effective == first }
    return candidates.last { !named.isDisjoint(with: $0.payload.positionsNamed) }
      ?? candidates.last
  }

  private func isRefused(on book: Book, through: EventSequence) throws -> Bool {
    var state = try book.facts(knownAt: through)
    for own in before { state.fold(own) }
    var judged = event
    judged.sequence = nil
    do throws(RuleError) {
      _ = try Rules.judge(judged, against: state)
      return false
    } catch {
      return true
    }
  }

  /// The first point that is refused, of points of which the last one is.
  private static func first<Point>(
    of points: [Point], isRefused: (Point) throws -> Bool
  ) rethrows -> Point? {
    var low = points.startIndex
    var high = points.endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if try isRefused(points[middle]) { high = middle } else { low = middle + 1 }
    }
    return low < points.endIndex ? points[low] : nil
  }
}
