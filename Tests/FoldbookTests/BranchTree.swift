import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records
import Synchronization
import TestSupport

/// A book whose branches fork, grow, are rebased and promoted at random, beside the naive model of
/// the same. It stops at the first thing that the two do not agree about.
struct BranchTree {
  let seed: UInt64
  let path: String
  let environment: BookEnvironment
  var events: BranchTreeEvents
  var random: SeededGenerator
  var naive: [String: NaiveBranch] = [:]
  var real: [String: Book] = [:]
  /// What was done, in words.
  private(set) var trace: [String] = []
  /// What they do not agree about; null while they do.
  private(set) var disagreement: String?
  /// How often each kind of thing was done, and how often it was refused.
  private(set) var counts: [String: Int] = [:]
  private var names = 0
  /// Recorded times are often equal: then nothing is forked from a live branch, of which an event
  /// that comes later may have its place before the fork.
  let hasTies: Bool

  init(seed: UInt64, at path: String = "disk/book", storage: any Storage) throws {
    self.seed = seed
    self.path = path
    events = BranchTreeEvents(seed: seed)
    random = SeededGenerator(seed: seed ^ 0x5EED)
    hasTies = seed % 4 == 3
    environment = Self.environment(storage, hasTies: hasTies, seed: seed)
    let main = try Book.create(at: path, id: "tree", environment: environment)
    try main.append(BranchTreeEvents.beginning)
    real["main"] = main
    let naive = NaiveBranch(main: "main")
    var cursor = main.events()
    while let event = try cursor.next() { naive.append(event, id: try main.idText(of: event)) }
    self.naive["main"] = naive
  }

  static func environment(
    _ storage: any Storage, hasTies: Bool, seed: UInt64
  ) -> BookEnvironment {
    let clock = TreeClock(hasTies: hasTies, seed: seed)
    let draws = Counter(Int64(seed % 1_000_000) * 1_000)
    var environment = BookEnvironment(
      storage: storage,
      now: { clock.now() },
      randomBytes: { count in
        let draw = draws.next()
        return (0..<count).map { UInt8(truncatingIfNeeded: draw >> Int64($0 % 8 * 8)) }
      })
    environment.lockWaitMilliseconds = 20
    return environment
  }

  var branchNames: [String] { naive.keys.sorted() }

  mutating func anyName() -> String { branchNames.randomElement(using: &random) ?? "main" }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func note(_ words: String) { trace.append(words) }

  mutating func count(_ what: String) { counts[what, default: 0] += 1 }

  mutating func disagree(_ words: String) {
    guard disagreement == nil else { return }
    disagreement = "seed \(seed): \(words)\nafter:\n\(trace.suffix(60).joined(separator: "\n"))"
  }

  mutating func newName() -> String {
    names += 1
    return "b\(names)"
  }

  /// Does one thing at random.
  mutating func step() throws {
    guard disagreement == nil else { return }
    switch Int.random(in: 0..<40, using: &random) {
    case 0..<22: try append()
    case 22..<24: try resend()
    case 24..<30: if naive.count < 7 { try fork() } else { try append() }
    case 30..<33: try rebase(anyName())
    case 33..<35: try promote(anyName())
    case 35: if chance(2) { try end(anyName()) }
    case 36: if chance(2) { try delete(anyName()) }
    case 37: try pack(anyName())
    default: try reopen(anyName())
    }
  }

  // MARK: Small things

  mutating func reopen(_ name: String) throws {
    note("reopen \(name)")
    real[name] = try Book.open(at: path, branch: name, environment: environment)
  }

  /// Makes blocks of the journal and seals the segments.
  mutating func pack(_ name: String) throws {
    note("seal \(name)")
    try real[name]?.log.seal()
    count("seal")
  }

  mutating func end(_ name: String) throws {
    guard let branch = naive[name], let book = real[name], name != "main" else { return }
    let isCancel = chance(2)
    note("\(isCancel ? "cancel" : "complete") \(name)")
    do {
      let outcome = try isCancel ? book.cancel(reason: "test") : book.complete()
      if branch.end != nil { disagree("\(name) was ended twice") }
      try takeOver(outcome.head, book, branch)
      count("end")
    } catch let error as RuleError {
      if branch.end == nil { disagree("\(name) could not be ended: \(error)") }
    }
  }

