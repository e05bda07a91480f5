import Foundation
import Testing

/// A value of a reference file: cases with inputs and independently computed answers.
///
/// Numbers are the nearest doubles, as JSONDecoder reads them; JSONSerialization goes through
/// decimals and loses the last digit of some.
enum ReferenceJSON: Decodable, Sendable {
  case null, flag(Bool), number(Double), text(String), list([ReferenceJSON]),
    object([String: ReferenceJSON])

  subscript(key: String) -> ReferenceJSON {
    if case .object(let members) = self { return members[key] ?? .null }
    return .null
  }

  var number: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  var text: String? {
    if case .text(let value) = self { return value }
    return nil
  }

  var list: [ReferenceJSON] {
    if case .list(let values) = self { return values }
    return []
  }

  var members: [String: ReferenceJSON] {
    if case .object(let members) = self { return members }
    return [:]
  }

  var isNull: Bool {
    if case .null = self { return true }
    return false
  }

  /// A list of numbers; one that is not given is not a number.
  var series: [Double] { list.map { $0.number ?? .nan } }

  var rows: [[Double]] { list.map(\.series) }

  /// The cases of one kind in a file beside the tests.
  static func cases(_ file: String, kind: String) -> [ReferenceJSON] {
    (files[file] ?? .null)["cases"].list.filter { $0["kind"].text == kind }
  }

  static func ids(_ file: String, kind: String) -> [String] {
    cases(file, kind: kind).compactMap(\.["id"].text)
  }

  static func find(_ file: String, _ id: String) throws -> ReferenceJSON {
    try #require((files[file] ?? .null)["cases"].list.first { $0["id"].text == id })
  }

  private static let files: [String: ReferenceJSON] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference")
    var files: [String: ReferenceJSON] = [:]
    for name in ["regressions", "portfolio_stats"] {
      guard let data = try? Data(contentsOf: folder.appending(path: name + ".json")),
        let value = try? JSONDecoder().decode(ReferenceJSON.self, from: data)
      else { continue }
      files[name] = value
    }
    return files
  }()

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([ReferenceJSON].self) {
      self = .list(list)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = .object(try value.decode([String: ReferenceJSON].self))
    }
  }
}

/// How far numbers are from the expected ones, through the largest of those.
///
/// Infinite where one is defined and the other is not.
func relativeError(_ got: [Double?], _ want: [Double?]) -> Double {
  guard got.count == want.count else { return .infinity }
  let scale = want.compactMap { $0?.magnitude }.max() ?? 0
  var worst = 0.0
  for (one, other) in zip(got, want) {
    guard let one, let other else {
      if one != nil || other != nil { return .infinity }
      continue
    }
    guard one.isFinite else { return .infinity }
    let gap = (one - other).magnitude
    worst = max(worst, scale > 0 ? gap / scale : gap)
  }
  return worst
}

func relativeError(_ got: Double?, _ want: Double?) -> Double { relativeError([got], [want]) }

/// What the reference demands of statistics.
let statisticsTolerance = 1e-11
