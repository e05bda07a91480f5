import ArgumentParser
import Events
import ExactNumbers

/// The options every command has, before or behind its name.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("C")],
    help: ArgumentHelp(
      "The book's folder",
      discussion: "Else FOLDBOOK_BOOK, else the nearest folder upward that holds a book.json.",
      valueName: "dir"),
    completion: .directory)
  var book: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The branch", valueName: "name"))
  var branch = "main"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "As of this effective time",
      discussion: """
        A date (the end of that day, UTC), RFC 3339, #N or @ID (an event's effective time), -5d, \
        -3w, -2m, -1y, yesterday or today. Default: the head's recorded time.
        """,
      valueName: "time"))
  var asOf: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "As known at this sequence or recorded time (default: the head)", valueName: "time"))
  var knownAt: String?

  @Option(help: ArgumentHelp("Only this portfolio", valueName: "id"))
  var portfolio: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only such holdings: 'tag:hedge type:SC underlying:AAPL'", valueName: "terms"))
  var terms: String?

  @Option(help: "The form of the answer")
  var format: OutputFormat?

  @Flag(help: "Short for --format json")
  var json = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the answer to a file", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("When to use colour", valueName: "when"))
  var color = ColorChoice.auto

  @Flag(name: .shortAndLong, help: "No progress")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Answer every question with yes")
  var yes = false

  mutating func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
  }
}

extension GlobalOptions {
  var resolvedFormat: OutputFormat { json ? .json : format ?? .table }

  func bookPath() throws(CommandFailure) -> String { try BookLocation.find(option: book) }

  func asOfTime() throws(CommandFailure) -> TimeArgument? {
    guard let asOf else { return nil }
    return try TimeArgument(asOf)
  }

  func knownAtTime() throws(CommandFailure) -> TimeArgument? {
    guard let knownAt else { return nil }
    return try TimeArgument(knownAt, takesBareSequence: true)
  }

  func holdingFilter() throws(CommandFailure) -> HoldingFilter {
    guard let terms else { return .all }
    return try HoldingFilter(terms)
  }

  var portfolioID: PortfolioID? { portfolio.map { PortfolioID($0) } }

  func confirm(_ question: String) throws(CommandFailure) {
    try Confirmation.require(question, isAssumed: yes)
  }

  /// Colour of what goes to standard error.
  var errorStyle: Style { Style(isColored: color.isOn(isTerminal: Terminal.isErrorATerminal)) }

  /// Colour of the answer, which a file never has.
  var answerStyle: Style {
    Style(isColored: output == nil && color.isOn(isTerminal: Terminal.isOutputATerminal))
  }

  /// - Parameter total: Null where nobody knows how much there is.
  func progress(_ label: String, unit: String, total: Int? = nil) -> Progress {
    let form: Progress.Form =
      if quiet {
        .silent
      } else if resolvedFormat == .ndjson {
        .messages
      } else {
        Terminal.isErrorATerminal ? .bar : .lines
      }
    return Progress(label, unit: unit, total: total, form: form)
  }
}

/// The clock that relative times count back from.
func currentInstant() -> Instant {
  Instant(nanosecondsSinceEpoch: Terminal.nanosecondsSinceEpoch())
}
