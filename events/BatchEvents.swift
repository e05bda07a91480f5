public import ExactNumbers
public import Records

/// A run of the nine steps begins.
public struct BatchStarted: EventPayload {
  public var batch: BatchID
  public var date: CivilDate
  public var unknownFields: JSONValue?

  public init(batch: BatchID, date: CivilDate, unknownFields: JSONValue? = nil) {
    self.batch = batch
    self.date = date
    self.unknownFields = unknownFields
  }
}

extension BatchStarted {
  public static let kind = KindDeclaration(180, "batch.started", "a run of the nine steps begins")

  public static let blank = Self(batch: .blank, date: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "batch", \.batch, "id of the run"),
    .required(2, "date", \.date, "the day it is for"),
  ]
}

/// A run of the nine steps has ended.
public struct BatchCompleted: EventPayload {
  public var batch: BatchID
  public var failures: Int64
  public var unknownFields: JSONValue?

  public init(batch: BatchID, failures: Int64, unknownFields: JSONValue? = nil) {
    self.batch = batch
    self.failures = failures
    self.unknownFields = unknownFields
  }
}

extension BatchCompleted {
  public static let kind = KindDeclaration(
    181, "batch.completed", "a run of the nine steps has ended")

  public static let blank = Self(batch: .blank, failures: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "batch", \.batch, "the run"),
    .required(2, "failures", \.failures, "how many of its calculations failed", .notNegative),
  ]
}

/// A run of the nine steps was broken off.
public struct BatchFailed: EventPayload {
  public var batch: BatchID
  public var errorMessage: String
  public var unknownFields: JSONValue?

  public init(batch: BatchID, errorMessage: String, unknownFields: JSONValue? = nil) {
    self.batch = batch
    self.errorMessage = errorMessage
    self.unknownFields = unknownFields
  }
}

extension BatchFailed {
  public static let kind = KindDeclaration(
    182, "batch.failed", "a run of the nine steps was broken off")

  public static let blank = Self(batch: .blank, errorMessage: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "batch", \.batch, "the run"),
    .required(2, "error_message", \.errorMessage, "why"),
  ]
}

/// The session is over: snapshots of this date are taken.
public struct DayClosed: EventPayload {
  public var date: CivilDate
  public var unknownFields: JSONValue?

  public init(date: CivilDate, unknownFields: JSONValue? = nil) {
    self.date = date
    self.unknownFields = unknownFields
  }
}

extension DayClosed {
  public static let kind = KindDeclaration(200, "day.closed", "the session is over")

  public static let blank = Self(date: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "date", \.date, "the day of the session")
  ]
}
