public import Events
public import ExactNumbers

/// What an import of positions has to know of the book it goes into.
///
/// The book implements it over its state at the head, without an as-of.
public protocol ImportContext {
  /// The live tag of that owner and name, in whatever case.
  func tag(named name: String, owner: UserID?) throws -> TagID?

  /// How many live tags the owner has.
  func tagCount(owner: UserID?) throws -> Int

  /// A position that was ever entered, also one that has been exited or voided since.
  func knownPosition(_ id: PositionID) throws -> KnownPosition?

  /// Whether a position of the portfolio in this symbol, entered on this day, not voided, came
  /// from another source than the given one.
  func hasPosition(
    in portfolio: PortfolioID, symbol: Symbol, entryDate: CivilDate, notFrom source: String
  ) throws -> Bool

  /// Whether the book has a price of the symbol on that day or before it.
  func hasPrice(of symbol: Symbol, onOrBefore date: CivilDate) throws -> Bool
}

/// A position the book has already.
public struct KnownPosition: Hashable, Sendable {
  public var isVoided: Bool
  /// The tags it has at the head.
  public var tags: Set<TagID>

  public init(isVoided: Bool, tags: Set<TagID>) {
    self.isVoided = isVoided
    self.tags = tags
  }
}
