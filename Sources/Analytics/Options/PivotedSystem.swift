/// A square system of equations, factored once with row exchanges and solved for many right sides.
///
/// Source: Golub and Van Loan (2013), "Matrix Computations", algorithm 3.4.1. Row-wise, in a fixed
/// order.
struct PivotedSystem {
  let order: Int
  private var factors: [Double]
  private var exchanges: [Int]

  /// - Parameter matrix: row after row, `order` · `order` entries.
  /// - Returns: nil where no solution, or no finite one, stands behind it.
  init?(matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "a square matrix")
    self.order = order
    factors = matrix
    exchanges = Array(0..<order)
    let isSolvable = factors.withUnsafeMutableBufferPointer { rows in
      exchanges.withUnsafeMutableBufferPointer { Self.factor(rows, $0, order) }
    }
    guard isSolvable else { return nil }
  }

  /// The solution in place of the right side.
  func solve(_ right: inout [Double]) {
    precondition(right.count == order, "one entry a row")
    factors.withUnsafeBufferPointer { rows in
      right.withUnsafeMutableBufferPointer { right in
        for column in 0..<order {
          let pivot = exchanges[column]
          if pivot != column { right.swapAt(pivot, column) }
        }
        for row in 1..<max(order, 1) {
          var value = right[row]
          for column in 0..<row { value -= rows[row * order + column] * right[column] }
          right[row] = value
        }
        for row in stride(from: order - 1, through: 0, by: -1) {
          var value = right[row]
          for column in (row + 1)..<max(order, row + 1) {
            value -= rows[row * order + column] * right[column]
          }
          right[row] = value / rows[row * order + row]
        }
      }
    }
  }

  private static func factor(
    _ rows: UnsafeMutableBufferPointer<Double>, _ exchanges: UnsafeMutableBufferPointer<Int>,
    _ order: Int
  ) -> Bool {
    for column in 0..<order {
      var pivot = column
      for row in (column + 1)..<max(order, column + 1)
      where rows[row * order + column].magnitude > rows[pivot * order + column].magnitude {
        pivot = row
      }
      exchanges[column] = pivot
      if pivot != column {
        for index in 0..<order { rows.swapAt(pivot * order + index, column * order + index) }
      }
      let diagonal = rows[column * order + column]
      // Also false where it is not a number.
      guard diagonal.magnitude > 0, diagonal.isFinite else { return false }
      for row in (column + 1)..<max(order, column + 1) {
        let factor = rows[row * order + column] / diagonal
        rows[row * order + column] = factor
        guard factor != 0 else { continue }
        for index in (column + 1)..<max(order, column + 1) {
          rows[row * order + index] -= factor * rows[column * order + index]
        }
      }
    }
    return true
  }
}
