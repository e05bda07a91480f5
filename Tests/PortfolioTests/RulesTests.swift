import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// One row a refusal: what is recorded before, what is refused, and why.
struct Refusal: CustomTestStringConvertible, Sendable {
  let name: String
  let rule: RuleError.Rule
  let says: [String]
  let before: @Sendable (inout Ledger) throws -> Void
  let payload: Payload
  let time: String
  let subject: String?

  init(
    _ name: String, _ rule: RuleError.Rule, says: [String] = [], at time: String = "2025-06-01",
    subject: String? = nil, _ payload: Payload,
    before: @escaping @Sendable (inout Ledger) throws -> Void = { _ in }
  ) {
    self.name = name
    self.rule = rule
    self.says = says
    self.before = before
    self.payload = payload
    self.time = time
    self.subject = subject
  }

  var testDescription: String { name }
}

/// Something that no rule refuses.
struct Acceptance: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let act: @Sendable (inout Ledger) throws -> Void

  init(_ name: String, _ act: @escaping @Sendable (inout Ledger) throws -> Void) {
    testDescription = name
    self.act = act
  }
}

@Suite("The rules of the ledger")
struct RulesTests {
  @Test("refuses with a reason and a way out, and leaves the book as it was", arguments: refusals)
  func refuses(row: Refusal) throws {
    var ledger = try Self.ledger()
    try row.before(&ledger)
    let state = ledger.state
    let event = ledger.next(row.payload, at: instant(row.time), id: "refused", subject: row.subject)
    let error = #expect(throws: RuleError.self) {
      var trial = ledger.state
      _ = try Rules.append(event, to: &trial)
    }
    #expect(error?.rule == row.rule)
    let message = error?.description ?? ""
    for text in row.says { #expect(message.contains(text), "\(message)") }
    #expect(error?.remedy.isEmpty == false)
    #expect(ledger.state == state)
  }

  @Test("every rule has a row and a code of its own")
  func coverage() {
    let met = Set(Self.refusals.map(\.rule))
    let missing = RuleError.Rule.allCases.filter { !met.contains($0) }
    #expect(missing.isEmpty)
  }

  @Test("what only looks like a breach is accepted", arguments: acceptances)
  func accepts(row: Acceptance) throws {
    var ledger = try Self.ledger()
    let head = ledger.state.head
    try row.act(&ledger)
    #expect(ledger.state.head > head)
  }

