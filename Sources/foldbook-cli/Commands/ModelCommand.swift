import ArgumentParser
import EventLog
import Foldbook
import Records

/// `foldbook model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "What a what-if branch changes: every metric before, after and between",
    discussion: """
      foldbook -C demo model impact hedge
      foldbook -C demo model save hedge 'half sold'
      foldbook -C demo model show hedge
      """,
    subcommands: [ModelImpactCommand.self, ModelSaveCommand.self, ModelShowCommand.self])
}

/// `foldbook model save`
struct ModelSaveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save",
    abstract: "Keep a session's state by a name, with its impact",
    discussion: """
      foldbook -C demo model save hedge 'half sold'
      foldbook -C demo -b hedge model save 'half sold'
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      "The session (default: that of --branch), and what the save is called",
      valueName: "session> <name"))
  var words: [String]

  mutating func validate() throws {
    guard (1...2).contains(words.count) else {
      throw ValidationError("expected a session and a name, or a name with --branch SESSION")
    }
  }

  func run() throws {
    try options.refusePoint("what is saved is the session as it is now")
    var argument = BranchArgument()
    argument.name = words.count == 2 ? words[0] : nil
    let session = try argument.session(options, mode: .readWrite)
    try ChangeReport(session).write(session.book.saveSession(as: words[words.count - 1]))
  }
}

/// `foldbook model show`
struct ModelShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "A session: its status, its changes, its saves",
    discussion: "foldbook -C demo model show hedge")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  func run() throws { try ModelReport.show("model", argument, options) }
}
