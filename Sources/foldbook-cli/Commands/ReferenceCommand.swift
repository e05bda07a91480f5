import ArgumentParser
import Interchange

/// `foldbook reference`
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Answer a file of inputs by the analytics alone, without a book",
    discussion: """
      bsm, edge, iv and american read CSV: id, type (call or put), spot, strike, t_years, rate, \
      div_yield, and vol or, for iv, price; in any order, other columns are ignored. They write \
      CSV: id and the answers, row by row; what is not defined is empty.

      regressions and portfolio read JSON: {"cases":[{"id":…,"kind":…, inputs}]} with the kinds \
      ols, univariate_betas, covariance; series, factor_risk, diversification, stress. They write \
      {"cases":[{"id":…,"result":{…}}]}; what is not defined is null.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "What the file asks for")
  var kind: ReferenceKind

  @Argument(
    help: ArgumentHelp("The inputs; - is standard input", valueName: "file"), completion: .file())
  var file: String

  func run() throws {
    guard !options.json || kind.form == .json, (options.format ?? kind.form) == kind.form else {
      throw CommandFailure.usage(
        "'reference \(kind.rawValue)' answers in \(kind.form.rawValue), the form of its inputs: "
          + "leave --format and --json away")
    }
    let input = try ByteInput(path: file)
    let output = try ByteOutput(path: options.output ?? "-")
    let progress = options.progress("answering", unit: "bytes", total: input.sizeInBytes)
    let style = options.errorStyle
    defer { progress.finish() }
    let answers = ReferenceRun(
      emit: { try output.write($0) },
      warn: { Terminal.writeError("\(style.yellow("warning:")) \($0)\n") },
      advance: { progress.update($0) })
    try answers.answer(input, as: kind)
    try output.finish()
  }
}

extension ReferenceKind: ExpressibleByArgument {
  /// Of the inputs and of the answers.
  fileprivate var form: OutputFormat {
    switch self {
    case .bsm, .edge, .iv, .american: .csv
    case .regressions, .portfolio: .json
    }
  }
}
