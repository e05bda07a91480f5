/// The Cholesky factor of a symmetric positive definite matrix, for solving with many right sides.
///
/// The matrix is first scaled to a diagonal of ones, so that a pivot says how much of a variable
/// the ones before it leave unexplained, whatever its unit.
public struct SymmetricSolve: Sendable {
  /// The smallest share of a variable that the ones before it may leave unexplained.
  public static let smallestPivot = 1e-13

  private let factor: Matrix
  private let scale: [Double]

  /// - Parameter matrix: Symmetric; only its lower triangle is read.
  /// - Returns: Nil where the matrix is not square, has a number that is not finite, a diagonal
  ///   that is not positive, or is singular to rounding.
  public init?(_ matrix: Matrix) {
    let size = matrix.rows
    guard matrix.columns == size, matrix.values.allSatisfy(\.isFinite) else { return nil }
    var scale = [Double](repeating: 0, count: size)
    for index in 0..<size {
      guard matrix[index, index] > 0 else { return nil }
      scale[index] = matrix[index, index].squareRoot()
    }
    var factor = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in 0...row {
        var rest =
          row == column ? 1 : matrix[row, column] / scale[row] / scale[column]
        for inner in 0..<column { rest -= factor[row, inner] * factor[column, inner] }
        if row == column {
          guard rest > Self.smallestPivot else { return nil }
          factor[row, row] = rest.squareRoot()
        } else {
          factor[row, column] = rest / factor[column, column]
        }
      }
    }
    self.factor = factor
    self.scale = scale
  }

  /// The vector that the matrix turns into `right`.
  public func solve(_ right: [Double]) -> [Double] {
    let size = factor.rows
    precondition(right.count == size, "a right side is as long as the matrix is high")
    var vector = right
    for row in 0..<size {
      var rest = vector[row] / scale[row]
      for inner in 0..<row { rest -= factor[row, inner] * vector[inner] }
      vector[row] = rest / factor[row, row]
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      var rest = vector[row]
      for inner in (row + 1)..<max(size, row + 1) { rest -= factor[inner, row] * vector[inner] }
      vector[row] = rest / factor[row, row]
    }
    for row in 0..<size { vector[row] /= scale[row] }
    return vector
  }
}
