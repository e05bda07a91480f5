import Analytics
import TestSupport
import Testing

@Suite struct ImpliedVolatilities {
  private static func inputs(_ row: ReferenceVectors.Row) -> OptionInputs {
    func input(_ column: String) -> Double { row.number(column) ?? .nan }
    return OptionInputs(
      side: row["type"] == "call" ? .call : .put, spot: input("spot"), strike: input("strike"),
      years: input("t_years"), volatility: 0, rate: input("rate"),
      dividendYield: input("div_yield"))
  }

  private static func single(
    _ inputs: OptionInputs, _ price: Double
  ) throws(AnalyticsError) -> ImpliedVolatilityResult {
    try ImpliedVolatility.volatility(
      side: inputs.side, price: price, spot: inputs.spot, strike: inputs.strike,
      years: inputs.years, rate: inputs.rate, dividendYield: inputs.dividendYield)
  }

  @Test("1 260 prices meet the scaled and the plain error of their conditions, or are refused")
  func reference() throws {
    let rows = try ReferenceVectors("implied_vol.csv").rows
    #expect(rows.count == 1260)
    for row in rows {
      let result = try Self.single(Self.inputs(row), try #require(row.number("price")))
      #expect(result.status.rawValue == row["status"], "\(row)")
      guard let expected = row.number("vol") else {
        #expect(result.volatility == nil, "\(row)")
        continue
      }
      let condition = try #require(row.number("cond_vol"))
      let error = ReferenceError(
        try #require(result.volatility), expected, condition: condition)
      // Half of what is allowed: the rows at hand are not to be met by a hair.
      #expect(error.scaled < 8, "\(row)")
      if condition < 1000 { #expect(error.relative < 1e-12, "\(row)") }
    }
  }

  @Test("many prices at once give the bits of one at a time, whatever their number")
  func columns() throws {
    let rows = try ReferenceVectors("implied_vol.csv").rows
    for range in [0..<0, 0..<5, 95..<130, 1195..<1260] {
      let prices = rows[range].map { $0.number("price") ?? .nan }
      var options = OptionColumns(rows[range].map(Self.inputs))
      options.volatilities = []
      let results = try ImpliedVolatility.volatilities(prices: prices, of: options)
      for (index, row) in rows[range].enumerated() {
        let expected = try Self.single(Self.inputs(row), prices[index])
        #expect(results[index].status == expected.status, "\(row)")
        #expect(
          results[index].volatility?.bitPattern == expected.volatility?.bitPattern, "\(row)")
      }
    }
  }

  @Test("the price of the volatility found is the price given, far out and near in")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 0x1_A1B)
    for _ in 0..<400 {
      var inputs = EuropeanIdentities.random(&random)
      inputs.volatility = 0.01 * Double.random(in: 1...300, using: &random)
      let values = try EuropeanOption.values(inputs)
      let result = try Self.single(inputs, values.price)
      guard result.status == .ok, let vega = values.vega, vega > 1e-200 else { continue }
      // The error of the price, half a unit of it and of the forward inside it, over vega.
      let allowed = 16 * 0x1p-52 * (inputs.spot + inputs.strike + values.price) / vega
      let found = try #require(result.volatility)
      #expect(
        (found - inputs.volatility).magnitude < allowed + 1e-14 * inputs.volatility, "\(inputs)")
    }
  }

  @Test("a price within one rounding of its bound is judged in thirty digits")
  func nearBounds() throws {
    let inputs = OptionInputs(
      side: .call, spot: 100, strike: 60, years: 1, volatility: 0, rate: 0.04, dividendYield: 0.01)
    // 100·e^(−0.01) − 60·e^(−0.04) = 41.357617025777412818…, and 100·e^(−0.01).
    let bound = 41.35761702577741
    #expect(try Self.single(inputs, bound.nextDown).status == .belowIntrinsic)
    #expect(try Self.single(inputs, bound.nextUp).status == .ok)
    let maximum = 99.0049833749168
    #expect(try Self.single(inputs, maximum.nextDown).status == .ok)
    #expect(try Self.single(inputs, maximum.nextUp).status == .aboveMaximum)
  }

  @Test("inputs that no option has are errors; among many they are a status")
  func invalid() throws {
    var inputs = OptionInputs(side: .put, spot: 100, strike: 90, years: 0, volatility: 0)
    #expect(throws: AnalyticsError.notPositive(input: "years", value: 0)) {
      try Self.single(inputs, 1)
    }
    inputs.years = 1
    #expect(throws: AnalyticsError.notFinite(input: "price")) { try Self.single(inputs, .nan) }
    #expect(try Self.single(inputs, 0).status == .belowIntrinsic)
    var columns = OptionColumns(Array(repeating: inputs, count: 9))
    columns.spots[1] = -5
    columns.years[8] = 0
    let results = try ImpliedVolatility.volatilities(
      prices: [1, 1, .nan, .infinity, 90, 1, 1, 1, 1], of: columns)
    #expect(
      results.map(\.status) == [
        .ok, .invalid, .invalid, .invalid, .aboveMaximum, .ok, .ok, .ok, .invalid,
      ])
    #expect(throws: AnalyticsError.lengthsDiffer(input: "prices", expected: 9, found: 1)) {
      try ImpliedVolatility.volatilities(prices: [1], of: columns)
    }
  }
}
