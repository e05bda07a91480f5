import Analytics
import TestSupport
import Testing

/// What holds of every American option.
@Suite struct AmericanProperties {
  private static let seed: UInt64 = 20_160_311

  private static func options(_ count: Int) -> [OptionInputs] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      OptionInputs(
        side: index % 2 == 0 ? .put : .call, spot: Double.random(in: 60...160, using: &generator),
        strike: 100, years: Double.random(in: 0.05...3, using: &generator),
        volatility: Double.random(in: 0.1...0.9, using: &generator),
        rate: Double.random(in: 0.005...0.12, using: &generator),
        dividendYield: Double.random(in: 0.005...0.12, using: &generator))
    }
  }

  @Test("a call is the put with spot and strike, rate and yield exchanged")
  func symmetry() throws {
    for option in Self.options(12) {
      let mirrored = OptionInputs(
        side: option.side == .put ? .call : .put, spot: option.strike, strike: option.spot,
        years: option.years, volatility: option.volatility, rate: option.dividendYield,
        dividendYield: option.rate)
      let values = try AmericanOption.values(option)
      let other = try AmericanOption.values(mirrored)
      #expect(near(values.price, other.price, 1e-12), "seed \(Self.seed), \(option)")
      // Scaling spot and strike scales the price: S·∂/∂S + K·∂/∂K leaves it.
      let byStrike = try #require(other.delta)
      let delta = try #require(values.delta)
      #expect(
        near(option.spot * delta + option.strike * byStrike, values.price, 1e-9),
        "seed \(Self.seed), \(option)")
      #expect(near(values.rho ?? .nan, other.dividendRho ?? .nan, 1e-9))
      let boundary = try #require(values.boundary)
      let mirroredBoundary = try #require(other.boundary)
      #expect(near(boundary * mirroredBoundary, option.spot * option.strike, 1e-11))
    }
  }

  @Test("worth no less than exercise and the European option; more time or volatility, no less")
  func bounds() throws {
    for option in Self.options(16) {
      let price = try AmericanOption.price(option)
      let payoff =
        option.side == .put ? option.strike - option.spot : option.spot - option.strike
      #expect(price >= payoff, "seed \(Self.seed), \(option)")
      #expect(
        price >= (try EuropeanOption.values(option).price) * (1 - 1e-14),
        "seed \(Self.seed), \(option)")
      var longer = option
      longer.years *= 1.1
      #expect(try AmericanOption.price(longer) >= price, "seed \(Self.seed), \(option)")
      var wilder = option
      wilder.volatility *= 1.1
      #expect(try AmericanOption.price(wilder) >= price, "seed \(Self.seed), \(option)")
    }
  }

  @Test("Greeks are the quotients of prices")
  func quotients() throws {
    for option in Self.options(8) {
      let values = try AmericanOption.values(option)
      guard !values.exercisesNow else { continue }
      func quotient(
        _ path: WritableKeyPath<OptionInputs, Double>, _ step: Double
      ) throws -> Double {
        var above = option
        var below = option
        above[keyPath: path] += step
        below[keyPath: path] -= step
        return try (AmericanOption.price(above) - AmericanOption.price(below)) / (2 * step)
      }
      func matches(_ value: Double?, _ quotient: Double) -> Bool {
        guard let value else { return false }
        return (value - quotient).magnitude < 1e-5 * max(1, quotient.magnitude)
      }
      let label: Comment = "seed \(Self.seed), \(option)"
      #expect(matches(values.delta, try quotient(\.spot, 1e-3)), label)
      #expect(matches(values.vega, try quotient(\.volatility, 1e-5)), label)
      #expect(matches(values.theta, -(try quotient(\.years, 1e-5))), label)
      #expect(matches(values.rho, try quotient(\.rate, 1e-5)), label)
      #expect(matches(values.dividendRho, try quotient(\.dividendYield, 1e-5)), label)
      var above = option
      var below = option
      above.spot += 1e-2
      below.spot -= 1e-2
      let upper = try #require(try AmericanOption.values(above).delta)
      let lower = try #require(try AmericanOption.values(below).delta)
      #expect(matches(values.gamma, (upper - lower) / 2e-2), label)
    }
  }

  @Test(
    "just beyond the boundary the price leaves the payoff with its slope, and nothing moves it",
    arguments: [OptionSide.put, .call], [(0.05, 0.02), (0.02, 0.05), (0.04, 0.04), (0.03, -0.02)])
  func boundary(side: OptionSide, rates: (Double, Double)) throws {
    var option = OptionInputs(
      side: side, spot: 100, strike: 100, years: 0.75, volatility: 0.3, rate: rates.0,
      dividendYield: rates.1)
    if side == .call { swap(&option.rate, &option.dividendYield) }
    let boundary = try #require(try AmericanOption.values(option).boundary)
    let sign = side == .put ? 1.0 : -1.0
    option.spot = boundary * (1 + sign * 1e-8)
    let held = try AmericanOption.values(option)
    #expect(!held.exercisesNow)
    #expect((held.price - sign * (option.strike - option.spot)).magnitude < 1e-9)
    #expect(((held.delta ?? .nan) + sign).magnitude < 1e-6)
    #expect((held.vega ?? .nan).magnitude < 1e-4)
    // 2·(rate·K − yield·B) / (σB)² for a put: there gamma jumps from there to 0.
    let gain = sign * (option.rate * option.strike - option.dividendYield * boundary)
    let deviation = option.volatility * boundary
    #expect(near(held.gamma ?? .nan, 2 * gain / (deviation * deviation), 1e-6))
    option.spot = boundary * (1 - sign * 1e-8)
    let exercised = try AmericanOption.values(option)
    #expect(exercised.exercisesNow && exercised.method == .payoff)
    #expect(exercised.delta == -sign && exercised.gamma == 0 && exercised.vega == 0)
  }

  @Test(
    "early exercise that never pays leaves the European value",
    arguments: [
      (OptionSide.call, 0.05, 0.0), (.call, -0.01, -0.01), (.put, 0.0, 0.03), (.put, -0.02, 0.01),
      (.call, 0.03, -0.02),
    ])
  func european(side: OptionSide, rate: Double, yield: Double) throws {
    let option = OptionInputs(
      side: side, spot: 95, strike: 100, years: 1, volatility: 0.25, rate: rate,
      dividendYield: yield)
    let values = try AmericanOption.values(option)
    let european = try EuropeanOption.values(option)
    #expect(values.price == european.price && values.delta == european.delta)
    #expect(values.boundary == nil && !values.exercisesNow && values.method == .european)
    #expect((values.rho == nil) == (rate == 0) && (values.dividendRho == nil) == (yield == 0))
  }
}

private func near(_ left: Double, _ right: Double, _ tolerance: Double) -> Bool {
  (left - right).magnitude <= tolerance * max(1, left.magnitude, right.magnitude)
}
