/// Why a file of inputs is refused, as its stable code.
enum ReferenceProblem: String, CaseIterable {
  /// The first row of a table does not name what is needed.
  case badHeader = "FB-REF-001"
  /// A row has more or fewer fields than the header.
  case raggedRow = "FB-REF-002"
  case badNumber = "FB-REF-003"
  /// Neither call nor put.
  case badOptionType = "FB-REF-004"
  /// A member of a JSON document is missing, or is of another sort.
  case badMember = "FB-REF-005"
  case unknownCaseKind = "FB-REF-006"
  /// Lists that belong together differ in length, or a number lies outside its range.
  case inconsistentCase = "FB-REF-007"

  /// - Parameters:
  ///   - place: The file, and where in it.
  ///   - message: What was expected and found, and what to do.
  func failure(at place: String, _ message: String) -> CommandFailure {
    CommandFailure(.badData, code: rawValue, "\(place): \(message)")
  }
}

extension ReferenceProblem {
  /// A piece of the file for a message, cut where it would fill the screen.
  static func quoted(_ text: String) -> String {
    text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
  }
}

extension Double {
  /// The shortest decimal that reads back as the same double; empty for an infinity and NaN.
  var referenceCell: String { isFinite ? description : "" }

  /// The nearest double of a decimal; `nan`, `inf` and `infinity` are read too, hexadecimal digits
  /// are not.
  init?(referenceText text: String) {
    let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let isDecimal = unsigned.utf8.allSatisfy {
      $0 &- 0x30 < 10 || $0 == 0x2E || $0 | 0x20 == 0x65 || $0 == 0x2B || $0 == 0x2D
    }
    guard isDecimal || ["nan", "inf", "infinity"].contains(unsigned.lowercased()) else {
      return nil
    }
    self.init(text)
  }
}

extension Double? {
  var referenceCell: String { self?.referenceCell ?? "" }
}
