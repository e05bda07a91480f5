import Analytics
import ExactNumbers
import TestSupport
import Testing

/// What must hold between the answers, whatever they are.
@Suite struct EuropeanIdentities {
  static func random(_ generator: inout SeededGenerator) -> OptionInputs {
    OptionInputs(
      side: Bool.random(using: &generator) ? .call : .put,
      spot: .random(in: 20...200, using: &generator),
      strike: .random(in: 50...150, using: &generator),
      years: .random(in: 0.02...3, using: &generator),
      volatility: .random(in: 0.05...1.5, using: &generator),
      rate: .random(in: -0.03...0.12, using: &generator),
      dividendYield: .random(in: 0...0.08, using: &generator))
  }

  @Test("a call less a put is the forward")
  func parity() throws {
    var random = SeededGenerator(seed: 0xCA11_9075)
    for _ in 0..<500 {
      var inputs = Self.random(&random)
      inputs.side = .call
      let call = try EuropeanOption.values(inputs)
      inputs.side = .put
      let put = try EuropeanOption.values(inputs)
      let spot = inputs.spot * Elementary.exp(-inputs.dividendYield * inputs.years)
      let strike = inputs.strike * Elementary.exp(-inputs.rate * inputs.years)
      let tolerance = 4e-16 * (spot + strike)
      #expect((call.price - put.price - (spot - strike)).magnitude < tolerance, "\(inputs)")
      let deltas = try #require(call.delta) - #require(put.delta)
      #expect((deltas - spot / inputs.spot).magnitude < 1e-15, "\(inputs)")
      #expect(call.gamma == put.gamma && call.vega == put.vega, "\(inputs)")
      #expect(call.vanna == put.vanna && call.volga == put.volga, "\(inputs)")
      let rhos = try #require(call.rho) - #require(put.rho)
      #expect((rhos - inputs.years * strike).magnitude < tolerance * inputs.years, "\(inputs)")
    }
  }

