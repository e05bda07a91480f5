import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("Stress tests (C-19)")
struct StressTests {
  @Test("one shock: direct and conditional agree, the documented one counts value on top")
  func oneShock() throws {
    var book = try StressBook.example()
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(isNear(result.directPnL?.doubleValue, -4_500, 0.01))
    #expect(isNear(result.correlatedPnL?.doubleValue, -7_050, 0.01))
    #expect(isNear(result.correlationEffect?.doubleValue, -2_550, 0.01))
    #expect(isNear(result.conditionalPnL?.doubleValue, -4_500, 0.01))
    // Stocks move in a straight line.
    #expect(result.revaluedPnL == result.conditionalPnL)
    let value = result.impliedMoves.first { $0.factor == "value" }?.move
    #expect(isNear(value, -0.10625, 1e-6))
    #expect(result.impliedMoves.first { $0.factor == "market_beta" }?.move == -0.1)
    // 50,000 in cash and 30,000 in stock, less what it cost.
    #expect(isNear(result.fraction?.doubleValue, -0.09, 1e-6))
    #expect(isNear(result.newValue?.doubleValue, 45_500, 0.01))
    #expect(result.exceedsNetAssetValue == false)
    #expect(result.missingFactors.isEmpty)
    #expect(result.coverage == 1)
    #expect(result.quality == .fullHistory)
  }

  @Test("two shocks: the conditional result counts the market once")
  func twoShocks() throws {
    var book = try StressBook.example()
    try book.set("stress.ridge", .whole(0))
    try book.define("crisis", [("market_beta", "-0.45", true), ("value", "-0.3", true)])
    let result = try book.stress("crisis")
    #expect(isNear(result.directPnL?.doubleValue, -29_250, 0.02))
    #expect(isNear(result.correlatedPnL?.doubleValue, -52_200, 0.02))
    #expect(isNear(result.conditionalPnL?.doubleValue, -20_635.14, 0.02))
    #expect(result.revaluedPnL == result.conditionalPnL)
  }

  @Test("a ridge steadies several pinned shocks, and leaves a single one alone")
  func ridge() throws {
    var book = try StressBook.example()
    try book.define("crisis", [("market_beta", "-0.45", true), ("value", "-0.3", true)])
    try book.define("down", [("market_beta", "-0.45", true)])
    // λ = .05: (C + λ diag C)⁻¹ of σ .16, .20 and ρ .85 by hand, times diag C and D.
    let (m, v, c) = (0.0256, 0.04, 0.85 * 0.16 * 0.2)
    let determinant = 1.05 * m * 1.05 * v - c * c
    let market = m * (1.05 * v * -0.45 - c * -0.3) / determinant
    let value = v * (1.05 * m * -0.3 - c * -0.45) / determinant
    let crisis = try book.stress("crisis")
    #expect(isNear(crisis.conditionalPnL?.doubleValue, 45_000 * market + 30_000 * value, 0.05))
    #expect(isNear(try book.stress("down").conditionalPnL?.doubleValue, -20_250, 0.02))
  }

  @Test("what is not pinned is in the direct and documented results alone")
  func unpinned() throws {
    var book = try StressBook.example()
    try book.define("crisis", [("market_beta", "-0.45", true), ("value", "-0.3", false)])
    let result = try book.stress("crisis")
    #expect(isNear(result.directPnL?.doubleValue, -29_250, 0.02))
    #expect(isNear(result.conditionalPnL?.doubleValue, -20_250, 0.02))
    let value = try #require(result.impacts.first { $0.factor == "value" })
    #expect(!value.isPinned && value.conditionalPnL == nil)
    #expect(isNear(value.directPnL?.doubleValue, -9_000, 0.02))
  }

  @Test("a fund with a beta of −6.5 to the yield loses 406.25 on 25 basis points")
  func rate() throws {
    var book = try StressBook.empty(factors: ["market_beta", "interest_rate"])
    let dates = try StressBook.dates()
    // Percent: 4 basis points up or down. The cap of betas is none of a yield.
    try book.publish("DGS10", ExactSeries.mix([(0.04, 2)]), from: 4, on: dates)
    try book.close(
      "BND", ExactSeries.mix([(-6.5 * 0.0004, 2), (0.001, 4)]), endingAt: 50, on: dates)
    try book.enter("500", "BND", at: "50", on: StressBook.day)
    try book.define("rates_up", [("interest_rate", "0.0025", true)])
    #expect(isNear(try book.stress("rates_up").conditionalPnL?.doubleValue, -406.25, 0.01))
  }

