public import Events
import ExactNumbers
import Records

/// Turns the rows of a positions file into the events that bring them into a portfolio.
///
/// Every id is derived from what the file says, so the same file gives the same events and the
/// book's idempotency makes a second import change nothing.
public struct PositionsImport: Sendable {
  public static let tagsPerOwnerMax = 100

  public var portfolio: PortfolioID
  /// Whose tags the names in the file are, and who owns those it creates.
  public var owner: UserID?
  /// ``ImportFormat/source(file:)`` of the file.
  public var source: String
  /// Names this import on all its events.
  public var correlation: String?
  public var actor: String?
  /// Take the good rows of a file that also has bad ones.
  public var skipsInvalidRows: Bool
  public var identity: DerivedIdentity

  public init(
    portfolio: PortfolioID, owner: UserID? = nil, source: String, correlation: String? = nil,
    actor: String? = nil, skipsInvalidRows: Bool = false, identity: DerivedIdentity
  ) {
    self.portfolio = portfolio
    self.owner = owner
    self.source = source
    self.correlation = correlation
    self.actor = actor
    self.skipsInvalidRows = skipsInvalidRows
    self.identity = identity
  }

  /// What is to be appended, in this order and all at once, and the report that is true once it is.
  ///
  /// A file with errors gives no events, unless its bad rows are to be skipped.
  public func plan(
    _ file: PositionsFile, context: some ImportContext
  ) throws -> (events: [Event], report: ImportReport) {
    var plan = PositionsPlan(import: self, file: file)
    for row in file.positions { try plan.judge(row, context) }
    return try plan.finished()
  }

  func event(_ payload: Payload, effective: Instant, causation: String? = nil) -> Event {
    // The payload tells equal rows apart by their position ids, so no occurrence is needed here.
    Event(
      id: .minted(occurrence: 0), effective: effective, source: source, actor: actor,
      correlation: correlation, causation: causation, payload: payload)
  }
}
