import Analytics
import ExactNumbers
import Testing

/// Against binomial trees (Cox, Ross and Rubinstein, 1979), which know no boundary and no integral.
@Suite struct AmericanTrees {
  struct Case: Sendable {
    var option: OptionInputs
    init(
      _ side: OptionSide, _ spot: Double, _ years: Double, _ volatility: Double, _ rate: Double,
      _ yield: Double
    ) {
      option = OptionInputs(
        side: side, spot: spot, strike: 100, years: years, volatility: volatility, rate: rate,
        dividendYield: yield)
    }
  }

  @Test(
    "prices agree with trees, whatever the signs of rate and yield",
    arguments: [
      Case(.put, 95, 1, 0.25, 0.05, 0), Case(.put, 110, 2, 0.4, 0.08, 0.03),
      Case(.put, 100, 0.5, 0.2, 0.02, 0.06), Case(.put, 100, 1, 0.3, 0.04, -0.03),
      Case(.put, 105, 1, 0.2, 0, -0.05), Case(.call, 100, 1, 0.3, 0.03, 0.06),
      Case(.call, 90, 2, 0.5, 0.02, 0.02), Case(.call, 105, 1, 0.25, -0.02, 0.03),
      Case(.call, 110, 0.25, 0.15, 0.1, 0.04), Case(.put, 102, 1, 0.1, 0.12, 0.01),
    ])
  func trees(_ sample: Case) throws {
    // The mean of two neighbouring sizes takes most of the tree's saw teeth away.
    let tree = 0.5 * (Self.price(sample.option, steps: 200) + Self.price(sample.option, steps: 201))
    let price = try AmericanOption.price(sample.option)
    #expect((price - tree).magnitude < 0.02, "\(price), tree \(tree)")
  }

  private static func price(_ option: OptionInputs, steps: Int) -> Double {
    let step = option.years / Double(steps)
    let up = Elementary.exp(option.volatility * step.squareRoot())
    let carry = Elementary.exp((option.rate - option.dividendYield) * step)
    let chance = (carry - 1 / up) / (up - 1 / up)
    let discount = Elementary.exp(-option.rate * step)
    let sign = option.side == .call ? 1.0 : -1.0
    var spots = [option.spot]
    for _ in 0..<steps { spots = spots.map { $0 / up } + [spots[spots.count - 1] * up] }
    var values = spots.map { max(0, sign * ($0 - option.strike)) }
    for level in stride(from: steps - 1, through: 0, by: -1) {
      for node in 0...level {
        let held = discount * (chance * values[node + 1] + (1 - chance) * values[node])
        // Node `node` of this level lies an up-step above node `node` of the next.
        spots[node] *= up
        values[node] = max(held, sign * (spots[node] - option.strike))
      }
    }
    return values[0]
  }
}
