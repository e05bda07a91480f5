import ArgumentParser
import Interchange

/// `foldbook completion`
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "A completion script for a shell: bash, zsh or fish",
    discussion:
      "bash: foldbook completion bash > ~/.local/share/bash-completion/completions/foldbook")

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("bash, zsh or fish", valueName: "shell"))
  var shell: String

  func run() throws {
    guard let known = CompletionShell(rawValue: shell) else {
      throw CommandFailure.usage(
        "there is no completion for '\(shell)': expected bash, zsh or fish")
    }
    let output = try ByteOutput(path: options.output ?? "-")
    try output.write(FoldbookCommand.completionScript(for: known) + "\n")
    try output.finish()
  }
}
