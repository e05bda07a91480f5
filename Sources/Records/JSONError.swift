/// Why a text is not JSON as it is taken here, and where.
public struct JSONError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case empty
    case unexpected(expected: String)
    case truncated(expected: String)
    case trailing
    case badNumber
    case badEscape
    case controlCharacter(UInt8)
    case loneSurrogate
    case invalidUTF8
    case duplicateKey(String)
    case tooDeep
    case byteOrderMark
  }

  public let problem: Problem
  /// In bytes, from 0.
  public let offset: Int
  /// From 1.
  public let line: Int
  /// In characters (Unicode scalars), from 1.
  public let column: Int

  public init(_ problem: Problem, offset: Int, line: Int, column: Int) {
    self.problem = problem
    self.offset = offset
    self.line = line
    self.column = column
  }

  /// Stable: what a message is looked up by.
  public var code: String {
    switch problem {
    case .empty: "FB-JSON-001"
    case .unexpected: "FB-JSON-002"
    case .truncated: "FB-JSON-003"
    case .trailing: "FB-JSON-004"
    case .badNumber: "FB-JSON-005"
    case .badEscape: "FB-JSON-006"
    case .controlCharacter: "FB-JSON-007"
    case .loneSurrogate: "FB-JSON-008"
    case .invalidUTF8: "FB-JSON-009"
    case .duplicateKey: "FB-JSON-010"
    case .tooDeep: "FB-JSON-011"
    case .byteOrderMark: "FB-JSON-012"
    }
  }
}

extension JSONError: CustomStringConvertible {
  public var description: String { "\(code): line \(line), column \(column): \(problem)" }
}

extension JSONError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there is no JSON here: expected a value"
    case .unexpected(let expected): "expected \(expected)"
    case .truncated(let expected): "the text ends where \(expected) was expected"
    case .trailing: "something stands behind the value: expected the end"
    case .badNumber: "not a JSON number: expected digits such as 12.5 or -0.25"
    case .badEscape: "an unknown escape: expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
    case .controlCharacter(let byte):
      "a control character (\(byte)) in a text: write it as an escape"
    case .loneSurrogate: "half of a surrogate pair: expected \\uD8xx-\\uDBxx and \\uDCxx-\\uDFxx"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .duplicateKey(let key): "the name \"\(key)\" stands twice in one object"
    case .tooDeep: "nested deeper than \(JSONParser.depthMax) levels"
    case .byteOrderMark: "a byte order mark: expected plain UTF-8"
    }
  }
}
