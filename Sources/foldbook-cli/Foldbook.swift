import ArgumentParser

/// The program: parses its arguments, runs the command, and turns every error into a message and an
/// exit status.
@main
struct FoldbookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "foldbook",
    abstract:
      "An event-sourced portfolio ledger: what happened, as of any date, as known at any time",
    discussion: """
      foldbook init demo --demo
      foldbook -C demo positions --as-of 2005-03-01

      Exit status:
        0 done, or nothing found              69 the server cannot be reached
        1 ran and found differences           70 a defect of ours
        2 could not finish, answer unknown    73 cannot create
        3 the log is damaged                  74 input/output error
        4 conflict: head, rebase or promote   75 locked: try again
        64 usage                              77 not permitted
        65 bad input data                     78 bad configuration
        66 no such file, book, branch, …      130 interrupted; the log is intact
      """,
    version: foldbookVersion,
    subcommands: [InitCommand.self, StatusCommand.self],
    groupedSubcommands: [
      CommandGroup(name: "Record", subcommands: recordCommands),
      CommandGroup(name: "Bring in", subcommands: importCommands),
      CommandGroup(name: "Look", subcommands: lookCommands),
      CommandGroup(name: "What if", subcommands: modelCommands),
      CommandGroup(name: "Trust", subcommands: trustCommands),
      CommandGroup(name: "Upkeep", subcommands: upkeepCommands),
      CommandGroup(name: "Out", subcommands: outCommands),
    ])

  @OptionGroup var options: GlobalOptions

  static func main() {
    Terminal.endWhenInterrupted()
    let arguments = Array(CommandLine.arguments.dropFirst())
    exit(with: report(arguments))
  }

  /// Runs the command that the arguments name; null when it ended well.
  private static func report(_ arguments: [String]) -> ErrorReport? {
    do {
      var command = try parseAsRoot(protectingNegativeNumbers(completingDemo(arguments)))
      try command.run()
      return nil
    } catch {
      return ErrorReport.of(
        error, isJSON: ErrorReport.isJSON(arguments),
        style: Style(isColored: ColorChoice.auto.isOn(isTerminal: Terminal.isErrorATerminal)))
    }
  }

  private static func exit(with report: ErrorReport?) -> Never {
    if let report {
      print(report.output, terminator: "")
      Terminal.writeError(report.error)
    }
    Terminal.exit(report?.status ?? ExitStatus.done.rawValue)
  }
}
