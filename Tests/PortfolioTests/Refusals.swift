import Events
import ExactNumbers
import Portfolio
import Records

extension RulesTests {
  static let refusals: [Refusal] =
    exitRefusals + correctionRefusals + entryRefusals + roundingRefusals + nameRefusals
    + lateNameRefusals + unknownRefusals + runRefusals

  private static func exit(
    _ quantity: ExactDecimal?, _ position: PositionID = "a", exit: ExitID? = nil
  ) -> Payload {
    .positionExited(
      PositionExited(position: position, exitPrice: 160, quantity: quantity, exit: exit))
  }

  private static func enter(
    _ id: PositionID = "b", _ symbol: Symbol = "MSFT", _ type: PositionType = .long,
    quantity: String = "1", price: String = "1", portfolio: PortfolioID = "p"
  ) -> Payload {
    .positionEntered(
      PositionEntered(
        position: id, portfolio: portfolio, symbol: symbol, positionType: type,
        quantity: decimal(quantity), entryPrice: decimal(price)))
  }

  private static func corrected(
    exit: ExitID? = nil, quantity: ExactDecimal? = nil, exitTime: String? = nil,
    entryTime: String? = nil, symbol: Symbol? = nil, type: PositionType? = nil,
    entryPrice: ExactDecimal? = nil, position: PositionID = "a"
  ) -> Payload {
    .positionCorrected(
      PositionCorrected(
        position: position, reason: "typo", exit: exit, quantity: quantity,
        entryPrice: entryPrice, entryTime: entryTime.map { instant($0) },
        exitTime: exitTime.map { instant($0) }, symbol: symbol, positionType: type))
  }

  private static let sold60: @Sendable (inout Ledger) throws -> Void = { ledger in
    try ledger.exit("60", at: "160", on: "2025-03-01", exit: "x")
  }

