/// Questions before something that cannot be taken back.
enum Confirmation {
  /// Asks on the terminal; without one only `--yes` answers.
  ///
  /// - Throws: ``CommandFailure`` when nobody can be asked, or the answer is no.
  static func require(
    _ question: String, isAssumed: Bool, isTerminal: Bool = Terminal.isInputATerminal,
    answer: () -> String? = { readLine() }
  ) throws(CommandFailure) {
    if isAssumed { return }
    guard isTerminal else {
      throw .usage("\(question) There is no terminal to ask on: add --yes to go ahead")
    }
    Terminal.writeError("\(question) [y/N] ")
    guard let text = answer()?.lowercased(), text == "y" || text == "yes" else {
      throw CommandFailure(.unknown, code: "FB-CLI-003", "not confirmed; nothing was changed")
    }
  }
}