  static let acceptances: [Acceptance] = [
    Acceptance("an exit at the entry's own time") {
      try $0.exit("1", at: "1", on: "2025-01-10")
    },
    Acceptance("an entry before its portfolio was closed") { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-05-01")
      try ledger.enter("1", at: "1", on: "2025-04-30", id: "b", portfolio: "q")
    },
    Acceptance("the name of a closed portfolio") { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-05-01")
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "r", name: "Q")), at: "2025-06-01")
    },
    Acceptance("the name of a retired tag") { ledger in
      try ledger.append(.tagRetired(TagRetired(tag: "t")), at: "2025-05-01")
      try ledger.append(
        .tagCreated(TagCreated(tag: "u", name: "Core", tagType: .regular)), at: "2025-05-02")
    },
    Acceptance("a name for as long as no other tag has it") { ledger in
      try ledger.append(
        .tagCreated(TagCreated(tag: "u", name: "x", tagType: .regular)), at: "2025-07-01")
      try ledger.append(
        .tagCreated(TagCreated(tag: "v", name: "y", tagType: .regular)), at: "2025-02-01")
      try ledger.append(.tagChanged(TagChanged(tag: "v", name: "z")), at: "2025-06-01")
      try ledger.append(.tagChanged(TagChanged(tag: "v", name: "x")), at: "2025-05-01")
      try ledger.append(.tagChanged(TagChanged(tag: "u", name: "w")), at: "2025-08-01")
      try ledger.append(.tagChanged(TagChanged(tag: "v", name: "x")), at: "2025-08-01")
    },
    Acceptance("a split that leaves nothing of what was voided") { ledger in
      try ledger.enter("1", at: "0.00000001", on: "2025-01-10", id: "b")
      try ledger.void("b")
      try ledger.split("4", on: "2025-02-01")
    },
    Acceptance("a tag it bears already, though it has twenty") { ledger in
      for number in 0..<20 {
        try createTag("\(number)", in: &ledger)
        try tag("\(number)", in: &ledger)
      }
      try tag("7", in: &ledger)
    },
    Acceptance("a factor defined again") { ledger in
      try ledger.append(factor("f", "market_beta"), at: "1900-01-01")
      try ledger.append(factor("f", "market_beta"), at: "1900-01-01")
    },
    Acceptance("an option whose instrument was defined") { ledger in
      try ledger.append(
        .instrumentDefined(
          InstrumentDefined(
            symbol: "ACME-CALL", kind: .option, underlying: "ACME", strike: 10,
            expiration: CivilDate("2025-09-30"))),
        at: "2025-01-01")
      try ledger.enter(
        "1", at: "1", on: "2025-04-30", id: "b", symbol: "ACME-CALL", type: .longCall)
    },
  ]

  @Test("the portfolio becomes the subject of what names only a position or a group")
  func subjects() throws {
    var ledger = try Self.ledger()
    try ledger.append(
      .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "Pair")), at: "2025-02-01")
    let payloads: [Payload] = [
      .positionTagged(PositionTagged(position: "a", tag: "t")),
      .positionUntagged(PositionUntagged(position: "a", tag: "t")),
      .positionAttributed(PositionAttributed(position: "a", name: "thesis", value: "long")),
      .strategyJoined(StrategyJoined(group: "g", position: "a")),
      .strategyLeft(StrategyLeft(group: "g", position: "a")),
      .strategyChanged(StrategyChanged(group: "g", name: "Pairs")),
      .positionCorrected(PositionCorrected(position: "a", reason: "typo", quantity: 90)),
      .positionExited(PositionExited(position: "a", exitPrice: 1)),
      .positionVoided(PositionVoided(position: "a", reason: "typo")),
    ]
    for payload in payloads {
      #expect(try ledger.append(payload, at: "2025-06-01").subject == "p")
    }
  }

  @Test("a remaining quantity with too many digits is not rounded away")
  func tooLong() throws {
    // 12,345,678.1234567 · 3 / 2 has 16 digits: see the row of the rule.
    var ledger = try Self.ledger()
    try ledger.enter("12345678.1234567", at: "1", on: "2025-01-10", id: "b")
    try ledger.split("3", over: "2", on: "2025-02-01")
    try ledger.exit("18518517", at: "1", on: "2025-03-01", id: "b")
    let event = try ledger.exit(at: "1", on: "2025-03-02", id: "b")
    guard case .positionExited(let payload) = event.payload else {
      Issue.record("another payload")
      return
    }
    #expect(payload.quantity == decimal("0.18518505"))
    #expect(try !ledger.position("b").isActive)
  }

  /// 100 AAPL of portfolio p entered on 2025-01-10, a tag, a user.
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .userRegistered(
        UserRegistered(user: "u", role: .manager, username: "Ada", email: "ada@example.org")),
      at: "2025-01-01")
    try ledger.append(
      .tagCreated(TagCreated(tag: "t", name: "Core", tagType: .regular)), at: "2025-01-01")
    try ledger.enter("100", at: "150", on: "2025-01-10")
    return ledger
  }

  static func createTag(_ name: String, in ledger: inout Ledger) throws {
    try ledger.append(
      .tagCreated(TagCreated(tag: TagID("t-\(name)"), name: name, tagType: .regular)),
      at: "2025-02-01")
  }

  static func tag(_ name: String, in ledger: inout Ledger) throws {
    try ledger.append(
      .positionTagged(PositionTagged(position: "a", tag: TagID("t-\(name)"))), at: "2025-02-01")
  }

  static func factor(_ id: FactorID, _ name: String) -> Payload {
    .factorDefined(
      FactorDefined(
        factor: id, name: name, displayName: name, category: .style, sortOrder: 1))
  }
}
