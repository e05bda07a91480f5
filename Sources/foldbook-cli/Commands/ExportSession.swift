import ArgumentParser
import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Interchange
import Portfolio
import Records

/// `foldbook export session`
struct ExportSession: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "A what-if branch's session: its changes and their impact, as CSV or JSON",
    discussion: """
      foldbook -C demo -b hedge export session -o hedge.csv
      foldbook -C demo -b hedge export session --to json

      CSV with -o is two files: the changes, and beside them hedge.impact.csv; without -o the changes \
      alone. The export is recorded on the branch, also after the session's end.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var export: ExportOptions

  @Option(help: ArgumentHelp("The form: csv or json", valueName: "form"))
  var to = "csv"

  private static let changeColumns =
    ["trade_date"] + ModelChangeRows.columns.map(\.name)

  private static let impactColumns = [
    "portfolio_id", "metric_group", "metric", "unit", "before", "after", "delta", "delta_pct",
    "flags",
  ]

  func run() throws {
    guard let format = ExportFormat(rawValue: to), [.csv, .json].contains(format) else {
      throw CommandFailure.usage("sessions are exported to csv or json, not to '\(to)'")
    }
    if options.portfolio != nil || options.terms != nil {
      throw CommandFailure.usage(
        "a session is exported whole: --portfolio and --where are not for it")
    }
    let session = try export.session(options)
    guard session.book.isWhatIf else { throw BookError.notAWhatIf(branch: session.book.branch) }
    let point = try session.point()
    let model = try session.model(at: point)
    let impact = try session.book.impact(at: point.point, marginals: false)
    for warning in point.warnings { Terminal.writeError("warning: \(warning)\n") }
    switch format {
    case .json: try writeJSON(model, impact, session, point)
    default: try writeCSV(model, impact, session, point)
    }
    try session.finish()
  }

  private func finish(
    _ file: inout ExportFile, _ model: ModelSession, _ point: ResolvedPoint
  ) throws {
    try file.finish(
      at: point, asOf: point.point.asOf == .distantPast ? nil : point.point.asOf, export,
      modelSession: model.session)
  }

  // MARK: CSV

  private func writeCSV(
    _ model: ModelSession, _ impact: Impact, _ session: BookSession, _ point: ResolvedPoint
  ) throws {
    var changes = try ExportFile(session, type: .modelingSession, format: .csv)
    try changes.write(CSVWriter.line(Self.changeColumns))
    for change in model.changes {
      let cells = [JSONValue.date(change.effective.date)] + ModelChangeRows.values(change)
      try changes.write(row: Array(CSVWriter.line(cells.map(\.plainText)).utf8))
    }
    guard let output = options.output else {
      changes.warn("the impact is in a file of its own: give -o FILE")
      return try finish(&changes, model, point)
    }
    // Both stand before either is recorded, which moves the head.
    var metrics = try ExportFile(
      session, type: .modelingSession, format: .csv, path: Self.impactPath(output))
    try metrics.write(CSVWriter.line(Self.impactColumns))
    for portfolio in impact.portfolios {
      for metric in portfolio.metrics {
        let cells: [JSONValue] = [
          .string(portfolio.portfolio.rawValue), .string(metric.group.rawValue),
          .string(metric.name), .string(metric.unit.rawValue), metric.before.json,
          metric.after.json, metric.delta.json, Cell(metric.deltaFraction).json,
          .array(metric.flags.map { .string($0.rawValue) }),
        ]
        try metrics.write(row: Array(CSVWriter.line(cells.map(\.plainText)).utf8))
      }
    }
    try finish(&changes, model, point)
    try finish(&metrics, model, point)
  }

  /// `dir/hedge.csv` becomes `dir/hedge.impact.csv`.
  static func impactPath(_ path: String) -> String {
    path.hasSuffix(".csv") ? path.dropLast(4) + ".impact.csv" : path + ".impact.csv"
  }

  // MARK: JSON

  /// Keys in the order of their bytes, so that equal states give equal bytes.
  private func writeJSON(
    _ model: ModelSession, _ impact: Impact, _ session: BookSession, _ point: ResolvedPoint
  ) throws {
    let asOf = point.point.asOf
    let head: JSONValue = [
      "as_of": .time(asOf == .distantPast ? nil : asOf), "at_seq": .sequence(point.point.knownAt),
      "format": "json", "generated_by": .string("foldbook \(foldbookVersion)"),
      "log_root": .string(try session.book.logRoot(at: point.point.knownAt).description),
      "type": "modeling_session",
    ]
    let fork = session.book.details.fork
    let about: JSONValue = [
      "base_log_root": .text(fork?.logRoot), "base_sequence": .sequence(fork?.sequence),
      "base_snapshot_date": .date(model.baseSnapshotDate),
      "completed_at": .time(model.completed), "created_at": .time(model.created),
      "cut": .time(fork?.cut), "description": .text(model.description), "id": .string(model.id),
      "mode": .string(model.mode.rawValue), "name": .string(model.name),
      "parent": .text(fork?.parent), "portfolio_id": .text(model.portfolio?.rawValue),
      "session_id": .string(model.session.rawValue), "status": .string(model.status.name),
      "user_id": .text(model.user?.rawValue),
    ]
    var file = try ExportFile(session, type: .modelingSession, format: .json)
    try file.write(
      "{\"export\":\(head.canonical.compactText),\n\"session\":\(about.canonical.compactText),\n"
        + "\"changes\":[")
    for (index, change) in model.changes.enumerated() {
      let text = change.json.canonical.compactText
      try file.write(row: Array(((index == 0 ? "\n" : ",\n") + text).utf8))
    }
    try file.write(
      "\n],\n\"impact\":\(impact.summaryJSON.compactText),\n"
        + "\"factor_exposures_change\":\(impact.factorExposuresChangeJSON.compactText),\n"
        + "\"base_portfolio_snapshot\":\(impact.baseSnapshotJSON.compactText),\n"
        + "\"modified_portfolio_snapshot\":"
        + "\((impact.modifiedSnapshotJSON ?? .null).compactText)}\n")
    try finish(&file, model, point)
  }
}
