public import Events
public import ExactNumbers
public import Records

/// A person as of a time. Fields whose key was destroyed are null.
public struct UserDetails: Hashable, Sendable {
  public let id: UserID
  public internal(set) var username: String?
  public internal(set) var email: String?
  public internal(set) var fullName: String?
  public internal(set) var role: UserRole
  /// Neither deactivated nor forgotten.
  public internal(set) var isActive = true
  public internal(set) var isForgotten = false
  public internal(set) var provenance: Provenance
}

/// A portfolio as of a time.
public struct PortfolioDetails: Hashable, Sendable {
  public let id: PortfolioID
  public internal(set) var name: String
  public internal(set) var owner: UserID?
  /// ISO 4217.
  public internal(set) var currency: String
  public internal(set) var benchmark: Symbol
  public internal(set) var description: String?
  public let openedAt: Instant
  /// Null while it is open.
  public internal(set) var closedAt: Instant?
  public internal(set) var provenance: Provenance

  public static let defaultCurrency = "USD"
  public static let defaultBenchmark: Symbol = "SPY"
}

/// A tag as of a time.
public struct TagDetails: Hashable, Sendable {
  public let id: TagID
  public internal(set) var name: String
  public internal(set) var type: TagType
  public internal(set) var owner: UserID?
  /// `#RRGGBB`.
  public internal(set) var color: String
  public internal(set) var description: String?
  /// From when on it is taken off everything; null while it is in use.
  public internal(set) var retiredAt: Instant?
  public internal(set) var provenance: Provenance

  public static let defaultColor = "#6B7280"
}

/// A strategy group as of a time.
public struct StrategyGroup: Hashable, Sendable {
  /// Of a group that only a strategy tag made: the tag's id, a slash, the portfolio's id.
  public let id: StrategyID
  public let portfolio: PortfolioID
  public internal(set) var name: String
  public internal(set) var type: StrategyType?
  public internal(set) var description: String?
  /// The strategy tag of the same name whose bearers are legs too.
  public internal(set) var tag: TagID?
  /// Null while it is in use.
  public internal(set) var retiredAt: Instant?
  /// Ascending by leg number, those without one last, then by position id.
  public internal(set) var members: [StrategyMember]
  public internal(set) var provenance: Provenance
}

/// Something that is defined as a whole, restated as a whole, and may be retired.
public struct Definition<Payload: Hashable & Sendable>: Hashable, Sendable {
  /// As last stated.
  public let payload: Payload
  /// Null while it is in use.
  public let retiredAt: Instant?
  public let provenance: Provenance

  public var isActive: Bool { retiredAt == nil }
}

/// A parameter of the calculations as of a time.
public struct ParameterSetting: Hashable, Sendable {
  public let name: String
  /// Null: for every portfolio that has no setting of its own.
  public let portfolio: PortfolioID?
  /// A text, a number or a boolean.
  public let value: JSONValue
  public let provenance: Provenance
}
