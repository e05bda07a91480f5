import ArgumentParser
import EventLog
import ExactNumbers
import Foldbook
import Portfolio
import Projections
import Records

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the head, the log root, the branches, the tables and what was checked last",
    discussion: "foldbook -C demo status --json")

  @OptionGroup var options: GlobalOptions

  /// The batch of the latest day, as far as the tables know.
  private struct LastBatch {
    let json: JSONValue
    let words: String

    /// Null where there is none, and where the tables cannot be asked.
    init?(_ book: Book) throws {
      var found: (id: String, date: String, status: String, failures: JSONValue)?
      do {
        guard case .usable = try book.projections.condition() else { return nil }
        try book.projections.query(
          """
          SELECT id, json_extract(metadata, '$.date'), status, json_extract(metadata, '$.failures')
          FROM batch_jobs ORDER BY 2 DESC, started_at DESC, id LIMIT 1
          """,
          columns: { _ in }
        ) { row in
          guard case .text(let id) = row[0], case .text(let date) = row[1],
            case .text(let status) = row[2]
          else { return }
          found = (id, date, status, row[3].json)
        }
      } catch is ProjectionError {
        return nil
      }
      guard let found else { return nil }
      json = [
        "id": .string(found.id), "date": .string(found.date), "status": .string(found.status),
        "failures": found.failures,
      ]
      let failures =
        found.failures == .null || found.failures == 0
        ? "" : ", \(found.failures.plainText) failures"
      words = "of \(found.date), \(found.status)\(failures)"
    }
  }

  mutating func run() throws {
    let session = try BookSession(options)
    let status = try session.book.status()
    var answer = session.answer("status")
    let batch = try LastBatch(session.book)
    answer.extra =
      try extra(session.book, status) + [JSONMember("last_batch", batch?.json ?? .null)]
    if options.resolvedFormat == .table || options.resolvedFormat == .md {
      try writeForPeople(answer, status, batch, session)
    } else {
      try writeProjections(answer, status, session)
    }
    try session.finish()
  }

  /// A line a fact: what people look for stands first, not in the columns of one row.
  private func writeForPeople(
    _ answer: Answer, _ status: BookStatus, _ batch: LastBatch?, _ session: BookSession
  ) throws {
    var writer = try session.writer(
      answer, columns: [AnswerColumn("what"), AnswerColumn("value")])
    let book = session.book
    var lines = [
      ("book", "\(book.manifest.id) in \(book.path)"), ("branch", book.branch),
      ("branches", branches(status.branches)), ("head", "#\(status.head)"),
      ("recorded", status.headRecorded?.description ?? "nothing yet"),
      ("log root", status.logRoot?.description ?? "unknown: the log is damaged"),
      ("log", book.damage.map { "damaged: \($0)" } ?? "no damage found on opening"),
    ]
    if let fork = book.details.fork {
      let session = try book.modelStatus()?.name ?? "unknown"
      lines.insert(contentsOf: [("forked from", fork.words), ("session", session)], at: 2)
    }
    if let problem = status.projectionsProblem { lines.append(("tables", problem)) }
    for projection in status.projections {
      lines.append(("table \(projection.name)", Self.words(projection)))
    }
    lines.append(
      (
        "last import",
        status.lastImport.map {
          "\($0.fileName), \($0.events) events, the last #\($0.lastSequence), recorded \($0.recorded)"
        } ?? "none that the tables know"
      ))
    lines.append(
      (
        "last audit",
        status.lastAudit.map {
          "#\($0.sequence), \($0.scope), \($0.isSound ? "sound" : "with findings"), recorded "
            + "\($0.recorded)"
        } ?? "none"
      ))
    lines.append(("last batch", batch?.words ?? "none that the tables know"))
    for (what, value) in lines { try writer.row([.string(what), .string(value)]) }
    try writer.finish()
  }

  private func branches(_ names: [String]) -> String {
    names.count <= Self.namesMax
      ? names.joined(separator: ", ")
      : "\(grouped(names.count)): 'foldbook branch list' shows them"
  }

  /// Up to as many branches are named.
  private static let namesMax = 5

  private static func words(_ projection: ProjectionStatus) -> String {
    if let reason = projection.rebuildReason {
      return "to be made with 'foldbook project rebuild': \(reason)"
    }
    let rows = "\(grouped(Int(projection.rows))) rows"
    return projection.lag == 0
      ? "\(rows), at the head"
      : "\(rows), \(projection.lag) events behind: 'foldbook project catch-up'"
  }

  private func writeProjections(
    _ answer: Answer, _ status: BookStatus, _ session: BookSession
  ) throws {
    var writer = try session.writer(
      answer,
      columns: [
        AnswerColumn("name"), .number("version"), .number("sequence"), .number("lag"),
        .number("rows"), AnswerColumn("rebuild_reason"),
      ])
    if let problem = status.projectionsProblem { writer.warn(problem) }
    for projection in status.projections {
      try writer.row([
        .string(projection.name), .integer(projection.version), .sequence(projection.sequence),
        .integer(Int(projection.lag)), .integer(Int(projection.rows)),
        .text(projection.rebuildReason.map { "\($0)" }),
      ])
    }
    try writer.finish()
  }

  private func extra(_ book: Book, _ status: BookStatus) throws -> [JSONMember] {
    let fork = book.details.fork
    return [
      JSONMember("path", .string(book.path)),
      JSONMember("recorded", .time(status.headRecorded)),
      JSONMember("log_root", .text(status.logRoot?.description)),
      JSONMember("branches", .array(status.branches.map { .string($0) })),
      JSONMember("branch_count", .integer(status.branches.count)),
      JSONMember("parent", .text(fork?.parent)), JSONMember("fork", fork?.json ?? .null),
      JSONMember("session_status", .text(try book.modelStatus()?.name)),
      JSONMember("damage", .text(book.damage.map { "\($0)" })),
      JSONMember("recovery", .array(book.log.recovery.map { .string("\($0)") })),
      JSONMember("last_import", status.lastImport.map(Self.json) ?? .null),
      JSONMember("last_audit", status.lastAudit.map(Self.json) ?? .null),
    ]
  }

  private static func json(_ last: BookStatus.LastImport) -> JSONValue {
    [
      "id": .string(last.id), "file_name": .string(last.fileName),
      "events": .integer(Int(last.events)), "last_sequence": .integer(Int(last.lastSequence)),
      "recorded": .string(last.recorded),
    ]
  }

  private static func json(_ last: BookStatus.LastAudit) -> JSONValue {
    [
      "sequence": .sequence(last.sequence), "scope": .string(last.scope),
      "passed": .bool(last.isSound), "recorded": .time(last.recorded),
    ]
  }
}
