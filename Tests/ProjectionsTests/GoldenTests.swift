import Events
import ExactNumbers
import Foundation
import Portfolio
import Projections
import Records
import TestSupport
import Testing

@Suite("The canonical dump") struct GoldenTests {
  /// Reviewed as a diff: `FOLDBOOK_UPDATE_GOLDEN=1` writes it anew.
  @Test("of a small book is the golden one")
  func golden() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    let ledger = try scriptedBook()
    let outcome = try store.rebuild(ledger.change())
    #expect(outcome.orphans.isEmpty)
    // Fingerprints change with every comment of a schema, and say nothing of the rows.
    let dump = try store.dumped().split(separator: "\n")
      .filter { !$0.hasPrefix(#"["version."#) }.map { $0 + "\n" }.joined()
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/small-book.txt")
    if ProcessInfo.processInfo.environment["FOLDBOOK_UPDATE_GOLDEN"] == "1" {
      try Data(dump.utf8).write(to: path)
    }
    let expected = try String(contentsOf: path, encoding: .utf8)
    #expect(difference(dump, expected) == nil)
    #expect(dump == expected)
  }

  @Test("writes values exactly and escapes what would break a line")
  func form() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    var ledger = Ledger()
    try ledger.append(
      .portfolioOpened(
        PortfolioOpened(
          portfolio: "p", name: "quote \" backslash \\ line\nend", description: "tab\t é")),
      "2024-12-31T23:59:59.123456789Z")
    try ledger.append(
      .cashMoved(CashMoved(portfolio: "p", amount: decimal("0.1"), reason: .deposit)),
      "2025-01-01T00:00:00Z")
    _ = try store.rebuild(ledger.change())
    let lines = try store.dumped().split(separator: "\n").map(String.init)
    #expect(
      lines.contains(
        #"["p",null,"quote \" backslash \\ line\nend","tab\u0009 é","USD","SPY","#
          + #""2024-12-31T23:59:59.123Z",null,"2025-01-01T00:00:00.000Z","#
          + #""2025-01-01T00:00:00.000Z",null,1]"#))
    #expect(lines.contains(#"["p","USD",0.1,2]"#))
    #expect(lines.first == "table batch_jobs")
  }

  /// A little of everything: the life of two portfolios in two weeks.
  private func scriptedBook() throws -> Ledger {
    var ledger = Ledger(from: "2025-02-26T08:00:00Z")
    func append(_ payload: Payload, _ time: String, source: String = "/tests") throws {
      ledger.now = ledger.now.advanced(byHours: 1)
      try ledger.append(
        payload, at(time), source: source, correlation: String(repeating: "c", count: 64))
    }
    try append(
      .userRegistered(
        UserRegistered(user: "ann", role: .manager, username: "ann", email: "ann@example.org")),
      "2025-01-01T00:00:00Z")
    try append(
      .portfolioOpened(PortfolioOpened(portfolio: "core", name: "Core", owner: "ann")),
      "2025-01-01T00:00:00Z")
    try append(
      .portfolioOpened(PortfolioOpened(portfolio: "spec", name: "Speculative", currency: "EUR")),
      "2025-01-01T00:00:00Z")
    try append(
      .cashMoved(CashMoved(portfolio: "core", amount: 100_000, reason: .deposit)),
      "2025-01-02T00:00:00Z")
    try append(
      .instrumentDefined(
        InstrumentDefined(symbol: "AAPL", kind: .stock, name: "Apple", sector: "Technology")),
      "1990-01-01")
    try append(
      .factorDefined(
        FactorDefined(
          factor: "interest_rate", name: "interest_rate", displayName: "Interest Rate",
          category: .macro, sortOrder: 9, proxy: "DGS10", proxyKind: .yieldChange)), "1900-01-01")
    try append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: "rates_up_25bp", name: "Rates Up 0.25%", scenarioType: .sensitivity,
          sortOrder: 3, shocks: [Shock(factor: "interest_rate", shock: decimal("0.0025"))],
          category: .rates, severity: .mild)), "1900-01-01")
    for (day, close) in [
      ("2025-02-24", "400"), ("2025-02-25", "404"), ("2025-02-26", "100"), ("2025-02-27", "102"),
    ] {
      try append(
        .priceClosed(
          PriceClosed(symbol: "AAPL", date: date(day), close: decimal(close), volume: 1_000)),
        "\(day)T21:00:00Z", source: "/imports/bars-csv/daily%20bars.csv")
      try append(.dayClosed(DayClosed(date: date(day))), "\(day)T22:00:00Z")
    }
    try append(
      .positionEntered(
        PositionEntered(
          position: "long", portfolio: "core", symbol: "AAPL", positionType: .long, quantity: 10,
          entryPrice: 398, fees: decimal("1.25"))), "2025-02-24T15:00:00Z")
    try append(.instrumentSplit(InstrumentSplit(symbol: "AAPL", ratio: 4)), "2025-02-26T05:00:00Z")
    try append(
      .instrumentDividend(InstrumentDividend(symbol: "AAPL", amount: decimal("0.25"))),
      "2025-02-27T00:00:00Z")
    try append(
      .positionExited(PositionExited(position: "long", exitPrice: 101, quantity: 16, exit: "some")),
      "2025-02-26T18:00:00Z")
    try append(
      .positionEntered(
        PositionEntered(
          position: "call", portfolio: "core", symbol: "AAPL250620C00110000",
          positionType: .shortCall, quantity: 1, entryPrice: decimal("3.5"))),
      "2025-02-26T18:00:00Z")
    try append(
      .positionEntered(
        PositionEntered(
          position: "short", portfolio: "spec", symbol: "MSFT", positionType: .short,
          quantity: decimal("2.5"), entryPrice: 300)), "2025-02-26T19:00:00Z")
    try append(
      .positionCorrected(
        PositionCorrected(position: "short", reason: "typed wrong", entryPrice: decimal("310.5"))),
      "2025-02-27T09:00:00Z")
    try append(
      .positionEntered(
        PositionEntered(
          position: "wrong", portfolio: "spec", symbol: "F", positionType: .long, quantity: 1,
          entryPrice: 10)), "2025-02-26T19:00:00Z")
    try append(
      .positionVoided(PositionVoided(position: "wrong", reason: "never happened")),
      "2025-02-27T09:00:00Z")
    try append(
      .positionRelated(
        PositionRelated(position: "call", other: "long", relation: .covers, ratio: decimal("0.24"))),
      "2025-02-26T18:00:00Z")
    try append(
      .positionAttributed(PositionAttributed(position: "long", name: "stop_price", value: 90)),
      "2025-02-26T18:00:00Z")
    try append(
      .tagCreated(TagCreated(tag: "t-core", name: "Core Holdings", tagType: .regular)),
      "2025-01-01T00:00:00Z")
    try append(
      .tagCreated(TagCreated(tag: "t-cover", name: "#strategy:covered", tagType: .strategy)),
      "2025-01-01T00:00:00Z")
    for (position, tag) in [
      ("long", "t-core"), ("long", "t-cover"), ("call", "t-cover"), ("short", "t-core"),
    ] {
      try append(
        .positionTagged(PositionTagged(position: PositionID(position), tag: TagID(tag))),
        "2025-02-26T20:00:00Z")
    }
    try append(
      .positionUntagged(PositionUntagged(position: "short", tag: "t-core")), "2025-02-27T09:00:00Z")
    try append(
      .strategyCreated(
        StrategyCreated(group: "pair", portfolio: "core", name: "Pair", strategyType: .pairsTrade)),
      "2025-02-26T20:00:00Z")
    try append(
      .strategyJoined(StrategyJoined(group: "pair", position: "long", leg: 1, role: "long leg")),
      "2025-02-26T20:00:00Z")
    try append(
      .priceTicked(PriceTicked(symbol: "MSFT", price: decimal("305.125"), size: 100)),
      "2025-02-27T15:00:00Z")
    try append(
      .quoteUpdated(
        QuoteUpdated(symbol: "AAPL", bid: 102, ask: decimal("102.02"), last: decimal("102.01"))),
      "2025-02-27T22:30:00Z")
    try append(
      .shortReported(
        ShortReported(
          symbol: "MSFT", shortInterestShares: 3_500, avgDailyVolume: 1_000,
          costToBorrowRate: decimal("0.5"))), "2025-02-14")
    try append(.rateSet(RateSet(series: "DGS3MO", value: decimal("4.31"))), "2025-02-26T21:00:00Z")
    try append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: "AAPL250620C00110000", volatility: decimal("0.28"))),
      "2025-02-26T21:00:00Z")
    try append(
      .batchStarted(BatchStarted(batch: "b1", date: date("2025-02-26"))), "2025-02-26T22:00:00Z")
    for (id, hour) in [("c1", "23"), ("c2", "22")] {
      try append(
        .calculationStarted(
          CalculationStarted(
            calculation: CalculationID(id), calculationType: "greeks",
            calculationDate: date("2025-02-26"), inputSequence: 20, method: "bsm 1",
            parameters: ["window": 252], batch: "b1", portfolio: "core")),
        "2025-02-26T\(hour):00:00Z")
    }
    try append(
      .calculationCompleted(
        CalculationCompleted(calculation: "c1", recordsProcessed: 2, resultDigest: "d1")),
      "2025-02-26T23:00:01Z")
    try append(
      .calculationFailed(CalculationFailed(calculation: "c2", errorMessage: "no price")),
      "2025-02-26T22:00:01Z")
    try append(.batchCompleted(BatchCompleted(batch: "b1", failures: 1)), "2025-02-26T23:00:02Z")
    try append(
      .auditVerified(
        AuditVerified(
          scope: "calculation:c1", throughSequence: 40, logRoot: "r", passed: true, findings: [])),
      "2025-02-27T08:00:00Z")
    try append(
      .exportMade(
        ExportMade(
          export: "x1", exportType: .portfolio, exportFormat: .csv, fileName: "core.csv",
          fileSizeBytes: 512, sha256: String(repeating: "0f", count: 32), user: "ann",
          portfolio: "core", asOf: at("2025-02-27T00:00:00Z"), throughSequence: 40, rowCount: 2)),
      "2025-02-27T08:00:00Z")
    // Ahead of its time: nothing shows it yet.
    try append(
      .positionExited(PositionExited(position: "short", exitPrice: 290, exit: "planned")),
      "2025-03-31T18:00:00Z")
    return ledger
  }
}
