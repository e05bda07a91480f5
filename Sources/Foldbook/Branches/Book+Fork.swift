import EventLog
public import Events
import ExactNumbers
import Portfolio
import Records

/// Where and how a branch is forked.
public struct ForkRequest: Sendable {
  /// Null is the parent's head, whole. A sequence or an event's id is where the branch leaves its
  /// parent; a time cuts off what is effective later.
  public var asOf: TimeReference?
  /// What is known of the parent where `asOf` is a time; null is its head.
  public var knownAt: TimeReference?
  public var mode = ModelMode.frozen
  /// What the session is called; null is the branch's name.
  public var title: String?
  public var description: String?
  public var user: UserID?
  /// The portfolio it is about; null is the whole book.
  public var portfolio: PortfolioID?

  public init(
    asOf: TimeReference? = nil, knownAt: TimeReference? = nil, mode: ModelMode = .frozen,
    title: String? = nil, description: String? = nil, user: UserID? = nil,
    portfolio: PortfolioID? = nil
  ) {
    self.asOf = asOf
    self.knownAt = knownAt
    self.mode = mode
    self.title = title
    self.description = description
    self.user = user
    self.portfolio = portfolio
  }
}

extension Book {
  /// Forks a what-if branch from this one.
  ///
  /// Nothing is copied: one small file says where it leaves, and its log begins with
  /// `model.forked`. What this branch appends later does not show in it, but for market data in a
  /// live one.
  ///
  /// - Throws: ``BookError/branchName(name:problem:)``, ``BookError/branchExists(name:)``,
  ///   ``BookError/unknownPoint(text:reason:range:)``, `LogError` where this branch is damaged,
  ///   nothing can flow into a live one from there, or the disk fails. A fork that is broken off at
  ///   any point leaves no branch.
  public func fork(_ name: String, _ request: ForkRequest = ForkRequest()) throws -> Book {
    if let problem = BranchName.problem(name) {
      throw BookError.branchName(name: name, problem: problem)
    }
    try refresh()
    if let damage { throw LogError.damaged(damage) }
    return try withBranchesLocked {
      try refuseIfReplaced()
      let folded = name.lowercased()
      // Two names that only some file systems tell apart would be one branch on the others.
      for other in try storage.list(path + "/branches")
      where try other.lowercased() == folded && Self.isBranch(other, at: path, storage) {
        throw BookError.branchExists(name: other)
      }
      try refusePromotedName(name)
      let (sequence, cut) = try forkPoint(request)
      if request.mode == .live { try line.requireFlow(at: sequence) }
      try refuseUnknown(request, at: sequence)
      let fork = ForkPoint(
        parent: branch, parentGeneration: details.generation, sequence: sequence, cut: cut,
        mode: request.mode, logRoot: try rootText(at: sequence),
        flowedThrough: try line.flowedSequence(through: sequence))
      if sequence > line.fork {
        try ForkMark.raise(to: sequence.own, in: branchPath, details, storage)
      }
      let child = BranchDetails(id: newID(), name: name, created: environment.now(), fork: fork)
      let log = try write(child, request)
      // What this book has just looked at is not opened again: that would take the longer the more
      // the book has grown.
      var ancestry = BranchChain(of: self)
      ancestry.line = line.detached()
      return Book(
        path: path, manifest: manifest,
        chain: try BranchChain(child, fork, log, on: ancestry, isFresh: true),
        environment: environment)
    }
  }

  /// The history of a promotion names its branch, which may be gone since.
  private func refusePromotedName(_ name: String) throws {
    for deleted in try Book.deletedBranches(at: path, environment: environment) {
      guard deleted.name == name, let id = deleted.id,
        let sequence = try line.number(ofID: Self.promotionID(ofBranch: id))
      else { continue }
      throw BookError.branchName(
        name: name, problem: "a branch of that name was promoted at #\(sequence), and deleted since"
      )
    }
  }

  /// The id of the `model.promoted` of a branch, in its own log and in its parent's.
  static func promotionID(ofBranch id: String) -> String { "promotion-\(id)" }

