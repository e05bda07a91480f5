import Events
import ExactNumbers
import Portfolio
import Projections
import Records
import TestSupport
import Testing

@Suite("Views") struct ViewTests {
  private let folder: TemporaryFolder
  private let store: ProjectionStore

  init() throws {
    folder = try TemporaryFolder()
    store = folder.store()
  }

  /// Figures: domain reference, calculations, the tiny book of section 0 and its examples.
  @Test("active_positions is the documented query, corrected")
  func activePositions() throws {
    let ledger = try tinyBook()
    _ = try store.rebuild(ledger.change())
    let rows = try store.rows(
      """
      SELECT ticker, quantity, current_price, market_value, unrealized_pnl, daily_pnl,
        notional_exposure, delta_adjusted_exposure
      FROM active_positions ORDER BY position_id
      """)
    #expect(
      rows == [
        ["AAPL", "100.0", "160.0", "16000.0", "1000.0", "200.0", "16000.0", "16000.0"],
        // Short: value, P&L and exposure are signed (D-03).
        ["MSFT", "-50.0", "390.0", "-19500.0", "-500.0", "-100.0", "-19500.0", "-19500.0"],
        // The multiplier is in value and P&L (D-02); a delta is not made up.
        [
          "AAPL250915C00165000", "10.0", "7.2", "7200.0", "1700.0", "200.0", "160000.0", "null",
        ],
        ["SPY250816P00500000", "-5.0", "6.0", "-3000.0", "1125.0", "150.0", "265000.0", "null"],
        // Without a price: null, neither zero nor left out (D-06).
        ["NEW", "3.0", "null", "null", "null", "null", "null", "null"],
      ])
    let totals = try store.rows(
      "SELECT sum(market_value), sum(abs(market_value)), sum(unrealized_pnl) FROM active_positions")
    #expect(totals == [["700.0", "45700.0", "3325.0"]])
  }

  @Test("active_positions leaves out what was closed, voided, or is not entered yet")
  func inactive() throws {
    var ledger = try tinyBook()
    let now = ledger.now
    try ledger.append(
      .positionExited(PositionExited(position: "1", exitPrice: 162, exit: "x1")), now)
    try ledger.append(.positionVoided(PositionVoided(position: "2", reason: "never was")), now)
    try ledger.append(entry("6", "F", .long, "1", "10"), now.advanced(byHours: 48))
    _ = try store.rebuild(ledger.change())
    let active = try store.rows("SELECT position_id FROM active_positions ORDER BY 1")
    #expect(active.joined().elementsEqual(["3", "4", "5"]))
    let kept = try store.rows(
      "SELECT id, is_active, deleted_at IS NOT NULL, quantity FROM positions WHERE id IN ('1', '2', '6')"
    )
    #expect(kept == [["1", "0", "0", "0.0"], ["2", "0", "1", "0.0"]])
    #expect(
      try store.rows("SELECT exit_price, exit_date, realized_pnl FROM positions WHERE id = '1'")
        == [["162.0", "2025-06-17", "1200.0"]])
  }

  @Test("a quote that is older than the close does not win, and one that is newer does (D-04)")
  func quotes() throws {
    var ledger = try tinyBook()
    try ledger.append(
      .quoteUpdated(QuoteUpdated(symbol: "AAPL", last: 999)), "2025-06-17T15:00:00Z")
    _ = try store.rebuild(ledger.change())
    let price = "SELECT current_price, price_source FROM active_positions WHERE position_id = '1'"
    #expect(try store.rows(price) == [["160.0", "close"]])
    ledger.now = at("2025-06-18T14:00:00Z")
    try ledger.append(
      .quoteUpdated(QuoteUpdated(symbol: "AAPL", last: 161)), "2025-06-18T13:45:00Z")
    _ = try store.catchUp(ledger.change())
    #expect(try store.rows(price) == [["161.0", "quote"]])
    #expect(
      try store.rows(
        "SELECT last_price, day_change, day_change_pct, quote_at FROM realtime_quotes_cache")
        == [["161.0", "1.0", "0.00625", "2025-06-18T13:45:00.000Z"]])
  }

  /// Source: domain reference, calculations, C-20.
  @Test(
    "squeeze levels are those of the documented examples",
    arguments: [
      ("12.5", "2", "HIGH"), ("10", "3.5", "MEDIUM"), ("5", "3", "LOW"), (nil, "2", "UNKNOWN"),
      (nil, "6", "HIGH"), ("11", nil, "HIGH"), ("4", nil, "UNKNOWN"), (nil, nil, "UNKNOWN"),
    ] as [(String?, String?, String)])
  func squeeze(cost: String?, days: String?, level: String) throws {
    var ledger = Ledger(from: "2025-06-17T22:00:00Z")
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(entry("1", "GME", .short, "10", "20"), "2025-01-02")
    try ledger.append(
      .shortReported(
        ShortReported(
          symbol: "GME", daysToCover: days.map(decimal), costToBorrowRate: cost.map(decimal))),
      "2025-06-13")
    _ = try store.rebuild(ledger.change())
    #expect(
      try store.rows("SELECT squeeze_risk, is_stale FROM short_squeeze_risk") == [[level, "0"]])
  }

  @Test("squeeze risk is that of short stock and short calls, with and without metrics")
  func squeezeExposure() throws {
    var ledger = Ledger(from: "2025-06-17T22:00:00Z")
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(entry("1", "GME", .long, "10", "20"), "2025-01-02")
    try ledger.append(entry("2", "GME", .short, "10", "20"), "2025-01-02")
    try ledger.append(entry("3", "AMC", .short, "10", "20"), "2025-01-02")
    try ledger.append(entry("4", "GME260116C00030000", .shortCall, "1", "2"), "2025-01-02")
    try ledger.append(entry("5", "GME260116P00030000", .longPut, "1", "2"), "2025-01-02")
    // Twice a month, and the last one counts however old it is (D-21).
    for (day, rate) in [("2025-03-31", "3"), ("2025-04-30", "7")] {
      try ledger.append(
        .shortReported(
          ShortReported(
            symbol: "GME", shortInterestShares: 1_000, avgDailyVolume: 400,
            costToBorrowRate: decimal(rate))), day)
    }
    _ = try store.rebuild(ledger.change())
    #expect(
      try store.rows(
        """
        SELECT position_id, shorted_ticker, metric_date, cost_to_borrow_rate, days_to_cover,
          squeeze_risk, is_stale FROM short_squeeze_risk
        """)
        == [
          ["2", "GME", "2025-04-30", "7.0", "2.5", "MEDIUM", "1"],
          ["4", "GME", "2025-04-30", "7.0", "2.5", "MEDIUM", "1"],
          ["3", "AMC", "null", "null", "null", "UNKNOWN", "null"],
        ])
  }

  @Test("stress_test_scenarios packs the shocks of a scenario into one object")
  func scenarios() throws {
    var ledger = Ledger()
    for factor in ["market_beta", "value"] {
      try ledger.append(
        .factorDefined(
          FactorDefined(
            factor: FactorID(factor), name: factor, displayName: factor, category: .style,
            sortOrder: 1, proxy: "SPY")), "1900-01-01")
    }
    try ledger.append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: "crash", name: "Crash", scenarioType: .custom, sortOrder: 1,
          shocks: [
            Shock(factor: "value", shock: decimal("-0.3"), pinned: false),
            Shock(factor: "market_beta", shock: decimal("-0.45")),
          ])), "1900-01-01")
    _ = try store.rebuild(ledger.change())
    #expect(
      try store.rows("SELECT scenario_id, shocked_factors, active FROM stress_test_scenarios")
        == [["crash", #"{"market_beta":-0.45,"value":-0.3}"#, "1"]])
    #expect(
      try store.rows("SELECT factor_id, shock_unit, is_pinned FROM stress_scenario_shocks")
        == [["market_beta", "return", "1"], ["value", "return", "0"]])
    #expect(
      try store.rows("SELECT DISTINCT is_core, proxy_kind FROM factor_definitions") == [
        ["1", "price_return"]
      ])
  }

  /// The tiny book, with one position nobody priced.
  private func tinyBook() throws -> Ledger {
    var ledger = Ledger(from: "2025-06-17T22:00:00Z")
    try ledger.append(.portfolioOpened(PortfolioOpened(portfolio: "p", name: "P")), "2025-01-01")
    try ledger.append(entry("1", "AAPL", .long, "100", "150"), "2025-01-02")
    try ledger.append(entry("2", "MSFT", .short, "50", "380"), "2025-01-02")
    try ledger.append(entry("3", "AAPL250915C00165000", .longCall, "10", "5.5"), "2025-01-02")
    try ledger.append(entry("4", "SPY250816P00500000", .shortPut, "5", "8.25"), "2025-01-02")
    try ledger.append(entry("5", "NEW", .long, "3", "7"), "2025-01-02")
    for (symbol, before, last) in [
      ("AAPL", "158", "160"), ("MSFT", "388", "390"), ("AAPL250915C00165000", "7", "7.2"),
      ("SPY250816P00500000", "6.3", "6"), ("SPY", "528", "530"),
    ] {
      for (day, close) in [("2025-06-16", before), ("2025-06-17", last)] {
        try ledger.append(
          .priceClosed(PriceClosed(symbol: Symbol(symbol), date: date(day), close: decimal(close))),
          "\(day)T20:00:00Z")
      }
    }
    return ledger
  }

  private func entry(
    _ id: String, _ symbol: String, _ type: PositionType, _ quantity: String, _ price: String
  ) -> Payload {
    .positionEntered(
      PositionEntered(
        position: PositionID(id), portfolio: "p", symbol: Symbol(symbol), positionType: type,
        quantity: decimal(quantity), entryPrice: decimal(price)))
  }
}
