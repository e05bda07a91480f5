import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Interchange
import Records

/// `foldbook import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring files in: events, positions, daily bars",
    discussion: """
      The form is recognised: CloudEvents JSON Lines, positions (ticker, quantity, entry_price, \
      entry_date, tags; they need --portfolio) or bars (symbol, date, open, high, low, close, \
      volume). A file with errors changes nothing unless --skip-invalid is given. The same file \
      again changes nothing.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp("Files, brought in one after another", valueName: "file"),
    completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The form: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))",
      valueName: "form"))
  var from: String?

  @Flag(help: "Take the good rows of a file that has bad ones")
  var skipInvalid = false

  @Flag(name: [.customShort("n"), .long], help: "Show the events, write none")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Which source the file is of (default: its name)",
      discussion: "Rows that came from the same source before are not taken again.",
      valueName: "name"))
  var source: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The day the file speaks of: no entry lies behind it (default: today)", valueName: "date"))
  var at: String?

  @Flag(help: "Keep events of kinds that the catalogue does not have")
  var allowUnknownKinds = false

  @Flag(help: "Keep the recordedtime of the events instead of now")
  var keepRecordedTime = false

  @Option(help: ArgumentHelp("Who records it (default: FOLDBOOK_ACTOR)", valueName: "name"))
  var actor: String?

  func run() throws {
    guard !files.contains("-") else {
      throw CommandFailure.usage(
        "import reads files, which it can read twice: standard input goes through 'foldbook append -'"
      )
    }
    // What is wrong by itself is said before the book is opened.
    let day = try givenDay()
    let made = try files.map(request)
    let session = try BookSession(options, mode: .readWrite)
    let effective = try day ?? session.now().date
    let requests = made.map { request in
      var request = request
      request.effective = effective
      return request
    }
    var report = FileReports(session, isDryRun: dryRun)
    for (file, request) in zip(files, requests) {
      let tried = RowSpool()
      let outcome = try bringIn(request, into: session) { event in
        if report.isDryRun { try report.add(event, to: tried) }
      }
      report.add(file, outcome, tried, skipsInvalidRows: skipInvalid)
      // What comes behind a bad file may build on it.
      if report.failure != nil { break }
    }
    try report.write()
    if let failure = report.failure { throw failure }
  }

  /// What `--at` says; null where it is not given.
  private func givenDay() throws -> CivilDate? {
    guard let at else { return nil }
    guard let date = try TimeArgument(at).instant(now: currentInstant())?.date else {
      throw CommandFailure.usage("'\(at)' of --at is not a date")
    }
    return date
  }

  private func request(_ file: String) throws -> FileImport {
    var request = FileImport(path: file, effective: currentInstant().date)
    if let from {
      guard let format = ImportFormat(rawValue: from) else {
        throw CommandFailure.usage(
          "there is no form '\(from)': expected one of "
            + ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))
      }
      request.format = format
    }
    request.sourceName = source
    request.portfolio = options.portfolioID
    request.skipsInvalidRows = skipInvalid
    request.allowsUnknownKinds = allowUnknownKinds
    request.recordedTimes = keepRecordedTime ? .kept : .now
    request.actor =
      actorName(actor)
    return request
  }

  private func bringIn(
    _ request: FileImport, into session: BookSession, accepted: (Event) throws -> Void
  ) throws -> ImportOutcome {
    var request = request
    let size = try ByteInput(path: request.path).sizeInBytes
    let progress = options.progress("importing \(request.path)", unit: "bytes", total: size)
    request.progress = { progress.update($0) }
    defer { progress.finish() }
    return try session.book.bringIn(request, isDryRun: dryRun, accepted: accepted)
  }
}

/// What became of each file of an import.
private struct FileReports {
  /// Of each file, as many errors are told to people; JSON has all that were kept.
  private static let errorsShownMax = 20

  private let session: BookSession
  let isDryRun: Bool
  private let rendering: EventRows
  private var rows: [[JSONValue]] = []
  private var objects: [JSONValue] = []
  /// Of a dry run: the events of each file, each the values and the object of its row.
  private var tried: [RowSpool] = []
  private var issues: [String] = []
  private var appended = 0
  private(set) var failure: CommandFailure?

  private static let columns: [AnswerColumn] = [
    AnswerColumn("file"), AnswerColumn("format"), .number("rows"), .number("created"),
    .number("updated"), .number("unchanged"), .number("errors"), .number("first_sequence"),
    .number("last_sequence"),
  ]

  init(_ session: BookSession, isDryRun: Bool) {
    self.session = session
    self.isDryRun = isDryRun
    rendering = EventRows(session.book, session.options.resolvedFormat)
  }

  /// Takes an event that a dry run would append, unless its file is refused in the end.
  func add(_ event: Event, to tried: RowSpool) throws {
    let row = try rendering.row(of: event)
    try tried.add(row.values, row.object)
  }

  mutating func add(
    _ file: String, _ outcome: ImportOutcome, _ tried: RowSpool, skipsInvalidRows: Bool
  ) {
    let report = outcome.report
    let isRefused = report.errorCount > 0 && outcome.outcome == nil
    let sequences = outcome.outcome?.sequences
    rows.append([
      .string(file), .string(report.format.rawValue), .integer(report.rows),
      // What a refused file would have created was not.
      .integer(isRefused ? 0 : report.created), .integer(isRefused ? 0 : report.updated),
      .integer(report.unchanged), .integer(report.errorCount),
      .sequence(sequences?.lowerBound), .sequence(sequences?.upperBound),
    ])
    if case .object(let members) = report.json {
      objects.append(
        .object(
          [JSONMember("file", .string(file))] + members + [
            JSONMember("first_sequence", .sequence(sequences?.lowerBound)),
            JSONMember("last_sequence", .sequence(sequences?.upperBound)),
          ]))
    }
    appended += outcome.outcome?.appended ?? 0
    if isDryRun, !isRefused { self.tried.append(tried) }
    issues += shown(report.warnings, "warning: ", file, of: report.warningCount)
    issues += shown(report.errors, "", file, of: report.errorCount)
    if !report.ignoredColumns.isEmpty {
      issues.append(
        "warning: \(file): columns that mean nothing here: "
          + report.ignoredColumns.joined(separator: ", "))
    }
    if report.errorCount > 0, !skipsInvalidRows || isRefused {
      let first = report.errors.first.map { "; the first: \($0)" } ?? ""
      failure = CommandFailure(
        .badData, code: "FB-CLI-007",
        """
        \(file) has \(counted(report.errorCount, "error"))\(first). \
        Nothing of this file was taken: mend it, or take its good rows with --skip-invalid
        """)
    }
  }

  private func shown(
    _ issues: [ImportIssue], _ word: String, _ file: String, of count: Int
  ) -> [String] {
    let shown = issues.prefix(Self.errorsShownMax).map { "\(word)\(file): \($0)" }
    let rest = count - shown.count
    return rest > 0 ? shown + ["\(word)\(file): and \(rest) more; --json lists them"] : shown
  }

  func write() throws {
    let options = session.options
    var answer = session.answer("import")
    answer.extra = [
      JSONMember("dry_run", .bool(isDryRun)),
      JSONMember("events_written", .integer(isDryRun ? 0 : appended)),
    ]
    let count = counted(appended, "event")
    answer.summary =
      isDryRun
      ? "nothing written; would write \(count)"
      : appended == 0
        ? "nothing new to write; head #\(session.book.head)"
        : "wrote \(count); head #\(session.book.head)"
    var writer = try session.writer(answer, columns: Self.columns)
    for (row, object) in zip(rows, objects) { try writer.row(row, object: object) }
    if isDryRun, options.resolvedFormat.isJSON || appended > 0 {
      let spools = tried
      writer.add(
        Appendix(
          title: "Events that would be written", member: "events", columns: rendering.columns
        ) { body in
          for spool in spools {
            try spool.forEach(body)
          }
        })
    }
    try writer.finish()
    if !options.resolvedFormat.isJSON {
      for issue in issues { Terminal.writeError(issue + "\n") }
    }
  }
}
