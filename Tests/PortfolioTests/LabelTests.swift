import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Names, tags, attributes, relations and strategies as of a time")
struct LabelTests {
  static func ledger() throws -> Ledger {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .tagCreated(TagCreated(tag: "t", name: "Core", tagType: .regular)), at: "2025-01-01")
    try ledger.enter("1", at: "10", on: "2025-01-10")
    try ledger.enter("1", at: "10", on: "2025-01-10", id: "b")
    return ledger
  }

  private static func tagging(_ isOn: Bool, _ tag: TagID = "t") -> Payload {
    isOn
      ? .positionTagged(PositionTagged(position: "a", tag: tag))
      : .positionUntagged(PositionUntagged(position: "a", tag: tag))
  }

  @Test("a tag is borne from its tagging to its untagging, in whatever order they are recorded")
  func spans() throws {
    var ledger = try Self.ledger()
    try ledger.append(Self.tagging(true), at: "2025-03-01")
    try ledger.append(Self.tagging(false), at: "2025-02-20")
    try ledger.append(Self.tagging(true), at: "2025-02-10")
    let rows = [
      ("2025-02-09", false), ("2025-02-10", true), ("2025-02-20", false), ("2025-03-01", true),
    ]
    for (time, isBorne) in rows {
      #expect((ledger.holdings(asOf: time).tagsByPosition["a"] == ["t"]) == isBorne)
    }
    let spans = ledger.state.tagSpans(of: "a", asOf: .distantFuture)
    #expect(spans.map(\.from) == [instant("2025-02-10"), instant("2025-03-01")])
    #expect(spans.map(\.to) == [instant("2025-02-20"), nil])
    #expect(ledger.holdings().tagSpans == spans)
  }

  @Test("of a tagging and an untagging of one time the later sequence counts")
  func equalTimes() throws {
    var ledger = try Self.ledger()
    try ledger.append(Self.tagging(true), at: "2025-03-01")
    try ledger.append(Self.tagging(false), at: "2025-03-01")
    #expect(ledger.holdings().tagsByPosition.isEmpty)
    #expect(ledger.holdings().tagSpans.isEmpty)
  }

  @Test("retiring a tag takes it off everything from then on")
  func retired() throws {
    var ledger = try Self.ledger()
    try ledger.append(Self.tagging(true), at: "2025-02-01")
    try ledger.append(.tagRetired(TagRetired(tag: "t")), at: "2025-03-01")
    #expect(ledger.holdings(asOf: "2025-02-28").tagsByPosition["a"] == ["t"])
    let holdings = ledger.holdings()
    #expect(holdings.tagsByPosition.isEmpty)
    #expect(holdings.tagSpans.map(\.to) == [instant("2025-03-01")])
    #expect(holdings.tags["t"]?.retiredAt == instant("2025-03-01"))
    #expect(holdings.tags["t"]?.provenance.deleted == Ledger.recorded(ledger.state.head))
  }

  @Test("a voided position bears nothing and stands to nothing")
  func voided() throws {
    var ledger = try Self.ledger()
    try ledger.append(Self.tagging(true), at: "2025-02-01")
    try ledger.append(
      .positionRelated(PositionRelated(position: "b", other: "a", relation: .hedges)),
      at: "2025-02-01")
    #expect(ledger.holdings().relationships.count == 1)
    try ledger.void()
    #expect(ledger.holdings().tagSpans.isEmpty)
    #expect(ledger.holdings().relationships.isEmpty)
  }

  @Test("an attribute has its latest value as of the time, and null clears it")
  func attributes() throws {
    var ledger = try Self.ledger()
    let values: [(JSONValue, String)] = [
      ("first", "2025-02-01"), ("third", "2025-02-03"), ("second", "2025-02-02"),
      (.null, "2025-02-04"), ("last", "2025-02-05"),
    ]
    for (value, time) in values {
      try ledger.append(
        .positionAttributed(PositionAttributed(position: "a", name: "thesis", value: value)),
        at: time)
    }
    let rows: [(String, JSONValue?)] = [
      ("2025-01-31", nil), ("2025-02-01", "first"), ("2025-02-02", "second"),
      ("2025-02-03", "third"), ("2025-02-04", nil), ("2025-02-05", "last"),
    ]
    for (time, value) in rows {
      #expect(ledger.holdings(asOf: time).attributes["a"]?.first?.value == value)
      #expect(ledger.state.attributes(of: "a", asOf: instant(time)).first?.value == value)
    }
  }

  @Test("pairs_with says the same in both directions, other relations do not")
  func relations() throws {
    var ledger = try Self.ledger()
    try ledger.append(
      .positionRelated(PositionRelated(position: "b", other: "a", relation: .pairsWith)),
      at: "2025-02-01")
    try ledger.append(
      .positionRelated(
        PositionRelated(position: "b", other: "a", relation: .hedges, ratio: 2, note: "delta")),
      at: "2025-02-01")
    var relations = ledger.holdings().relationships
    #expect(relations.map(\.position) == ["a", "b"])
    #expect(relations.map(\.relation) == [.pairsWith, .hedges])
    #expect(relations.last?.ratio == 2 && relations.last?.note == "delta")
    try ledger.append(
      .positionUnrelated(PositionUnrelated(position: "a", other: "b", relation: .pairsWith)),
      at: "2025-03-01")
    try ledger.append(
      .positionUnrelated(PositionUnrelated(position: "a", other: "b", relation: .hedges)),
      at: "2025-03-01")
    relations = ledger.holdings().relationships
    #expect(relations.map(\.to) == [instant("2025-03-01"), nil])
  }

  @Test("changed fields count from their effective time on, the rest stays")
  func changes() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .portfolioChanged(
        PortfolioChanged(portfolio: "p", currency: "EUR", description: .set("mine"))),
      at: "2025-03-01")
    try ledger.append(
      .portfolioChanged(PortfolioChanged(portfolio: "p", name: "Renamed", description: .clear)),
      at: "2025-02-01")
    let early = try #require(ledger.holdings(asOf: "2025-01-31").portfolios["p"])
    #expect(early.name == "Demo" && early.currency == "USD" && early.benchmark == "SPY")
    let middle = try #require(ledger.holdings(asOf: "2025-02-28").portfolios["p"])
    #expect(middle.name == "Renamed" && middle.currency == "USD" && middle.description == nil)
    let late = try #require(ledger.holdings().portfolios["p"])
    #expect(late.name == "Renamed" && late.currency == "EUR" && late.description == "mine")
    #expect(late.provenance.lastSequence == ledger.state.head)
    #expect(late.openedAt == instant("2000-01-01"))
  }

  @Test("a portfolio opened only later in effective time is there for what is in it")
  func openedLater() throws {
    var ledger = Ledger()
    try ledger.append(
      .portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), at: "2025-06-01")
    #expect(ledger.holdings(asOf: "2025-01-31").portfolios.isEmpty)
    try ledger.enter("1", at: "10", on: "2025-01-10")
    #expect(ledger.holdings(asOf: "2025-01-31").portfolios["p"]?.name == "P")
    #expect(ledger.holdings(asOf: "2025-01-31").cash["p"]?.balance.description == "-10")
  }

  @Test("a forgotten user has no personal fields left")
  func forgotten() throws {
    var ledger = Ledger()
    try ledger.append(
      .userRegistered(UserRegistered(user: "u", role: .auditor, username: "ada", email: "a@b.c")),
      at: "2025-01-01")
    try ledger.append(.userForgotten(UserForgotten(user: "u")), at: "2025-02-01")
    let user = try #require(ledger.state.user("u", asOf: .distantFuture))
    #expect(user.username == nil && user.email == nil && user.isForgotten && !user.isActive)
    #expect(user.role == .auditor)
    #expect(ledger.state.user("u", asOf: instant("2025-01-31"))?.username == "ada")
  }

  @Test("a strategy tag is a group of the same name in each portfolio that bears it")
  func strategyTag() throws {
    var ledger = try Self.ledger()
    try ledger.append(
      .tagCreated(TagCreated(tag: "s", name: "#strategy:pair", tagType: .strategy)),
      at: "2025-01-01")
    #expect(ledger.holdings().strategies.isEmpty)
    try ledger.append(Self.tagging(true, "s"), at: "2025-02-01")
    let made = try #require(ledger.holdings().strategies["s/p"])
    #expect(made.name == "#strategy:pair" && made.portfolio == "p" && made.tag == "s")
    #expect(made.members.map(\.position) == ["a"])
    // A group of that name takes the tag's bearers in, beside its own legs.
    try ledger.append(
      .strategyCreated(StrategyCreated(group: "g", portfolio: "p", name: "#Strategy:Pair")),
      at: "2025-02-02")
    try ledger.append(
      .strategyJoined(StrategyJoined(group: "g", position: "b", leg: 1, role: "short")),
      at: "2025-02-03")
    let groups = ledger.holdings().strategies
    #expect(Array(groups.keys) == ["g"])
    #expect(groups["g"]?.tag == "s")
    #expect(groups["g"]?.members.map(\.position) == ["b", "a"])
    #expect(ledger.holdings(asOf: "2025-02-01").strategies["s/p"] != nil)
    try ledger.append(
      .strategyLeft(StrategyLeft(group: "g", position: "b")), at: "2025-02-04")
    #expect(ledger.holdings().strategies["g"]?.members.map(\.position) == ["a"])
  }

  @Test("definitions are restated as a whole, retired and taken back")
  func definitions() throws {
    var ledger = Ledger()
    try ledger.append(RulesTests.factor("f", "value"), at: "1900-01-01")
    try ledger.append(.factorRetired(FactorRetired(factor: "f")), at: "2025-02-01")
    try ledger.append(RulesTests.factor("f", "growth"), at: "2025-03-01")
    #expect(ledger.holdings(asOf: "2025-01-31").factors["f"]?.isActive == true)
    #expect(ledger.holdings(asOf: "2025-02-01").factors["f"]?.retiredAt == instant("2025-02-01"))
    let last = try #require(ledger.holdings().factors["f"])
    #expect(last.isActive && last.payload.name == "growth")
  }

  @Test("a parameter of a portfolio goes before the general one")
  func parameters() throws {
    var ledger = try Ledger.withPortfolio()
    try ledger.append(
      .parameterSet(ParameterSet(name: "beta.window", value: 150)), at: "2025-01-01")
    try ledger.append(
      .parameterSet(ParameterSet(name: "beta.window", value: 60, portfolio: "p")),
      at: "2025-02-01")
    #expect(ledger.holdings().parameter("beta.window", portfolio: "p") == 60)
    #expect(ledger.holdings().parameter("beta.window", portfolio: "q") == 150)
    #expect(ledger.holdings(asOf: "2025-01-31").parameter("beta.window", portfolio: "p") == 150)
    #expect(ledger.holdings(asOf: "2024-12-31").parameter("beta.window") == nil)
  }
}
