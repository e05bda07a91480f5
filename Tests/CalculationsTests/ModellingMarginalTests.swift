import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("C-22: each change's own part")
struct ModellingMarginalTests {
  /// Two portfolios with stock and options; factors with known betas, a scenario.
  static func book() throws -> BookFixture {
    var book = try FactorExposureTests.tinyBook()
    try book.open("q")
    try book.move(40_000, .deposit, on: "2025-06-02", portfolio: "q")
    try book.enter(
      "60", "MSFT", at: "380", on: "2025-06-02", id: "q1", portfolio: "q")
    try book.enter(
      "2", BookFixture.call, at: "6", on: "2025-06-02", id: "q2", type: .longCall, portfolio: "q")
    try book.append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: "down", name: "Down", scenarioType: .sensitivity, sortOrder: 1,
          shocks: [Shock(factor: "market_beta", shock: BookFixture.decimal("-0.1"))])),
      at: "2000-01-01")
    return book
  }

  /// A branch of some 12 changes of all types; what the rules refuse is left out.
  static func branch(_ seed: UInt64) throws -> BranchFixture {
    var branch = BranchFixture(try book())
    var generator = SeededGenerator(seed: seed)
    var held: [PositionID] = ["1", "2", "3", "4", "q1", "q2"]
    for number in 0..<12 {
      let portfolio: PortfolioID = Bool.random(using: &generator) ? "p" : "q"
      let price = String(Int.random(in: 100...250, using: &generator))
      let day = Bool.random(using: &generator) ? "2025-06-27" : ModelTime.day
      let position = held.randomElement(using: &generator) ?? "1"
      switch Int.random(in: 0..<13, using: &generator) {
      case 0, 1:
        let id = PositionID("n\(number)")
        let symbol: Symbol = Bool.random(using: &generator) ? "AAPL" : "MSFT"
        try branch.enter(
          "25", symbol, at: price, id: id, type: Bool.random(using: &generator) ? .long : .short,
          portfolio: portfolio, on: day)
        held.append(id)
      case 2:
        let id = PositionID("n\(number)")
        try branch.enter(
          "3", BookFixture.put, at: "6", id: id, type: .longPut, portfolio: portfolio, on: day)
        held.append(id)
      case 3, 4: try? branch.exit("2", at: price, id: position, on: day)
      case 5: try? branch.exit(at: price, id: position)
      case 6: try? branch.void(position)
      case 7: try branch.tick(price, Bool.random(using: &generator) ? "AAPL" : "SPY")
      case 8: try branch.move(1_000, portfolio: portfolio)
      case 9:
        try? branch.append(
          .positionCorrected(
            PositionCorrected(position: position, reason: "fill", quantity: 30)),
          at: day)
      case 10:
        try branch.append(
          .volatilityQuoted(
            VolatilityQuoted(symbol: BookFixture.put, volatility: BookFixture.decimal("0.3"))),
          at: day)
      case 11: try branch.close(price, Bool.random(using: &generator) ? "MSFT" : "SPY", on: day)
      default:
        try branch.append(
          .positionAttributed(PositionAttributed(position: position, name: "note", value: "x")),
          at: day)
      }
    }
    return branch
  }

  @Test("they add up to the deltas, and the sides are those of the branch", arguments: 1...6)
  func sum(seed: UInt64) throws {
    let branch = try Self.branch(seed)
    let impact = try branch.impact(nil, marginals: true)
    let plain = try branch.impact(nil)
    #expect(impact.changes.count >= 3, "seed \(seed)")
    #expect(impact.portfolios.map(\.portfolio) == plain.portfolios.map(\.portfolio))
    for (portfolio, same) in zip(impact.portfolios, plain.portfolios) {
      #expect(portfolio.metrics == same.metrics, "seed \(seed)")
      #expect(same.marginals == nil)
      let before = try branch.metrics(of: branch.base, portfolio.portfolio)
      let after = try branch.metrics(of: branch.state, portfolio.portfolio)
      let marginals = try #require(portfolio.marginals)
      #expect(marginals.map(\.change) == impact.changes.map(\.number))
      for (place, metric) in portfolio.metrics.enumerated() {
        let name: Comment = "seed \(seed), \(portfolio.portfolio), \(metric.name)"
        #expect(metric.before == before.all[place].value, name)
        // Past returns are those of the book, whatever the branch trades.
        if !metric.isUnchanged { #expect(metric.after == after.all[place].value, name) }
        let parts = marginals.map { $0.deltas[place] }
        guard !parts.contains(.unknown) else { continue }
        switch metric.delta {
        case .unknown: Issue.record("parts without a whole: \(name)")
        case .money(let delta):
          let units = parts.reduce(Int128(0)) { sum, part in
            if case .money(let money) = part { sum + money.units } else { sum }
          }
          #expect(units == delta.units, name)
        case .count(let delta):
          #expect(parts.compactMap(\.doubleValue).reduce(0, +) == Double(delta), name)
        case .real(let delta):
          let scale = max(1, parts.compactMap { $0.doubleValue?.magnitude }.reduce(0, +))
          #expect(
            isNear(parts.compactMap(\.doubleValue).reduce(0, +), delta, 1e-12 * scale), name)
        }
      }
    }
  }

  @Test("each is the difference that the change makes behind those before it")
  func order() throws {
    var branch = BranchFixture(try Self.book())
    try branch.exit("40", at: "160", id: "1")
    let first = branch
    try branch.tick("170", "AAPL")
    let second = branch
    try branch.exit("20", at: "170", id: "1")
    let marginals = try #require(
      try branch.impact(marginals: true).portfolios.first?.marginals)
    let steps = [
      try branch.metrics(of: branch.base, "p"), try branch.metrics(of: first.state, "p"),
      try branch.metrics(of: second.state, "p"), try branch.metrics(of: branch.state, "p"),
    ]
    for (number, (before, after)) in zip(steps, steps.dropFirst()).enumerated() {
      for (place, metric) in after.all.enumerated() where metric.group != .history {
        let part = marginals[number].deltas[place].doubleValue ?? .nan
        let whole = metric.value.doubleValue ?? .nan
        #expect(
          isNear(
            part, whole - (before.all[place].value.doubleValue ?? .nan),
            1e-6 + 1e-12 * whole.magnitude),
          "\(number + 1), \(metric.name)")
      }
    }
  }

  @Test("prices of one import are one step, which stands with the last of them")
  func importedPrices() throws {
    var branch = BranchFixture(try Self.book())
    try branch.tick("150", "AAPL", correlation: "import-1")
    try branch.tick("380", "MSFT", correlation: "import-1")
    try branch.tick("155", "AAPL", correlation: "import-2")
    let impact = try #require(try branch.impact(marginals: true).portfolios.first)
    let marginals = try #require(impact.marginals)
    // 100 AAPL, −50 MSFT; the call keeps its quote.
    #expect(marginals.map { $0.deltas[0] } == [.dollars(0), .dollars(-500), .dollars(500)])
    #expect(impact.metrics[0].delta == .dollars(0))
  }
}
