import EventLog
public import Events
import ExactNumbers
public import Portfolio
public import Records

extension Book {
  /// The facts known at a sequence, without prices: what the rules ask about.
  ///
  /// - Parameter sequence: Null is the head, whose facts the book keeps for the next append.
  /// - Throws: `LogError` where the log is damaged.
  public func facts(knownAt sequence: EventSequence? = nil) throws -> BookState {
    guard let sequence else {
      try refresh()
      return try currentFacts()
    }
    var state = emptyState()
    try fold([.facts], through: sequence, into: &state)
    return state
  }

  /// The facts of the ancestry that a what-if branch shows; of the first branch none.
  func inheritedFacts() throws -> BookState {
    line.fork == .zero ? emptyState() : try facts(knownAt: line.fork)
  }

  /// A random UUID (version 4) for a new event, position, tag or portfolio.
  public func newID() -> String { randomUUID(environment.randomBytes(16)) }
}

extension BookState {
  /// The tag in use that bears a name, upper and lower case apart.
  ///
  /// - Parameter owner: Whose tag it is; names are unique among one owner's.
  public func tagInUse(named name: String, owner: UserID?) -> TagDetails? {
    tagsInUse.first { $0.owner == owner && $0.name.lowercased() == name.lowercased() }
  }

  /// The tags that were created and not retired, whenever that is effective.
  public var tagsInUse: [TagDetails] {
    tagIDs.compactMap { tag($0, asOf: .distantFuture) }.filter { $0.retiredAt == nil }
  }
}
