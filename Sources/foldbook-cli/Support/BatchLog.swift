import Calculations
import Events
import ExactNumbers
import Foldbook
import Records

/// What a run did, on its way to the answer.
struct BatchLog {
  private let session: BookSession
  private let headBefore: EventSequence
  private let isDryRun: Bool
  var days: [BatchDay] = []
  /// As many warnings are told; JSON has all of them, by day.
  private static let warningsMax = 20

  init(_ session: BookSession, headBefore: EventSequence, isDryRun: Bool) {
    self.session = session
    self.headBefore = headBefore
    self.isDryRun = isDryRun
  }

  private var appended: Int {
    Int(clamping: session.book.head.own.rawValue - headBefore.own.rawValue)
  }

  private func count(_ status: BatchEntry.Status) -> Int {
    days.reduce(0) { $0 + count($1, status) }
  }

  private func count(_ day: BatchDay, _ status: BatchEntry.Status) -> Int {
    day.entries.count { $0.status == status }
  }

  /// Steps failed, and the run went on.
  var failure: CommandFailure? {
    let failed = days.flatMap { day in
      day.entries.filter { $0.status == .failed }.map { (day.date, $0) }
    }
    guard let (date, first) = failed.first else { return nil }
    let portfolio = first.portfolio.map { " of \($0)" } ?? ""
    return CommandFailure(
      .differences, code: "FB-CLI-009",
      """
      \(counted(failed.count, "calculation")) failed; the first: \(first.step.rawValue)\(portfolio) \
      on \(date): \(first.reason ?? "no reason is known"). What did not need them was run
      """)
  }

  func write() throws {
    var answer = session.answer("batch")
    answer.extra = [
      JSONMember("dry_run", .bool(isDryRun)), JSONMember("events_written", .integer(appended)),
      JSONMember(
        "sequences",
        appended == 0
          ? .null
          : ["first": .sequence(headBefore.next), "last": .sequence(session.book.head)]),
    ]
    answer.summary = summary
    let isForPeople = session.options.resolvedFormat.isForPeople
    if isForPeople, days.count > 1 {
      try writeDays(answer)
    } else {
      try writeSteps(answer)
    }
  }

  private var summary: String {
    let span =
      days.first.map { first in
        days.count == 1
          ? "\(first.date)"
          : "\(counted(days.count, "session")) from \(first.date) to \(days.last?.date ?? first.date)"
      } ?? "no day was finished"
    let counts = [
      (count(.completed), "completed"), (count(.reused), "unchanged"), (count(.failed), "failed"),
      (count(.skipped), "skipped"),
    ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    var text = days.isEmpty ? span : "\(span): \(counts)"
    if isDryRun {
      let events = days.reduce(0) { $0 + $1.eventCount }
      text += "; nothing written; would write \(counted(events, "event"))"
    } else if appended == 0 {
      text += "; nothing new to write"
    } else {
      text +=
        "; wrote \(counted(appended, "event")), sequences #\(headBefore.next) to "
        + "#\(session.book.head)"
    }
    return text + "; head #\(session.book.head)"
  }

  /// A line a day, and one for each calculation that was not completed.
  private func writeDays(_ answer: Answer) throws {
    var writer = try session.writer(
      answer,
      columns: [
        AnswerColumn("date"), AnswerColumn("status"), .number("completed"), .number("unchanged"),
        .number("failed"), .number("skipped"), .number("rows", .grouped), .number("warnings"),
        .beginning("batch_id", 8),
      ])
    for day in days {
      try writer.row([
        .date(day.date), .string(day.status.rawValue), .integer(count(day, .completed)),
        .integer(count(day, .reused)), .integer(count(day, .failed)),
        .integer(count(day, .skipped)),
        .integer(day.entries.reduce(0) { $0 + ($1.records ?? 0) }),
        .integer(day.warnings.count), .text(day.batch?.rawValue),
      ])
    }
    let missing = days.flatMap { day in
      day.entries.filter { $0.status == .failed || $0.status == .skipped }
        .map { entry -> [JSONValue] in
          [
            .date(day.date), .string(entry.step.rawValue), .text(entry.portfolio?.rawValue),
            .string(entry.status.rawValue), .text(entry.reason),
          ]
        }
    }
    if !missing.isEmpty {
      writer.add(
        Appendix(
          title: "Not completed",
          columns: [
            AnswerColumn("date"), AnswerColumn("calculation_type"), AnswerColumn("portfolio_id"),
            AnswerColumn("status"), AnswerColumn("reason"),
          ], rows: missing))
    }
    try finish(&writer)
  }

  /// A line a step and portfolio.
  private func writeSteps(_ answer: Answer) throws {
    let hasReasons = count(.failed) + count(.skipped) > 0
    var writer = try session.writer(
      answer,
      columns: [
        AnswerColumn("calculation_date", isDetail: true), .number("step"),
        AnswerColumn("calculation_type"), AnswerColumn("portfolio_id"), AnswerColumn("status"),
        .number("records_processed", .grouped), .beginning("result_digest", 12),
        AnswerColumn("error_message", isDetail: !hasReasons),
        AnswerColumn("calculation_id", isDetail: true), AnswerColumn("batch_id", isDetail: true),
      ])
    for day in days {
      for entry in day.entries {
        try writer.row([
          .date(day.date), .integer(entry.step.number), .string(entry.step.rawValue),
          .text(entry.portfolio?.rawValue), .string(entry.status.rawValue),
          .integer(entry.records), .text(entry.digest), .text(entry.reason),
          .string(entry.calculation.rawValue), .text(day.batch?.rawValue),
        ])
      }
    }
    try finish(&writer)
  }

  private func finish(_ writer: inout AnswerWriter) throws {
    addDays(to: &writer)
    if isDryRun { addEvents(to: &writer) }
    let warnings = days.flatMap { day in day.warnings.map { "\(day.date): \($0)" } }
    for warning in warnings.prefix(Self.warningsMax) { writer.warn(warning) }
    if warnings.count > Self.warningsMax {
      writer.warn(
        "and \(grouped(warnings.count - Self.warningsMax)) more of such warnings; --json has them "
          + "by day")
    }
    try writer.finish()
    try session.finish()
  }

  /// For programs: a batch a day.
  private func addDays(to writer: inout AnswerWriter) {
    guard session.options.resolvedFormat.isJSON else { return }
    let days = days
    writer.add(
      Appendix(title: "Days", member: "days", columns: []) { body in
        for day in days {
          try body(
            [],
            [
              "date": .date(day.date), "batch_id": .text(day.batch?.rawValue),
              "status": .string(day.status.rawValue), "events": .integer(day.eventCount),
              "warnings": .array(day.warnings.map { .string($0) }),
            ])
        }
      })
  }

  private func addEvents(to writer: inout AnswerWriter) {
    let rendering = EventRows(session.book, session.options.resolvedFormat)
    let events = days.flatMap(\.events)
    writer.add(
      Appendix(
        title: "Events that would be written", member: "events", columns: rendering.columns
      ) { body in
        for event in events {
          let row = try rendering.row(of: event)
          try body(row.values, row.object)
        }
      })
  }
}