  /// Runs something while no other process forks, rebases or deletes a branch of the book.
  func withBranchesLocked<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.withBranchesLocked(at: path, environment, body)
  }

  static func withBranchesLocked<Result>(
    at path: String, _ environment: BookEnvironment, _ body: () throws -> Result
  ) throws -> Result {
    try environment.storage.withLock("\(path)/branches/.lock", environment, body)
  }

  private func forkPoint(
    _ request: ForkRequest
  ) throws -> (sequence: EventSequence, cut: Instant?) {
    switch request.asOf {
    case nil:
      guard request.knownAt != nil else { return (head, nil) }
      return (try point(knownAt: request.knownAt).point.knownAt, nil)
    case .instant(let instant):
      // The end of today lies behind whatever was recorded today.
      if let last = headRecorded, instant.date > last.date {
        throw BookError.unknownPoint(
          text: "\(instant.date)", reason: "it lies after the head",
          range: "the last event was recorded at \(last)")
      }
      return (try point(asOf: request.asOf, knownAt: request.knownAt).point.knownAt, instant)
    case .sequence, .event:
      return (try point(knownAt: request.asOf).point.knownAt, nil)
    }
  }

  /// Only what the fork names is looked up: a fork costs the same whatever the book has grown to.
  private func refuseUnknown(_ request: ForkRequest, at sequence: EventSequence) throws {
    guard request.portfolio != nil || request.user != nil else { return }
    let facts = try facts(knownAt: sequence)
    if let portfolio = request.portfolio,
      facts.portfolio(portfolio, asOf: .distantFuture) == nil
    {
      throw BookError.unknownPortfolio(id: portfolio.rawValue)
    }
    if let user = request.user, facts.user(user, asOf: .distantFuture) == nil {
      throw BookError.unknownUser(id: user.rawValue)
    }
  }

  /// The branch is there once its `branch.json` is.
  private func write(_ child: BranchDetails, _ request: ForkRequest) throws -> EventLog {
    let folder = BranchChain.folder(child.name, at: path)
    // Of a fork or a deletion that was broken off.
    try storage.removeTree(folder)
    try storage.makeDirectory(folder)
    let forked = try forked(child, request)
    let log = try EventLog.create(
      at: folder, identity: LogIdentity(book: manifest.id, branch: child.id),
      registry: EventCatalog.registry, first: forked.sequence, storage: storage,
      options: environment.logOptions)
    try log.append([forked.record])
    try storage.syncDirectory(path + "/branches")
    try child.write(in: folder, storage: storage)
    return log
  }

  private func forked(
    _ child: BranchDetails, _ request: ForkRequest
  ) throws -> (record: Record, sequence: EventSequence) {
    guard let fork = child.fork else { preconditionFailure("a what-if branch has a fork") }
    let now = environment.now()
    let date = try (fork.cut ?? defaultAsOf() ?? now).date
    let payload = ModelForked(
      session: SessionID(child.name), name: request.title ?? child.name,
      baseSequence: Int64(clamping: fork.sequence.own.rawValue), baseSnapshotDate: date,
      mode: fork.mode,
      description: request.description, user: request.user, portfolio: request.portfolio)
    var event = Event(
      id: .given(newID()), effective: now, source: Self.modelSource,
      payload: .modelForked(payload))
    event.recorded = try max(now, line.record(at: fork.sequence)?.recorded ?? now)
    do { try event.validate() } catch { throw BookError.forkRefused(reason: "\(error)") }
    return (try record(event), fork.sequence.own.next)
  }

  /// The source of events that the library records about what-if branches.
  static let modelSource = "/foldbook/model"
}

extension Storage {
  /// Runs something while no other process holds a lock.
  func withLock<Result>(
    _ path: String, _ environment: BookEnvironment, _ body: () throws -> Result
  ) throws -> Result {
    let lock = try lock(path)
    let milliseconds = environment.lockWaitMilliseconds
    guard try lock.wait(milliseconds: milliseconds) else {
      throw LogError.locked(path: path, waitedMilliseconds: milliseconds)
    }
    defer { lock.unlock() }
    return try body()
  }

  /// Removes a file or a directory with all that is in it; nothing where there is none.
  func removeTree(_ path: String) throws(StorageError) {
    guard try exists(path) else { return }
    if let names = try? list(path) {
      for name in names { try removeTree("\(path)/\(name)") }
    }
    try remove(path)
  }
}
