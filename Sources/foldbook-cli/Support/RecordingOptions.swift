import ArgumentParser
import Records

/// The options of every command that records something by itself.
struct RecordingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "When it happened (default: now)",
      discussion: "A date (the end of that day, UTC), RFC 3339, #N or @ID, -5d, yesterday.",
      valueName: "time"))
  var at: String?

  @Option(
    help: ArgumentHelp(
      "Id of the event (default: a random UUID)",
      discussion: "The same command under the same id again changes nothing.", valueName: "id"))
  var id: String?

  @Option(
    help: ArgumentHelp("Who records it (default: FOLDBOOK_ACTOR)", valueName: "name"))
  var actor: String?

  @Option(
    help: ArgumentHelp("Refuse when the head is not at this sequence", valueName: "sequence"))
  var expect: String?

  /// - Throws: ``CommandFailure`` for what is no sequence.
  func expectedHead() throws(CommandFailure) -> EventSequence? {
    try expect.map { text throws(CommandFailure) in try sequenceArgument(text, of: "--expect") }
  }

  var actorName: String? {
    if let actor { return actor }
    guard let name = Terminal.environment("FOLDBOOK_ACTOR"), !name.isEmpty else { return nil }
    return name
  }
}

/// A sequence on the command line: `12345` or `#12345`.
func sequenceArgument(_ text: String, of name: String) throws(CommandFailure) -> EventSequence {
  guard
    case .sequence(let sequence)? = try? TimeArgument(text, takesBareSequence: true).meaning
  else { throw .usage("'\(text)' of \(name) is not a sequence: expected a number like 12345") }
  return sequence
}
