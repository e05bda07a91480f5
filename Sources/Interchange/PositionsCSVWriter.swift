public import ExactNumbers

/// Writes positions so that ``PositionsFile`` reads them again: the five columns of an import
/// first, then whatever else is to be shown, which an import ignores.
public enum PositionsCSVWriter {
  public static let columns = ["ticker", "quantity", "entry_price", "entry_date", "tags"]

  public static func header(further: [String] = []) -> String {
    CSVWriter.line(columns + further)
  }

  /// - Parameters:
  ///   - quantity: Open shares or contracts as exact text; short is negative.
  ///   - entryPrice: Currency per share as exact text.
  ///   - tags: Names. None has a comma: tag names cannot.
  public static func line(
    ticker: String, quantity: String, entryPrice: String, entryDate: CivilDate, tags: [String],
    further: [String] = []
  ) -> String {
    CSVWriter.line(
      [ticker, quantity, entryPrice, entryDate.description, tags.joined(separator: ",")] + further)
  }
}
