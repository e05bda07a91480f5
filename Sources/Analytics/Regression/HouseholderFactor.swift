/// Columns scaled to length one and factored by Householder's reflections: A = QR.
///
/// Source: Golub and Van Loan, Matrix Computations, 5.2.
struct HouseholderFactor: Sendable {
  /// R, square.
  let triangle: Matrix
  /// The lengths that the columns had.
  let scales: [Double]
  private let reflectors: [[Double]]  // of length √2, or empty where nothing was to reflect

  var size: Int { triangle.rows }

  /// - Returns: Nil for fewer rows than columns, or a column that is zero or not finite.
  init?(_ columns: [[Double]]) {
    let scales = columns.map(Self.length)
    guard let rows = columns.first?.count, rows >= columns.count,
      scales.allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    var scaled = zip(columns, scales).map { column, length in column.map { $0 / length } }
    var triangle = Matrix(rows: columns.count, columns: columns.count)
    var reflectors: [[Double]] = []
    for index in scaled.indices {
      var reflector = Array(scaled[index][index...])
      let size = Self.length(reflector)
      for row in 0..<index { triangle[row, index] = scaled[index][row] }
      guard size > 0 else {
        reflectors.append([])
        continue
      }
      // Away from the first number, so that nothing cancels.
      let target = reflector[0] > 0 ? -size : size
      triangle[index, index] = target
      reflector[0] -= target
      let factor = (2.0).squareRoot() / Self.length(reflector)
      for row in reflector.indices { reflector[row] *= factor }
      reflectors.append(reflector)
      for later in scaled.indices.dropFirst(index + 1) {
        Self.reflect(&scaled[later], by: reflector, from: index)
      }
    }
    self.triangle = triangle
    self.scales = scales
    self.reflectors = reflectors
  }

  /// Qᵀ v.
  func rotated(_ vector: [Double]) -> [Double] {
    var rotated = vector
    for (index, reflector) in reflectors.enumerated() {
      Self.reflect(&rotated, by: reflector, from: index)
    }
    return rotated
  }

  /// What the columns as given are to be taken times for R to reach the first numbers of a rotated
  /// vector.
  func backSubstituted(_ rotated: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: size)
    for row in stride(from: size - 1, through: 0, by: -1) {
      var rest = rotated[row]
      for column in values.indices.dropFirst(row + 1) {
        rest -= triangle[row, column] * values[column]
      }
      values[row] = rest / triangle[row, row]
    }
    for index in values.indices { values[index] /= scales[index] }
    return values
  }

  /// The first numbers of a rotated vector whose products with the columns as given are `products`.
  func forwardSubstituted(_ products: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: size)
    for row in values.indices {
      var rest = products[row] / scales[row]
      for column in 0..<row { rest -= triangle[column, row] * values[column] }
      values[row] = rest / triangle[row, row]
    }
    return values
  }

  /// The lengths of the rows of the inverse, columns as given: standard errors through the
  /// residual's deviation.
  func inverseRowLengths() -> [Double] {
    var sums = [Double](repeating: 0, count: size)
    for unit in 0..<size {
      var column = [Double](repeating: 0, count: unit + 1)
      for row in stride(from: unit, through: 0, by: -1) {
        var rest = row == unit ? 1.0 : 0
        for inner in column.indices.dropFirst(row + 1) {
          rest -= triangle[row, inner] * column[inner]
        }
        column[row] = rest / triangle[row, row]
        sums[row] += column[row] * column[row]
      }
    }
    return zip(sums, scales).map { $0.squareRoot() / $1 }
  }

  /// v − u (uᵀv), on the numbers from `start` on; u has length √2.
  private static func reflect(_ vector: inout [Double], by reflector: [Double], from start: Int) {
    guard !reflector.isEmpty else { return }
    vector.withUnsafeMutableBufferPointer { vector in
      reflector.withUnsafeBufferPointer { reflector in
        let part = UnsafeMutableBufferPointer(rebasing: vector[start...])
        let product = OrderedSum.dot(UnsafeBufferPointer(part), reflector)
        for row in reflector.indices { part[row] -= reflector[row] * product }
      }
    }
  }

  /// The Euclidean length, without overflow for any numbers whose length is one.
  private static func length(_ vector: [Double]) -> Double {
    var largest = 0.0
    for value in vector { largest = max(largest, value.magnitude) }
    guard largest > 0 else { return 0 }
    // A power of two, so that scaling rounds nothing.
    let unit = Double(sign: .plus, exponent: largest.exponent, significand: 1)
    let scaled = vector.map { $0 / unit }
    return OrderedSum.dot(scaled, scaled).squareRoot() * unit
  }
}
