public import ExactNumbers
public import Records

/// What a file holds.
public enum ExportType: String, PayloadEnumeration, Sendable {
  case portfolio, trades, snapshots, modelingSession = "modeling_session", events, audit
}

/// How a file is written.
public enum ExportFormat: String, PayloadEnumeration, Sendable {
  case csv, json, fix, cloudevents, parquet, beancount, ledger
}

/// A file was written; with what it takes to write it again.
public struct ExportMade: EventPayload {
  public var export: ExportID
  public var user: UserID?
  public var portfolio: PortfolioID?
  public var session: SessionID?
  public var exportType: ExportType
  public var exportFormat: ExportFormat
  public var fileName: String
  public var fileSizeBytes: Int64
  public var sha256: String
  public var asOf: Instant?
  public var throughSequence: Int64?
  public var logRoot: String?
  public var rowCount: Int64?
  public var unknownFields: JSONValue?

  public init(
    export: ExportID, exportType: ExportType, exportFormat: ExportFormat, fileName: String,
    fileSizeBytes: Int64, sha256: String, user: UserID? = nil, portfolio: PortfolioID? = nil,
    session: SessionID? = nil, asOf: Instant? = nil, throughSequence: Int64? = nil,
    logRoot: String? = nil, rowCount: Int64? = nil, unknownFields: JSONValue? = nil
  ) {
    self.export = export
    self.user = user
    self.portfolio = portfolio
    self.session = session
    self.exportType = exportType
    self.exportFormat = exportFormat
    self.fileName = fileName
    self.fileSizeBytes = fileSizeBytes
    self.sha256 = sha256
    self.asOf = asOf
    self.throughSequence = throughSequence
    self.logRoot = logRoot
    self.rowCount = rowCount
    self.unknownFields = unknownFields
  }
}

extension ExportMade {
  public static let kind = KindDeclaration(240, "export.made", "a file was written", portfolio: 3)

  public static let blank = Self(
    export: .blank, exportType: .blank, exportFormat: .blank, fileName: .blank,
    fileSizeBytes: .blank, sha256: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "export", \.export, "id of the export"),
    .optional(2, "user", \.user, "for whom"),
    .optional(3, "portfolio", \.portfolio, "of which portfolio"),
    .optional(4, "session", \.session, "of which what-if branch"),
    .required(5, "export_type", \.exportType, "what the file holds"),
    .required(6, "export_format", \.exportFormat, "how it is written"),
    .required(7, "file_name", \.fileName, "its name", .characters(1...255)),
    .required(8, "file_size_bytes", \.fileSizeBytes, "its size", unit: "bytes", .notNegative),
    .required(9, "sha256", \.sha256, "digest of its bytes", .sha256),
    .optional(10, "as_of", \.asOf, "the effective time it is as of"),
    .optional(
      11, "through_sequence", \.throughSequence,
      "the last event it knows", unit: "sequence", .notNegative),
    .optional(12, "log_root", \.logRoot, "the log root at that event", .characters(1...128)),
    .optional(13, "row_count", \.rowCount, "its rows", unit: "rows", .notNegative),
  ]
}

/// The book, or a part of it, was verified.
public struct AuditVerified: EventPayload {
  public var scope: String
  public var throughSequence: Int64
  public var logRoot: String
  public var passed: Bool
  public var findings: JSONValue
  public var unknownFields: JSONValue?

  public init(
    scope: String, throughSequence: Int64, logRoot: String, passed: Bool, findings: JSONValue,
    unknownFields: JSONValue? = nil
  ) {
    self.scope = scope
    self.throughSequence = throughSequence
    self.logRoot = logRoot
    self.passed = passed
    self.findings = findings
    self.unknownFields = unknownFields
  }
}

extension AuditVerified {
  public static let kind = KindDeclaration(250, "audit.verified", "the book was verified")

  public static let blank = Self(
    scope: .blank, throughSequence: .blank, logRoot: .blank, passed: .blank, findings: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "scope", \.scope, "what was verified", .characters(1...255)),
    .required(
      2, "through_sequence", \.throughSequence,
      "the last event that was verified", unit: "sequence", .notNegative),
    .required(3, "log_root", \.logRoot, "the log root at that event", .characters(1...128)),
    .required(4, "passed", \.passed, "whether all was well"),
    .required(5, "findings", \.findings, "what was not", .array),
  ]
}
