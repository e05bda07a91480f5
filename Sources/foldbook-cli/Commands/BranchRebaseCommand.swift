import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// `foldbook branch rebase`
struct BranchRebaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebase",
    abstract: "Move a branch's fork point on, and judge its own events anew",
    discussion: """
      foldbook -C demo branch rebase hedge
      foldbook -C demo branch rebase hedge --to 2008-10-31
      foldbook -C demo branch rebase hedge --skip

      Without --to it moves to its parent's head. It stops at the first own event that the new past \
      does not allow (exit status 4) and shows both; the branch stays what it was until all are \
      judged. --continue judges again from there, --skip leaves the own event out, --abort gives the \
      rebase up. -n judges all and writes nothing.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The new fork point (default: the parent's head)",
      discussion: "A date (the end of that day, UTC), RFC 3339, #N or @ID of the parent.",
      valueName: "time"))
  var to: String?

  @Flag(name: .customLong("continue"), help: "Judge again where it stopped")
  var goesOn = false

  @Flag(help: "Leave the event out at which it stopped, and go on")
  var skip = false

  @Flag(help: "Give the rebase up")
  var abort = false

  @Flag(name: [.customShort("n"), .long], help: "Judge all, write nothing")
  var dryRun = false

  mutating func validate() throws {
    guard [goesOn, skip, abort].count(where: { $0 }) <= 1 else {
      throw ValidationError("--continue, --skip and --abort exclude each other")
    }
    if to != nil, goesOn || skip || abort {
      throw ValidationError("--to begins a rebase: --continue, --skip and --abort go on with one")
    }
  }

  func run() throws {
    if options.asOf != nil {
      throw CommandFailure.usage("to say where the branch is to leave its parent, use --to TIME")
    }
    let time = try to.map { text throws(CommandFailure) in try TimeArgument(text) }
    let session = try argument.session(options, mode: .readWrite)
    switch try session.book.rebase(try step(time, session), isDryRun: dryRun) {
    case .unchanged(let fork): try tell("nothing to do: it leaves \(fork.words) already", session)
    case .rebased(let report): try tell(report)
    case .conflict(let conflict): try tell(conflict, session)
    case .aborted(let plan):
      try tell(
        "the rebase to #\(plan.target.sequence) was given up; the branch is what it was", session)
    }
  }

  private func step(_ time: TimeArgument?, _ session: BookSession) throws -> RebaseStep {
    if goesOn { return .resume }
    if skip { return .skip }
    if abort { return .abort }
    return .begin(
      to: try time.map(session.reference),
      knownAt: try options.knownAtTime().map(session.reference))
  }

  private func tell(_ summary: String, _ session: BookSession) throws {
    var answer = session.answer("rebase")
    answer.summary = summary
    answer.extra = head(session.book.details.fork, outcome: "unchanged")
    var writer = try session.writer(answer, columns: [])
    try writer.finish()
  }

  private func head(_ fork: ForkPoint?, outcome: String) -> [JSONMember] {
    [
      JSONMember("outcome", .string(outcome)), JSONMember("dry_run", .bool(dryRun)),
      JSONMember("to", fork?.json ?? .null),
    ]
  }

  // MARK: Done

  private func tell(_ report: RebaseReport) throws {
    // The branch goes on with another log.
    let session = try argument.session(options)
    var answer = session.answer("rebase")
    answer.head = report.head
    answer.extra =
      head(report.to, outcome: "rebased") + [
        JSONMember("from", report.from.json),
        JSONMember("generation", .integer(Int(report.generation))),
        JSONMember("events_moved", .integer(report.moved)),
        JSONMember("events_present", .integer(report.present)),
        JSONMember("events_recalculated", .integer(report.recalculated)),
        JSONMember("events_left_out", .integer(report.leftOut.count)),
      ]
    answer.summary =
      "\(dryRun ? "nothing written; would move" : "moved") \(session.book.branch) from "
      + "#\(report.from.sequence) to \(report.to.words): \(counted(report.moved, "event")) kept"
      + (report.present > 0 ? ", \(grouped(report.present)) that the new past has" : "")
      + (report.leftOut.isEmpty ? "" : ", \(grouped(report.leftOut.count)) left out")
      + (report.recalculated > 0
        ? ", \(grouped(report.recalculated)) of calculations dropped, which a batch makes anew"
        : "")
      + "; \(dryRun ? "head would be" : "head") #\(report.head)"
    let rows = EventRows(session.book, options.resolvedFormat, showsBranch: false)
    let isEmpty = report.leftOut.isEmpty && !options.resolvedFormat.isJSON
    var writer = try session.writer(
      answer, columns: isEmpty ? [] : [AnswerColumn("left_out_because")] + rows.columns)
    for omission in report.leftOut {
      let reason = Self.words(omission.reason)
      let (values, object) = try rows.row(of: omission.event)
      try writer.row(
        [.string(reason)] + values,
        object: .object([JSONMember("left_out_because", .string(reason))] + (object.members ?? [])))
    }
    try writer.finish()
  }

  private static func words(_ reason: RebaseOmission.Reason) -> String {
    switch reason {
    case .skipped: "skipped"
    case .voided(let id): "voided by @\(id)"
    case .follows(let id): "about what @\(id) began, which is left out"
    }
  }

  // MARK: Conflict

  private func tell(_ conflict: RebaseConflict, _ session: BookSession) throws {
    let failure = CommandFailure.known(conflict.cause)
    let cause = failure?.message ?? "\(conflict.cause)"
    let parent = conflict.to.parent
    var answer = session.answer("rebase")
    answer.summary = "rebase of \(session.book.branch) to \(conflict.to.words): conflict"
    let rows = EventRows(session.book, options.resolvedFormat, showsBranch: false)
    let own = try rows.row(of: conflict.event)
    let other = try conflict.parentEvent.map { try rows.row(of: $0) }
    answer.extra =
      head(conflict.to, outcome: "conflict") + [
        JSONMember("from", conflict.from.json),
        JSONMember(
          "conflict",
          [
            "code": .text(failure?.code), "message": .string(cause), "event": own.object,
            "parent_event": other?.object ?? .null, "remedy": .string(conflict.remedy),
          ]),
        JSONMember("skipped", .array(conflict.skipped.map { .string($0) })),
      ]
    var writer = try session.writer(answer, columns: [AnswerColumn("branch")] + rows.columns)
    for (branch, row) in [(session.book.branch, own), (parent, other)] {
      guard let row else { continue }
      try writer.row(
        [.string(branch)] + row.values,
        object: .object([JSONMember("branch", .string(branch))] + (row.object.members ?? [])))
    }
    try writer.finish()
    throw CommandFailure(
      .conflict, code: "FB-CLI-013",
      "the new past does not allow @\(conflict.eventID) of \(session.book.branch): \(cause); "
        + conflict.remedy)
  }
}

extension ForkPoint {
  var json: JSONValue {
    [
      "parent": .string(parent), "sequence": .sequence(sequence), "cut": .time(cut),
      "mode": .string(mode.rawValue), "log_root": .string(logRoot),
    ]
  }
}
