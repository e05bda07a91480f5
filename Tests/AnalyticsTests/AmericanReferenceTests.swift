import Analytics
import FoundationEssentials
import Testing

/// Against `american.csv`: 1 000 options from a solver of two resolutions that agree to 1e-11.
@Suite struct AmericanReference {
  /// All rows if FOLDBOOK_EXHAUSTIVE is 1, else every twentieth: without optimisation a row takes
  /// hundreds of times as long.
  private static func rows() throws -> [ReferenceVectors.Row] {
    let rows = try ReferenceVectors("american.csv").rows
    #expect(rows.count == 1000)
    if ProcessInfo.processInfo.environment["FOLDBOOK_EXHAUSTIVE"] == "1" { return rows }
    return stride(from: 0, to: rows.count, by: 20).map { rows[$0] }
  }

  private static func inputs(_ row: ReferenceVectors.Row) -> OptionInputs {
    func input(_ column: String) -> Double { row.number(column) ?? .nan }
    return OptionInputs(
      side: row["type"] == "call" ? .call : .put, spot: input("spot"), strike: input("strike"),
      years: input("t_years"), volatility: input("vol"), rate: input("rate"),
      dividendYield: input("div_yield"))
  }

  private static func error(_ value: Double, _ expected: Double, floor: Double) -> Double {
    (value - expected).magnitude / max(expected.magnitude, floor)
  }

  private static func median(_ errors: [Double]) -> Double {
    errors.isEmpty ? 0 : errors.sorted()[errors.count / 2]
  }

  @Test("price within 1e-9, delta 1e-8, gamma and theta 1e-6; in the median a hundredth of that")
  func throughPrice() throws {
    var errors: [String: [Double]] = [:]
    for row in try Self.rows() {
      let inputs = Self.inputs(row)
      let values = try AmericanOption.values(inputs)
      let answers: [(column: String, value: Double?, floor: Double, limit: Double)] = [
        ("price", values.price, 1e-6 * inputs.strike, 1e-9),
        ("delta", values.delta, 1e-4, 1e-8),
        ("gamma", values.gamma, 1e-4 / inputs.spot, 1e-6),
        ("theta_year", values.theta, 1e-4 * inputs.strike, 1e-6),
      ]
      for answer in answers {
        let error = Self.error(
          try #require(answer.value), try #require(row.number(answer.column)), floor: answer.floor)
        #expect(error < answer.limit, "\(answer.column) of \(row)")
        errors[answer.column, default: []].append(error)
      }
      #expect(values.exercisesNow == (row["exercise_now"] == "1"), "\(row)")
      let boundary = row.number("boundary")
      #expect((values.boundary == nil) == (boundary == nil), "\(row)")
      if let found = values.boundary, let boundary {
        #expect(Self.error(found, boundary, floor: 0) < 1e-8, "boundary of \(row)")
      }
    }
    for (column, limit) in [("price", 1e-11), ("delta", 1e-10), ("gamma", 1e-8)] {
      #expect(Self.median(errors[column] ?? []) < limit, "\(column)")
    }
  }

  /// The reference's answers are quotients over five prices, (4·D(h) − D(2h)) / 3 of the central
  /// quotients D, with h 0.4 % of the volatility and 2 % of the rate or yield. Where such a step
  /// crosses the exercise boundary or the point at which rate and yield change places they are not
  /// the derivative: there ours is held against a short step, and our prices against the quotient.
  @Test("vega and both rhos within 1e-6 of the derivative, or of the quotient over a kink")
  func byParameters() throws {
    var errors: [String: [Double]] = [:]
    for row in try Self.rows() {
      let inputs = Self.inputs(row)
      let values = try AmericanOption.values(inputs)
      let floor = 1e-4 * inputs.strike
      let answers: [(String, Double?, WritableKeyPath<OptionInputs, Double>, Double)] = [
        ("vega", values.vega, \.volatility, 0.004), ("rho", values.rho, \.rate, 0.02),
        ("div_rho", values.dividendRho, \.dividendYield, 0.02),
      ]
      for (column, value, path, share) in answers {
        let expected = row.number(column)
        #expect((value == nil) == (expected == nil), "\(column) of \(row)")
        guard let value, let expected else { continue }
        let error = Self.error(value, expected, floor: floor)
        errors[column, default: []].append(error)
        guard error >= 1e-6 else { continue }
        let wide = try Self.quotient(inputs, path, step: share * inputs[keyPath: path])
        #expect(Self.error(wide, expected, floor: floor) < 1e-6, "\(column) of \(row)")
        let short = try Self.quotient(inputs, path, step: 1e-3 * share * inputs[keyPath: path])
        #expect(Self.error(value, short, floor: floor) < 1e-5, "\(column) of \(row)")
      }
    }
    for column in ["vega", "rho", "div_rho"] {
      #expect(Self.median(errors[column] ?? []) < 1e-8, "\(column)")
    }
  }

  private static func quotient(
    _ inputs: OptionInputs, _ path: WritableKeyPath<OptionInputs, Double>, step: Double
  ) throws -> Double {
    func central(_ step: Double) throws -> Double {
      var above = inputs
      var below = inputs
      above[keyPath: path] += step
      below[keyPath: path] -= step
      return try (AmericanOption.price(above) - AmericanOption.price(below)) / (2 * step)
    }
    return try (4 * central(step) - central(2 * step)) / 3
  }

  @Test("the fast setting within 1e-6, and the price alone the same bits as with Greeks")
  func fast() throws {
    for row in try Self.rows() {
      let inputs = Self.inputs(row)
      let expected = try #require(row.number("price"))
      let price = try AmericanOption.price(inputs, settings: .fast)
      #expect(Self.error(price, expected, floor: 1e-6 * inputs.strike) < 1e-6, "\(row)")
      #expect(try AmericanOption.values(inputs, settings: .fast).price == price, "\(row)")
    }
  }
}
