import Analytics
import TestSupport
import Testing

@Suite struct Matrices {
  @Test("rows and columns are two ways to one matrix")
  func shape() {
    let matrix = Matrix([[1, 2, 3], [4, 5, 6]])
    #expect(matrix == Matrix(columns: [[1, 4], [2, 5], [3, 6]]))
    #expect(Array(matrix.row(1)) == [4, 5, 6] && matrix.column(2) == [3, 6])
    #expect(matrix.times([1, 0, -1]) == [-2, -2])
    #expect(matrix.submatrix(rows: [1], columns: [2, 0]) == Matrix([[6, 4]]))
    #expect(Matrix([]).rows == 0 && Matrix([]).columns == 0)
  }

  @Test("a solved system gives its right side back", arguments: [81, 82, 83] as [UInt64])
  func solve(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let size = Int.random(in: 1...8, using: &random)
    let sides = (0..<(size + 3)).map { _ in
      (0..<size).map { 1e3 * Double($0 + 1) * Double.random(in: -1...1, using: &random) }
    }
    var matrix = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in 0..<size {
        for side in sides { matrix[row, column] += side[row] * side[column] }
      }
    }
    let want = (0..<size).map { _ in Double.random(in: -1...1, using: &random) }
    let solver = try #require(SymmetricSolve(matrix), "seed \(seed)")
    #expect(relativeError(solver.solve(matrix.times(want)), want) < 1e-9, "seed \(seed)")
  }

  @Test("what cannot be solved is said so")
  func singular() {
    #expect(SymmetricSolve(Matrix([[1, 2], [2, 4]])) == nil)
    #expect(SymmetricSolve(Matrix([[1, 2], [2, 1]])) == nil)
    #expect(SymmetricSolve(Matrix([[0]])) == nil)
    #expect(SymmetricSolve(Matrix([[.nan]])) == nil)
    #expect(SymmetricSolve(Matrix([[1, 2]])) == nil)
    #expect(SymmetricSolve(Matrix([]))?.solve([]) == [])
  }
}
