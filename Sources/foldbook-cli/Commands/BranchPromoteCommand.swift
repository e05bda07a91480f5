import ArgumentParser
import EventLog
import Foldbook
import Records

/// `foldbook branch promote`
struct BranchPromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Append a branch's trades to its parent, all or none, and complete its session",
    discussion: """
      foldbook -C demo branch promote hedge -n
      foldbook -C demo branch promote hedge --expect 18770

      Positions, cash, tags and strategies are judged at the parent's head and appended there, ids \
      kept, each with the promotion as its cause; prices never. Refused with exit status 4 when a \
      judgement fails, or when the parent's head is not the one of --expect.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  @Option(
    help: ArgumentHelp(
      "Refuse when the parent's head is not at this sequence", valueName: "sequence"))
  var expect: String?

  @Flag(name: [.customShort("n"), .long], help: "Judge and show the events, write none")
  var dryRun = false

  @Option(help: ArgumentHelp("Who promotes it (default: FOLDBOOK_ACTOR)", valueName: "name"))
  var actor: String?

  func run() throws {
    try options.refusePoint("what is promoted is the branch as it is now")
    let expected = try expect.map { text throws(CommandFailure) in
      try sequenceArgument(text, of: "--expect")
    }
    let session = try argument.session(options, mode: dryRun ? .readOnly : .readWrite)
    let outcome = try session.book.promote(
      expecting: expected, actor: actorName(actor), isDryRun: dryRun)
    var answer = session.answer("promote")
    answer.head = outcome.head
    answer.extra = [
      JSONMember("dry_run", .bool(dryRun)), JSONMember("into", .string(outcome.into)),
      JSONMember("promotion", .string(outcome.promotion)),
      JSONMember("events_written", .integer(dryRun ? 0 : outcome.appended)),
      JSONMember("events_unchanged", .integer(outcome.unchanged)),
      JSONMember("events_left_out", .integer(outcome.leftOut)),
      JSONMember("parent_head", .sequence(outcome.parentHead)),
    ]
    answer.summary = summary(outcome, session)
    let rows = EventRows(session.book, options.resolvedFormat, showsBranch: false)
    var writer = try session.writer(answer, columns: rows.columns)
    for event in outcome.events {
      let (values, object) = try rows.row(of: event)
      try writer.row(values, object: object)
    }
    let left = outcome.appended - outcome.events.count
    if left > 0 {
      writer.warn(
        "the first \(counted(outcome.events.count, "event")) are shown, of "
          + grouped(outcome.appended))
    }
    try writer.finish()
  }

  private func summary(_ outcome: PromoteOutcome, _ session: BookSession) -> String {
    var text =
      dryRun ? "nothing written; would append " : outcome.isResumed ? "completed: " : "appended "
    text += "\(counted(outcome.appended, "event")) of \(session.book.branch) to \(outcome.into)"
    if outcome.unchanged > 0 { text += "; \(grouped(outcome.unchanged)) there already" }
    if outcome.leftOut > 0 {
      text += "; \(grouped(outcome.leftOut)) left out, voided on \(session.book.branch) itself"
    }
    return text + "; head of \(outcome.into) \(dryRun ? "would be " : "")#\(outcome.parentHead)"
  }
}
