import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

/// Steps that need nothing but positions and prices were completed, the rest was not.
private let early: Set<Step> = [.marketData, .shortMetrics, .returns]

@Suite("Snapshots") struct SnapshotTests {
  @Test("C-02 and C-06: the tiny book is worth 50,700, and its day made 450, 0.8955 %")
  func tinyBook() throws {
    let snapshots = try BookFixture.tinyBook().day("2025-07-01").snapshots(
      of: "p", completed: early)
    // A Tuesday, the day after June's last session: Monday's row was due on Monday.
    #expect(snapshots.map(\.frequency) == [.daily])
    let daily = try #require(snapshots.first)
    #expect(daily.levels.netAssetValue.description == "50700")
    #expect(daily.levels.cash.description == "50000")
    #expect(daily.levels.longExposure.description == "23200")
    #expect(daily.levels.shortExposure.description == "-22500")
    #expect(daily.pnl?.description == "450")
    #expect(daily.returnOfPeriod?.description == "0.0089552239")
    #expect(daily.levels.totalPnL.description == "3325")
    #expect(daily.measures.notionalExposure?.description == "460500")
    #expect(daily.measures.delta == nil)
    #expect(
      daily.flags == [
        .correlationsNotCalculated, .greeksNotCalculated, .portfolioMetricsNotCalculated,
        .shortHistory,
      ])
  }

  @Test("with Greeks, delta-adjusted exposures and the sums of the positions' Greeks are there")
  func greeks() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let snapshots = try day.snapshots(of: "p", completed: early.union([.greeks]))
    let measures = try #require(snapshots.first).measures
    let greeks = try day.greeks(of: "p")
    let totals = try day.exposureTotals(of: "p")
    #expect(measures.delta == greeks.compactMap(\.delta).reduce(0, +))
    #expect(measures.deltaAdjustedNet == totals.deltaAdjusted.net)
    #expect(measures.deltaAdjustedGross == totals.deltaAdjusted.gross)
    #expect(measures.theta != nil && measures.vega != nil && measures.rho != nil)
    #expect(try #require(snapshots.first).flags.contains(.greeksNotCalculated) == false)
  }

  @Test("with every step completed nothing is said to be missing")
  func complete() throws {
    let snapshot = try #require(
      try BookFixture.tinyBook().day("2025-07-01").snapshots(of: "p").first)
    #expect(snapshot.flags == [.correlationCoverage, .shortHistory])
    // Of the pairs only AAPL and its call are known; others have no thirty common returns yet.
    #expect(snapshot.measures.positionCorrelation == 1)
  }

  @Test("a row has a cell a column, and the columns are those of the table, ascending by key")
  func row() throws {
    let day = try BookFixture.tinyBook().day("2025-06-30")
    let output = try MethodCatalog.current(.snapshots).output(day, "p", completed: early)
    let rows = try #require(output.tables.first)
    // Monday the 30th is June's last weekday: month and day.
    #expect(rows.column("frequency") == ["\"daily\"", "\"monthly\""])
    #expect(rows.column("period_start") == ["\"2025-06-30\"", "\"2025-06-30\""])
    #expect(rows.column("gross_exposure") == ["45350", "45350"])
    #expect(rows.column("net_exposure") == ["250", "250"])
    #expect(rows.column("total_value") == ["50250", "50250"])
    #expect(
      rows.column("data_quality").first
        == JSONValue.string(
          "{\"flags\":[\"correlations_not_calculated\",\"first_day\",\"greeks_not_calculated\","
            + "\"portfolio_metrics_not_calculated\",\"short_history\"],\"missing_prices\":0,"
            + "\"return_observations\":0,\"stale_prices\":0}"
        ).compactText)
    #expect(rows.rows.allSatisfy { $0.count == rows.table.columns.count })
  }

  @Test("the first snapshot has no P&L and no return, not zero")
  func firstDay() throws {
    let snapshot = try #require(
      try BookFixture.tinyBook().day("2025-06-30").snapshots(of: "p", completed: early).first)
    #expect(snapshot.pnl == nil && snapshot.returnOfPeriod == nil)
    #expect(snapshot.measures.maxDrawdown?.description == "0")
    #expect(snapshot.flags.contains(.firstDay))
  }

  @Test("the id is the version 5 UUID of the key")
  func identity() throws {
    let snapshot = try #require(
      try BookFixture.tinyBook().day("2025-07-01").snapshots(of: "p", completed: early).first)
    // uuid.uuid5(uuid.NAMESPACE_URL, "foldbook:portfolio_snapshots/p/2025-07-01/daily") of Python.
    #expect(snapshot.id == "5349a23d-ed72-5f84-99a8-fd46e167d0bb")
  }
}

