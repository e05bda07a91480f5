/// Why a calculation was refused. What is merely undefined is nil in the result, not an error.
public enum AnalyticsError: Error, Hashable, Sendable {
  /// An input is infinite or not a number.
  case notFinite(input: String)
  /// An input that must be above zero is not.
  case notPositive(input: String, value: Double)
  /// An input that must be zero or more is below.
  case negative(input: String, value: Double)
  /// The inputs are valid, the answer lies outside the range of a double.
  case outOfRange(answer: String)
  /// The inputs are valid and an answer exists, but the method did not find it.
  case notConverged(answer: String)
  /// Two columns that belong together differ in length.
  case lengthsDiffer(input: String, expected: Int, found: Int)
}

extension AnalyticsError {
  /// A name for programs, which never changes.
  public var code: String {
    switch self {
    case .notFinite: "FB-CALC-001"
    case .notPositive: "FB-CALC-002"
    case .negative: "FB-CALC-003"
    case .outOfRange: "FB-CALC-004"
    case .lengthsDiffer: "FB-CALC-005"
    case .notConverged: "FB-CALC-006"
    }
  }
}

extension AnalyticsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFinite(let input): "\(input) is not a finite number"
    case .notPositive(let input, let value): "\(input) is \(value): it must be above zero"
    case .negative(let input, let value): "\(input) is \(value): it must be zero or more"
    case .outOfRange(let answer): "\(answer) lies outside the range of a double"
    case .notConverged(let answer): "\(answer) was not found: the method did not converge"
    case .lengthsDiffer(let input, let expected, let found):
      "\(input) has \(found) values where \(expected) are needed"
    }
  }
}
