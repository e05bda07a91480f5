import ArgumentParser
import EventLog
import Foldbook
import Records

/// `foldbook branch list`
struct BranchListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The branches: where each leaves its parent, and how far its session has come",
    discussion: """
      foldbook -C demo branch list
      foldbook -C demo branch list --all --json

      A branch that cannot be read, or whose parent is not what it was forked from, is listed with \
      what is wrong; the others can be used. --all also lists what was deleted.
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Also those that were deleted")
  var all = false

  func run() throws {
    try options.refusePoint("branches are listed as they are now")
    let session = try BookSession(options)
    var found: [String: [JSONValue]] = [:]
    var problems = 0
    let rows = BranchRows(options.resolvedFormat)
    try Book.openBranches(at: session.book.path) { name, opened in
      do {
        let book = try opened.get()
        if book.damage != nil { problems += 1 }
        found[name] = try rows.row(book)
      } catch {
        guard let failure = CommandFailure.known(error) else { throw error }
        problems += 1
        found[name] = rows.row(name, problem: failure.message)
      }
    }
    let names = Self.ordered(Array(found.keys))
    var answer = session.answer("branches")
    answer.summary = counted(names.count, "branch", plural: "branches")
    answer.extra = [JSONMember("branch_count", .integer(names.count))]
    let shown = BranchRows(options.resolvedFormat, showsProblems: problems > 0)
    var writer = try session.writer(answer, columns: shown.columns)
    for name in names { try writer.row(found[name] ?? []) }
    if all {
      let deleted = try Book.deletedBranches(at: session.book.path)
      writer.add(
        Appendix(title: "Deleted", member: "deleted", columns: DeletedBranchRows.columns) { body in
          for branch in deleted {
            let values = DeletedBranchRows.values(branch)
            try body(
              values,
              .object(
                zip(DeletedBranchRows.columns, values).map { JSONMember($0.name, $1) }))
          }
        })
    }
    try writer.finish()
    try session.finish()
  }

  /// The first branch first, the others by name.
  static func ordered(_ names: [String]) -> [String] {
    names.sorted {
      ($0 == GlobalOptions.firstBranch ? 0 : 1, $0) < ($1 == GlobalOptions.firstBranch ? 0 : 1, $1)
    }
  }
}