/// Five sessions of one share whose returns are those of C-07.
private func week(
  _ dates: [String], prices: [String], deposit: ExactDecimal? = 1_000
) throws -> BookFixture {
  var book = try BookFixture.withPortfolio(deposit: deposit)
  try book.enter("1", at: prices[0], on: dates[0])
  for (date, price) in zip(dates, prices) {
    try book.close("500", "SPY", on: date)
    try book.close(price, on: date)
  }
  return book
}

@Suite("Weeks and months") struct SnapshotPeriodTests {
  /// All the money in the share, so that its returns are the portfolio's.
  @Test("C-07: five daily returns chain to −0.1152 % of the week")
  func chained() throws {
    var book = try BookFixture.withPortfolio(deposit: 10_000_000)
    try book.enter("100000", at: "100", on: "2025-06-06")
    let prices = [
      ("2025-06-06", "100"), ("2025-06-09", "100.4"), ("2025-06-10", "99.7976"),
      ("2025-06-11", "100.795576"), ("2025-06-12", "99.58602909"), ("2025-06-13", "99.88478718"),
    ]
    for (date, price) in prices {
      try book.close("500", "SPY", on: date)
      try book.close(price, on: date)
    }
    let snapshots = try book.day("2025-06-13").snapshots(of: "p", completed: early)
    #expect(snapshots.map(\.frequency) == [.daily, .weekly])
    #expect(snapshots[0].returnOfPeriod?.description.hasPrefix("0.003") == true)
    let weekly = snapshots[1]
    #expect(weekly.periodStart == CivilDate("2025-06-09"))
    #expect(weekly.pnl?.description == "-11521.282")
    let value = try #require(weekly.returnOfPeriod).doubleValue
    #expect((value + 0.0011521282).magnitude < 1e-9)
    #expect(weekly.measures.observations == 5)
  }

