import ArgumentParser
import EventLog
import Foldbook
import Projections
import Records

/// `foldbook project`
struct ProjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project",
    abstract: "The tables that are derived from the log",
    discussion: "They are one SQLite file of the branch, projections.sqlite: delete it at will.",
    subcommands: [ProjectStatus.self, ProjectCatchUp.self, ProjectRebuild.self],
    defaultSubcommand: ProjectStatus.self)

  /// Brings the tables to the head with the progress that the options ask for, and says on
  /// standard error when they had to be made anew.
  @discardableResult
  static func catchUp(_ session: BookSession) throws -> ProjectionOutcome {
    let progress = Self.progress(session)
    let outcome = try session.book.catchUp { progress.update(Int($0.rawValue)) }
    progress.finish()
    if let reason = outcome.rebuilt, reason != .missing, !session.options.quiet {
      Terminal.writeError("note: the tables were made anew: \(reason)\n")
    }
    return outcome
  }

  fileprivate static func progress(_ session: BookSession) -> Progress {
    session.options.progress(
      "projecting", unit: "events", total: Int(session.book.head.own.rawValue))
  }

  fileprivate static func warn(_ outcome: ProjectionOutcome, _ writer: inout AnswerWriter) {
    for orphan in outcome.orphans { writer.warn("rows without a parent: \(orphan)") }
  }
}

/// `foldbook project status`
struct ProjectStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "How far each projection is behind the log")

  @OptionGroup var options: GlobalOptions

  @OptionGroup var projections: ProjectionNames

  func run() throws {
    try projections.check()
    let session = try BookSession(options)
    let book = session.book
    let status = try book.projections.status(head: book.head)
    var writer = try session.writer(
      session.answer("projections"),
      columns: [
        AnswerColumn("projection"), .number("version"), .number("sequence"),
        .number("lag", unit: "events"), .number("rows"), AnswerColumn("rebuild_reason"),
      ])
    for projection in status where projections.contain(projection.name) {
      try writer.row([
        .string(projection.name), .integer(projection.version), .sequence(projection.sequence),
        .integer(Int(clamping: projection.lag)), .number(JSONNumber(projection.rows)),
        .text(try reason(projection, book)?.description),
      ])
    }
    try writer.finish()
    try session.finish()
  }

  /// Tables of another history look sound until they are held against the log.
  private func reason(_ projection: ProjectionStatus, _ book: Book) throws -> RebuildReason? {
    if let reason = projection.rebuildReason { return reason }
    guard case .usable(let checkpoint) = try book.projections.condition(),
      try book.rootText(at: checkpoint.sequence) != checkpoint.logRoot
    else { return nil }
    return .otherHistory(checkpoint.sequence)
  }
}

/// `foldbook project catch-up`
struct ProjectCatchUp: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catch-up", abstract: "Bring the tables to the head of the log")

  @OptionGroup var options: GlobalOptions

  @OptionGroup var projections: ProjectionNames

  func run() throws {
    try projections.check()
    let session = try BookSession(options)
    let outcome = try ProjectCommand.catchUp(session)
    var answer = session.answer("projections.catch-up")
    answer.summary =
      outcome.rebuilt.map { "made anew, for \($0)" }
      ?? (outcome.events == 0 ? "already at the head" : "caught up")
    var writer = try session.writer(
      answer,
      columns: [
        .number("sequence"), .number("events"), AnswerColumn("rebuilt_because"),
        AnswerColumn("log_root"), AnswerColumn("as_of"),
      ])
    try writer.row([
      .sequence(outcome.checkpoint.sequence), .integer(outcome.events),
      .text(outcome.rebuilt?.description), .string(outcome.checkpoint.logRoot),
      .time(outcome.checkpoint.cut),
    ])
    projections.warn("caught up", &writer)
    ProjectCommand.warn(outcome, &writer)
    try writer.finish()
    try session.finish()
  }
}

/// `foldbook project rebuild`
struct ProjectRebuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Make the tables anew from the first event",
    discussion: """
      Prints the rows of each table, and the SHA-256 of all of them in one canonical form: equal \
      logs give equal tables. Every completed calculation is made again and held against the digest \
      that the log keeps.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var projections: ProjectionNames

  func run() throws {
    try projections.check()
    let session = try BookSession(options)
    let book = session.book
    let progress = ProjectCommand.progress(session)
    let outcome = try book.rebuild { progress.update(Int($0.rawValue)) }
    progress.finish()
    var hash = DumpHash()
    try book.projections.dump { hash.add($0) }
    let hex = hash.hexText
    let review = outcome.calculations.map(CalculationReviewRows.init)

    var answer = session.answer("projections.rebuild")
    answer.extra = [
      JSONMember("sequence", .sequence(outcome.checkpoint.sequence)),
      JSONMember("log_root", .string(outcome.checkpoint.logRoot)),
      JSONMember("dump_sha256", .string(hex)),
    ]
    if let review { answer.extra.append(review.member) }
    answer.summary =
      "made anew from \(grouped(outcome.events)) events, to #\(outcome.checkpoint.sequence); "
      + "canonical dump \(hex)"
      + (review.map { "\n\($0.summary)" } ?? "")
    var writer = try session.writer(answer, columns: [AnswerColumn("table"), .number("rows")])
    for (table, rows) in try book.projections.rowCounts() {
      try writer.row([.string(table), .number(JSONNumber(rows))])
    }
    for appendix in review?.appendices ?? [] { writer.add(appendix) }
    projections.warn("made anew", &writer)
    ProjectCommand.warn(outcome, &writer)
    try writer.finish()
    try session.finish()
    if let failure = review?.failure { throw failure }
  }
}

/// The projections that a command names. They share one file and are written together, so a name
/// chooses what is told, not what is done.
struct ProjectionNames: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Projections; they share one file, so all are brought on together", valueName: "name"))
  var names: [String] = []

  func check() throws {
    let known = ProjectionStore.projectionNames
    for name in names where !known.contains(name) {
      throw ProjectionError.unknownProjection(name: name, known: known)
    }
  }

  func contain(_ name: String) -> Bool { names.isEmpty || names.contains(name) }

  func warn(_ done: String, _ writer: inout AnswerWriter) {
    guard !names.isEmpty else { return }
    writer.warn(
      "projections share one file: all were \(done), not only \(names.joined(separator: ", "))")
  }
}

extension ProjectionStore {
  /// Rows of each documented table, in order of names.
  fileprivate func rowCounts() throws -> [(table: String, rows: Int64)] {
    var tables: [String] = []
    try query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        + "AND name NOT LIKE 'internal%' ORDER BY name",
      columns: { _ in },
      row: { row in if case .text(let name)? = row.first { tables.append(name) } })
    return try tables.map { table in
      var count: Int64 = 0
      try query("SELECT count(*) FROM \(table)", columns: { _ in }) { row in
        if case .integer(let rows)? = row.first { count = rows }
      }
      return (table, count)
    }
  }
}
