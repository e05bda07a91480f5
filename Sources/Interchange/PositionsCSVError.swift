/// Why a row of a positions file, or the file, is not taken. The raw values are the documented
/// codes (domain/api.md, section 3).
public enum PositionsCSVError: String, Hashable, Sendable, CaseIterable {
  case badHeader = "bad_header"
  case missingValue = "missing_value"
  case badNumber = "bad_number"
  case zeroQuantity = "zero_quantity"
  case nonpositivePrice = "nonpositive_price"
  case badDate = "bad_date"
  case futureDate = "future_date"
  case tooOld = "too_old"
  case badOptionSymbol = "bad_option_symbol"
  case duplicate
  case tooManyTags = "too_many_tags"
  case badTag = "bad_tag"
  case fileTooLarge = "file_too_large"
  case tooManyRows = "too_many_rows"

  /// - Parameter row: Null where the whole file is meant.
  func issue(row: Int?, _ message: String) -> ImportIssue {
    ImportIssue(row: row, code: rawValue, message: message)
  }
}
