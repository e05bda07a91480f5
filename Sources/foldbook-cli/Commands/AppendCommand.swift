import ArgumentParser
import EventLog
import Events
import Foldbook
import Interchange
import Records

struct AppendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append", abstract: "Append events given as CloudEvents JSON Lines",
    discussion: """
      foldbook append trades.jsonl --expect 41
      feed | foldbook append - --stream

      A file is appended as a whole or not at all; giving it again changes nothing.

      With --stream each line is appended as it comes and answered on standard output, in the \
      order of the lines, once it is on disk: {"id":…,"sequence":…}. A line that is refused is \
      answered with {"line":…,"error":{"code":…,"message":…}}, and the stream goes on; the exit \
      status is then 65. Lines that are waiting already share one sync. A disk that fails ends \
      the stream: what was answered is safe, send the rest again.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The file; - is standard input", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Refuse when the head is not at this sequence", valueName: "sequence"))
  var expect: String?

  @Flag(help: "Keep events of kinds that the catalogue does not know")
  var allowUnknownKinds = false

  @Flag(help: "Keep the recorded times that the events carry, as when a book is moved")
  var keepRecordedTime = false

  @Flag(name: [.customShort("n"), .long], help: "Judge and show the events, write none")
  var dryRun = false

  @Flag(help: "Append and answer each line as it comes")
  var stream = false

  mutating func validate() throws {
    if stream, dryRun { throw ValidationError("--stream and --dry-run exclude each other") }
    if stream, expect != nil { throw ValidationError("--stream and --expect exclude each other") }
  }

  mutating func run() throws {
    let expected = try expect.map { text throws(CommandFailure) in
      try sequenceArgument(text, of: "--expect")
    }
    let input = try ByteInput(path: file)
    let session = try BookSession(options, mode: .readWrite)
    if stream { return try appendStream(input, session) }
    let progress = options.progress("appending", unit: "bytes", total: input.sizeInBytes)
    var intake = LinesIntake()
    intake.allowsUnknownKinds = allowUnknownKinds
    intake.expectedHead = expected
    intake.recordedTimes = keepRecordedTime ? .kept : .now
    intake.isDryRun = dryRun
    intake.progress = { progress.update($0) }
    let report = ChangeReport(session, isDryRun: dryRun)
    let outcome = try session.book.append(linesOf: input, intake) { event in
      if report.isDryRun { try report.add(event) }
    }
    progress.finish()
    try report.write(outcome)
  }

  private func appendStream(_ input: ByteInput, _ session: BookSession) throws {
    let output = try ByteOutput(path: options.output ?? "-")
    var stream = EventStream(
      EventLines(input, allowsUnknownKinds: allowUnknownKinds),
      recordedTimes: keepRecordedTime ? .kept : .now)
    while let answers = try stream.next(into: session.book) {
      for answer in answers { try output.write(Self.line(answer)) }
      // The sender may wait for the answer before it sends the next line.
      try output.flush()
    }
    try output.finish()
    guard stream.refused == 0 else {
      throw CommandFailure(
        .badData, code: "FB-CLI-006",
        "\(stream.refused) lines were refused, as their answers say; all others are on disk")
    }
  }

  private static func line(_ answer: EventStream.Answer) throws -> String {
    let json: JSONValue
    switch answer.result {
    case .success(let entry):
      json = ["id": .string(entry.id), "sequence": .sequence(entry.sequence)]
    case .failure(let error):
      // What is no refusal of the line ends the stream.
      guard let failure = CommandFailure.known(error) else { throw error }
      json = [
        "line": .integer(answer.line),
        "error": ["code": .string(failure.code), "message": .string(failure.message)],
      ]
    }
    return json.compactText + "\n"
  }
}
