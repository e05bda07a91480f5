/// The nodes and weights of Gauss and Legendre on 0 … 1, ascending.
///
/// Calculated here by Newton's method on the recurrence of the polynomials, so that the bits are the
/// same on every machine.
struct GaussLegendre: Sendable {
  let nodes: [Double]
  let weights: [Double]

  init(count: Int) {
    precondition(count > 0, "a rule has nodes")
    var nodes = [Double](repeating: 0, count: count)
    var weights = nodes
    for index in 0..<count {
      var root = CircleFraction.cosine(
        ofPiTimes: 4 * (count - 1 - index) + 3, over: 4 * count + 2)
      var slope = 1.0
      // Quadratic from a start that is right to two digits: eight steps are more than enough.
      for _ in 0..<8 {
        let (value, before) = Self.legendre(degree: count, at: root)
        slope = Double(count) * (before - root * value) / (1 - root * root)
        root -= value / slope
      }
      nodes[index] = 0.5 * (1 + root)
      weights[index] = 1 / ((1 - root * root) * slope * slope)
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// The Legendre polynomial of that degree, and the one before it.
  private static func legendre(degree: Int, at x: Double) -> (value: Double, before: Double) {
    var before = 1.0
    var value = x
    for order in 1..<max(degree, 1) {
      let next =
        (Double(2 * order + 1) * x * value - Double(order) * before) / Double(order + 1)
      (before, value) = (value, next)
    }
    return (value, before)
  }
}

/// Cosines of fractions of a half turn.
enum CircleFraction {
  /// cos(π · numerator / denominator), for 0 ≤ numerator ≤ denominator.
  ///
  /// Taylor's series on an eighth of a turn.
  static func cosine(ofPiTimes numerator: Int, over denominator: Int) -> Double {
    precondition(denominator > 0 && (0...denominator).contains(numerator), "half a turn at most")
    if 2 * numerator > denominator {
      return -cosine(ofPiTimes: denominator - numerator, over: denominator)
    }
    let angle = Double.pi * Double(numerator) / Double(denominator)
    if 4 * numerator <= denominator { return series(angle, from: 0) }
    return series(Double.pi * (0.5 - Double(numerator) / Double(denominator)), from: 1)
  }

  /// The cosine (`from` 0) or sine (`from` 1) of an angle up to π/4, from its smallest term.
  private static func series(_ angle: Double, from first: Int) -> Double {
    let square = angle * angle
    var sum = 1.0
    for term in stride(from: 9, through: 1, by: -1) {
      let low = Double(2 * term - 1 + first)
      sum = 1 - sum * square / (low * (low + 1))
    }
    return first == 0 ? sum : angle * sum
  }
}