  @Test("flows of a week are summed, and are no P&L")
  func flows() throws {
    var book = try week(
      ["2025-06-06", "2025-06-09", "2025-06-11", "2025-06-13"],
      prices: ["10", "11", "11", "12"])
    try book.move(500, .deposit, on: "2025-06-10")
    try book.move(-200, .withdrawal, on: "2025-06-12")
    let weekly = try #require(
      try book.day("2025-06-13").snapshots(of: "p", completed: early).last)
    #expect(weekly.frequency == .weekly)
    #expect(weekly.netFlows.description == "300")
    #expect(weekly.pnl?.description == "2")
  }

  @Test("a week that ends on the Thursday before a holiday is told on the next session")
  func holidayWeek() throws {
    // Good Friday 2025 is 18 April.
    let book = try week(
      ["2025-04-11", "2025-04-14", "2025-04-15", "2025-04-16", "2025-04-17", "2025-04-21"],
      prices: ["10", "11", "12", "13", "14", "9"])
    let thursday = try book.day("2025-04-17").snapshots(of: "p", completed: early)
    #expect(thursday.map(\.frequency) == [.daily])
    #expect(try book.day("2025-04-18").snapshots(of: "p", completed: early).isEmpty)
    let monday = try book.day("2025-04-21").snapshots(of: "p", completed: early)
    #expect(monday.map(\.frequency) == [.weekly, .daily])
    #expect(monday[0].date == CivilDate("2025-04-17"))
    #expect(monday[0].periodStart == CivilDate("2025-04-14"))
    // Thursday's levels: Monday's fall is not in them.
    #expect(monday[0].levels.netAssetValue.description == "1004")
    #expect(monday[0].pnl?.description == "4")
    #expect(monday[1].levels.netAssetValue.description == "999")
  }

  @Test("a month ends with its last session, also before a weekend")
  func monthEnd() throws {
    // Friday 30 May is the last weekday of the month.
    let book = try week(
      ["2025-04-30", "2025-05-29", "2025-05-30", "2025-06-02"], prices: ["10", "11", "12", "13"])
    let friday = try book.day("2025-05-30").snapshots(of: "p", completed: early)
    #expect(friday.map(\.frequency) == [.daily, .monthly, .weekly])
    #expect(friday[1].periodStart == CivilDate("2025-05-29"))
    #expect(friday[1].pnl?.description == "2")
    let monday = try book.day("2025-06-02").snapshots(of: "p", completed: early)
    #expect(monday.map(\.frequency) == [.daily])
  }

  @Test("weekends have no snapshot", arguments: ["2025-06-07", "2025-06-08"])
  func weekend(date: String) throws {
    let book = try week(["2025-06-05", "2025-06-06"], prices: ["10", "11"])
    let output = try MethodCatalog.current(.snapshots).output(book.day(date), "p")
    #expect(output.rowCount == 0)
    #expect(output.warnings == ["p: \(date) is no session of it: there is no snapshot"])
  }

  @Test("every row of a session that was told once is told again by a later fact alone")
  func lateFact() throws {
    var book = try week(["2025-06-05", "2025-06-06"], prices: ["10", "11"])
    let before = try book.day("2025-06-06").snapshots(of: "p", completed: early)
    try book.close("12", on: "2025-06-09")
    let same = try book.day("2025-06-06").snapshots(of: "p", completed: early)
    #expect(before.map(\.levels) == same.map(\.levels))
    try book.enter("2", at: "9", on: "2025-06-05", id: "late")
    let after = try book.day("2025-06-06").snapshots(of: "p", completed: early)
    #expect(after[0].pnl?.description == "3")
  }

  /// Whatever the closes, a period's P&L and flows are the sums of its sessions' and every complete
  /// period is told on exactly one session.
  @Test("periods add up over a year of sessions with holes", arguments: [1, 2, 3] as [UInt64])
  func periodsAddUp(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var book = try BookFixture.withPortfolio(deposit: 100_000)
    var date = try #require(CivilDate("2024-12-20"))
    var dates: [CivilDate] = []
    var price = 1_000
    try book.enter("10", at: "10", on: date.description)
    while date < CivilDate("2025-04-10")! {
      if date.weekday <= 5, Int.random(in: 0..<6, using: &generator) > 0 {
        price += Int.random(in: -50...50, using: &generator)
        try book.close("500", "SPY", on: date.description)
        try book.close(
          "\(price / 100).\(price % 100 < 10 ? "0" : "")\(price % 100)", on: date.description)
        if Int.random(in: 0..<8, using: &generator) == 0 {
          try book.move(1_000, .deposit, on: date.description)
        }
        dates.append(date)
      }
      date = date.advanced(byDays: 1)
    }
    let history = MarketHistory(book.state)
    var rows: [Snapshot] = []
    for date in dates {
      rows += try book.day(date.description, history: history)
        .snapshots(of: "p", completed: early)
    }
    let keys = rows.map { "\($0.date) \($0.frequency.rawValue)" }
    #expect(Set(keys).count == keys.count, "seed \(seed)")
    let daily = rows.filter { $0.frequency == .daily }
    #expect(daily.map(\.date) == dates)
    for row in rows where row.frequency != .daily {
      let own = daily.filter { $0.date >= row.periodStart && $0.date <= row.date }
      #expect(own.first?.date == row.periodStart, "seed \(seed)")
      let results = own.compactMap { $0.pnl?.units }
      #expect(row.pnl?.units == (results.isEmpty ? nil : results.reduce(0, +)), "seed \(seed)")
      #expect(row.netFlows.units == own.map(\.netFlows.units).reduce(0, +), "seed \(seed)")
      #expect(row.levels == own.last?.levels, "seed \(seed)")
    }
    let weekly = rows.filter { $0.frequency == .weekly }
    let last = weekly.last?.date ?? .init(daysSinceEpoch: 0)
    let covered = daily.filter { $0.date <= last }.count
    #expect(
      weekly.map { week in
        daily.filter { $0.date >= week.periodStart && $0.date <= week.date }.count
      }.reduce(0, +) == covered, "seed \(seed)")
  }
}

