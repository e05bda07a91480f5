import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

/// Series with exact moments: their correlations, volatilities and betas are those that are said.
enum ExactSeries {
  static let count = 64

  /// Zero mean, length √n, at right angles to each other for different indices from 1 on: the rows
  /// of a Hadamard matrix.
  static func axis(_ index: Int) -> [Double] {
    (0..<count).map { (index & $0).nonzeroBitCount % 2 == 0 ? 1 : -1 }
  }

  static func mix(_ parts: [(Double, Int)]) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for (weight, index) in parts {
      for (place, value) in axis(index).enumerated() { result[place] += weight * value }
    }
    return result
  }

  /// Market and value of C-19's example, a session: volatilities .16 and .20 a year, correlation .85.
  static let market = mix([(0.16 / 252.0.squareRoot(), 1)])
  static let value = mix([
    (0.20 * 0.85 / 252.0.squareRoot(), 1),
    (0.20 * (1 - 0.85 * 0.85).squareRoot() / 252.0.squareRoot(), 2),
  ])

  /// Returns with the given betas on each of the two alone, and some noise of its own.
  static func asset(market: Double, value: Double) -> [Double] {
    let tilt = (1 - 0.85 * 0.85).squareRoot()
    let first = market * 0.16
    let second = (value * 0.20 - 0.85 * first) / tilt
    return mix([
      (first / 252.0.squareRoot(), 1), (second / 252.0.squareRoot(), 2), (0.004, 4),
    ])
  }
}

/// Books for stress tests: as of ``day`` all that is named has 64 returns.
enum StressBook {
  static let day = "2025-07-01"

  static func dates() throws -> [CivilDate] {
    try KnownSeries.sessions(ExactSeries.count + 1, through: day)
  }

  /// A portfolio with the market and value factors; betas and covariances are over all 64 sessions,
  /// all alike.
  static func empty(
    deposit: ExactDecimal? = 50_000, factors: [String] = ["market_beta", "value"]
  )
    throws -> BookFixture
  {
    var book = try BookFixture.withPortfolio(deposit: deposit)
    try book.defineFactors(factors)
    try book.set("beta.window", .whole(Int64(ExactSeries.count)))
    try book.set("covariance.window", .whole(Int64(ExactSeries.count)))
    try book.set("covariance.decay", .whole(1))
    let dates = try dates()
    try book.close("SPY", ExactSeries.market, endingAt: 500, on: dates)
    if factors.contains("value") {
      try book.close("VTV", ExactSeries.value, endingAt: 150, on: dates)
    }
    return book
  }

  /// C-19's example: 45,000 of market and 30,000 of value.
  ///
  /// - Parameter unpriced: Factors that are defined, and whose proxies have no price.
  static func example(unpriced: [String] = []) throws -> BookFixture {
    var book = try empty()
    try book.defineFactors(unpriced)
    try book.close(
      "AAA", ExactSeries.asset(market: 1.5, value: 1), endingAt: 100, on: dates())
    try book.enter("300", "AAA", at: "100", on: day)
    return book
  }

  /// One call on AAPL, K 165, 90 days, at a volatility of 25 %; AAPL at 160 moves as the market.
  static func call() throws -> BookFixture {
    var book = try empty(factors: ["market_beta"])
    try book.close("AAPL", ExactSeries.market, endingAt: 160, on: dates())
    try book.enter("10", BookFixture.call, at: "5.5", on: day, type: .longCall)
    try book.close("7.2", BookFixture.call, on: day)
    try book.append(
      .volatilityQuoted(
        VolatilityQuoted(symbol: BookFixture.call, volatility: BookFixture.decimal("0.25"))),
      at: day)
    return book
  }
}

extension JSONValue {
  /// A whole number, as parameters are set.
  static func whole(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }
}

extension BookFixture {
  mutating func define(
    _ scenario: ScenarioID, _ shocks: [(String, String, Bool)]
  ) throws {
    try append(
      .scenarioDefined(
        ScenarioDefined(
          scenario: scenario, name: scenario.rawValue, scenarioType: .custom, sortOrder: 1,
          shocks: shocks.map {
            Shock(factor: FactorID($0.0), shock: Self.decimal($0.1), pinned: $0.2)
          })),
      at: "1900-01-02")
  }

  func stress(
    _ scenario: ScenarioID, _ view: ExposureView = .portfolio, on day: String = StressBook.day
  ) throws -> ScenarioResult {
    let results = try self.day(day).stressResults(of: "p")
    return try #require(results.first { $0.scenario == scenario && $0.view == view })
  }
}
