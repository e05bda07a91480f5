import ArgumentParser
import EventLog
import Events
import Foldbook
import Records

/// `foldbook branch`
struct BranchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "branch",
    abstract: "What-if branches: fork the book, change the fork, take it or leave it",
    discussion: """
      foldbook -C demo branch fork hedge --at 2008-09-12
      foldbook -C demo -b hedge exit GOOG 100 437.66
      foldbook -C demo model impact hedge
      foldbook -C demo branch promote hedge

      A fork copies nothing. What its parent appends later does not show in it, but for market data \
      in a live one. Every command works on it with --branch NAME.
      """,
    subcommands: [
      BranchForkCommand.self, BranchListCommand.self, BranchShowCommand.self,
      BranchRebaseCommand.self, BranchPromoteCommand.self, BranchCompleteCommand.self,
      BranchCancelCommand.self, BranchDeleteCommand.self,
    ])
}

/// The branch that a command of this group is about: its argument, else `--branch`.
struct BranchArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The what-if branch (default: that of --branch)", valueName: "name"))
  var name: String?

  /// - Throws: ``CommandFailure`` where neither names a what-if branch.
  func branch(_ options: GlobalOptions) throws(CommandFailure) -> String {
    if let name { return name }
    guard options.branch != GlobalOptions.firstBranch else {
      throw .usage(
        "which what-if branch is not said: give its name; 'foldbook branch list' shows them")
    }
    return options.branch
  }

  /// The branch, opened.
  func session(
    _ options: GlobalOptions, mode: EventLog.Mode = .readOnly
  ) throws -> BookSession {
    let session = try BookSession(options, branch: branch(options), mode: mode)
    guard session.book.isWhatIf else { throw BookError.notAWhatIf(branch: session.book.branch) }
    return session
  }
}

extension GlobalOptions {
  static let firstBranch = "main"

  /// For commands that are about a branch as it is now.
  func refusePoint(_ advice: String) throws(CommandFailure) {
    if asOf != nil || knownAt != nil {
      throw .usage("--as-of and --known-at ask about a point; \(advice)")
    }
  }
}
