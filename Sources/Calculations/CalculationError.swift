public import ExactNumbers

/// Why a calculation cannot be made.
public enum CalculationError: Error, Hashable, Sendable {
  /// A parameter has a value that it cannot have.
  case badParameter(name: String, expected: String, found: String)
  /// A sum or product left the range of exact arithmetic.
  case outOfRange(what: String, NumberError)
  /// The book has no such portfolio as of the day.
  case unknownPortfolio(id: String)
  /// No method of this name and version is known here.
  case unknownMethod(String)
  /// A run of a portfolio names none, or one of the whole market names one.
  case misaddressed(step: String, isPerPortfolio: Bool)

  public var code: String {
    switch self {
    case .badParameter: "FB-CALC-101"
    case .outOfRange: "FB-CALC-102"
    case .unknownPortfolio: "FB-CALC-103"
    case .unknownMethod: "FB-CALC-104"
    case .misaddressed: "FB-CALC-105"
    }
  }
}

extension CalculationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badParameter(let name, let expected, let found):
      "parameter \(name) is \(found), expected \(expected); set another with parameter.set"
    case .outOfRange(let what, let error): "\(what): \(error)"
    case .unknownPortfolio(let id): "there is no portfolio \"\(id)\" as of this day"
    case .unknownMethod(let method):
      "no method \"\(method)\" is known to this version; its results cannot be calculated anew"
    case .misaddressed(let step, let isPerPortfolio):
      isPerPortfolio
        ? "\(step) is of a portfolio, and the run names none"
        : "\(step) is of the whole market, and the run names a portfolio"
    }
  }
}
