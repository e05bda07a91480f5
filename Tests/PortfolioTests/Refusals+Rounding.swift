import Events
import ExactNumbers
import Portfolio
import Records

extension RulesTests {
  /// At eight places nothing may be left over as 0: no table could hold it.
  static let roundingRefusals: [Refusal] = [
    Refusal(
      "a split that leaves nothing of an entry price", .roundsToZero,
      says: ["FB-RULE-091", "the entry price of position \"b\", 0.00000001, this split"],
      split("4", on: "MSFT")
    ) { try $0.enter("1", at: "0.00000001", on: "2025-01-10", id: "b", symbol: "MSFT") },
    Refusal(
      "a reverse split that leaves nothing of a quantity", .roundsToZero,
      says: ["the quantity of position \"b\", 0.00000004"], split("1", over: "10", on: "MSFT")
    ) {
      try $0.enter(
        "0.00000004", at: "1", on: "2025-01-10", id: "b", symbol: "MSFT", type: .short)
    },
    Refusal(
      "a reverse split that leaves nothing of an exit", .roundsToZero,
      says: ["the quantity of exit \"x\" of position \"a\""], split("1", over: "10", on: "AAPL")
    ) { try $0.exit("0.00000004", at: "160", on: "2025-03-01", exit: "x") },
    Refusal(
      "a late split of which a later one makes up", .roundsToZero, split("4", on: "MSFT")
    ) { ledger in
      try ledger.enter("1", at: "0.00000001", on: "2025-01-10", id: "b", symbol: "MSFT")
      try ledger.split("1", over: "4", on: "2025-07-01", symbol: "MSFT")
    },
    Refusal(
      "a late entry before a split that leaves nothing of its price", .roundsToZero,
      says: ["the split 4/1", "sequence 6"], enter("1", at: "0.00000001")
    ) { try $0.split("4", on: "2025-07-01", symbol: "MSFT") },
    Refusal(
      "a late exit before a reverse split that leaves nothing of it", .roundsToZero,
      says: ["exit \"refused\"", "the split 1/10"],
      .positionExited(
        PositionExited(position: "a", exitPrice: 160, quantity: decimal("0.00000004")))
    ) { try $0.split("1", over: "10", on: "2025-07-01") },
    Refusal(
      "a correction to a price of which a split leaves nothing", .roundsToZero,
      .positionCorrected(
        PositionCorrected(position: "a", reason: "typo", entryPrice: decimal("0.00000001")))
    ) { try $0.split("4", on: "2025-03-01") },
    Refusal(
      "a correction that moves an exit before a split that leaves nothing of it", .roundsToZero,
      .positionCorrected(
        PositionCorrected(
          position: "a", reason: "typo", exit: "x", exitTime: instant("2025-02-01")))
    ) { ledger in
      try ledger.split("1", over: "10", on: "2025-03-01")
      try ledger.exit("0.00000004", at: "160", on: "2025-04-01", exit: "x")
    },
  ]

  private static func split(
    _ ratio: String, over denominator: String? = nil, on symbol: Symbol
  ) -> Payload {
    .instrumentSplit(
      InstrumentSplit(
        symbol: symbol, ratio: decimal(ratio), denominator: denominator.map { decimal($0) }))
  }

  private static func enter(_ quantity: String, at price: String) -> Payload {
    .positionEntered(
      PositionEntered(
        position: "b", portfolio: "p", symbol: "MSFT", positionType: .long,
        quantity: decimal(quantity), entryPrice: decimal(price)))
  }
}
