import ArgumentParser
import EventLog
import Foldbook
import Projections
import Records

/// `foldbook verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold the log against its checksums and hashes",
    discussion: """
      Exit status 3 when the log is damaged: each finding says file, offset and sequence. 1 when \
      --rebuild finds tables that differ from what the log gives, or a completed calculation that \
      does not meet its digest.
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Also recompute every leaf, root, zone map and filter from the events")
  var deep = false

  @Flag(
    help: "Also make tables and completed calculations anew, and compare all rows and digests")
  var rebuild = false

  func run() throws {
    let session = try BookSession(options)
    let began = Terminal.monotonicSeconds()
    let progress = options.progress(
      "verifying", unit: "events", total: Int(session.book.head.own.rawValue))
    let report = try session.book.verify(deep: deep) { progress.update(Int(clamping: $0)) }
    progress.finish()
    let seconds = max(Terminal.monotonicSeconds() - began, 1e-6)
    let difference =
      rebuild && report.isSound ? try TableComparison(session).firstDifference() : nil
    // The comparison has brought the tables to the head.
    let review =
      rebuild && report.isSound
      ? CalculationReviewRows(try session.book.reviewCalculations()) : nil
    try write(
      report, difference, review, eventsPerSecond: Int(Double(report.events) / seconds), session)
    if let first = report.findings.first {
      throw CommandFailure(
        .damaged, code: LogError.damaged(first).code,
        """
        the log is damaged in \(counted(report.findings.count, "place")): \(first). Nothing was dropped; restore \
        the file from a backup
        """)
    }
    if let difference {
      throw CommandFailure(
        .differences, code: "FB-CLI-008",
        """
        the tables differ from what the log gives: \(difference); 'foldbook project rebuild' makes \
        them anew
        """)
    }
    if let failure = review?.failure { throw failure }
  }

  private func write(
    _ report: VerifyReport, _ difference: TableComparison.Difference?,
    _ review: CalculationReviewRows?, eventsPerSecond: Int, _ session: BookSession
  ) throws {
    let bytes = try session.book.logByteCount()
    var answer = session.answer("verify")
    answer.extra = [
      JSONMember("is_sound", .bool(report.isSound)),
      JSONMember("is_deep", .bool(deep)),
      JSONMember("events", .integer(Int(clamping: report.events))),
      JSONMember("blocks", .integer(report.blocks)),
      JSONMember("segments", .integer(report.segments)),
      JSONMember("journal_frames", .integer(report.frames)),
      JSONMember("bytes", .integer(bytes)),
      JSONMember("log_root", .text(report.logRoot?.description)),
      JSONMember("events_per_second", .integer(eventsPerSecond)),
      JSONMember("tables_agree", rebuild && report.isSound ? .bool(difference == nil) : .null),
      JSONMember("first_difference", .text(difference?.description)),
    ]
    if let review { answer.extra.append(review.member) }
    answer.summary =
      (report.isSound ? "the log is sound: " : "the log is damaged: ")
      + "\(counted(Int(clamping: report.events), "event")), "
      + "\(counted(report.blocks, "block")) in \(counted(report.segments, "segment")) and "
      + "\(counted(report.frames, "commit")) of the journal, \(grouped(bytes)) bytes, "
      + "\(grouped(eventsPerSecond)) events/s\nhead      #\(report.head)\n"
      + "log root  \(report.logRoot?.description ?? "unknown")"
      + (rebuild && report.isSound && difference == nil ? "\ntables    as the log gives them" : "")
      + (review.map { "\nresults   \($0.summary)" } ?? "")
    // Without findings there is no table to show.
    var writer = try AnswerWriter(
      answer,
      columns: report.isSound && !options.resolvedFormat.isJSON
        ? []
        : [
          AnswerColumn("file"), .number("offset"), .number("first_sequence"),
          .number("last_sequence"), AnswerColumn("reason"),
        ], options: options)
    for finding in report.findings {
      try writer.row([
        .string(finding.file), .integer(Int(clamping: finding.offset)),
        .sequence(finding.sequences?.lowerBound), .sequence(finding.sequences?.upperBound),
        .string(finding.reason),
      ])
    }
    // Opening has told its own already.
    for note in report.notes where !session.book.log.recovery.contains(note) {
      writer.warn("\(note)")
    }
    for appendix in review?.appendices ?? [] { writer.add(appendix) }
    if rebuild, !report.isSound { writer.warn("the tables were not compared: the log is damaged") }
    try writer.finish()
  }
}
