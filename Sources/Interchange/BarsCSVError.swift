/// Why a row of a bars file, or the file, is not taken. The words are those of positions files
/// where they mean the same.
public enum BarsCSVError: String, Hashable, Sendable, CaseIterable {
  case badHeader = "bad_header"
  case missingValue = "missing_value"
  /// More fields than the header names.
  case raggedRow = "ragged_row"
  case badSymbol = "bad_symbol"
  case badDate = "bad_date"
  case badNumber = "bad_number"
  case nonpositivePrice = "nonpositive_price"
  /// The low is not the lowest, or the high not the highest.
  case inconsistentBar = "inconsistent_bar"
  /// Another row of the file says something else about the same day.
  case conflictingBar = "conflicting_bar"

  /// - Parameter row: Null where the whole file is meant.
  func issue(row: Int?, _ message: String) -> ImportIssue {
    ImportIssue(row: row, code: rawValue, message: message)
  }
}
