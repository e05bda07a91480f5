import ArgumentParser
import Events

struct VoidCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "void",
    abstract: "Record that an entry with its exits, or one exit, never happened",
    discussion: """
      foldbook void core-2003-aapl --reason 'entered twice'
      foldbook void core-2003-aapl --exit x7 --reason 'cancelled by the broker'

      What was known before stays what it was: see --known-at.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var recording: RecordingOptions

  @Argument(help: "Id of the position")
  var position: String

  @Option(
    help: ArgumentHelp("Id of the exit that never happened, not the position", valueName: "id"))
  var exit: String?

  @Option(help: "Why it is voided")
  var reason: String

  mutating func run() throws {
    let factory = try EventFactory(options, recording)
    let void = PositionVoided(
      position: PositionID(position), reason: reason, exit: exit.map { ExitID($0) })
    try factory.append([factory.event(.positionVoided(void))])
  }
}
