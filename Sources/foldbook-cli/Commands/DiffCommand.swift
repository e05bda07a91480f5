import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// `foldbook diff A B`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What differs between two branches, two points, or both, in money",
    discussion: """
      foldbook -C demo diff main hedge
      foldbook -C demo diff 2008-09-12 2008-10-10 --in positions --in pnl
      foldbook -C demo diff main@#18000 main --in events --json

      Each side is BRANCH, BRANCH@TIME or TIME (of --branch). A date or time is an as-of; #N and @ID \
      are what was known then. Where neither says a time, both are as of the same: --as-of, else the \
      time at which a branch that was forked as of a date stands still, else the later head. The \
      trades are the fewest that turn A into B. Exit status 1 when anything of --in differs.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("The one side", valueName: "a"))
  var left: String

  @Argument(help: ArgumentHelp("The other side", valueName: "b"))
  var right: String

  @Option(
    name: .customLong("in"), parsing: .singleValue,
    help: ArgumentHelp(
      "positions, exposures, greeks, factors, stress, pnl, events or all; again, or with commas "
        + "between, for more (default: positions, exposures)",
      valueName: "part"))
  var parts: [String] = []

  func run() throws {
    if options.terms != nil || options.portfolio != nil {
      throw CommandFailure.usage(
        "a difference is of whole books: --portfolio and --where are not for it")
    }
    let chosen = try chosenParts()
    let path = try options.bookPath()
    let sides = try DiffSides(left, right, options, path)
    let difference = try Book.difference(
      from: BranchPoint(sides.left.book, at: sides.left.point.point),
      to: BranchPoint(sides.right.book, at: sides.right.point.point), parts: chosen)
    try DiffReport(difference, sides, options).write()
    for side in [sides.left, sides.right] { try BookSession(side.book, options).finish() }
    if !difference.isEmpty { throw ExitCode(ExitStatus.differences.rawValue) }
  }

  private func chosenParts() throws(CommandFailure) -> Set<DifferencePart> {
    var chosen: Set<DifferencePart> = []
    for word in parts.flatMap({ $0.split(separator: ",") }) {
      if word == "all" { return Set(DifferencePart.allCases) }
      guard let part = DifferencePart(rawValue: word.lowercased()) else {
        throw .usage(
          "'\(word)' of --in is no part: expected one of "
            + DifferencePart.allCases.map(\.rawValue).joined(separator: ", ") + ", all")
      }
      chosen.insert(part)
    }
    return chosen.isEmpty ? [.positions, .exposures] : chosen
  }
}
