/// Why a number was refused.
public enum NumberError: Error, Hashable, Sendable {
  case empty
  case malformed(offset: Int)
  case tooManyPlaces(found: Int)
  case tooManyDigits(found: Int)
  case tooLarge
  case overflow(operation: String)
  case divisionByZero
}

extension NumberError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "a number is missing: expected a decimal such as 12.5"
    case .malformed(let offset):
      "not a decimal number (at character \(offset + 1)): expected digits such as 12.5 or -0.25"
    case .tooManyPlaces(let found):
      "\(found) decimal places: at most \(ExactDecimal.placesMax) are kept, and none is rounded away"
    case .tooManyDigits(let found):
      "\(found) significant digits: at most \(ExactDecimal.digitsMax) are kept, and none is rounded away"
    case .tooLarge: "the magnitude must be below 10^15"
    case .overflow(let operation): "\(operation) is out of range for exact arithmetic"
    case .divisionByZero: "division by zero"
    }
  }
}