  @Test("20,000 with a beta of .35 to oil make 350 of 5 %")
  func oil() throws {
    var book = try StressBook.empty(factors: ["market_beta", "oil"])
    let dates = try StressBook.dates()
    try book.close("USO", ExactSeries.mix([(0.02, 2)]), endingAt: 70, on: dates)
    try book.close(
      "XOM", ExactSeries.mix([(0.35 * 0.02, 2), (0.004, 4)]), endingAt: 100, on: dates)
    try book.enter("200", "XOM", at: "100", on: StressBook.day)
    try book.define("oil_up", [("oil", "0.05", true)])
    #expect(isNear(try book.stress("oil_up").conditionalPnL?.doubleValue, 350, 0.01))
  }

  @Test(
    "an option is priced anew where its underlying goes",
    arguments: [("-0.1", -7_448.59, -5_000.67), ("0.1", 7_448.59, 9_863.69)])
  func convexity(shock: String, linear: Double, revalued: Double) throws {
    var book = try StressBook.call()
    try book.define("move", [("market_beta", shock, true)])
    let result = try book.stress("move")
    #expect(isNear(result.directPnL?.doubleValue, linear, 0.02))
    #expect(isNear(result.conditionalPnL?.doubleValue, linear, 0.02))
    #expect(isNear(result.revaluedPnL?.doubleValue, revalued, 0.02))
    #expect(result.linearOptionCount == 0)
  }

  @Test("an underlying that loses everything leaves a call worthless, and no error")
  func worthless() throws {
    var book = try StressBook.call()
    try book.define("end", [("market_beta", "-1.2", true)])
    // The option's value by the model: 6.5914 a share.
    #expect(isNear(try book.stress("end").revaluedPnL?.doubleValue, -6_591.4, 0.1))
  }

  @Test("longs and shorts go by the side of the position, and add up")
  func views() throws {
    var book = try StressBook.example()
    try book.close(
      "BBB", ExactSeries.asset(market: 1.2, value: 0.5), endingAt: 50, on: StressBook.dates())
    try book.enter("100", "BBB", at: "50", on: StressBook.day, id: "b", type: .short)
    try book.define("down", [("market_beta", "-0.1", true)])
    #expect(isNear(try book.stress("down", .longs).conditionalPnL?.doubleValue, -4_500, 0.01))
    #expect(isNear(try book.stress("down", .shorts).conditionalPnL?.doubleValue, 600, 0.01))
    #expect(isNear(try book.stress("down").conditionalPnL?.doubleValue, -3_900, 0.01))
    #expect(isNear(try book.stress("down").revaluedPnL?.doubleValue, -3_900, 0.01))
    #expect(try book.stress("down", .longs).impliedMoves.isEmpty)
  }

  @Test("a loss beyond the net asset value is flagged and not clipped")
  func ruin() throws {
    var book = try StressBook.empty(deposit: 1_000)
    try book.close(
      "AAA", ExactSeries.asset(market: 1.5, value: 1), endingAt: 100, on: StressBook.dates())
    try book.enter("300", "AAA", at: "100", on: StressBook.day)
    try book.define("down", [("market_beta", "-0.35", true)])
    let result = try book.stress("down")
    #expect(result.exceedsNetAssetValue == true)
    #expect(isNear(result.conditionalPnL?.doubleValue, -15_750, 0.01))
    #expect(isNear(result.fraction?.doubleValue, -15.75, 1e-4))
    #expect(isNear(result.newValue?.doubleValue, -14_750, 0.01))
  }
}

@Suite("Stress tests with something missing")
struct StressGapTests {
  @Test("a factor without an exposure is named, and the rest is the result")
  func missingFactor() throws {
    var book = try StressBook.example(unpriced: ["oil"])
    try book.define("both", [("market_beta", "-0.1", true), ("oil", "-0.2", true)])
    let result = try book.stress("both")
    #expect(result.missingFactors == ["oil"])
    #expect(isNear(result.conditionalPnL?.doubleValue, -4_500, 0.01))
    #expect(result.quality == .limitedHistory)
  }

  @Test("where every pinned factor is missing there is no result, and never 0")
  func allMissing() throws {
    var book = try StressBook.example(unpriced: ["interest_rate"])
    try book.define("rates", [("interest_rate", "0.0025", true)])
    let result = try book.stress("rates")
    #expect(result.directPnL == nil && result.conditionalPnL == nil && result.revaluedPnL == nil)
    #expect(result.correlatedPnL == nil && result.fraction == nil && result.newValue == nil)
    #expect(result.exceedsNetAssetValue == nil)
    #expect(result.quality == .insufficient)
    #expect(result.missingFactors == ["interest_rate"])
  }

  @Test("without betas there is no result")
  func noBetas() throws {
    var book = try StressBook.empty()
    try book.close("10", "NEW", on: StressBook.day)
    try book.enter("100", "NEW", at: "10", on: StressBook.day)
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(result.conditionalPnL == nil && result.quality == .insufficient)
    #expect(result.missingFactors == ["market_beta"])
  }

