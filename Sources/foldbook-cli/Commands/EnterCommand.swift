import ArgumentParser
import Events
import ExactNumbers
import Foldbook
import Portfolio

struct EnterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enter", abstract: "Record that a position was entered",
    discussion: """
      foldbook enter core LONG AAPL 100 150.25 --at 2025-06-30 --tag growth
      foldbook enter core SC AAPL260116C00200000 2 3.10

      A tag of a name that the portfolio's owner has none of is created with it.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var recording: RecordingOptions

  @Argument(help: ArgumentHelp("Id of the portfolio", valueName: "portfolio"))
  var into: String

  @Argument(help: "LONG, SHORT, LC, LP, SC or SP: long or short, stock, call or put")
  var type: String

  @Argument(help: "Symbol of the stock, or OCC symbol of the option")
  var symbol: String

  @Argument(help: "How much, in shares or contracts; positive, the type gives the direction")
  var quantity: String

  @Argument(help: "What one share cost; of an option, per share of its underlying")
  var price: String

  @Option(help: ArgumentHelp("Id of the position (default: the event's id)", valueName: "id"))
  var position: String?

  @Option(name: [.customLong("tag")], help: ArgumentHelp("Name of a tag; again for more"))
  var tags: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What it cost beside the price, in the portfolio's currency"))
  var fees: String?

  @Option(help: ArgumentHelp("Shares a unit stands for (default: 100 for options, else 1)"))
  var multiplier: String?

  @Option(help: ArgumentHelp("What the option is on, where its symbol does not say"))
  var underlying: String?

  @Option(help: ArgumentHelp("Price at which the option exercises, per share"))
  var strike: String?

  @Option(help: ArgumentHelp("Last day of the option", valueName: "date"))
  var expiration: String?

  mutating func run() throws {
    // What is wrong by itself is said before the book is opened.
    let type: PositionType = try wordArgument(type, of: "position type")
    var entry = PositionEntered(
      position: "", portfolio: PortfolioID(into), symbol: symbolArgument(symbol),
      positionType: type, quantity: try DecimalArgument(quantity).value,
      entryPrice: try DecimalArgument(price).value,
      underlying: underlying.map(symbolArgument), strike: try strike.decimalArgument(),
      expiration: try expiration.map { text throws(CommandFailure) in
        try dateArgument(text, of: "--expiration")
      },
      multiplier: try multiplier.map { text throws(CommandFailure) in
        try integerArgument(text, of: "--multiplier")
      },
      fees: try fees.decimalArgument())
    let factory = try EventFactory(options, recording)
    entry.position = PositionID(position ?? factory.id)
    let facts = try factory.facts()
    let owner = try factory.portfolio(into, in: facts).owner
    var events = [factory.event(.positionEntered(entry))]
    for (index, name) in tags.enumerated() {
      events += tagging(entry.position, name, number: index + 1, owner, facts, factory)
    }
    try factory.append(events)
  }

  /// The events that give the new position a tag, which is made where there is none of the name.
  private func tagging(
    _ position: PositionID, _ name: String, number: Int, _ owner: UserID?, _ facts: BookState,
    _ factory: EventFactory
  ) -> [Event] {
    if let tag = facts.tagInUse(named: name, owner: owner) {
      return [
        factory.event(
          .positionTagged(PositionTagged(position: position, tag: tag.id)), part: "tag\(number)")
      ]
    }
    let tag = TagID("\(factory.id)-tag\(number)")
    return [
      factory.event(
        .tagCreated(TagCreated(tag: tag, name: name, tagType: .regular, owner: owner)),
        part: "newtag\(number)"),
      factory.event(
        .positionTagged(PositionTagged(position: position, tag: tag)), part: "tag\(number)"),
    ]
  }
}
