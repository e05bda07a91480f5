import Events
import ExactNumbers
import Portfolio
import Records

extension RulesTests {
  static let nameRefusals: [Refusal] = [
    Refusal(
      "a portfolio id opened twice", .idTaken,
      .portfolioOpened(PortfolioOpened(portfolio: "p", name: "Other"))),
    Refusal(
      "a portfolio's name for another of the owner", .nameTaken, says: ["portfolio \"p\""],
      .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Demo"))),
    Refusal(
      "a portfolio renamed to another's name", .nameTaken,
      .portfolioChanged(PortfolioChanged(portfolio: "q", name: "Demo"))
    ) {
      try $0.append(.portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
    },
    Refusal(
      "a movement id given twice", .idTaken,
      .cashMoved(CashMoved(portfolio: "p", amount: 1, reason: .deposit, movement: "seed"))),
    Refusal(
      "a user id registered twice", .idTaken,
      .userRegistered(UserRegistered(user: "u", role: .viewer, username: "bob"))),
    Refusal(
      "a username that another user has in other case", .nameTaken,
      .userRegistered(UserRegistered(user: "v", role: .viewer, username: "ADA"))),
    Refusal(
      "an email that another user has", .nameTaken,
      .userRegistered(
        UserRegistered(user: "v", role: .viewer, username: "bob", email: "Ada@Example.org"))),
    Refusal(
      "a user changed to another's name", .nameTaken,
      .userChanged(UserChanged(user: "v", username: "ada"))
    ) {
      try $0.append(
        .userRegistered(UserRegistered(user: "v", role: .viewer, username: "bob")),
        at: "2025-01-02")
    },
    Refusal(
      "a change of a forgotten user", .userInactive,
      .userChanged(UserChanged(user: "u", role: .admin))
    ) {
      try $0.append(.userForgotten(UserForgotten(user: "u")), at: "2025-02-01")
    },
    Refusal(
      "a tag id created twice", .idTaken,
      .tagCreated(TagCreated(tag: "t", name: "Other", tagType: .regular))),
    Refusal(
      "a tag's name for another of the owner, in other case", .nameTaken,
      .tagCreated(TagCreated(tag: "u", name: "CORE", tagType: .regular))),
    Refusal(
      "the hundred and first tag of an owner", .tooManyTagsOfOwner,
      .tagCreated(TagCreated(tag: "u", name: "more", tagType: .regular))
    ) { ledger in
      for number in 1..<100 { try createTag("\(number)", in: &ledger) }
    },
    Refusal(
      "the twenty-first tag of a position", .tooManyTagsOfPosition,
      .positionTagged(PositionTagged(position: "a", tag: "t"))
    ) { ledger in
      for number in 0..<20 {
        try createTag("\(number)", in: &ledger)
        try tag("\(number)", in: &ledger)
      }
    },
    Refusal(
      "a retired tag", .tagRetired, .positionTagged(PositionTagged(position: "a", tag: "t"))
    ) { try $0.append(.tagRetired(TagRetired(tag: "t")), at: "2025-05-01") },
    Refusal(
      "a strategy group's name in its portfolio", .nameTaken,
      .strategyCreated(StrategyCreated(group: "h", portfolio: "p", name: "PAIR")), before: group),
    Refusal(
      "a strategy group id created twice", .idTaken,
      .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "Other")), before: group),
    Refusal(
      "a leg of a retired group", .strategyRetired,
      .strategyJoined(StrategyJoined(group: "g", position: "a"))
    ) {
      try group(&$0)
      try $0.append(.strategyRetired(StrategyRetired(group: "g")), at: "2025-05-01")
    },
    Refusal(
      "a leg of another portfolio", .otherPortfolio,
      .strategyJoined(StrategyJoined(group: "g", position: "b"))
    ) { ledger in
      try group(&ledger)
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-01-01")
      try ledger.enter("1", at: "1", on: "2025-04-01", id: "b", portfolio: "q")
    },
    Refusal(
      "a factor's name for another factor", .nameTaken, factor("g", "market_beta")
    ) { try $0.append(factor("f", "market_beta"), at: "1900-01-01") },
    Refusal(
      "a scenario's name for another scenario", .nameTaken, scenario("s2", "Crash", [])
    ) { try $0.append(scenario("s1", "Crash", []), at: "1900-01-01") },
  ]

