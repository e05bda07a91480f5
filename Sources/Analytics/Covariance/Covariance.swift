/// Covariance matrices of returns: a row per date, oldest first, a column per series.
///
/// Rows must be complete: ``CovarianceEstimate`` drops those that are not.
public enum Covariance {
  /// Σ(f − f̄)(g − ḡ) / (n − 1).
  ///
  /// - Returns: Per period squared; nil below two rows.
  public static func sample(_ returns: Matrix) -> Matrix? {
    guard returns.rows >= 2 else { return nil }
    return products(centered(returns), divisor: Double(returns.rows - 1))
  }

  /// Σ wₜ f g, the mean taken as 0 (RiskMetrics, 1996); wₜ ∝ λ^age, Σw = 1, age 0 the newest.
  ///
  /// - Parameter decay: λ, above 0 and at most 1; 1 weighs all alike.
  /// - Returns: Nil without rows.
  public static func exponentialZeroMean(_ returns: Matrix, decay: Double) -> Matrix? {
    guard returns.rows >= 1 else { return nil }
    let columns = (0..<returns.columns).map { returns.column($0) }
    return weightedProducts(columns, weights(returns.rows, decay: decay))
  }

  /// C = Σ wₜ (f − μ)(g − ν) around the weighted means; wₜ ∝ λ^age, Σw = 1 (C-11).
  ///
  /// - Parameter decay: λ, above 0 and at most 1; 1 weighs all alike and divides by n.
  /// - Returns: Nil without rows.
  public static func exponential(_ returns: Matrix, decay: Double) -> Matrix? {
    guard returns.rows >= 1 else { return nil }
    let weights = weights(returns.rows, decay: decay)
    let columns = (0..<returns.columns).map { column in
      let series = returns.column(column)
      // From the first number on, so that a flat series has no variance at all.
      let shifted = series.map { $0 - series[0] }
      let mean = OrderedSum.dot(shifted, weights)
      return shifted.map { $0 - mean }
    }
    return weightedProducts(columns, weights)
  }

  /// wₜ ∝ λ^age, oldest first, adding up to one.
  ///
  /// - Parameter decay: λ, above 0 and at most 1.
  public static func weights(_ count: Int, decay: Double) -> [Double] {
    precondition(decay > 0 && decay <= 1, "a decay is above 0 and at most 1")
    var weights = [Double](repeating: 0, count: count)
    var weight = 1.0
    for index in stride(from: count - 1, through: 0, by: -1) {
      weights[index] = weight
      weight *= decay
    }
    let total = OrderedSum.compensated(weights)
    return weights.map { $0 / total }
  }

  /// Each column around its mean; all zeros for a series that never changes.
  static func centered(_ returns: Matrix) -> [Centered] {
    (0..<returns.columns).map { Centered(returns.column($0)) }
  }

  static func products(_ columns: [Centered], divisor: Double) -> Matrix {
    symmetric(columns.count) { row, column in
      OrderedSum.dot(columns[row].values, columns[column].values) / divisor
    }
  }

  private static func weightedProducts(_ columns: [[Double]], _ weights: [Double]) -> Matrix {
    symmetric(columns.count) { row, column in
      var products = columns[row]
      for index in products.indices { products[index] *= columns[column][index] }
      return OrderedSum.dot(products, weights)
    }
  }

  /// A symmetric matrix from its lower triangle.
  static func symmetric(_ size: Int, _ entry: (_ row: Int, _ column: Int) -> Double) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in 0...row {
        let value = entry(row, column)
        matrix[row, column] = value
        matrix[column, row] = value
      }
    }
    return matrix
  }
}
