import ArgumentParser
import Events
import ExactNumbers

struct PriceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "Record a price", subcommands: [Set.self])

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Record what one share was worth",
      discussion: """
        foldbook price set AAPL 171.30
        foldbook price set AAPL 171.30 --close 2025-06-30

        With --close it is the daily bar of that date, and restates an earlier one of it.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var recording: RecordingOptions

    @Argument(help: "Symbol of the stock, or OCC symbol of the option")
    var symbol: String

    @Argument(help: "Per share; of an option, per share of its underlying")
    var price: String

    @Option(
      help: ArgumentHelp(
        "It is the close of this day, effective at its end (UTC) unless --at says when",
        valueName: "date"))
    var close: String?

    mutating func run() throws {
      let price = try DecimalArgument(price).value
      let symbol = symbolArgument(symbol)
      let date = try close.map { text throws(CommandFailure) in
        try dateArgument(text, of: "--close")
      }
      let factory = try EventFactory(options, recording)
      let event =
        if let date {
          factory.event(
            .priceClosed(PriceClosed(symbol: symbol, date: date, close: price)),
            effective: recording.at == nil ? date.end : nil)
        } else {
          factory.event(.priceTicked(PriceTicked(symbol: symbol, price: price)))
        }
      try factory.append([event])
    }
  }
}
