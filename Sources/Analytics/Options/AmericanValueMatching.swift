import ExactNumbers

/// The exercise boundary from the condition that the price meets the payoff: the fixed point of
/// system B of Andersen, Lake and Offengenden (2016), slower and surer than the slope's.
enum ValueMatching {
  /// - Parameter unknowns: g² at the places of the grid.
  /// - Returns: the same where the fixed point is met, nil where it is not.
  static func solve(
    grid: AmericanGrid, put: UnitPut, unknowns: [Double]
  ) -> [Double]? {
    guard unknowns.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return nil }
    var squares = unknowns
    var values = [Pack](repeating: Pack(0), count: grid.packs)
    for _ in 0..<200 {
      var largest = 0.0
      var next = squares
      for row in 0..<grid.order {
        grid.interpolate(squares, row: row, into: &values)
        let distance = squares[row].squareRoot()
        let log = self.log(grid, put, row, ownDistance: distance, values)
        guard log.isFinite else { return nil }
        let moved = max(put.logStart - log, 1e-12)
        largest = max(largest, (moved - distance).magnitude)
        next[row] = moved * moved
      }
      squares = next
      // Linear convergence: the last step is about as large as the error.
      if largest < 1e-13 { return squares }
    }
    return nil
  }

  /// ln of e^(−(r−y)τ) · N / D of that system, at one place.
  private static func log(
    _ grid: AmericanGrid, _ put: UnitPut, _ row: Int, ownDistance: Double, _ values: [Pack]
  ) -> Double {
    let time = put.years * grid.times[row]
    let deviation = put.volatility * time.squareRoot()
    let drift = (put.carry / put.volatility + 0.5 * put.volatility) * time.squareRoot()
    var rateSum = Pack(0)
    var yieldSum = Pack(0)
    for pack in 0..<grid.packs {
      let value = values[pack]
      let distance = value.replacing(with: Pack(0), where: value .< Pack(0)).squareRoot()
      let first =
        (distance - Pack(ownDistance)) * (grid.inverseRootRests[pack] / Pack(deviation))
        + Pack(drift) * grid.rootRests[pack]
      let second = first - Pack(deviation) * grid.rootRests[pack]
      let elapsed = Pack(time) * grid.shares[pack]
      rateSum +=
        grid.weights[pack] * Elementary.exp(lanes: Pack(put.rate) * elapsed)
        * Elementary.normalDistribution(lanes: second)
      yieldSum +=
        grid.weights[pack] * Elementary.exp(lanes: Pack(put.yield) * elapsed)
        * Elementary.normalDistribution(lanes: first)
    }
    let first = (put.logStart - ownDistance) / deviation + drift
    let upper =
      Elementary.normalDistribution(first - deviation) + put.rate * time * rateSum.total
    let lower = Elementary.normalDistribution(first) + put.yield * time * yieldSum.total
    return Elementary.log(upper / lower) - put.carry * time
  }
}