@Suite("Snapshots of books that lack something") struct SnapshotGapTests {
  @Test("a portfolio with nothing in it has a row of zeros with its cash")
  func nothing() throws {
    var book = try BookFixture.withPortfolio(deposit: 777)
    try book.close("500", "SPY", on: "2025-06-05")
    try book.close("501", "SPY", on: "2025-06-06")
    let daily = try #require(
      try book.day("2025-06-06").snapshots(of: "p", completed: early.union([.greeks])).first)
    #expect(daily.levels.netAssetValue.description == "777")
    #expect(daily.levels.positionCount == 0)
    #expect(daily.levels.longExposure.isZero && daily.levels.shortExposure.isZero)
    #expect(daily.measures.delta == 0)
    #expect(daily.measures.deltaAdjustedGross == .zero)
    #expect(daily.measures.notionalExposure == .zero)
    #expect(daily.pnl?.description == "0")
  }

  @Test("a NAV of zero or less is flagged, and has no return after it")
  func ruined() throws {
    var book = try week(
      ["2025-06-04", "2025-06-05", "2025-06-06"], prices: ["10", "10", "10"], deposit: 100)
    try book.enter("100", "MEME", at: "10", on: "2025-06-04", id: "s", type: .short)
    try book.close("10", "MEME", on: "2025-06-04")
    try book.close("30", "MEME", on: "2025-06-05")
    try book.close("29", "MEME", on: "2025-06-06")
    let ruin = try #require(try book.day("2025-06-05").snapshots(of: "p", completed: early).first)
    #expect(ruin.levels.netAssetValue.description == "-1900")
    #expect(ruin.returnOfPeriod?.description == "-20")
    #expect(ruin.flags.contains(.navNotPositive) && ruin.flags.contains(.drawdownStopped))
    let after = try #require(try book.day("2025-06-06").snapshots(of: "p", completed: early).first)
    #expect(after.pnl?.description == "100")
    #expect(after.returnOfPeriod == nil)
  }

  @Test("C-02: with unknown cash returns are on gross exposure, and flagged")
  func unknownCash() throws {
    let book = try week(["2025-06-05", "2025-06-06"], prices: ["10", "11"], deposit: nil)
    let daily = try #require(try book.day("2025-06-06").snapshots(of: "p", completed: early).first)
    #expect(daily.flags.contains(.cashUnknown))
    // Cash is what was paid: −10; NAV is the gain alone.
    #expect(daily.levels.netAssetValue.description == "1")
    #expect(daily.returnOfPeriod?.description == "0.1")
  }

  @Test("a position without a price is in no total, counted and flagged")
  func unpriced() throws {
    var book = try week(["2025-06-05", "2025-06-06"], prices: ["10", "11"])
    try book.enter("5", "NEW", at: "3", on: "2025-06-06", id: "n")
    let daily = try #require(try book.day("2025-06-06").snapshots(of: "p", completed: early).first)
    #expect(daily.levels.unpricedCount == 1)
    #expect(daily.levels.positionCount == 2)
    #expect(daily.flags.contains(.missingPrices) && daily.flags.contains(.notionalPartial))
  }

  @Test("without a benchmark sessions are those of the book, and there is no beta")
  func noBenchmark() throws {
    var book = try BookFixture.withPortfolio()
    try book.enter("1", at: "10", on: "2025-06-05")
    try book.close("10", on: "2025-06-05")
    try book.close("11", on: "2025-06-06")
    let daily = try #require(try book.day("2025-06-06").snapshots(of: "p", completed: early).first)
    #expect(daily.pnl?.description == "1")
    #expect(daily.measures.beta == nil)
    #expect(daily.flags.contains(.benchmarkMissing))
  }

  @Test("nothing is told before the portfolio has begun")
  func before() throws {
    var book = BookFixture()
    try book.open("p", on: "2025-06-06T00:00:00Z")
    try book.close("500", "SPY", on: "2025-06-05")
    #expect(throws: CalculationError.unknownPortfolio(id: "p")) {
      try book.day("2025-06-05").snapshots(of: "p")
    }
    try book.close("500", "SPY", on: "2025-06-06")
    #expect(try book.day("2025-06-06").snapshots(of: "p", completed: early).count == 2)
  }
}
