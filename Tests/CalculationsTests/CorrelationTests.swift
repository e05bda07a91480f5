import Analytics
import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Correlations and diversification (C-13, C-14)")
struct CorrelationTests {
  static let day = "2025-07-01"

  /// Positions of the given amounts at a last price of 100, on tickers with the given log returns.
  static func book(
    _ positions: [(symbol: Symbol, amount: Int)], _ returns: [Symbol: [Double]],
    overlap: Int64? = nil
  ) throws -> BookFixture {
    var book = try BookFixture.withPortfolio(deposit: 1_000_000)
    if let overlap { try book.set("correlation.minimum_overlap", .number(JSONNumber(overlap))) }
    for (symbol, series) in returns.sorted(by: { $0.key < $1.key }) {
      let dates = try KnownSeries.sessions(series.count + 1, through: day)
      try book.close(
        symbol, series.map { Elementary.expm1($0) }, endingAt: 100, on: dates)
    }
    for (index, (symbol, amount)) in positions.enumerated() {
      let id = String(index)
      try book.enter(
        String(abs(amount) / 100), symbol, at: "100", on: day,
        id: PositionID(id.count < 2 ? "0" + id : id), type: amount < 0 ? .short : .long)
    }
    return book
  }

  /// ρ .6, .2 and .1 between A and B, A and C, B and C; volatilities as 30, 25 and 20.
  static let three: [Symbol: [Double]] = [
    "A": ExactSeries.mix([(0.030, 1)]),
    "B": ExactSeries.mix([(0.025 * 0.6, 1), (0.025 * 0.8, 2)]),
    "C": ExactSeries.mix([
      (0.020 * 0.2, 1), (0.020 * -0.025, 2), (0.020 * (1 - 0.04 - 0.000625).squareRoot(), 4),
    ]),
  ]

  @Test("two tickers of the worked example")
  func pair() throws {
    var book = try BookFixture.withPortfolio()
    try book.set("correlation.minimum_overlap", .whole(3))
    try book.set("correlation.report_minimum_value", .whole(0))
    let dates = try KnownSeries.sessions(5, through: Self.day)
    for (date, (a, b)) in zip(
      dates, [("100", "50"), ("101", "50.8"), ("99", "50.1"), ("102", "51.2"), ("103", "51")])
    {
      try book.close(a, "A", on: date.description)
      try book.close(b, "B", on: date.description)
    }
    try book.enter("10", "A", at: "100", on: Self.day, id: "z")
    try book.enter("10", "B", at: "50", on: Self.day, id: "a", type: .short)
    let summary = try book.day(Self.day).correlationSummary(of: "p")
    let pair = try #require(summary.reported.first)
    #expect(pair.first == "a" && pair.second == "z")
    // The side is no part of it.
    #expect(isNear(pair.value, 0.87514, 5e-6))
    #expect(pair.observations == 4)
    #expect(isNear(pair.pValue, 0.12486, 1e-5))
  }

  @Test("three positions of the worked example")
  func scores() throws {
    let book = try Self.book([("A", 50_000), ("B", 30_000), ("C", 20_000)], Self.three)
    let summary = try book.day(Self.day).correlationSummary(of: "p")
    let result = summary.diversification
    #expect(isNear(result.averageCorrelation, 0.30, 1e-6))
    #expect(isNear(result.score, 0.388, 1e-6))
    #expect(isNear(result.documented, 0.884, 1e-6))
    #expect(isNear(result.asExecuted, 0.652, 1e-6))
    #expect(isNear(result.pairwise, 0.6258, 5e-5))
    #expect(isNear(result.effectiveIndependentPositions, 1.634, 5e-4))
    #expect(result.coverage == 1)
    #expect(isNear(summary.diversificationRatio, 0.265 / 0.215, 1e-6))
    #expect(summary.quality == .limitedHistory)  // 64 of 90 sessions
    #expect(summary.pairCount == 3 && summary.knownPairCount == 3)
  }

