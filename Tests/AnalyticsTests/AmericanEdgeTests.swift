import Analytics
import Testing

/// American options without time or volatility, with inputs that no option has, and where the method
/// ends.
@Suite struct AmericanEdges {
  private static func option(
    _ side: OptionSide, spot: Double = 100, strike: Double = 100, years: Double = 1,
    volatility: Double = 0, rate: Double = 0.05, yield: Double = 0
  ) -> OptionInputs {
    OptionInputs(
      side: side, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate,
      dividendYield: yield)
  }

  @Test("the rows of bsm_edge.csv that are refused, and those without time")
  func edgeRows() throws {
    for row in try ReferenceVectors("bsm_edge.csv").rows {
      func input(_ column: String) -> Double { row.number(column) ?? .nan }
      let inputs = Self.option(
        row["type"] == "call" ? .call : .put, spot: input("spot"), strike: input("strike"),
        years: input("t_years"), volatility: input("vol"), rate: input("rate"),
        yield: input("div_yield"))
      if row["status"] == "invalid" {
        #expect(throws: AnalyticsError.self, "\(row)") { try AmericanOption.values(inputs) }
        #expect(throws: AnalyticsError.self, "\(row)") { try AmericanOption.price(inputs) }
      } else if inputs.years == 0 {
        let values = try AmericanOption.values(inputs)
        #expect(values.price == row.number("price"), "\(row)")
        #expect(values.delta == row.number("delta") && values.theta == nil, "\(row)")
        #expect(values.exercisesNow == (values.price > 0), "\(row)")
      }
    }
  }

  @Test("without volatility a put with rate above yield is exercised now or never")
  func putNow() throws {
    let inside = try AmericanOption.values(Self.option(.put, spot: 90))
    #expect(inside.price == 10 && inside.delta == -1 && inside.exercisesNow)
    #expect(inside.boundary == 100 && inside.gamma == 0 && inside.rho == 0)
    let outside = try AmericanOption.values(Self.option(.put, spot: 110))
    #expect(outside.price == 0 && outside.delta == 0 && !outside.exercisesNow)
    let kink = try AmericanOption.values(Self.option(.put, spot: 100))
    #expect(kink.price == 0 && kink.delta == nil && kink.vega == nil)
  }

  @Test("without volatility a call that grows is held to expiry")
  func callHeld() throws {
    let values = try AmericanOption.values(Self.option(.call, spot: 100))
    #expect((values.price - 4.877057549928599).magnitude < 1e-13)
    #expect(values.boundary == nil && values.delta == 1 && values.method == .european)
  }

  @Test("without volatility exercise waits for the best moment between now and expiry")
  func bestMoment() throws {
    // A put with yield above rate: 100·e^(−0.02t) − 60·e^(−0.08t) is largest at t = ln(2.4)/0.06.
    let option = Self.option(.put, spot: 60, years: 30, rate: 0.02, yield: 0.08)
    let values = try AmericanOption.values(option)
    #expect((values.price - 56.01755933196456).magnitude < 1e-12, "\(values.price)")
    #expect(!values.exercisesNow && values.theta == 0)
    #expect(abs((values.boundary ?? 0) - 25) < 1e-12)
    var above = option
    var below = option
    above.spot += 1e-3
    below.spot -= 1e-3
    let upper = try AmericanOption.values(above)
    let lower = try AmericanOption.values(below)
    let delta = try #require(values.delta)
    let gamma = try #require(values.gamma)
    #expect(((upper.price - lower.price) / 2e-3 - delta).magnitude < 1e-9)
    #expect((((upper.delta ?? 0) - (lower.delta ?? 0)) / 2e-3 - gamma).magnitude < 1e-9)
  }

  @Test(
    "the limit is where small volatilities lead",
    arguments: [
      (OptionSide.put, 60.0, 0.02, 0.08), (.call, 160.0, 0.09, 0.03), (.put, 97.0, 0.05, 0.01),
    ])
  func continuity(side: OptionSide, spot: Double, rate: Double, yield: Double) throws {
    let limit = try AmericanOption.values(
      Self.option(side, spot: spot, years: 2, rate: rate, yield: yield))
    let small = try AmericanOption.values(
      Self.option(side, spot: spot, years: 2, volatility: 0.01, rate: rate, yield: yield))
    #expect((small.price - limit.price).magnitude < 2e-3 * max(1, limit.price))
  }

  @Test(
    "between two boundaries no number is given",
    arguments: [
      (OptionSide.put, -0.01, -0.04), (.call, -0.04, -0.01),
    ])
  func twoBoundaries(side: OptionSide, rate: Double, yield: Double) {
    let option = Self.option(side, volatility: 0.2, rate: rate, yield: yield)
    #expect(throws: AnalyticsError.notConverged(answer: "the boundary of the option")) {
      try AmericanOption.values(option)
    }
  }

  @Test("a carry far stronger than the volatility changes nothing once the spot is carried away")
  func idleTime() throws {
    let short = try AmericanOption.price(
      Self.option(.put, spot: 100, years: 5, volatility: 0.02, rate: 0.2))
    let long = try AmericanOption.price(
      Self.option(.put, spot: 100, years: 50, volatility: 0.02, rate: 0.2))
    #expect(short > 0 && (short - long).magnitude < 1e-10)
  }
}
