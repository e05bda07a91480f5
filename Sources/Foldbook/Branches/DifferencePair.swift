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

  init(_ left: BranchPoint, _ right: BranchPoint) throws {
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
    sharesPast = try left.point.asOf == right.point.asOf && Self.isAlike(left, right, common)
  }

  /// Whether both sides show the same up to a number, and neither cuts off anything behind it: facts
  /// that came before a cut are not to be folded once it is made.
  private static func isAlike(
    _ left: BranchPoint, _ right: BranchPoint, _ common: EventSequence
  ) throws -> Bool {
    let (mine, others) = (left.book.horizon.cuts, right.book.horizon.cuts)
    let isCutAlike = mine.elementsEqual(others) { one, other in
      one.fork == other.fork && one.time == other.time && one.keepsMarket == other.keepsMarket
    }
    guard isCutAlike, mine.allSatisfy({ $0.fork <= common }) else { return false }
    // What flows late into a live branch is not shown to what was forked from it before.
    guard common.isPair else { return true }
    return try left.book.line.rootText(at: common) == right.book.line.rootText(at: common)
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
    let asOf = left.point.asOf
    var parts = [.facts] + Book.Part.analytics(volatilitiesOf: symbols, asOf: asOf)
    if !symbols.isEmpty { parts.append(.prices(of: symbols, asOf: asOf)) }
    let past = try state(parts)
    let states = (
      left: try adding(parts, of: left, to: past), right: try adding(parts, of: right, to: past)
    )
    guard
      states.left.asksForEveryClose(asOf: asOf) || states.right.asksForEveryClose(asOf: asOf)
    else { return states }
    parts.append(.closes(without: symbols))
    let whole = try state(parts)
    return (try adding(parts, of: left, to: whole), try adding(parts, of: right, to: whole))
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