  @Test("a short position turns its correlations round in the hedged score alone")
  func hedged() throws {
    let book = try Self.book([("A", 50_000), ("B", -30_000), ("C", 20_000)], Self.three)
    let result = try book.day(Self.day).diversification(of: "p")
    #expect(isNear(result.score, 0.388, 1e-6))
    // 1 − (.38 + 2(−.5·.3·.6 + .5·.2·.2 − .3·.2·.1))
    #expect(isNear(result.hedgedScore, 0.772, 1e-6))
  }

  @Test("two positions on one ticker are one, fifty as well")
  func oneTicker() throws {
    let two = try Self.book([("A", 90_000), ("A", 10_000)], Self.three)
    let result = try two.day(Self.day).diversification(of: "p")
    #expect(isNear(result.score, 0, 1e-12))
    #expect(isNear(result.documented, 0.82, 1e-12))
    #expect(isNear(result.asExecuted, 0.64, 1e-12))
    #expect(isNear(result.pairwise, 0, 1e-12))
    let summary = try two.day(Self.day).correlationSummary(of: "p")
    let pair = try #require(summary.reported.first)
    #expect(pair.value == 1 && pair.pValue == nil && pair.isOneTicker)
    let fifty = try Self.book((0..<50).map { _ in ("A", 2_000) }, Self.three)
    let equal = try fifty.day(Self.day).diversification(of: "p")
    #expect(isNear(equal.documented, 0.98, 1e-12))
    #expect(isNear(equal.asExecuted, 0, 1e-12))
    #expect(isNear(equal.score, 0, 1e-12))
  }

  @Test("an option moves as its underlying, and is weighed by its delta")
  func options() throws {
    let book = try StressBook.call()
    var both = book
    try both.enter("100", "AAPL", at: "160", on: StressBook.day, id: "s")
    let summary = try both.day(StressBook.day).correlationSummary(of: "p")
    #expect(summary.scoredCount == 2)
    #expect(isNear(summary.diversification.averageCorrelation, 1, 0))
    let cluster = try #require(summary.clusters.first)
    #expect(cluster.nickname == "AAPL and 1 more")
    // 74,485.91 of delta and 16,000 of stock.
    #expect(isNear(cluster.totalValue.doubleValue, 90_485.91, 0.02))
    #expect(cluster.share?.description == "1")
  }

  @Test("the report filter limits the matrix, not the scores")
  func filter() throws {
    let book = try Self.book([("A", 50_000), ("B", 30_000), ("C", 9_900)], Self.three)
    let summary = try book.day(Self.day).correlationSummary(of: "p")
    #expect(summary.reported.count == 1)
    #expect(summary.reportedCount == 2 && summary.scoredCount == 3)
    #expect(summary.pairCount == 3)
    var strict = book
    try strict.set(
      "correlation.report_minimum_weight", .number(JSONNumber(BookFixture.decimal("0.4"))))
    #expect(try strict.day(Self.day).correlationSummary(of: "p").reportedCount == 1)
  }