  @Test("a position without a beta is left out, and the coverage says so")
  func coverage() throws {
    var book = try StressBook.example()
    try book.close("10", "NEW", on: StressBook.day)
    try book.enter("1000", "NEW", at: "10", on: StressBook.day, id: "n")
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(isNear(result.conditionalPnL?.doubleValue, -4_500, 0.01))
    #expect(isNear(result.coverage, 0.75, 1e-9))
    #expect(result.quality == .limitedHistory)
  }

  @Test("an empty portfolio loses nothing")
  func empty() throws {
    var book = try StressBook.empty()
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(result.conditionalPnL == .zero && result.revaluedPnL == .zero)
    #expect(result.newValue?.doubleValue == 50_000)
  }

  @Test("without a net asset value above zero there is no fraction of it")
  func noValue() throws {
    var book = try StressBook.example()
    try book.move(-60_000, .withdrawal, on: StressBook.day)
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(isNear(result.conditionalPnL?.doubleValue, -4_500, 0.01))
    #expect(result.fraction == nil && result.exceedsNetAssetValue == nil)
  }

  @Test("with cash unknown a result is a fraction of gross exposure, and says so")
  func unknownCash() throws {
    var book = try StressBook.empty(deposit: nil)
    try book.close(
      "AAA", ExactSeries.asset(market: 1.5, value: 1), endingAt: 100, on: StressBook.dates())
    try book.enter("300", "AAA", at: "100", on: StressBook.day)
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(isNear(result.fraction?.doubleValue, -0.15, 1e-6))
    #expect(result.basis == .gross)
    #expect(result.newValue == nil && result.exceedsNetAssetValue == nil)
  }

  @Test("an expired option no longer moves")
  func expired() throws {
    var book = try StressBook.example()
    let call: Symbol = "AAA250620C00090000"
    try book.enter("1", call, at: "5", on: "2025-06-02", id: "c", type: .longCall)
    try book.define("down", [("market_beta", "-0.1", true)])
    let result = try book.stress("down")
    #expect(isNear(result.conditionalPnL?.doubleValue, -4_500, 0.01))
    #expect(isNear(result.revaluedPnL?.doubleValue, -4_500, 0.01))
  }

  @Test("the moves that every book is tried on: a row each, null without a rate")
  func generated() throws {
    let book = try StressBook.example()
    let results = try book.day(StressBook.day).marketRisk(of: "p")
    #expect(
      results.map(\.scenarioType) == [
        "market_down_10", "market_down_20", "market_down_5", "market_up_10", "market_up_20",
        "market_up_5", "rates_down_100bp", "rates_down_200bp", "rates_up_100bp", "rates_up_200bp",
      ])
    #expect(isNear(results[1].result.conditionalPnL?.doubleValue, -9_000, 0.01))
    #expect(results[1].value.description == "-0.2")
    #expect(results[9].value.description == "0.02")
    #expect(results[9].result.conditionalPnL == nil)
  }

  @Test("the step writes every scenario and view in order, JSON in canonical form")
  func rows() throws {
    var book = try StressBook.example(unpriced: ["interest_rate"])
    try book.define("crisis", [("value", "-0.3", false), ("market_beta", "-0.45", true)])
    try book.define("rates", [("interest_rate", "0.0025", true)])
    let output = try MethodCatalog.method(named: "stress_tests/1", of: "stress_tests").output(
      book.day(StressBook.day), "p")
    let rows = try output.table(.stressTestResults)
    #expect(rows.isInOrder)
    #expect(rows.column("scenario_id").count == 6)
    // Nothing is short, so there nothing is missing.
    #expect(rows.column("missing_factors")[5] == "\"[]\"")
    #expect(rows.column("missing_factors")[4] == "\"[\\\"interest_rate\\\"]\"")
    #expect(rows.column("loss_cap_applied").allSatisfy { $0 == "0" })
    let impacts = try #require(rows.text("factor_impacts", rows.rows[1]))
    let json = try JSONValue(parsing: impacts)
    #expect(json.canonical.compactText == impacts)
    #expect(json["market_beta"]?["shock"]?.decimal?.description == "-0.45")
    #expect(json["value"]?["pinned"] == .bool(false))
    let generated = try output.table(.generatedStressResults)
    #expect(generated.isInOrder && generated.rows.count == 10)
    #expect(output.warnings.contains { $0.contains("no result for rates") })
    // The same bits again.
    let again = try MethodCatalog.method(named: "stress_tests/1", of: "stress_tests").output(
      book.day(StressBook.day), "p")
    #expect(again.digest == output.digest)
  }
}
