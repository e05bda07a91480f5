import Calculations
import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

/// Two points, what they share, and their states.
struct DifferencePair {
  let left: BranchPoint
  let right: BranchPoint
  /// The last number that both show; zero for none.
  let common: EventSequence
  /// Whether the past that they share says the same to both: then only what comes behind it can
  /// differ.
  let sharesPast: Bool

  init(_ left: BranchPoint, _ right: BranchPoint) {
    self.left = left
    self.right = right
    let (mine, others) = (left.book.ancestry, right.book.ancestry)
    var shared = 0
    if left.book.manifest.id == right.book.manifest.id {
      while shared < min(mine.count, others.count), mine[shared].id == others[shared].id,
        mine[shared].generation == others[shared].generation
      {
        shared += 1
      }
    }
    guard shared > 0 else {
      common = .zero
      sharesPast = false
      return
    }
    func end(_ side: BranchPoint) -> EventSequence {
      let ancestry = side.book.ancestry
      guard ancestry.count > shared, let fork = ancestry[shared].fork else {
        return side.point.knownAt
      }
      return min(side.point.knownAt, fork.sequence)
    }
    common = min(end(left), end(right))
    let isCut = [mine, others].contains { $0.dropFirst(shared).contains { $0.fork?.cut != nil } }
    sharesPast = left.point.asOf == right.point.asOf && !isCut
  }

  /// The events of a side behind the common number.
  func rest(of side: BranchPoint, _ filter: EventFilter = .all) -> EventCursor {
    side.book.events(filter, from: common.next, through: side.point.knownAt)
  }

  // MARK: States

  /// The facts of both sides without prices; the past they share is folded once.
  func facts() throws -> (left: BookState, right: BookState) {
    precondition(sharesPast, "what the sides do not share is not folded once")
    let past = try state([.facts])
    return (try adding([.facts], of: left, to: past), try adding([.facts], of: right, to: past))
  }

  /// The facts of both sides with the prices of some symbols, and all that calculations ask for.
  func states(pricesOf symbols: Set<Symbol>) throws -> (left: BookState, right: BookState) {
    guard sharesPast else {
      return (
        prepared(try left.book.calculationState(at: left.point, beside: symbols)),
        prepared(try right.book.calculationState(at: right.point, beside: symbols))
      )
    }
    var parts = [Book.Part.facts] + Self.parts(symbols, asOf: left.point.asOf)
    let past = try state(parts)
    let states = (
      left: try adding(parts, of: left, to: past), right: try adding(parts, of: right, to: past)
    )
    let asOf = left.point.asOf
    guard
      states.left.asksForEveryClose(asOf: asOf) || states.right.asksForEveryClose(asOf: asOf)
    else { return states }
    parts.append(
      Book.Part(filter: EventFilter(kinds: EventCatalog.barKinds), without: symbols))
    let whole = try state(parts)
    return (try adding(parts, of: left, to: whole), try adding(parts, of: right, to: whole))
  }

  private static func parts(_ symbols: Set<Symbol>, asOf: Instant) -> [Book.Part] {
    let past = Instant.distantPast...asOf
    let quoted: Set = [VolatilityQuoted.kind.number]
    var parts = [
      Book.Part(
        filter: EventFilter(
          kinds: EventCatalog.analyticsKinds.subtracting(quoted), effective: past))
    ]
    guard !symbols.isEmpty else { return parts }
    parts.append(
      Book.Part(filter: EventFilter(kinds: quoted, symbols: symbols, effective: past)))
    parts.append(
      Book.Part(
        filter: EventFilter(
          kinds: EventCatalog.marketKinds, symbols: symbols, effective: past,
          timeless: EventCatalog.barKinds)))
    return parts
  }

  /// The past that both share.
  private func state(_ parts: [Book.Part]) throws -> BookState {
    var state = prepared(BookState(asOf: left.point.asOf))
    try left.book.fold(parts, through: common, into: &state)
    return state
  }

  private func adding(
    _ parts: [Book.Part], of side: BranchPoint, to past: BookState
  ) throws -> BookState {
    var state = past
    for part in parts {
      try side.book.fold(
        part, from: common.next, through: side.point.knownAt, into: &state)
    }
    return state
  }

  /// Both sides price options without a quote alike: as a what-if does where one of them is one.
  private func prepared(_ state: BookState) -> BookState {
    guard let session = [right, left].first(where: \.book.isWhatIf)?.book.branch else {
      return state
    }
    var state = state
    state.session = SessionID(session)
    return state
  }
}
