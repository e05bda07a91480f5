public import Records

/// Something an import has to say about a row, or about the whole file.
public struct ImportIssue: Error, Hashable, Sendable {
  /// As a spreadsheet numbers it, the header being row 1; in JSON Lines the line. Null: the file.
  public var row: Int?
  /// Stable: `bad_number`, `duplicate` …
  public var code: String
  public var message: String

  public init(row: Int?, code: String, message: String) {
    self.row = row
    self.code = code
    self.message = message
  }

  public var json: JSONValue {
    [
      "row": row.map { .number(JSONNumber(Int64($0))) } ?? .null, "code": .string(code),
      "message": .string(message),
    ]
  }
}

extension ImportIssue: CustomStringConvertible {
  public var description: String { (row.map { "row \($0): " } ?? "") + "\(message) (\(code))" }
}

/// What an import did, or would do.
public struct ImportReport: Hashable, Sendable {
  /// At most this many issues are kept; of more only the number is.
  public static let issuesMax = 10_000

  public var format: ImportFormat
  /// Rows of data: neither the header nor blank lines.
  public var rows = 0
  /// Positions, or events where the form is not about positions.
  public var created = 0
  /// Positions that were there already and that a row says more about.
  public var updated = 0
  /// Rows that were taken in before.
  public var unchanged = 0
  public private(set) var errors: [ImportIssue] = []
  public private(set) var warnings: [ImportIssue] = []
  /// All errors, also those that were not kept.
  public private(set) var errorCount = 0
  public private(set) var warningCount = 0
  /// Columns of the file that mean nothing to this import.
  public var ignoredColumns: [String] = []

  public init(format: ImportFormat) { self.format = format }

  public mutating func add(error: ImportIssue) {
    errorCount += 1
    if errors.count < Self.issuesMax { errors.append(error) }
  }

  public mutating func add(warning: ImportIssue) {
    warningCount += 1
    if warnings.count < Self.issuesMax { warnings.append(warning) }
  }

  /// Errors and warnings in the order of their rows; those of the whole file first.
  public mutating func sortIssues() {
    errors.sort { ($0.row ?? 0) < ($1.row ?? 0) }
    warnings.sort { ($0.row ?? 0) < ($1.row ?? 0) }
  }

  /// The names are those of the documented response (domain/api.md, section 3).
  public var json: JSONValue {
    func count(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
    let what = format == .positionsCSV ? "positions" : "events"
    return .object([
      JSONMember("format", .string(format.rawValue)),
      JSONMember("rows", count(rows)),
      JSONMember("\(what)_created", count(created)),
      JSONMember("\(what)_updated", count(updated)),
      JSONMember("\(what)_unchanged", count(unchanged)),
      JSONMember("errors", .array(errors.map(\.json))),
      JSONMember("error_count", count(errorCount)),
      JSONMember("warnings", .array(warnings.map(\.json))),
      JSONMember("ignored_columns", .array(ignoredColumns.map { .string($0) })),
    ])
  }
}
