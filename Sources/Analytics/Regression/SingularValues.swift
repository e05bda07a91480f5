/// Singular values, for condition numbers.
enum SingularValues {
  /// The singular values of a matrix given by its columns, in no order.
  ///
  /// One-sided Jacobi (Hestenes, 1958): pairs of columns are rotated until all stand at right
  /// angles; their lengths are the values. Small ones keep their digits (Demmel and Veselić, 1992).
  static func ofColumns(_ matrix: [[Double]]) -> [Double] {
    var columns = matrix
    for _ in 0..<60 {
      var rotated = false
      for left in columns.indices {
        for right in (left + 1)..<max(columns.count, left + 1) {
          let a = OrderedSum.dot(columns[left], columns[left])
          let b = OrderedSum.dot(columns[right], columns[right])
          let c = OrderedSum.dot(columns[left], columns[right])
          guard c.magnitude > 1e-16 * (a * b).squareRoot() else { continue }
          rotated = true
          rotate(&columns, left, right, a, b, c)
        }
      }
      if !rotated { break }
    }
    return columns.map { OrderedSum.dot($0, $0).squareRoot() }
  }

  private static func rotate(
    _ columns: inout [[Double]], _ left: Int, _ right: Int, _ a: Double, _ b: Double, _ c: Double
  ) {
    let zeta = (b - a) / (2 * c)
    let root = (1 + zeta * zeta).squareRoot()
    let tangent = (zeta < 0 ? -1 : 1) / (zeta.magnitude + root)
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = cosine * tangent
    for row in columns[left].indices {
      let first = columns[left][row]
      let second = columns[right][row]
      columns[left][row] = cosine * first - sine * second
      columns[right][row] = sine * first + cosine * second
    }
  }
}
