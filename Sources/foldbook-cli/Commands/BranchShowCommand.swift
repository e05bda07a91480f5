import ArgumentParser

/// `foldbook branch show`
struct BranchShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One what-if branch: where it stands, its session, what was changed on it",
    discussion: "foldbook -C demo branch show hedge")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var argument: BranchArgument

  func run() throws { try ModelReport.show("branch", argument, options) }
}
