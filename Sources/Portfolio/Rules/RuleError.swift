public import Events
internal import Records

/// Why the ledger refuses an event.
public struct RuleError: Error, Hashable, Sendable {
  /// The rule that the event breaks. The number is its stable code.
  public enum Rule: Int, Hashable, Sendable, CaseIterable {
    /// The event by itself is not one of the catalogue: see ``RuleError/cause``.
    case invalidEvent = 1
    case unknownUser = 10
    case unknownPortfolio = 11
    case unknownPosition = 12
    case unknownExit = 13
    case unknownTag = 14
    case unknownStrategy = 15
    case unknownFactor = 16
    case unknownScenario = 17
    case unknownBatch = 18
    case unknownCalculation = 19
    case unknownSession = 20
    /// An id is given once.
    case idTaken = 30
    case nameTaken = 31
    case positionVoided = 40
    case exitVoided = 41
    case portfolioClosed = 42
    case tagRetired = 43
    case strategyRetired = 44
    case userInactive = 45
    /// A batch, calculation or what-if branch has ended.
    case runEnded = 46
    /// The branch is of a modelling session that was completed or cancelled.
    case sessionEnded = 47
    /// A session is promoted once.
    case sessionPromoted = 48
    /// Persons are the book's, and so are their keys.
    case personOnBranch = 49
    case exitTooLarge = 50
    case exitBeforeEntry = 51
    case nothingOpen = 52
    /// The open quantity has more digits than an event's number may have.
    case openQuantityTooLong = 53
    case optionTermsUnknown = 60
    case optionNamedAsUnderlying = 61
    case tooManyTagsOfPosition = 70
    case tooManyTagsOfOwner = 71
    case otherPortfolio = 73
    case subjectDisagrees = 80
    /// A product or sum is out of range for exact arithmetic.
    case outOfRange = 90
    /// A price or quantity is so small that nothing is left of it at eight places.
    case roundsToZero = 91
  }

  public let rule: Rule
  /// The event's kind.
  public let kind: String
  /// What the event wants and why it cannot be.
  public let problem: String
  public let expected: String
  public let found: String
  /// What would help.
  public let remedy: String
  /// What is wrong with the event by itself.
  public let cause: EventError?

  init(
    _ rule: Rule, _ kind: String, _ problem: String, expected: String, found: String,
    remedy: String, cause: EventError? = nil
  ) {
    self.rule = rule
    self.kind = kind
    self.problem = problem
    self.expected = expected
    self.found = found
    self.remedy = remedy
    self.cause = cause
  }

  init(_ cause: EventError, _ kind: String) {
    self.init(
      .invalidEvent, kind, "the event by itself is not valid", expected: cause.expected,
      found: cause.found, remedy: "see `foldbook schema \(kind)`", cause: cause)
  }

  /// Stable: what a message is looked up by. An event that is not valid by itself has the code of
  /// its ``EventError``.
  public var code: String {
    if let cause { return cause.code }
    let digits = String(rule.rawValue)
    return "FB-RULE-" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
  }
}

extension RuleError: CustomStringConvertible {
  public var description: String {
    if let cause { return cause.description }
    return "\(code): \(kind): \(problem): expected \(expected), found \(found); \(remedy)"
  }
}
