import FoundationEssentials

/// The reference vectors in `Reference/`, as tables of text.
struct ReferenceVectors {
  struct Row: CustomStringConvertible {
    fileprivate var cells: [String: String]

    /// The cell of a column; empty where it is not defined.
    subscript(column: String) -> String { cells[column] ?? "" }

    /// The cell as the nearest double; nil where it is empty.
    func number(_ column: String) -> Double? { Double(self[column]) }

    var description: String { "row \(self["id"])" }
  }

  var rows: [Row]

  /// - Parameter name: of a CSV file with a line of column names and no quotes.
  init(_ name: String, file: String = #filePath) throws {
    let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
    try self.init(path: "\(folder)/Reference/\(name)")
  }

  init(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = lines.removeFirst()
    rows = lines.map { cells in
      Row(cells: Dictionary(uniqueKeysWithValues: zip(columns, cells)))
    }
  }
}

/// How far an answer is from the reference, in the two measures of its README.
struct ReferenceError {
  /// |got − want| / |want|.
  var relative: Double
  /// The relative error over 2.22e-16 and over the condition, where that is above one.
  var scaled: Double

  /// Answers below 1e-290 are compared absolutely: either measure is then 0 or infinite.
  init(_ value: Double, _ expected: Double, condition: Double) {
    let gap = (value - expected).magnitude
    guard expected.magnitude >= 1e-290 else {
      relative = gap < 1e-290 ? 0 : .infinity
      scaled = relative
      return
    }
    relative = value.isNaN ? .infinity : gap / expected.magnitude
    scaled = relative / 2.22e-16 / max(1, condition)
  }
}