  private static let exitRefusals: [Refusal] = [
    Refusal(
      "an exit larger than what was entered", .exitTooLarge,
      says: ["FB-RULE-050", "exit of 101 AAPL", "100 open on 2025-06-01", "exit 100 at most"],
      exit(101)),
    Refusal(
      "an exit larger than what an earlier one leaves", .exitTooLarge,
      says: ["exit of 60 AAPL", "40 open", "at sequence 6 leaves 40", "exit 40 at most"], exit(60),
      before: sold60),
    Refusal(
      "a late exit that makes a later one too large", .exitTooLarge,
      says: ["exit \"x\" of 60", "2025-03-01", "sequence 6", "this event leaves 50"],
      at: "2025-02-01", exit(50), before: sold60),
    Refusal(
      "a late exit of all with a later one behind it", .exitTooLarge, at: "2025-02-01", exit(nil),
      before: sold60),
    Refusal(
      "a late reverse split that makes an exit too large", .exitTooLarge,
      says: ["exit \"x\" of 60", "10 open"], at: "2025-02-01",
      .instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: 1, denominator: 10)), before: sold60),
    Refusal(
      "a split undone that an exit counted on", .exitTooLarge, at: "2025-02-01",
      .instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: 1))
    ) { ledger in
      try ledger.split("2", on: "2025-02-01")
      try ledger.exit("150", at: "80", on: "2025-03-01")
    },
    Refusal(
      "an exit before the entry", .exitBeforeEntry, says: ["2025-01-10"], at: "2025-01-09", exit(1)),
    Refusal("an exit of all before the entry", .exitBeforeEntry, at: "2025-01-09", exit(nil)),
    Refusal("an exit of a closed position", .nothingOpen, says: ["exit \"all\""], exit(nil)) {
      try $0.exit(at: "160", on: "2025-03-01", exit: "all")
    },
    Refusal(
      "an exit of all whose quantity has sixteen digits", .openQuantityTooLong, exit(nil, "b")
    ) { ledger in
      try ledger.enter("12345678.1234567", at: "1", on: "2025-01-10", id: "b")
      try ledger.split("3", over: "2", on: "2025-02-01")
    },
    Refusal(
      "an exit id given twice", .idTaken, says: ["sequence 6"], exit(1, exit: "x"),
      before: sold60),
    Refusal("an exit of a position that is not known", .unknownPosition, exit(1, "z")),
    Refusal("an exit of a voided position", .positionVoided, says: ["sequence 6"], exit(1)) {
      try $0.void()
    },
  ]

  private static let correctionRefusals: [Refusal] = [
    Refusal(
      "a correction that shrinks the entry below its exits", .exitTooLarge,
      says: ["exit \"x\" of 60", "59 open"], corrected(quantity: 59), before: sold60),
    Refusal(
      "a correction that enlarges an exit", .exitTooLarge, corrected(exit: "x", quantity: 101),
      before: sold60),
    Refusal(
      "a correction that moves the entry behind an exit", .exitBeforeEntry,
      says: ["exit \"x\"", "correct or void that exit first"], corrected(entryTime: "2025-03-02"),
      before: sold60),
    Refusal(
      "a correction that moves an exit before the entry", .exitBeforeEntry,
      corrected(exit: "x", exitTime: "2025-01-01"), before: sold60),
    Refusal(
      "a correction that moves an exit before another that then leaves too little", .exitTooLarge,
      corrected(exit: "x", exitTime: "2025-01-20")
    ) { ledger in
      try ledger.exit("60", at: "160", on: "2025-01-25", exit: "x")
      try ledger.split("2", on: "2025-01-22")
      try ledger.exit("140", at: "80", on: "2025-01-28")
    },
    Refusal(
      "a correction that moves the entry behind a split its exits counted on", .exitTooLarge,
      corrected(entryTime: "2025-02-02")
    ) { ledger in
      try ledger.split("2", on: "2025-02-01")
      try ledger.exit("150", at: "80", on: "2025-03-01")
    },
    Refusal(
      "a correction to a symbol without the split its exits counted on", .exitTooLarge,
      corrected(symbol: "MSFT")
    ) { ledger in
      try ledger.split("2", on: "2025-02-01")
      try ledger.exit("150", at: "80", on: "2025-03-01")
    },
    Refusal(
      "a correction of an exit that is not the position's", .unknownExit, says: ["one of \"x\""],
      corrected(exit: "y", quantity: 1), before: sold60),
    Refusal("a correction of a voided exit", .exitVoided, corrected(exit: "x", quantity: 1)) {
      try sold60(&$0)
      try $0.void(exit: "x")
    },
    Refusal("a correction of a voided position", .positionVoided, corrected(quantity: 1)) {
      try $0.void()
    },
    Refusal(
      "a correction of stock to an option without terms", .optionTermsUnknown,
      corrected(type: .longCall)),
    Refusal(
      "a correction of stock to a call under a put's symbol", .optionTermsUnknown,
      corrected(symbol: "AAPL250930P00165000", type: .longCall)),
    Refusal(
      "a correction to an option's symbol with the type of stock", .optionTermsUnknown,
      corrected(symbol: "AAPL250930P00165000")),
    Refusal(
      "a correction that moves an entry into a closed portfolio", .portfolioClosed,
      corrected(entryTime: "2025-05-02", position: "b")
    ) { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.enter("1", at: "1", on: "2025-04-01", id: "b", portfolio: "q")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-05-01")
    },
    Refusal(
      "a void of an exit that was voided", .exitVoided,
      .positionVoided(PositionVoided(position: "a", reason: "again", exit: "x"))
    ) {
      try sold60(&$0)
      try $0.void(exit: "x")
    },
    Refusal(
      "a void of a position that was voided", .positionVoided,
      .positionVoided(PositionVoided(position: "a", reason: "again"))
    ) { try $0.void() },
  ]

  private static let entryRefusals: [Refusal] = [
    Refusal("a position id entered twice", .idTaken, says: ["sequence 5"], enter("a")),
    Refusal("an id of a voided position", .idTaken, enter("a")) { try $0.void() },
    Refusal(
      "an entry into a portfolio that is not known", .unknownPortfolio,
      says: ["FB-RULE-011", "\"nowhere\""], enter(portfolio: "nowhere")),
    Refusal(
      "an entry into a closed portfolio", .portfolioClosed, says: ["2025-05-01"],
      enter(portfolio: "q")
    ) { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-05-01")
    },
    Refusal(
      "cash into a closed portfolio", .portfolioClosed,
      .cashMoved(CashMoved(portfolio: "q", amount: 1, reason: .deposit))
    ) { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-05-01")
    },
    Refusal(
      "a closing before the last entry", .portfolioClosed, says: ["position \"a\"", "sequence 5"],
      at: "2025-01-05", .portfolioClosed(PortfolioClosed(portfolio: "p"))),
    Refusal(
      "a second closing", .portfolioClosed, .portfolioClosed(PortfolioClosed(portfolio: "p"))
    ) {
      try $0.append(.portfolioClosed(PortfolioClosed(portfolio: "p")), at: "2025-05-01")
    },
    Refusal(
      "an option without terms", .optionTermsUnknown, says: ["OCC symbol"],
      enter("b", "ACME-CALL", .longCall)),
    Refusal(
      "an option under the symbol of its underlying", .optionNamedAsUnderlying,
      .positionEntered(
        PositionEntered(
          position: "b", portfolio: "p", symbol: "AAPL", positionType: .longCall, quantity: 1,
          entryPrice: 5, underlying: "AAPL", strike: 100, expiration: CivilDate("2025-09-30")))),
    Refusal(
      "an entry whose amount is out of range", .outOfRange,
      enter(quantity: "999999999999999", price: "999999999999999")),
    Refusal(
      "a split whose ratio and an earlier one together are out of range", .outOfRange,
      .instrumentSplit(
        InstrumentSplit(
          symbol: "AAPL", ratio: decimal("999999999999997"),
          denominator: decimal("999999999999994")))
    ) {
      try $0.split("999999999999999", over: "999999999999998", on: "2025-03-01")
    },
    Refusal(
      "a dividend whose amount is out of range", .outOfRange,
      .instrumentDividend(InstrumentDividend(symbol: "MSFT", amount: decimal("999999999999999")))
    ) {
      try $0.enter("999999999999999", at: "1", on: "2025-01-02", id: "b", symbol: "MSFT")
    },
    Refusal(
      "an entry that is not valid by itself", .invalidEvent, says: ["FB-EVENT", "quantity"],
      enter(quantity: "-1")),
    Refusal(
      "a subject that is another portfolio", .subjectDisagrees, subject: "q", exit(1)),
    Refusal(
      "a negative price", .invalidEvent, .priceTicked(PriceTicked(symbol: "AAPL", price: -1))),
    Refusal(
      "a bar whose low is above its close", .invalidEvent,
      .priceClosed(
        PriceClosed(
          symbol: "AAPL", date: CivilDate(daysSinceEpoch: 20_000), close: 1, low: 2))),
  ]
}
