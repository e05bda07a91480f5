/// A sample covariance drawn towards a simpler matrix, as far as its noise calls for.
///
/// All divide by n. Rows must be complete, a row per date.
public struct ShrunkCovariance: Hashable, Sendable {
  /// Per period squared.
  public var covariance: Matrix
  /// The share of the target in the result, 0 … 1.
  public var shrinkage: Double
  /// The mean correlation, where the target is made with it.
  public var averageCorrelation: Double?

  /// Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance
  /// matrices": the target is the mean variance on the diagonal.
  ///
  /// - Returns: Nil without rows or columns.
  public static func towardsScaledIdentity(_ returns: Matrix) -> ShrunkCovariance? {
    guard returns.rows >= 1, returns.columns >= 1 else { return nil }
    let size = returns.columns
    let columns = Covariance.centered(returns)
    let sample = Covariance.products(columns, divisor: Double(returns.rows))
    let mean = OrderedSum.compensated((0..<size).map { sample[$0, $0] }) / Double(size)
    var distance = CompensatedSum()  // of the sample from the target, squared
    var noise = CompensatedSum()  // of the sample around the truth, squared, times n²
    for row in 0..<size {
      for column in 0...row {
        let times = row == column ? 1.0 : 2.0
        let entry = sample[row, column]
        let gap = entry - (row == column ? mean : 0)
        distance.add(times * gap * gap)
        noise.add(times * scatter(columns[row].values, columns[column].values, around: entry))
      }
    }
    let error = noise.value / Double(returns.rows) / Double(returns.rows)
    let shrinkage = distance.value > 0 ? min(error, distance.value) / distance.value : 0
    return ShrunkCovariance(
      covariance: Covariance.symmetric(size) { row, column in
        (1 - shrinkage) * sample[row, column] + (row == column ? shrinkage * mean : 0)
      },
      shrinkage: shrinkage)
  }

  /// Ledoit and Wolf (2004), "Honey, I shrunk the sample covariance matrix": the target keeps the
  /// variances and gives every pair the mean correlation.
  ///
  /// With two series target and sample are one, and the shrinkage is 0.
  ///
  /// - Returns: Nil where a series has no variance, or below two series or one row.
  public static func towardsConstantCorrelation(_ returns: Matrix) -> ShrunkCovariance? {
    guard returns.rows >= 1, returns.columns >= 2 else { return nil }
    let size = returns.columns
    let count = Double(returns.rows)
    let columns = Covariance.centered(returns)
    let sample = Covariance.products(columns, divisor: count)
    let deviations = (0..<size).map { sample[$0, $0].squareRoot() }
    guard deviations.allSatisfy({ $0 > 0 }) else { return nil }
    var correlations = CompensatedSum()
    for row in 0..<size {
      for column in 0..<row {
        correlations.add(sample[row, column] / deviations[row] / deviations[column])
      }
    }
    let average = correlations.value / Double(size * (size - 1) / 2)
    let target = Covariance.symmetric(size) { row, column in
      row == column ? sample[row, row] : average * deviations[row] * deviations[column]
    }
    var shrinkage = 0.0
    if size > 2 {
      let noise = constantCorrelationNoise(columns, sample, deviations, average)
      var distance = CompensatedSum()
      for row in 0..<size {
        for column in 0..<row {
          let gap = sample[row, column] - target[row, column]
          distance.add(2 * gap * gap)
        }
      }
      if distance.value > 0 { shrinkage = max(0, min(1, noise / distance.value / count)) }
    }
    return ShrunkCovariance(
      covariance: Covariance.symmetric(size) { row, column in
        (1 - shrinkage) * sample[row, column] + shrinkage * target[row, column]
      },
      shrinkage: shrinkage, averageCorrelation: average)
  }

  /// π̂ − ρ̂ of the paper's appendix B. The diagonal of both is the same and leaves it.
  private static func constantCorrelationNoise(
    _ columns: [Centered], _ sample: Matrix, _ deviations: [Double], _ average: Double
  ) -> Double {
    let count = Double(columns[0].values.count)
    var noise = CompensatedSum()
    for row in columns.indices {
      for column in columns.indices where row != column {
        let x = columns[row].values
        let y = columns[column].values
        let entry = sample[row, column]
        noise.add(scatter(x, y, around: entry) / count)
        // ϑ_ii,ij = Σ (x² − s_ii)(x y − s_ij) / n
        let products = x.indices.map {
          (x[$0] * x[$0] - sample[row, row]) * (x[$0] * y[$0] - entry)
        }
        let theta = OrderedSum.lanes(products) / count
        noise.add(-average * deviations[column] / deviations[row] * theta)
      }
    }
    return noise.value
  }

  /// Σ (x y − mean)².
  private static func scatter(_ x: [Double], _ y: [Double], around mean: Double) -> Double {
    let gaps = x.indices.map { x[$0] * y[$0] - mean }
    return OrderedSum.dot(gaps, gaps)
  }
}