  @Test("clusters are what the threshold connects, from the largest on")
  func clusters() throws {
    let returns: [Symbol: [Double]] = [
      "A": ExactSeries.mix([(0.02, 1)]),
      "B": ExactSeries.mix([(0.02 * 0.8, 1), (0.02 * 0.6, 2)]),
      // .8 with B, .28 with A: connected through B.
      "C": ExactSeries.mix([(0.02 * 0.28, 1), (0.02 * 0.96, 2)]),
      // Against E: as close as with it.
      "D": ExactSeries.mix([(0.02, 8)]),
      "E": ExactSeries.mix([(-0.02 * 0.9, 8), (0.02 * 0.19.squareRoot(), 16)]),
      "F": ExactSeries.mix([(0.02, 32)]),
    ]
    let book = try Self.book(
      [("A", 10_000), ("B", 20_000), ("C", 30_000), ("D", 40_000), ("E", -50_000), ("F", 50_000)],
      returns)
    let summary = try book.day(Self.day).correlationSummary(of: "p")
    #expect(summary.clusters.map(\.nickname) == ["E and 1 more", "C and 2 more"])
    #expect(summary.clusters.map(\.totalValue.description) == ["90000", "60000"])
    #expect(isNear(summary.clusters[0].averageCorrelation, -0.9, 1e-6))
    #expect(isNear(summary.clusters[1].averageCorrelation, (0.8 + 0.28 + 0.8) / 3, 1e-6))
    #expect(isNear(summary.clusters[1].members[0].averageCorrelation, 0.54, 1e-6))
    #expect(summary.concentration?.description == "0.75")
    let output = try MethodCatalog.method(named: "correlations/1", of: "correlations").output(
      book.day(Self.day), "p")
    let rows = try output.table(.correlationClusters)
    #expect(rows.column("calculation_id") == ["\"p/2025-07-01\"", "\"p/2025-07-01\""])
    #expect(rows.column("cluster_no") == ["1", "2"])
    #expect(try output.table(.correlationClusterPositions).rows.count == 5)
    for table in output.tables { #expect(table.isInOrder) }
  }

  @Test("one pass over shared tickers gives what all pairs by themselves give")
  func streaming() throws {
    var generator = SeededGenerator(seed: 77)
    var returns: [Symbol: [Double]] = [:]
    let market = KnownSeries.returns(90, seed: 5)
    for index in 0..<9 {
      let own = KnownSeries.returns(90, seed: UInt64(100 + index))
      returns[Symbol("S\(index)")] = zip(market, own).map { 0.5 * $0 + $1 }
    }
    // Some of them are young.
    for (index, count) in [(2, 50), (4, 20), (7, 70)] {
      returns[Symbol("S\(index)")]?.removeFirst(90 - count)
    }
    let positions = (0..<25).map { _ in
      (
        symbol: Symbol("S\(Int.random(in: 0..<9, using: &generator))"),
        amount: Int.random(in: -300..<300, using: &generator) * 100 + 50
      )
    }
    var book = try Self.book(positions, returns)
    try book.set("correlation.report_minimum_value", .whole(0))
    try book.set("correlation.report_minimum_weight", .whole(0))
    let day = book.day(Self.day)
    let summary = try day.correlationSummary(of: "p")
    let exposures = try day.exposures(of: "p").filter { ($0.amount ?? 0) != 0 }
    func aligned(_ symbol: Symbol) -> [Double] {
      let series = returns[symbol] ?? []
      return [Double](repeating: .nan, count: 90 - series.count) + series
    }
    func correlation(_ first: Int, _ second: Int) -> Double? {
      if exposures[first].symbol == exposures[second].symbol { return 1 }
      return Correlation.between(
        aligned(exposures[first].symbol), aligned(exposures[second].symbol)
      ).value
    }
    let expected = Diversification(
      exposures: exposures.map { $0.amount ?? 0 }, correlation: correlation)
    let result = summary.diversification
    #expect(isNear(result.score, try #require(expected.score), 1e-6))
    #expect(isNear(result.hedgedScore, try #require(expected.hedgedScore), 1e-6))
    #expect(isNear(result.averageCorrelation, try #require(expected.averageCorrelation), 1e-6))
    #expect(isNear(result.coverage, try #require(expected.coverage), 1e-9))
    #expect((result.coverage ?? 1) < 1)
    #expect(summary.quality == .limitedHistory)
    #expect(summary.reported.count == exposures.count * (exposures.count - 1) / 2)
    for pair in summary.reported {
      let first = try #require(exposures.firstIndex { $0.position == pair.first })
      let second = try #require(exposures.firstIndex { $0.position == pair.second })
      if let value = correlation(first, second) {
        #expect(isNear(pair.value, value, 1e-6))
      } else {
        #expect(pair.value == nil && pair.observations < 30)
      }
    }
  }
}

@Suite("Correlations with something missing")
struct CorrelationGapTests {
  @Test("one position: nothing to diversify with, and no pair")
  func one() throws {
    let book = try CorrelationTests.book([("A", 50_000)], CorrelationTests.three)
    let summary = try book.day(CorrelationTests.day).correlationSummary(of: "p")
    #expect(summary.diversification.score == 0)
    #expect(summary.diversification.averageCorrelation == nil)
    #expect(summary.clusters.isEmpty && summary.reported.isEmpty)
    #expect(summary.concentration?.isZero == true)
    #expect(summary.quality == .fullHistory)
  }

