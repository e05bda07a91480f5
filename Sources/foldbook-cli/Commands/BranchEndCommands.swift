import ArgumentParser
import EventLog
import Events
import Foldbook
import Records

/// `foldbook branch complete`
struct BranchCompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete",
    abstract: "Finish a session: nothing is changed on it any more",
    discussion: """
      foldbook -C demo branch complete hedge

      Into a live branch nothing flows any more. It can still be looked at, exported and promoted.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  func run() throws {
    try options.refusePoint("a session is completed now")
    let session = try argument.session(options, mode: .readWrite)
    try ChangeReport(session).write(session.book.complete())
  }
}

/// `foldbook branch cancel`
struct BranchCancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Drop a session: it stays to be looked at, and is never promoted",
    discussion: "foldbook -C demo branch cancel hedge --reason 'the put costs too much'")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  @Option(help: ArgumentHelp("Why", valueName: "text"))
  var reason: String?

  func run() throws {
    try options.refusePoint("a session is cancelled now")
    let session = try argument.session(options, mode: .readWrite)
    try ChangeReport(session).write(session.book.cancel(reason: reason))
  }
}

/// `foldbook branch delete`
struct BranchDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a what-if branch with the events of its own",
    discussion: """
      foldbook -C demo branch delete hedge

      Asks first (--yes). Refused while other branches stand on it. The log root it had is kept, and \
      'branch list --all' shows it; what it promoted stays in its parent.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The what-if branch")
  var name: String

  func run() throws {
    try options.refusePoint("a branch is deleted as it is now")
    let session = try BookSession(options, branch: GlobalOptions.firstBranch)
    let path = session.book.path
    try options.confirm(try question(path))
    let deleted = try Book.deleteBranch(name, at: path)
    var answer = session.answer("branch.delete")
    answer.summary =
      "deleted branch \(deleted.name)\(deleted.events.map { " with \(counted($0, "event"))" } ?? "")"
      + (deleted.fork.map { ", forked from \($0.words)" } ?? "")
      + "\nits log root was \(deleted.logRoot ?? "unknown: it could not be read")"
    let isForPeople = options.resolvedFormat.isForPeople
    let columns = DeletedBranchRows.columns
    var writer = try session.writer(answer, columns: isForPeople ? [] : columns)
    if !isForPeople { try writer.row(DeletedBranchRows.values(deleted)) }
    try writer.finish()
  }

  /// What is about to be lost; of a branch that cannot be read no more than its name.
  private func question(_ path: String) throws -> String {
    do {
      let book = try Book.open(at: path, branch: name, mode: .readOnly)
      guard book.isWhatIf else { throw BookError.notAWhatIf(branch: name) }
      let own =
        book.log.head.rawValue
        - min(
          book.details.fork?.sequence.own.rawValue ?? 0, book.log.head.rawValue)
      return "Delete branch \(name) and its \(counted(Int(own), "event"))?"
    } catch BookError.manifestDamaged, LogError.damaged {
      return "Delete branch \(name), which cannot be read?"
    }
  }
}

/// Branches that were deleted, as rows.
enum DeletedBranchRows {
  static let columns: [AnswerColumn] = [
    AnswerColumn("name"), AnswerColumn("parent"), .number("base_sequence"), AnswerColumn("cut"),
    AnswerColumn("mode"), .number("head"), .number("own_events"), AnswerColumn("deleted_at"),
    AnswerColumn("log_root"),
  ]

  static func values(_ branch: DeletedBranch) -> [JSONValue] {
    [
      .string(branch.name), .text(branch.parent ?? branch.fork?.parent),
      .sequence(branch.fork?.sequence), .time(branch.fork?.cut),
      .text(branch.fork?.mode.rawValue), .sequence(branch.head), .integer(branch.events),
      .time(branch.deleted), .text(branch.logRoot),
    ]
  }
}
