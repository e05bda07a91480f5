public import ExactNumbers
public import Records

/// Whether the parent's market data flows on into a what-if branch.
public enum ModelMode: String, PayloadEnumeration, Sendable {
  case frozen, live
}

/// A what-if branch begins: its first event.
public struct ModelForked: EventPayload {
  public var session: SessionID
  public var name: String
  public var description: String?
  public var user: UserID?
  public var portfolio: PortfolioID?
  public var baseSequence: Int64
  public var baseSnapshotDate: CivilDate
  public var mode: ModelMode
  public var unknownFields: JSONValue?

  public init(
    session: SessionID, name: String, baseSequence: Int64, baseSnapshotDate: CivilDate,
    mode: ModelMode, description: String? = nil, user: UserID? = nil, portfolio: PortfolioID? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.session = session
    self.name = name
    self.description = description
    self.user = user
    self.portfolio = portfolio
    self.baseSequence = baseSequence
    self.baseSnapshotDate = baseSnapshotDate
    self.mode = mode
    self.unknownFields = unknownFields
  }
}

extension ModelForked {
  public static let kind = KindDeclaration(
    220, "model.forked", "a what-if branch begins", portfolio: 5)

  public static let blank = Self(
    session: .blank, name: .blank, baseSequence: .blank, baseSnapshotDate: .blank, mode: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "id of the what-if branch"),
    .required(2, "name", \.name, "what it is called", .characters(1...255)),
    .optional(3, "description", \.description, "in words", .characters(0...1000)),
    .optional(4, "user", \.user, "whose it is"),
    .optional(
      5, "portfolio", \.portfolio, "the portfolio it is about; the whole book where not given"),
    .required(
      6, "base_sequence", \.baseSequence,
      "the event of the parent where it leaves", unit: "sequence", .notNegative),
    .required(7, "base_snapshot_date", \.baseSnapshotDate, "the day it starts from"),
    .required(8, "mode", \.mode, "whether the parent's market data flows on into it"),
  ]
}

/// Fields of a what-if branch change. What is null stays as it is.
public struct ModelChanged: EventPayload {
  public var session: SessionID
  public var name: String?
  public var description: Change<String>?
  public var unknownFields: JSONValue?

  public init(
    session: SessionID, name: String? = nil, description: Change<String>? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.session = session
    self.name = name
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension ModelChanged {
  public static let kind = KindDeclaration(
    221, "model.changed", "fields of a what-if branch change")

  public static let blank = Self(session: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "the what-if branch"),
    .optional(2, "name", \.name, "the new name", .characters(1...255)),
    .clearable(3, "description", \.description, "the new description", .characters(0...1000)),
  ]
}

/// A state of a what-if branch is kept by name.
public struct ModelSaved: EventPayload {
  public var session: SessionID
  public var save: SaveID
  public var name: String
  public var unknownFields: JSONValue?

  public init(session: SessionID, save: SaveID, name: String, unknownFields: JSONValue? = nil) {
    self.session = session
    self.save = save
    self.name = name
    self.unknownFields = unknownFields
  }
}

extension ModelSaved {
  public static let kind = KindDeclaration(
    222, "model.saved", "a state of a what-if branch is kept by name")

  public static let blank = Self(session: .blank, save: .blank, name: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "the what-if branch"),
    .required(2, "save", \.save, "id of the save"),
    .required(3, "name", \.name, "what it is called", .characters(1...255)),
  ]
}

/// A what-if branch is finished.
public struct ModelCompleted: EventPayload {
  public var session: SessionID
  public var unknownFields: JSONValue?

  public init(session: SessionID, unknownFields: JSONValue? = nil) {
    self.session = session
    self.unknownFields = unknownFields
  }
}

extension ModelCompleted {
  public static let kind = KindDeclaration(223, "model.completed", "a what-if branch is finished")

  public static let blank = Self(session: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "the what-if branch")
  ]
}

/// A what-if branch is dropped.
public struct ModelCancelled: EventPayload {
  public var session: SessionID
  public var reason: String?
  public var unknownFields: JSONValue?

  public init(session: SessionID, reason: String? = nil, unknownFields: JSONValue? = nil) {
    self.session = session
    self.reason = reason
    self.unknownFields = unknownFields
  }
}

extension ModelCancelled {
  public static let kind = KindDeclaration(224, "model.cancelled", "a what-if branch is dropped")

  public static let blank = Self(session: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "the what-if branch"),
    .optional(2, "reason", \.reason, "why", .characters(1...1000)),
  ]
}

/// A what-if branch's events were appended to its parent.
public struct ModelPromoted: EventPayload {
  public var session: SessionID
  public var into: String
  public var events: Int64
  public var unknownFields: JSONValue?

  public init(session: SessionID, into: String, events: Int64, unknownFields: JSONValue? = nil) {
    self.session = session
    self.into = into
    self.events = events
    self.unknownFields = unknownFields
  }
}

extension ModelPromoted {
  public static let kind = KindDeclaration(
    225, "model.promoted", "a what-if branch's events were appended to its parent")

  public static let blank = Self(session: .blank, into: .blank, events: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "session", \.session, "the what-if branch"),
    .required(2, "into", \.into, "the branch they were appended to", .characters(1...64)),
    .required(3, "events", \.events, "how many", unit: "events", .notNegative),
  ]
}