  @Test("an empty portfolio has a row without measures")
  func empty() throws {
    let book = try BookFixture.withPortfolio()
    let output = try MethodCatalog.method(named: "correlations/1", of: "correlations").output(
      book.day(CorrelationTests.day), "p")
    let rows = try output.table(.correlationCalculations)
    #expect(rows.column("diversification_score") == ["null"])
    #expect(rows.column("average_correlation") == ["null"])
    #expect(rows.column("positions_included") == ["0"])
    #expect(rows.column("quality") == ["\"insufficient\""])
    #expect(output.warnings.isEmpty)
  }

  @Test("a flat price and too short a history have no correlation, and coverage says so")
  func unknown() throws {
    var returns = CorrelationTests.three
    returns["FLAT"] = [Double](repeating: 0, count: 64)
    returns["NEW"] = Array(ExactSeries.mix([(0.02, 8)]).suffix(29))
    let book = try CorrelationTests.book(
      [("A", 40_000), ("B", 40_000), ("FLAT", 10_000), ("NEW", 10_000)], returns)
    let summary = try book.day(CorrelationTests.day).correlationSummary(of: "p")
    #expect(summary.knownPairCount == 1 && summary.pairCount == 6)
    #expect(isNear(summary.diversification.averageCorrelation, 0.6, 1e-6))
    #expect(isNear(summary.diversification.coverage, 0.16 / 0.33, 1e-9))
    #expect(summary.diversificationRatio == nil)
    let byPair = Dictionary(
      uniqueKeysWithValues: summary.reported.map { ("\($0.first)\($0.second)", $0) })
    #expect(byPair["0002"]?.value == nil && byPair["0002"]?.observations == 64)
    #expect(byPair["0003"]?.value == nil && byPair["0003"]?.observations == 29)
    #expect(byPair["0003"]?.pValue == nil)
    let output = try MethodCatalog.method(named: "correlations/1", of: "correlations").output(
      book.day(CorrelationTests.day), "p")
    #expect(output.warnings.count == 1 && output.warnings[0].contains("48 %"))
  }

  @Test("without prices nothing is known")
  func unpriced() throws {
    var book = try BookFixture.withPortfolio()
    try book.enter("10", "A", at: "100", on: CorrelationTests.day, id: "a")
    try book.enter("10", "B", at: "100", on: CorrelationTests.day, id: "b")
    let output = try MethodCatalog.method(named: "correlations/1", of: "correlations").output(
      book.day(CorrelationTests.day), "p")
    let rows = try output.table(.correlationCalculations)
    #expect(rows.column("positions_scored") == ["0"])
    #expect(rows.column("positions_excluded") == ["2"])
    #expect(rows.column("diversification_score") == ["null"])
    #expect(output.warnings.count == 1)
  }

  @Test("a return over a missing session counts for no session")
  func gap() throws {
    var book = try BookFixture.withPortfolio(deposit: 1_000_000)
    let dates = try KnownSeries.sessions(65, through: CorrelationTests.day)
    try book.close("SPY", ExactSeries.mix([(0.01, 1)]), endingAt: 100, on: dates)
    try book.close("A", ExactSeries.mix([(0.01, 1)]), endingAt: 100, on: dates, skipping: [10, 20])
    for (id, symbol) in [("a", "A"), ("b", "SPY")] as [(PositionID, Symbol)] {
      try book.enter("1000", symbol, at: "100", on: CorrelationTests.day, id: id)
    }
    let summary = try book.day(CorrelationTests.day).correlationSummary(of: "p")
    #expect(summary.reported.map(\.observations) == [60])
    #expect(isNear(summary.reported.first?.value, 1, 1e-9))
  }
}
