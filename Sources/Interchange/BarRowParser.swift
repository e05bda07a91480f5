import Events
import ExactNumbers

/// Reads one row of a bars file; the first thing wrong with it is its error.
struct BarRowParser {
  struct Bar {
    var effective: Instant
    var payload: PriceClosed
  }

  let header: BarsHeader
  // Files are mostly sorted by symbol, so the last one read is usually the next one.
  private var lastSymbol: (text: ArraySlice<UInt8>, symbol: Symbol)?

  init(header: BarsHeader) { self.header = header }

  mutating func bar(
    _ record: CSVRecord, provider: String?
  ) throws(ImportIssue) -> Bar {
    let row = record.row
    guard record.count <= header.fieldCount else {
      throw BarsCSVError.raggedRow.issue(
        row: row, "\(record.count) fields where the header names \(header.fieldCount)")
    }
    guard record.count == header.fieldCount else {
      throw BarsCSVError.missingValue.issue(
        row: row, "\(record.count) fields where the header names \(header.fieldCount)")
    }
    for column in BarsHeader.Column.allCases
    where column.isRequired && header.field(column, of: record).isEmpty {
      throw BarsCSVError.missingValue.issue(row: row, "\(column.rawValue) is missing")
    }
    let symbol = try symbol(record)
    let date = try date(record)
    guard let close = try price(.close, of: record), close > .zero else {
      throw BarsCSVError.nonpositivePrice.issue(row: row, "close: expected > 0")
    }
    let payload = PriceClosed(
      symbol: symbol, date: date, close: close, open: try price(.open, of: record),
      high: try price(.high, of: record), low: try price(.low, of: record),
      volume: try volume(record), provider: provider)
    if let problem = Self.inconsistency(payload) {
      throw BarsCSVError.inconsistentBar.issue(row: row, "\(symbol) on \(date): \(problem)")
    }
    return Bar(effective: try time(record) ?? date.end, payload: payload)
  }

  private mutating func symbol(_ record: CSVRecord) throws(ImportIssue) -> Symbol {
    let field = header.field(.symbol, of: record)
    if let lastSymbol, lastSymbol.text == field { return lastSymbol.symbol }
    let text = String(decoding: field, as: UTF8.self)
    guard let ticker = Ticker(text) else {
      throw BarsCSVError.badSymbol.issue(
        row: record.row, "'\(excerpt(text))' is neither a stock symbol nor an OCC option symbol")
    }
    lastSymbol = (field, ticker.symbol)
    return ticker.symbol
  }

  private func date(_ record: CSVRecord) throws(ImportIssue) -> CivilDate {
    let text = String(decoding: header.field(.date, of: record), as: UTF8.self)
    guard let date = CivilDate(text) else {
      throw BarsCSVError.badDate.issue(
        row: record.row,
        "date '\(excerpt(text))': expected a day that exists as YYYY-MM-DD")
    }
    return date
  }

  /// When the session closed, where the row says so.
  private func time(_ record: CSVRecord) throws(ImportIssue) -> Instant? {
    let field = header.field(.time, of: record)
    if field.isEmpty { return nil }
    let text = String(decoding: field, as: UTF8.self)
    guard let time = Instant(text) else {
      throw BarsCSVError.badDate.issue(
        row: record.row,
        "time '\(excerpt(text))': expected RFC 3339 such as 2025-06-30T20:00:00Z")
    }
    return time
  }

  private func price(
    _ column: BarsHeader.Column, of record: CSVRecord
  ) throws(ImportIssue) -> ExactDecimal? {
    guard let price = try number(column, of: record) else { return nil }
    guard !price.isNegative else {
      throw BarsCSVError.nonpositivePrice.issue(
        row: record.row, "\(column.rawValue) is \(price): a price is not negative")
    }
    return price
  }

  private func volume(_ record: CSVRecord) throws(ImportIssue) -> Int64? {
    guard let number = try number(.volume, of: record) else { return nil }
    guard let volume = number.integerValue, volume >= 0 else {
      throw BarsCSVError.badNumber.issue(
        row: record.row, "volume is \(number): expected a whole number, not negative")
    }
    return volume
  }

  private func number(
    _ column: BarsHeader.Column, of record: CSVRecord
  ) throws(ImportIssue) -> ExactDecimal? {
    let field = header.field(column, of: record)
    if field.isEmpty { return nil }
    do throws(NumberError) {
      return try ExactDecimal(utf8: field)
    } catch {
      throw BarsCSVError.badNumber.issue(
        row: record.row,
        "\(column.rawValue) '\(excerpt(String(decoding: field, as: UTF8.self)))': \(error)")
    }
  }

  /// What is wrong between the prices of a bar, or null.
  private static func inconsistency(_ bar: PriceClosed) -> String? {
    let low = bar.low ?? bar.close
    let high = bar.high ?? bar.close
    for (name, price) in [("open", bar.open ?? bar.close), ("close", bar.close)] {
      if price < low { return "\(name) \(price) is below the low \(low)" }
      if price > high { return "\(name) \(price) is above the high \(high)" }
    }
    return nil
  }
}
