import ArgumentParser
import Calculations
import ExactNumbers
import Foldbook
import Records

/// `foldbook batch list`
struct BatchListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The batches that were run, by their day")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let session = try BookSession(options)
    let point = try session.point()
    let rows = try PointTables(session, point).rows(
      """
      SELECT id, job_name, job_type, json_extract(metadata, '$.date') AS date, status, started_at,
        completed_at, duration_seconds, records_processed,
        json_extract(metadata, '$.failures') AS failures, error_message, src_seq
      FROM batch_jobs ORDER BY date, started_at, id
      """)
    let columns: [AnswerColumn] = [
      .beginning("id", 8), AnswerColumn("job_name", isDetail: true),
      AnswerColumn("job_type", isDetail: true), AnswerColumn("date"), AnswerColumn("status"),
      AnswerColumn("started_at"), AnswerColumn("completed_at", isDetail: true),
      .number("duration_seconds", unit: "s", .places(2)),
      .number("records_processed", .grouped), .number("failures"),
      AnswerColumn("error_message", isDetail: !rows.contains { $0["error_message"] != .null }),
      .number("src_seq", isDetail: true),
    ]
    var writer = try session.writer(
      session.answer("batches", at: point), columns: columns, at: point)
    for row in rows { try writer.row(columns.map { row[$0.name] }) }
    try writer.finish()
    try session.finish()
  }
}

/// `foldbook batch show ID`
struct BatchShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "The calculations of a batch, and whether today's facts still give their results",
    discussion: """
      agrees says whether the result of today's facts is the recorded one; where it is not, late_seq \
      is the last fact that came after the calculation and reaches back to its day. A calculation \
      that was made again later has neither.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Its id, the beginning of it, or the day it is of")
  var batch: String

  func run() throws {
    let session = try BookSession(options)
    let point = try session.point()
    let tables = try PointTables(session, point)
    let jobs = try jobs(tables)
    guard !jobs.isEmpty else {
      throw CommandFailure(
        .missing, code: "FB-CLI-010",
        "there is no batch '\(batch)'; 'foldbook batch list' shows those there are")
    }
    var answer = session.answer("batch", at: point)
    answer.extra = [
      JSONMember(
        "batches",
        .array(
          jobs.map { job in
            [
              "id": job["id"], "date": job["date"], "status": job["status"],
              "started_at": job["started_at"], "completed_at": job["completed_at"],
              "error_message": job["error_message"],
            ]
          }))
    ]
    answer.summary = jobs.map { job in
      "batch \(job.text("id") ?? "–") of \(job.text("date") ?? "–"), \(job.text("status") ?? "–")"
        + (job.text("error_message").map { ": \($0)" } ?? "")
    }.joined(separator: "\n")
    let rows = try calculations(of: jobs, tables)
    let hasReasons = rows.contains { $0["error_message"] != .null || $0["check_error"] != .null }
    var writer = try session.writer(answer, columns: Self.columns(hasReasons), at: point)
    var restated: [String] = []
    for row in rows {
      if row["agrees"] == 0 {
        let late = row["late_seq"] == .null ? "" : " by #\(row["late_seq"].plainText)"
        restated.append("\(row.text("calculation_type") ?? "–")\(late)")
      }
      try writer.row(
        Self.columns(hasReasons).map { column in
          switch column.name {
          case "step":
            row.text("calculation_type").flatMap { Step(rawValue: $0) }
              .map { .integer($0.number) } ?? .null
          case "agrees", "verified_ok": row.flag(column.name)
          case "parameters": row.parsed("parameters")
          default: row[column.name]
          }
        })
    }
    if !restated.isEmpty {
      writer.warn(
        "today's facts give other results than were recorded: "
          + restated.joined(separator: ", "))
    }
    try writer.finish()
    try session.finish()
  }

  private func jobs(_ tables: PointTables) throws -> [TableRow] {
    let text = PointTables.quoted(batch)
    let jobs = try tables.rows(
      """
      SELECT *, json_extract(metadata, '$.date') AS date FROM batch_jobs
      WHERE id = \(text) OR date = \(text) OR substr(id, 1, length(\(text))) = \(text)
      ORDER BY date, started_at, id
      """)
    let exact = jobs.filter { $0.text("id") == batch || $0.text("date") == batch }
    if !exact.isEmpty || batch.isEmpty { return exact }
    guard jobs.count <= 1 else {
      throw CommandFailure.usage(
        "\(counted(jobs.count, "batch id")) begin with '\(batch)': give more of the id")
    }
    return jobs
  }

  private func calculations(
    of jobs: [TableRow], _ tables: PointTables
  ) throws -> [TableRow] {
    let ids = jobs.compactMap { $0.text("id").map(PointTables.quoted) }.joined(separator: ", ")
    let rows = try tables.rows(
      """
      SELECT log.*, log.id AS calculation_id, checks.current_digest, checks.late_seq,
        checks.agrees, checks.error_message AS check_error
      FROM calculation_audit_log AS log
      LEFT JOIN calculation_checks AS checks ON checks.calculation_id = log.id
      WHERE log.batch_id IN (\(ids)) ORDER BY log.calculation_date, log.start_time, log.id
      """)
    return rows.sorted { Self.order($0) < Self.order($1) }
  }

  private static func order(_ row: TableRow) -> (String, Int, String, String) {
    let step = row.text("calculation_type").flatMap { Step(rawValue: $0) }?.number ?? 0
    return (
      row.text("calculation_date") ?? "", step, row.text("portfolio_id") ?? "",
      row.text("start_time") ?? ""
    )
  }

  private static func columns(_ hasReasons: Bool) -> [AnswerColumn] {
    [
      AnswerColumn("calculation_date", isDetail: true), .number("step"),
      AnswerColumn("calculation_type"), AnswerColumn("portfolio_id"), AnswerColumn("status"),
      .number("records_processed", .grouped), .number("input_seq"),
      .beginning("result_digest", 12), .beginning("current_digest", 12), AnswerColumn("agrees"),
      .number("late_seq"), AnswerColumn("error_message", isDetail: !hasReasons),
      AnswerColumn("check_error", isDetail: true), AnswerColumn("method", isDetail: true),
      AnswerColumn("parameters", isDetail: true), .number("attempt", isDetail: true),
      AnswerColumn("start_time", isDetail: true), AnswerColumn("end_time", isDetail: true),
      AnswerColumn("verified_at", isDetail: true), AnswerColumn("verified_ok", isDetail: true),
      AnswerColumn("calculation_id", isDetail: true), AnswerColumn("batch_id", isDetail: true),
    ]
  }
}