  /// A late event may take no name that was another's only for a while, between its own time and
  /// what is so in the end.
  static let lateNameRefusals: [Refusal] = [
    Refusal(
      "a username that was another's for a while", .nameTaken, says: ["user \"v\" at 2025-07-01"],
      .userRegistered(UserRegistered(user: "w", role: .viewer, username: "BOB"))
    ) { ledger in
      try ledger.append(
        .userRegistered(UserRegistered(user: "v", role: .viewer, username: "bob")),
        at: "2025-07-01T00:00:00Z")
      try ledger.append(.userChanged(UserChanged(user: "v", username: "rob")), at: "2025-08-01")
    },
    Refusal(
      "an email that was another's for a while", .nameTaken, says: ["email"],
      .userChanged(UserChanged(user: "u", email: .set("bob@example.org")))
    ) { ledger in
      try ledger.append(
        .userRegistered(
          UserRegistered(user: "v", role: .viewer, username: "bob", email: "bob@example.org")),
        at: "2025-07-01")
      try ledger.append(.userDeactivated(UserDeactivated(user: "v")), at: "2025-08-01")
    },
    Refusal(
      "a portfolio's name that was another's for a while", .nameTaken,
      .portfolioOpened(PortfolioOpened(portfolio: "r", name: "Q"))
    ) { ledger in
      try ledger.append(
        .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q")), at: "2025-07-01")
      try ledger.append(.portfolioClosed(PortfolioClosed(portfolio: "q")), at: "2025-08-01")
    },
    Refusal(
      "a tag's name that was another's for a while", .nameTaken,
      .tagCreated(TagCreated(tag: "v", name: "x", tagType: .regular)), before: brief),
    Refusal(
      "a tag renamed to what another was called for a while", .nameTaken,
      .tagChanged(TagChanged(tag: "t", name: "X")), before: brief),
    Refusal(
      "a tag given to an owner who had one of its name for a while", .nameTaken,
      .tagChanged(TagChanged(tag: "v", owner: .clear))
    ) { ledger in
      try brief(&ledger)
      try ledger.append(
        .tagCreated(TagCreated(tag: "v", name: "x", tagType: .regular, owner: "u")),
        at: "2025-02-01")
    },
    Refusal(
      "a tag whose own later name comes back by its owner", .nameTaken,
      says: ["\"y\"", "tag \"w\""], .tagChanged(TagChanged(tag: "v", owner: .clear))
    ) { ledger in
      try ledger.append(
        .tagCreated(TagCreated(tag: "w", name: "y", tagType: .regular)), at: "2025-02-01")
      try ledger.append(
        .tagCreated(TagCreated(tag: "v", name: "x", tagType: .regular, owner: "u")),
        at: "2025-02-01")
      try ledger.append(.tagChanged(TagChanged(tag: "v", name: "y")), at: "2025-07-01")
    },
    Refusal(
      "a strategy group's name that was another's for a while", .nameTaken,
      .strategyCreated(StrategyCreated(group: "h", portfolio: "p", name: "x"))
    ) { ledger in
      try ledger.append(
        .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "X")), at: "2025-07-01")
      try ledger.append(.strategyRetired(StrategyRetired(group: "g")), at: "2025-08-01")
    },
    Refusal(
      "a factor's name that was another's for a while", .nameTaken, factor("g", "market_beta")
    ) { ledger in
      try ledger.append(factor("f", "market_beta"), at: "2025-07-01")
      try ledger.append(factor("f", "beta"), at: "2025-08-01")
    },
    Refusal(
      "a scenario's name that was another's for a while", .nameTaken, scenario("s2", "Crash", [])
    ) { ledger in
      try ledger.append(scenario("s1", "Crash", []), at: "2025-07-01")
      try ledger.append(scenario("s1", "Slump", []), at: "2025-08-01")
    },
  ]

  /// A tag called x in July 2025 only.
  private static let brief: @Sendable (inout Ledger) throws -> Void = { ledger in
    try ledger.append(
      .tagCreated(TagCreated(tag: "u", name: "x", tagType: .regular)), at: "2025-07-01")
    try ledger.append(.tagChanged(TagChanged(tag: "u", name: "z")), at: "2025-08-01")
  }

  private static let group: @Sendable (inout Ledger) throws -> Void = { ledger in
    try ledger.append(
      .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "Pair")), at: "2025-02-01")
  }

  private static func scenario(
    _ id: ScenarioID, _ name: String, _ shocks: [Shock]
  ) -> Payload {
    .scenarioDefined(
      ScenarioDefined(
        scenario: id, name: name, scenarioType: .custom, sortOrder: 1, shocks: shocks))
  }

  static let unknownRefusals: [Refusal] = [
    Refusal(
      "an owner that is not known", .unknownUser,
      .portfolioOpened(PortfolioOpened(portfolio: "q", name: "Q", owner: "nobody"))),
    Refusal("a user that is not known", .unknownUser, .userDeactivated(UserDeactivated(user: "v"))),
    Refusal(
      "a change of a portfolio that is not known", .unknownPortfolio,
      .portfolioChanged(PortfolioChanged(portfolio: "q", name: "Q"))),
    Refusal(
      "cash of a portfolio that is not known", .unknownPortfolio,
      .cashMoved(CashMoved(portfolio: "q", amount: 1, reason: .deposit))),
    Refusal(
      "a parameter of a portfolio that is not known", .unknownPortfolio,
      .parameterSet(ParameterSet(name: "beta.window", value: 150, portfolio: "q"))),
    Refusal(
      "a relation to a position that is not known", .unknownPosition,
      .positionRelated(PositionRelated(position: "a", other: "z", relation: .hedges))),
    Refusal(
      "a relation of a position to itself", .invalidEvent,
      .positionRelated(PositionRelated(position: "a", other: "a", relation: .hedges))),
    Refusal(
      "an attribute of a position that is not known", .unknownPosition,
      .positionAttributed(PositionAttributed(position: "z", name: "thesis", value: "long"))),
    Refusal(
      "a tag that is not known", .unknownTag,
      .positionTagged(PositionTagged(position: "a", tag: "none"))),
    Refusal(
      "a tagging of a position that is not known", .unknownPosition,
      .positionTagged(PositionTagged(position: "z", tag: "t"))),
    Refusal(
      "a group that is not known", .unknownStrategy,
      .strategyJoined(StrategyJoined(group: "none", position: "a"))),
    Refusal(
      "a shock of a factor that is not known", .unknownFactor,
      scenario("s", "S", [Shock(factor: "none", shock: 1)])),
    Refusal(
      "a factor that is not known", .unknownFactor, .factorRetired(FactorRetired(factor: "none"))),
    Refusal(
      "a scenario that is not known", .unknownScenario,
      .scenarioRetired(ScenarioRetired(scenario: "none"))),
  ]

  private static let day = CivilDate(daysSinceEpoch: 20_000)

  static let runRefusals: [Refusal] = [
    Refusal(
      "a batch that was not started", .unknownBatch,
      .batchCompleted(BatchCompleted(batch: "b", failures: 0))),
    Refusal(
      "a batch started twice", .idTaken, .batchStarted(BatchStarted(batch: "b", date: day))
    ) { try $0.append(.batchStarted(BatchStarted(batch: "b", date: day)), at: "2025-02-01") },
    Refusal(
      "a batch that has ended", .runEnded,
      .batchFailed(BatchFailed(batch: "b", errorMessage: "late"))
    ) { ledger in
      try ledger.append(.batchStarted(BatchStarted(batch: "b", date: day)), at: "2025-02-01")
      try ledger.append(
        .batchCompleted(BatchCompleted(batch: "b", failures: 0)), at: "2025-02-02")
    },
    Refusal(
      "a calculation that was not started", .unknownCalculation,
      .calculationSkipped(CalculationSkipped(calculation: "c", reason: "no prices"))),
    Refusal(
      "a what-if branch that is not known", .unknownSession,
      .modelCompleted(ModelCompleted(session: "s"))),
    Refusal(
      "a change of a cancelled what-if branch", .runEnded,
      .modelChanged(ModelChanged(session: "s", name: "other"))
    ) { ledger in
      try ledger.append(
        .modelForked(
          ModelForked(
            session: "s", name: "what if", baseSequence: 1, baseSnapshotDate: day, mode: .frozen)),
        at: "2025-02-01")
      try ledger.append(.modelCancelled(ModelCancelled(session: "s")), at: "2025-02-02")
    },
    Refusal(
      "a fork with the id of a session that was promoted", .idTaken, says: ["sequence 6"],
      SessionTests.forked()
    ) { try $0.append(SessionTests.promoted(), at: "2025-02-01") },
    Refusal(
      "a promotion told twice", .sessionPromoted, says: ["was promoted at sequence 6"],
      SessionTests.promoted()
    ) { try $0.append(SessionTests.promoted(), at: "2025-02-01") },
    Refusal(
      "a branch's own promotion before it has begun", .unknownSession, SessionTests.promoted()
    ) { $0 = $0.branched("s") },
    Refusal(
      "a person registered on a what-if branch", .personOnBranch, says: ["without --branch"],
      .userRegistered(UserRegistered(user: "v", role: .viewer, username: "bob"))
    ) { $0 = $0.branched("s") },
    Refusal(
      "a trade on the branch of a completed session", .sessionEnded,
      says: ["was completed at sequence 7", "fork another branch from it"],
      .positionExited(PositionExited(position: "a", exitPrice: 160, quantity: 1))
    ) { ledger in
      try ledger.append(SessionTests.forked(), at: "2025-02-01")
      try ledger.append(.modelCompleted(ModelCompleted(session: "s")), at: "2025-02-02")
      ledger = ledger.branched("s")
    },
    Refusal(
      "a price on the branch of a cancelled session", .sessionEnded,
      says: ["was cancelled at sequence 7"],
      .priceTicked(PriceTicked(symbol: "AAPL", price: 160))
    ) { ledger in
      try ledger.append(SessionTests.forked(), at: "2025-02-01")
      try ledger.append(.modelCancelled(ModelCancelled(session: "s")), at: "2025-02-02")
      ledger = ledger.branched("s")
    },
  ]
}
