import ArgumentParser
import Interchange
import Records

/// How a command's error is told, and what the program ends with.
struct ErrorReport {
  var status: Int32
  /// What standard output gets: help and version that were asked for.
  var output = ""
  /// What standard error gets.
  var error = ""

  /// - Parameters:
  ///   - isJSON: Whether the last line of standard error is to be a JSON message.
  ///   - translate: How an error of the libraries ends a command; null for one it does not know.
  static func of(
    _ error: any Error, isJSON: Bool, style: Style,
    translate: (any Error) -> CommandFailure? = CommandFailure.known
  ) -> ErrorReport {
    if let output = error as? OutputError, case .cannotWrite(_, brokenPipe) = output {
      // Whoever read the answer has seen enough of it.
      return ErrorReport(status: ExitStatus.done.rawValue)
    }
    if let failure = translate(error) { return of(failure, isJSON: isJSON, style: style) }
    // A command that has said all it had to say.
    if let code = error as? ExitCode { return ErrorReport(status: code.rawValue) }
    let code = FoldbookCommand.exitCode(for: error)
    let message = FoldbookCommand.fullMessage(for: error)
    switch code {
    case .success:
      return ErrorReport(
        status: ExitStatus.done.rawValue, output: message.isEmpty ? "" : message + "\n")
    case .validationFailure:
      return ErrorReport(
        status: ExitStatus.usage.rawValue,
        error: isJSON
          ? json(
            code: CommandFailure.usage("").code, message: FoldbookCommand.message(for: error))
          : message + "\n")
    default:
      let failure = CommandFailure(
        .defect, code: "FB-CLI-070", "\(error); this is a defect of foldbook: please report it")
      return of(failure, isJSON: isJSON, style: style)
    }
  }

  private static func of(
    _ failure: CommandFailure, isJSON: Bool, style: Style
  ) -> ErrorReport {
    ErrorReport(
      status: failure.status.rawValue,
      error: isJSON
        ? json(code: failure.code, message: failure.message)
        : "\(style.red("error:")) \(failure.message) (\(failure.code))\n")
  }

  private static func json(code: String, message: String) -> String {
    let value: JSONValue = [
      "message_type": "exit_error", "code": .string(code), "message": .string(message),
    ]
    return value.compactText + "\n"
  }

  /// Whether the arguments ask for JSON, also when they cannot be parsed.
  static func isJSON(_ arguments: [String]) -> Bool {
    var previous = ""
    for argument in arguments.prefix(while: { $0 != "--" }) {
      if argument == "--json" || argument == "--format=json" || argument == "--format=ndjson" {
        return true
      }
      if previous == "--format", argument == "json" || argument == "ndjson" { return true }
      previous = argument
    }
    return false
  }
}