  @Test("each Greek is the slope of what it is the Greek of")
  func slopes() throws {
    var random = SeededGenerator(seed: 0x510_9E5)
    for _ in 0..<200 {
      let inputs = Self.random(&random)
      let values = try EuropeanOption.values(inputs)
      /// The slope by the central difference of five values, whose error is of the fourth order.
      func slope(
        _ input: WritableKeyPath<OptionInputs, Double>, _ step: Double,
        of answer: (OptionValues) throws -> Double
      ) throws -> Double {
        func at(_ steps: Double) throws -> Double {
          var moved = inputs
          moved[keyPath: input] += steps * step
          return try answer(try EuropeanOption.values(moved))
        }
        return (8 * (try at(1) - at(-1)) - (try at(2) - at(-2))) / (12 * step)
      }
      func expectClose(_ value: Double?, _ slope: Double, _ scale: Double, _ name: String) throws {
        let gap = (try #require(value) - slope).magnitude
        #expect(gap < 2e-6 * scale, "\(name) of \(inputs)")
      }
      let spot = inputs.spot
      let price = { (values: OptionValues) in values.price }
      let delta = { (values: OptionValues) in try #require(values.delta) }
      let vega = { (values: OptionValues) in try #require(values.vega) }
      let step = spot * inputs.volatility * inputs.years.squareRoot() * 2e-3
      let volatilityStep = inputs.volatility * 1e-3
      try expectClose(values.delta, slope(\.spot, step, of: price), 1, "delta")
      try expectClose(
        values.gamma, slope(\.spot, step, of: delta), 1 / (step * 500), "gamma")
      try expectClose(
        values.vega, slope(\.volatility, volatilityStep, of: price), spot, "vega")
      try expectClose(
        values.theta, -slope(\.years, inputs.years * 1e-3, of: price), 10 * spot / inputs.years,
        "theta")
      try expectClose(values.rho, slope(\.rate, 1e-4, of: price), 100 * inputs.years, "rho")
      try expectClose(
        values.dividendRho, slope(\.dividendYield, 1e-4, of: price), spot * inputs.years,
        "dividend rho")
      try expectClose(
        values.vanna, slope(\.volatility, volatilityStep, of: delta), 1 / inputs.volatility,
        "vanna")
      try expectClose(
        values.volga, slope(\.volatility, volatilityStep, of: vega), spot / inputs.volatility,
        "volga")
    }
  }

  @Test("without time or volatility left the answers are those of the limit")
  func limits() throws {
    for side in OptionSide.allCases {
      for strike in [80.0, 125.0] {
        var inputs = OptionInputs(
          side: side, spot: 100, strike: strike, years: 0.5, volatility: 0, rate: 0.03,
          dividendYield: 0.01)
        let limit = try EuropeanOption.values(inputs)
        inputs.volatility = 1e-3
        let near = try EuropeanOption.values(inputs)
        for measure in OptionMeasure.allCases {
          let gap = try #require(limit[measure]) - #require(near[measure])
          #expect(gap.magnitude < 1e-12 * (1 + (near[measure] ?? 0).magnitude), "\(measure)")
        }
      }
    }
  }

  @Test("a price is never below its bound nor above its maximum")
  func bounds() throws {
    var random = SeededGenerator(seed: 0xB0_0F)
    for _ in 0..<500 {
      var inputs = Self.random(&random)
      inputs.volatility = Elementary.exp(.random(in: -40...6, using: &random))
      let values = try EuropeanOption.values(inputs)
      let spot = inputs.spot * Elementary.exp(-(inputs.dividendYield * inputs.years))
      let strike = inputs.strike * Elementary.exp(-(inputs.rate * inputs.years))
      let forward = inputs.side == .call ? spot - strike : strike - spot
      #expect(values.price >= max(forward, 0), "\(inputs)")
      #expect(values.price <= (inputs.side == .call ? spot : strike) * (1 + 1e-15), "\(inputs)")
    }
  }

  @Test("columns give the bits of single options, whatever their number")
  func columns() throws {
    var random = SeededGenerator(seed: 0xC01_0305)
    for count in [0, 1, 7, 8, 9, 200] {
      var options: [OptionInputs] = []
      for row in 0..<count {
        var inputs = Self.random(&random)
        // Rows that the formula does not cover, and others with an extreme answer.
        switch row % 23 {
        case 3: inputs.years = 0
        case 5: inputs.volatility = 0
        case 7: inputs.spot = -1
        case 11: inputs.rate = .nan
        case 13: inputs.volatility = 40
        case 17: inputs.strike *= 1e6
        case 19: inputs.years = 1e-9
        case 22: inputs.rate = -1e5
        default: break
        }
        options.append(inputs)
      }
      let all = try EuropeanOption.values(OptionColumns(options), all: true)
      let standard = try EuropeanOption.values(OptionColumns(options))
      #expect(all.count == count)
      for (row, inputs) in options.enumerated() {
        let single = Result { () throws(AnalyticsError) in try EuropeanOption.values(inputs) }
        let fromColumns = Result { () throws(AnalyticsError) in try all.values(at: row) }
        #expect(String(describing: single) == String(describing: fromColumns), "row \(row)")
        for measure in OptionMeasure.allCases {
          let expected = (try? single.get())?[measure]
          #expect(all[row, measure]?.bitPattern == expected?.bitPattern, "row \(row)")
          guard measure.rawValue < OptionMeasure.standardCount else { continue }
          #expect(standard[row, measure]?.bitPattern == expected?.bitPattern, "row \(row)")
        }
      }
    }
  }

  @Test("columns of different lengths are refused")
  func lengths() {
    var columns = OptionColumns([
      OptionInputs(side: .call, spot: 1, strike: 1, years: 1, volatility: 1)
    ])
    columns.rates.append(0)
    #expect(throws: AnalyticsError.lengthsDiffer(input: "rates", expected: 1, found: 2)) {
      try EuropeanOption.values(columns)
    }
  }

  @Test("memory of an earlier call is used again without its answers")
  func reuse() throws {
    var random = SeededGenerator(seed: 0x2EC7)
    let many = (0..<40).map { _ in Self.random(&random) }
    var few = Array(many[20..<29])
    few[2].volatility = 0
    var result = OptionValueColumns()
    try EuropeanOption.values(OptionColumns(many), all: true, into: &result)
    try EuropeanOption.values(OptionColumns(few), into: &result)
    #expect(result.count == 9 && result.exceptions.count == 1)
    #expect(result[0, .vanna] == nil)
    for (row, inputs) in few.enumerated() {
      #expect(result[row, .price] == (try EuropeanOption.values(inputs)).price)
    }
  }
}
