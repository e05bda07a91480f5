/// A rectangle of numbers, stored row after row.
public struct Matrix: Hashable, Sendable {
  public let rows: Int
  public let columns: Int
  /// `rows` times `columns` numbers, the first row first.
  public private(set) var values: [Double]

  /// A matrix with one number everywhere.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    precondition(rows >= 0 && columns >= 0, "a matrix has no negative size")
    self.rows = rows
    self.columns = columns
    values = [Double](repeating: value, count: rows * columns)
  }

  /// - Parameter values: Row after row; exactly `rows` times `columns` of them.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(rows >= 0 && columns >= 0, "a matrix has no negative size")
    precondition(values.count == rows * columns, "a matrix is filled by its values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// - Parameter rows: Of equal length. No rows give a matrix without columns.
  public init(_ rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "the rows of a matrix are equally long")
    self.init(rows: rows.count, columns: columns, values: rows.flatMap { $0 })
  }

  /// - Parameter columns: Of equal length, each becoming one column: series beside series.
  public init(columns: [[Double]]) {
    let rows = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rows }, "columns of a matrix are equally long")
    self.init(rows: rows, columns: columns.count)
    for (column, series) in columns.enumerated() {
      for row in 0..<rows { self[row, column] = series[row] }
    }
  }

  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(column >= 0 && column < columns, "the column is in the matrix")
      return values[row * columns + column]
    }
    set {
      precondition(column >= 0 && column < columns, "the column is in the matrix")
      values[row * columns + column] = newValue
    }
  }

  /// One row, as numbers beside one another.
  public func row(_ row: Int) -> ArraySlice<Double> {
    values[(row * columns)..<((row + 1) * columns)]
  }

  /// One column, from the first row to the last.
  public func column(_ column: Int) -> [Double] {
    (0..<rows).map { self[$0, column] }
  }

  /// Every number times one factor.
  public func scaled(by factor: Double) -> Matrix {
    Matrix(rows: rows, columns: columns, values: values.map { $0 * factor })
  }

  /// The rows and columns of a square matrix that are asked for, in that order.
  public func submatrix(rows: [Int], columns: [Int]) -> Matrix {
    Matrix(
      rows: rows.count, columns: columns.count,
      values: rows.flatMap { row in columns.map { self[row, $0] } })
  }

  /// The product with a vector, each sum from the first column to the last.
  public func times(_ vector: [Double]) -> [Double] {
    precondition(vector.count == columns, "a vector is as long as the matrix is wide")
    return (0..<rows).map { row in
      var sum = 0.0
      for column in 0..<columns { sum += self[row, column] * vector[column] }
      return sum
    }
  }

  /// Rows without a missing number; a number is missing if it is not finite.
  func completeRows() -> [Int] {
    (0..<rows).filter { row in self.row(row).allSatisfy(\.isFinite) }
  }
}
