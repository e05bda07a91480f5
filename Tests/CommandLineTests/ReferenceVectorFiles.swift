import Interchange
import Records
import Testing

@testable import foldbook_cli

/// The files of inputs with known answers, and what the program answers to them.
enum ReferenceFile {
  struct Answer {
    var output: String
    var warnings: [String]

    /// The rows of an answer in CSV.
    var rows: [[String: String]] { ReferenceFile.rows(output) }
  }

  static func path(_ name: String, beside file: String = #filePath) -> String {
    let tests = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return tests.joined(separator: "/") + "/AnalyticsTests/Reference/" + name
  }

  /// - Parameter every: Only the first of so many rows, below the header.
  static func text(_ name: String, every: Int = 1) throws -> String {
    let input = try ByteInput(path: path(name))
    var bytes: [UInt8] = []
    while case let more = try input.next(), !more.isEmpty { bytes += more }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.enumerated().filter { $0.offset == 0 || ($0.offset - 1) % every == 0 }
      .map { $0.element + "\n" }.joined()
  }

  static func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  static func answer(_ kind: ReferenceKind, to text: String) throws -> Answer {
    var output = ""
    var warnings: [String] = []
    try ReferenceRun(emit: { output += $0 }, warn: { warnings.append($0) })
      .answer(ByteInput(bytes: Array(text.utf8), name: "inputs"), as: kind)
    return Answer(output: output, warnings: warnings)
  }
}

/// How far an answer is from the known one.
enum ReferenceDistance {
  /// In the two measures for answers with a condition. Below 1e-290 they are compared absolutely.
  static func conditioned(
    _ got: String, _ want: String, condition: Double
  ) throws -> (relative: Double, scaled: Double) {
    let value = try #require(Double(got))
    let expected = try #require(Double(want))
    let gap = (value - expected).magnitude
    if expected.magnitude < 1e-290 {
      let error = gap < 1e-290 ? 0 : Double.infinity
      return (error, error)
    }
    let relative = gap / expected.magnitude
    return (relative, relative / 2.22e-16 / max(1, condition))
  }

  /// Of two JSON values of one shape: each list through its largest number, each number alone.
  static func worst(_ got: JSONValue?, _ want: JSONValue) -> Double {
    switch want {
    case .object(let members):
      guard let found = got?.members, found.map(\.name).sorted() == members.map(\.name).sorted()
      else { return .infinity }
      return members.map { worst(got?[$0.name], $0.value) }.max() ?? 0
    case .array, .number:
      guard let found = got.flatMap(numbers), let expected = numbers(want) else {
        return .infinity
      }
      return worst(found, expected)
    default: return got == want ? 0 : .infinity
    }
  }

  /// Infinite where one is defined and the other is not.
  static func worst(_ got: [Double?], _ want: [Double?]) -> Double {
    guard got.map({ $0 == nil }) == want.map({ $0 == nil }) else { return .infinity }
    let scale = want.compactMap { $0?.magnitude }.max() ?? 0
    let gap = zip(got, want).compactMap { one, other in
      one.flatMap { one in other.map { (one - $0).magnitude } }
    }.max()
    return (gap ?? 0) / (scale > 0 ? scale : 1)
  }

  /// The numbers of a list, of lists in a list, or one; nil where anything else is among them.
  static func numbers(_ value: JSONValue) -> [Double?]? {
    switch value {
    case .null: return [nil]
    case .number(let number): return Double(number.text).map { [$0] }
    case .array(let values):
      var all: [Double?] = []
      for value in values {
        guard let some = numbers(value) else { return nil }
        all += some
      }
      return all
    default: return nil
    }
  }
}
