import EventLog
public import Events
import ExactNumbers
public import Records

/// A branch with all it stands on, opened.
struct BranchChain {
  /// From the first branch to this one.
  var ancestry: [BranchDetails]
  var line: BranchLog
  /// Why what it stands on is not what it was forked from; null where it is.
  var inheritedDamage: LogDamage?

  var details: BranchDetails { ancestry[ancestry.count - 1] }

  /// Opens a branch and, for reading, its ancestry.
  ///
  /// - Parameters:
  ///   - opened: Chains that were opened before, of which this one may be the continuation; it takes
  ///     note of what it opens. Null where each is opened by itself.
  ///   - watermark: The last own event that somebody is known to have seen.
  static func open(
    _ name: String, of manifest: BookManifest, at path: String, mode: EventLog.Mode,
    _ environment: BookEnvironment, among opened: OpenedChains? = nil,
    watermark: (BranchDetails) throws -> EventSequence
  ) throws -> BranchChain {
    var chain: BranchChain?
    let rest = try ancestry(of: name, at: path, environment.storage, among: opened, &chain)
    for (index, details) in rest.enumerated() {
      let isLast = index == rest.count - 1
      let log = try EventLog.open(
        at: details.logPath(in: folder(details.name, at: path)),
        identity: details.logIdentity(of: manifest),
        registry: EventCatalog.registry, storage: environment.storage,
        mode: isLast ? mode : .readOnly, watermark: isLast ? try watermark(details) : .zero,
        holdsFiles: isLast && opened == nil, options: environment.logOptions)
      let next: BranchChain
      if let fork = details.fork, let parent = chain {
        next = try BranchChain(details, fork, log, on: parent)
      } else {
        next = BranchChain(ancestry: [details], line: BranchLog(log))
      }
      opened?.chains[OpenedChains.Key(details)] = next
      chain = next
    }
    guard let chain else { preconditionFailure("a branch is part of its own ancestry") }
    return chain
  }

  private init(ancestry: [BranchDetails], line: BranchLog) {
    self.ancestry = ancestry
    self.line = line
  }

  /// What a book was opened on.
  init(of book: Book) {
    ancestry = book.ancestry
    line = book.line
    inheritedDamage = book.inheritedDamage
  }

  /// - Parameter isFresh: The parent was just looked at, to fork this one from it.
  init(
    _ details: BranchDetails, _ fork: ForkPoint, _ log: EventLog, on parent: BranchChain,
    isFresh: Bool = false
  ) throws {
    var details = details
    var fork = fork
    // The text of a pair at an own event is that of a plain number.
    fork.sequence = parent.line.number(fork.sequence)
    details.fork = fork
    ancestry = parent.ancestry + [details]
    inheritedDamage =
      try parent.inheritedDamage
      ?? (isFresh ? nil : Self.damage(of: parent.line, fork, details.name))
    let isLive = fork.mode == .live
    line = try BranchLog(
      log, from: parent.line, at: fork.sequence,
      flowing: isLive ? EventCatalog.flowingKinds : nil, pin: isLive ? Self.pin(of: log) : nil,
      flowedThrough: fork.flowedThrough)
  }

  /// The event that ends a session: nothing flows into the branch behind it.
  static func pin(of log: EventLog) throws -> EventSequence? {
    var cursor = log.cursor(LogFilter(kinds: EventCatalog.sessionEndKinds))
    return try cursor.next()?.sequence
  }

  /// Holds the parent against what the branch was forked from.
  private static func damage(
    of parent: BranchLog, _ fork: ForkPoint, _ name: String
  ) throws -> LogDamage? {
    if let damage = parent.damage,
      damage.sequences.map({ $0.lowerBound <= fork.sequence.own }) ?? true
    {
      return damage
    }
    let head = try parent.head
    func report(_ reason: String, _ first: EventSequence) -> LogDamage {
      LogDamage(
        file: parent.own.path, offset: 0, sequences: first...max(first, fork.sequence.own),
        reason: reason)
    }
    guard head >= fork.sequence else {
      return report(
        "branch '\(name)' was forked from '\(fork.parent)' at #\(fork.sequence), which ends at "
          + "#\(head)", head.own.next)
    }
    let root: String
    do {
      root = try parent.asSeen(through: fork.sequence, flowedThrough: fork.flowedThrough)
        .rootText(at: fork.sequence)
    } catch {
      guard case .damaged(let damage) = error else { throw error }
      return damage
    }
    guard root == fork.logRoot else {
      return report(
        "branch '\(name)' was forked from '\(fork.parent)' at #\(fork.sequence) with the log root "
          + "\(fork.logRoot); it has \(root) there now", .zero.next)
    }
    return nil
  }

  /// What the branches of the chain are, from the first one on that was not opened before; `base` is
  /// what they stand on.
  private static func ancestry(
    of name: String, at path: String, _ storage: any Storage, among opened: OpenedChains?,
    _ base: inout BranchChain?
  ) throws -> [BranchDetails] {
    var ancestry: [BranchDetails] = []
    var seen: Set<String> = []
    var next: (name: String, generation: Int64?)? = (name, nil)
    while let (name, generation) = next {
      let folder = folder(name, at: path)
      guard seen.insert(name).inserted else {
        throw BookError.manifestDamaged(
          path: BranchDetails.path(in: folder), reason: "the branch stands on itself")
      }
      let details: BranchDetails
      do {
        // A parent goes on with another generation after a rebase; who stood on it before stays.
        details = try BranchDetails.read(in: folder, generation: generation, storage: storage)
      } catch BookError.manifestDamaged(let file, _) where !ancestry.isEmpty {
        let child = ancestry[ancestry.count - 1].name
        throw BookError.manifestDamaged(
          path: file, reason: "branch '\(child)' stands on '\(name)', which cannot be read")
      }
      if let known = opened?.chains[OpenedChains.Key(details)] {
        base = known
        break
      }
      ancestry.append(details)
      next = details.fork.map { ($0.parent, $0.parentGeneration) }
    }
    return ancestry.reversed()
  }

  static func folder(_ name: String, at path: String) -> String { "\(path)/branches/\(name)" }
}

/// Chains that are open for reading, so that what several branches stand on is opened once.
final class OpenedChains {
  struct Key: Hashable {
    var id: String
    var generation: Int64

    init(_ details: BranchDetails) {
      id = details.id
      generation = details.generation
    }
  }

  var chains: [Key: BranchChain] = [:]
}

extension EventCatalog {
  /// What flows from a parent into a live branch: facts of the market, of no portfolio and no person.
  public static let flowingKinds: Set<KindNumber> = marketKinds.union(analyticsKinds).union([
    InstrumentDefined.kind.number, InstrumentSplit.kind.number, InstrumentDividend.kind.number,
  ])
  /// The ends of a modelling session.
  static let sessionEndKinds: Set<KindNumber> = [
    ModelCompleted.kind.number, ModelCancelled.kind.number,
  ]
}