  mutating func delete(_ name: String) throws {
    guard let branch = naive[name], name != "main" else { return }
    note("delete \(name)")
    let hasChildren = naive.values.contains { $0.parent?.name == branch.name }
    do {
      _ = try Book.deleteBranch(name, at: path, environment: environment)
      if hasChildren { disagree("\(name) was deleted though others stand on it") }
      naive[name] = nil
      real[name] = nil
      count("delete")
    } catch BookError.branchHasChildren {
      if !hasChildren { disagree("\(name) has no children, and was not deleted") }
      count("delete refused")
    }
    let left = try real["main"]?.branches().sorted()
    if left != branchNames { disagree("branches \(left ?? []), expected \(branchNames)") }
  }

  /// Reads own events of a book that the model does not have yet.
  mutating func takeOver(_ head: EventSequence, _ book: Book, _ branch: NaiveBranch) throws {
    try book.line.refresh()
    while branch.nextNumber <= head {
      guard let event = try book.event(at: branch.nextNumber) else {
        disagree("\(branch.name) has no event at #\(branch.nextNumber)")
        return
      }
      branch.append(event, id: try book.idText(of: event))
    }
  }

  // MARK: Fork

  mutating func fork() throws {
    let name = anyName()
    guard let parent = naive[name], let book = real[name] else { return }
    guard !hasTies || !parent.hasPairs else { return }
    let mode: ModelMode = chance(2) ? .live : .frozen
    let items = parent.items
    let item = items[Int.random(in: 3..<items.count, using: &random)]
    var request = ForkRequest(mode: mode)
    var (at, cut): (EventSequence, Instant?) = (parent.head, nil)
    switch Int.random(in: 0..<5, using: &random) {
    case 0, 1: break
    case 2:
      at = item.number
      request.asOf = .sequence(at)
    case 3:
      // The first of an id is meant, of which a live branch may show two.
      at = parent.item(id: item.id)?.number ?? at
      request.asOf = .event(id: item.id)
    default:
      let time = events.time()
      cut = time
      request.asOf = .instant(time)
      if chance(2) {
        at = item.number
        request.knownAt = .sequence(at)
      }
    }
    let child = newName()
    note("fork \(child) from \(name) at #\(at) cut \(cut.map { "\($0)" } ?? "-") \(mode)")
    let canFork = mode == .frozen || parent.source(at: at) != nil
    do {
      let forked = try book.fork(child, request)
      guard canFork else { return disagree("\(child) was forked though nothing can flow") }
      let branch = NaiveBranch(child, from: parent, at: at, cut: cut, mode)
      guard forked.details.fork?.sequence == at, forked.details.fork?.cut == cut else {
        return disagree("forked at \(forked.details.fork.map { "\($0)" } ?? "nothing")")
      }
      naive[child] = branch
      real[child] = forked
      var first = forked.ownEvents()
      while let event = try first.next() { branch.append(event, id: try forked.idText(of: event)) }
      if branch.own.count != 1 { disagree("\(child) begins with \(branch.own.count) events") }
      count(cut == nil ? "fork" : "fork with a cut")
    } catch {
      if canFork { disagree("fork: \(error)") }
      if try book.branches().contains(child) { disagree("a refused fork left \(child)") }
      count("fork refused")
    }
  }
}

/// A clock that moves a second with every look, or sometimes stands still.
private final class TreeClock: Sendable {
  private let hasTies: Bool
  private let seconds = Mutex<Int64>(0)
  private let random: Mutex<SeededGenerator>

  init(hasTies: Bool, seed: UInt64) {
    self.hasTies = hasTies
    random = Mutex(SeededGenerator(seed: seed))
  }

  func now() -> Instant {
    let draw = random.withLock { $0.next() }
    let seconds = seconds.withLock { seconds in
      if !hasTies || draw % 3 == 0 { seconds += 1 }
      return seconds
    }
    return CivilDate(daysSinceEpoch: 22_000).start.advanced(bySeconds: seconds)
  }
}
