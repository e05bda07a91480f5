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
      Exit status: 0 done, 1 differences found, 2 could not finish, 3 log damaged, 4 conflict, 64 \
      usage, 65 bad data, 66 not found, 69 server not reachable, 70 a defect of ours, 73 cannot \
      create, 74 I/O error, 75 locked, 77 not permitted, 78 bad configuration, 130 interrupted.
      """,
    subcommands: [])

  @OptionGroup var options: GlobalOptions

  static func main() {
    Terminal.endWhenInterrupted()
    let arguments = Array(CommandLine.arguments.dropFirst())
    exit(with: report(arguments))
  }

  /// Runs the command that the arguments name; null when it ended well.
  private static func report(_ arguments: [String]) -> ErrorReport? {
    do {
      var command = try parseAsRoot(protectingNegativeNumbers(arguments))
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
