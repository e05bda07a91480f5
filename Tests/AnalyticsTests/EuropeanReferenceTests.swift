import Analytics
import ExactNumbers
import Testing

/// Against `bsm_european.csv` and `bsm_edge.csv`, whose answers come from 60 digits.
@Suite struct EuropeanReference {
  private static func inputs(_ row: ReferenceVectors.Row) -> OptionInputs {
    func input(_ column: String) -> Double { row.number(column) ?? .nan }
    return OptionInputs(
      side: row["type"] == "call" ? .call : .put, spot: input("spot"), strike: input("strike"),
      years: input("t_years"), volatility: input("vol"), rate: input("rate"),
      dividendYield: input("div_yield"))
  }

  private static let answers: [(column: String, condition: String, limit: Double)] = [
    ("price", "cond_price", 16), ("delta", "cond_delta", 8), ("gamma", "cond_gamma", 8),
    ("vega", "cond_vega", 8), ("theta_year", "cond_theta_year", 8),
    ("theta_day", "cond_theta_year", 8), ("rho", "cond_rho", 8),
  ]

  private static func answer(_ values: OptionValues, _ column: String) -> Double? {
    switch column {
    case "price": values.price
    case "delta": values.delta
    case "gamma": values.gamma
    case "vega": values.vega
    case "theta_year": values.theta
    case "theta_day": values.thetaPerDay
    case "rho": values.rho
    case "div_rho": values.dividendRho
    case "vanna": values.vanna
    case "volga": values.volga
    default: nil
    }
  }

  @Test("2 000 options meet the scaled and the plain error of their conditions")
  func conditioned() throws {
    let rows = try ReferenceVectors("bsm_european.csv").rows
    #expect(rows.count == 2000)
    for row in rows {
      let values = try EuropeanOption.values(Self.inputs(row))
      for (column, conditionColumn, limit) in Self.answers {
        let condition = try #require(row.number(conditionColumn))
        let error = ReferenceError(
          try #require(Self.answer(values, column)), try #require(row.number(column)),
          condition: condition)
        // Half of what is allowed: the rows at hand are not to be met by a hair.
        #expect(error.scaled < limit / 2, "\(column) of \(row)")
        if condition < 100 { #expect(error.relative < 1e-13, "\(column) of \(row)") }
      }
    }
  }

  @Test("dividend rho, vanna and volga agree where no condition is given")
  func unconditioned() throws {
    for row in try ReferenceVectors("bsm_european.csv").rows {
      let inputs = Self.inputs(row)
      let values = try EuropeanOption.values(inputs)
      // As sensitive as the most sensitive of those given; and near the zeros of d₁ and d₂ what
      // one rounding of spot over strike does to them.
      let condition = Self.answers.compactMap { row.number($0.condition) }.max() ?? 1
      let rootTime = inputs.years.squareRoot()
      let deviation = inputs.volatility * rootTime
      let terms =
        (1 + Elementary.log(inputs.spot / inputs.strike).magnitude
          + (inputs.rate - inputs.dividendYield).magnitude * inputs.years) / deviation + deviation
      let gamma = try #require(values.gamma)
      let vega = try #require(values.vega)
      let scales = [
        "div_rho": 0, "vanna": gamma * inputs.spot * rootTime * terms,
        "volga": vega * terms * terms / inputs.volatility,
      ]
      for (column, scale) in scales {
        let value = try #require(Self.answer(values, column))
        let expected = try #require(row.number(column))
        let allowed = 8 * 2.22e-16 * (condition * expected.magnitude + scale) + 1e-290
        #expect((value - expected).magnitude <= allowed, "\(column) of \(row)")
      }
    }
  }

  @Test("zero time, zero volatility and refused inputs")
  func edges() throws {
    for row in try ReferenceVectors("bsm_edge.csv").rows {
      let inputs = Self.inputs(row)
      guard row["status"] == "ok" else {
        #expect(throws: AnalyticsError.self, "\(row)") { try EuropeanOption.values(inputs) }
        continue
      }
      let values = try EuropeanOption.values(inputs)
      for column in ["price", "delta", "gamma", "vega", "theta_year", "rho"] {
        let value = Self.answer(values, column)
        if let expected = row.number(column) {
          let error = ReferenceError(try #require(value), expected, condition: 1)
          #expect(error.relative < 4e-15, "\(column) of \(row)")
        } else {
          #expect(value == nil, "\(column) of \(row)")
        }
      }
    }
  }

  @Test("a refused input is named, with a code for programs")
  func errors() {
    let good = OptionInputs(
      side: .call, spot: 100, strike: 100, years: 1, volatility: 0.2, rate: 0.01)
    func error(_ change: (inout OptionInputs) -> Void) -> AnalyticsError? {
      var inputs = good
      change(&inputs)
      do throws(AnalyticsError) {
        _ = try EuropeanOption.values(inputs)
        return nil
      } catch {
        return error
      }
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.spot = -1 } == .notPositive(input: "spot", value: -1))
    #expect(error { $0.strike = 0 } == .notPositive(input: "strike", value: 0))
    #expect(error { $0.years = -0.1 } == .negative(input: "years", value: -0.1))
    #expect(error { $0.volatility = -0.2 } == .negative(input: "volatility", value: -0.2))
    #expect(error { $0.rate = .nan } == .notFinite(input: "rate"))
    #expect(error { $0.dividendYield = .infinity } == .notFinite(input: "dividend yield"))
    let overflow = error {
      $0.side = .put
      $0.rate = -800
    }
    #expect(overflow == .outOfRange(answer: "a price or Greek"))
    #expect(overflow?.code == "FB-CALC-004")
    #expect("\(AnalyticsError.notFinite(input: "rate"))" == "rate is not a finite number")
  }
}
