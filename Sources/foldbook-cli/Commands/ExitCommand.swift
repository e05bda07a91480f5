import ArgumentParser
import Events
import ExactNumbers
import Foldbook
import Portfolio

struct ExitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exit", abstract: "Record that a position, or lots of a symbol, were left",
    discussion: """
      foldbook exit AAPL 50 171.30 --lots hifo
      foldbook exit AAPL 171.30
      foldbook exit core-2003-aapl 20 171.30 --reason sold

      Without a quantity, all that is open then is left. By symbol, the open positions are left in \
      the order of --lots, one exit each, all of them or none.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var recording: RecordingOptions

  @Argument(help: "Id of the position, or the symbol of one or more")
  var what: String

  @Argument(
    help: ArgumentHelp(
      "How much, in shares or contracts, where not all; then what one share brought",
      valueName: "[quantity] price"))
  var numbers: [String]

  @Option(help: "Which lots of a symbol go first: fifo, lifo or hifo (highest cost)")
  var lots = "fifo"

  @Option(help: "How it was left: sold, expired, exercised, assigned or adjusted")
  var reason: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What it cost beside the price, in the portfolio's currency"))
  var fees: String?

  mutating func run() throws {
    guard numbers.count == 1 || numbers.count == 2, let last = numbers.last else {
      throw CommandFailure.usage(
        "exit takes [QUANTITY] PRICE after the position or symbol, found \(numbers.count) numbers")
    }
    let price = try DecimalArgument(last).value
    let quantity = numbers.count == 2 ? try DecimalArgument(numbers[0]).value : nil
    let fees = try fees.decimalArgument()
    guard let order = LotOrder(rawValue: lots.lowercased()) else {
      throw CommandFailure.usage("'\(lots)' of --lots: expected fifo, lifo or hifo")
    }
    let reason: ExitReason? = try reason.map { text throws(CommandFailure) in
      try wordArgument(text, of: "reason of an exit")
    }
    let factory = try EventFactory(options, recording)
    let facts = try factory.facts()
    func exit(_ position: PositionID, _ quantity: ExactDecimal?, number: Int) -> Event {
      factory.event(
        .positionExited(
          PositionExited(
            position: position, exitPrice: price, quantity: quantity, reason: reason,
            // What the whole sale cost is recorded once.
            fees: number == 1 ? fees : nil)),
        part: number == 1 ? nil : "lot\(number)")
    }
    let position = PositionID(what)
    if facts.portfolio(of: position) != nil {
      return try factory.append([exit(position, quantity, number: 1)])
    }
    if let quantity, quantity <= .zero {
      throw CommandFailure.badNumber(
        "'\(quantity)' is no quantity to leave: expected a positive number")
    }
    let taken = try lots(quantity, order, facts, at: factory.effective)
    try factory.append(
      taken.enumerated().map { index, lot in
        exit(lot.position, try lot.quantity.exactDecimal(), number: index + 1)
      })
  }

  private func lots(
    _ quantity: ExactDecimal?, _ order: LotOrder, _ facts: BookState, at time: Instant
  ) throws -> [LotExit] {
    do {
      return try facts.lots(
        of: symbolArgument(what), quantity: quantity.map { Quantity($0) },
        in: options.portfolioID, order: order, at: time)
    } catch let error as LotError {
      // Whoever meant a position should read that there is none.
      guard case .nothingOpen = error else { throw error }
      throw CommandFailure(
        .badData, code: error.code, "there is no position '\(what)', and \(error)")
    }
  }
}
