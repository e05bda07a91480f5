import ArgumentParser
import Events
import ExactNumbers
import Portfolio

struct CashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cash", abstract: "Record that cash came in or went out", subcommands: [Move.self])

  struct Move: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Record that cash came in or went out of a portfolio",
      discussion: """
        foldbook cash move core 100000
        foldbook cash move core -25.40 --reason fee

        What trades and instrument dividends move is known without this.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: ArgumentHelp("Id of the portfolio", valueName: "portfolio"))
    var into: String

    @Argument(help: "How much, in the portfolio's currency: + in, - out")
    var amount: String

    @Option(
      help: ArgumentHelp(
        "deposit, withdrawal, dividend, fee, interest or adjustment",
        discussion: "Default: deposit or withdrawal, by the sign."))
    var reason: String?

    @Option(help: ArgumentHelp("Id of the movement (default: the event's id)", valueName: "id"))
    var movement: String?

    mutating func run() throws {
      let amount = try DecimalArgument(amount).value
      let reason: CashReason =
        if let reason {
          try wordArgument(reason, of: "reason of a movement")
        } else {
          amount.isNegative ? .withdrawal : .deposit
        }
      let factory = try EventFactory(options, recording)
      let portfolio = try factory.portfolio(into, in: factory.facts()).id
      let moved = CashMoved(
        portfolio: portfolio, amount: amount, reason: reason,
        movement: movement.map { MovementID($0) })
      try factory.append([factory.event(.cashMoved(moved))])
    }
  }
}
