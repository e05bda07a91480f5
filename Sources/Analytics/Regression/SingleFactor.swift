/// One factor, prepared to explain many responses: market betas of ten thousand positions.
///
/// Every sum is in the eight lanes of ``OrderedSum``, so a response gives the same bits here, in a
/// batch, and alone. A response with gaps is compacted with the factor to the dates both have.
public struct SingleFactor: Sendable {
  /// The factor's returns, oldest first; one that is not finite is missing.
  public let returns: [Double]

  private let complete: Centered?

  public init(_ returns: [Double]) {
    self.returns = returns
    complete = returns.allSatisfy(\.isFinite) ? Centered(returns) : nil
  }

  /// Explains one response.
  ///
  /// - Returns: Nil where the factor never changes on the dates both have, or there are fewer than
  ///   two of them.
  public func regress(_ response: [Double]) -> UnivariateRegression? {
    precondition(response.count == returns.count, "both series are on the same dates")
    return response.withUnsafeBufferPointer { response in
      var scratch = [Double](repeating: 0, count: response.count)
      return scratch.withUnsafeMutableBufferPointer { regress(response, scratch: $0) }
    }
  }

  /// Explains many responses that lie one after the other.
  ///
  /// - Parameters:
  ///   - responses: As many times the factor's length as there are responses.
  ///   - body: Is given the index of each response in turn and its regression, nil as above.
  public func regressEach(
    _ responses: [Double], _ body: (Int, UnivariateRegression?) throws -> Void
  ) rethrows {
    let length = returns.count
    guard length > 0 else { return }
    precondition(responses.count % length == 0, "responses are as long as the factor")
    var scratch = [Double](repeating: 0, count: length)
    try responses.withUnsafeBufferPointer { responses in
      try scratch.withUnsafeMutableBufferPointer { scratch in
        for index in 0..<(responses.count / length) {
          let one = UnsafeBufferPointer(
            rebasing: responses[(index * length)..<((index + 1) * length)])
          try body(index, regress(one, scratch: scratch))
        }
      }
    }
  }

  private func regress(
    _ response: UnsafeBufferPointer<Double>, scratch: UnsafeMutableBufferPointer<Double>
  ) -> UnivariateRegression? {
    guard let complete else { return regressCommonDates(response) }
    let moments = Centered.moments(response, into: scratch)
    // A missing number makes the sum of squares not finite, as does an overflow.
    guard moments.squares.isFinite else { return regressCommonDates(response) }
    return complete.values.withUnsafeBufferPointer { factor in
      returns.withUnsafeBufferPointer { returns in
        Self.solve(
          (factor, returns, complete.mean, complete.squares),
          (UnsafeBufferPointer(scratch), response, moments.mean, moments.squares))
      }
    }
  }

  private func regressCommonDates(
    _ response: UnsafeBufferPointer<Double>
  ) -> UnivariateRegression? {
    var factors: [Double] = []
    var responses: [Double] = []
    for (factor, value) in zip(returns, response) where factor.isFinite && value.isFinite {
      factors.append(factor)
      responses.append(value)
    }
    let factor = Centered(factors)
    let other = Centered(responses)
    return factor.values.withUnsafeBufferPointer { left in
      other.values.withUnsafeBufferPointer { right in
        factors.withUnsafeBufferPointer { factors in
          responses.withUnsafeBufferPointer { responses in
            Self.solve(
              (left, factors, factor.mean, factor.squares),
              (right, responses, other.mean, other.squares))
          }
        }
      }
    }
  }

  private typealias Side = (
    centered: UnsafeBufferPointer<Double>, given: UnsafeBufferPointer<Double>, mean: Double,
    squares: Double
  )

  private static func solve(_ factor: Side, _ response: Side) -> UnivariateRegression? {
    let count = factor.centered.count
    guard count >= 2, factor.squares > 0, factor.squares.isFinite, response.squares.isFinite else {
      return nil
    }
    let products = OrderedSum.dot(factor.centered, response.centered)
    let beta = products / factor.squares
    let alpha = response.mean - beta * factor.mean
    var fit = UnivariateRegression(
      observations: count, beta: beta, alpha: alpha, rSquared: 0,
      standardError: count > 2 ? 0 : nil)
    guard response.squares > 0 else { return fit }
    let explained = beta * products
    var unexplained = response.squares - explained
    // Where little is left the difference has lost its digits: then the residuals are summed.
    if unexplained < 0.01 * response.squares {
      unexplained = squaredResiduals(factor.given, response.given, beta, alpha)
    }
    // From the smaller part, which keeps its digits near 0 and near 1.
    fit.rSquared =
      explained < unexplained
      ? explained / response.squares : max(0, 1 - unexplained / response.squares)
    if count > 2 {
      fit.standardError = (unexplained / Double(count - 2) / factor.squares).squareRoot()
    }
    return fit
  }

  /// Each residual in twice the precision; an error of β or α enters only squared.
  private static func squaredResiduals(
    _ factor: UnsafeBufferPointer<Double>, _ response: UnsafeBufferPointer<Double>,
    _ beta: Double, _ alpha: Double
  ) -> Double {
    var sums = CompensatedSum()
    for index in 0..<factor.count {
      var residual = CompensatedSum()
      residual.add(response[index])
      residual.add(-alpha)
      residual.add(product: factor[index], -beta)
      sums.add(residual.value * residual.value)
    }
    return sums.value
  }
}

/// A series around its mean, with the sum of its squares there.
struct Centered: Sendable {
  let values: [Double]
  /// Exactly the number itself where all are equal, so that the squares are exactly 0.
  let mean: Double
  let squares: Double

  init(_ series: [Double]) {
    var values = [Double](repeating: 0, count: series.count)
    let moments = series.withUnsafeBufferPointer { series in
      values.withUnsafeMutableBufferPointer { Self.moments(series, into: $0) }
    }
    self.values = values
    mean = moments.mean
    squares = moments.squares
  }

  /// The mean and the sum of squares around it, in eight lanes; the centred numbers go to `output`.
  @inline(__always)
  static func moments(
    _ series: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>
  ) -> (mean: Double, squares: Double) {
    let count = series.count
    guard count > 0 else { return (.nan, 0) }
    precondition(output.count == count, "centred numbers have room")
    let first = series[0]
    let shift = OrderedSum.Lanes(repeating: first)
    var sums = OrderedSum.Lanes.zero
    var index = 0
    while index + 8 <= count {
      sums += OrderedSum.load(series, at: index) - shift
      index += 8
    }
    for lane in 0..<(count - index) { sums[lane] += series[index + lane] - first }
    let offset = OrderedSum.total(sums) / Double(count)
    let offsets = OrderedSum.Lanes(repeating: offset)
    var squares = OrderedSum.Lanes.zero
    index = 0
    let bytes = UnsafeMutableRawBufferPointer(output)
    while index + 8 <= count {
      let centered = (OrderedSum.load(series, at: index) - shift) - offsets
      bytes.storeBytes(
        of: centered, toByteOffset: index * MemoryLayout<Double>.stride, as: OrderedSum.Lanes.self)
      squares += centered * centered
      index += 8
    }
    for lane in 0..<(count - index) {
      let centered = (series[index + lane] - first) - offset
      output[index + lane] = centered
      squares[lane] += centered * centered
    }
    return (first + offset, OrderedSum.total(squares))
  }
}
