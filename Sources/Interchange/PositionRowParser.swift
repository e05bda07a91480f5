import Events
import ExactNumbers
import Records

/// Reads one row of a positions file; the first thing wrong with it is its error.
struct PositionRowParser {
  static let tagsPerPositionMax = 20
  static let tagCharactersMax = 50

  let header: PositionsHeader
  /// No row may be later.
  let effective: CivilDate

  func position(
    _ record: CSVRecord, warnings report: inout ImportReport
  ) throws(ImportIssue) -> ImportedPosition {
    try checkFieldCount(record)
    for column in PositionsHeader.Column.allCases
    where column.isRequired && header.field(column, of: record).isEmpty {
      throw PositionsCSVError.missingValue.issue(
        row: record.row, "\(column.rawValue) is missing")
    }
    let (symbol, option) = try instrument(record, &report)
    let quantity = try number(.quantity, of: record)
    guard quantity != .zero else {
      throw PositionsCSVError.zeroQuantity.issue(
        row: record.row, "quantity is 0: expected > 0 for long, < 0 for short")
    }
    let price = try number(.entryPrice, of: record)
    guard price > .zero else {
      throw PositionsCSVError.nonpositivePrice.issue(
        row: record.row,
        "entry_price is \(price): expected > 0, also for shorts (the quantity has the sign)")
    }
    let date = try entryDate(record)
    let position = ImportedPosition(
      row: record.row, symbol: symbol, option: option, quantity: quantity, entryPrice: price,
      entryDate: date, tags: try tags(record))
    if (try? position.cost().exactDecimal()) == nil {
      throw PositionsCSVError.badNumber.issue(
        row: record.row, "quantity times entry_price is beyond 10^15, too large for the ledger")
    }
    if let option, option.expiration < date {
      report.add(
        warning: ImportIssue(
          row: record.row, code: "expired_option",
          message: "\(symbol) expired on \(option.expiration), before its entry on \(date)"))
    }
    return position
  }

  private func checkFieldCount(_ record: CSVRecord) throws(ImportIssue) {
    if record.count < header.fieldCount {
      throw PositionsCSVError.missingValue.issue(
        row: record.row, "\(record.count) fields where the header names \(header.fieldCount)")
    }
    if record.count > header.fieldCount {
      throw PositionsCSVError.badHeader.issue(
        row: record.row,
        """
        \(record.count) fields where the header names \(header.fieldCount): several tags need \
        quotes around them, and numbers are written without thousands separators
        """)
    }
  }

  private func instrument(
    _ record: CSVRecord, _ report: inout ImportReport
  ) throws(ImportIssue) -> (Symbol, OptionSymbol?) {
    let text = header.text(.ticker, of: record)
    guard let ticker = Ticker(text) else {
      throw PositionsCSVError.badOptionSymbol.issue(
        row: record.row,
        """
        '\(excerpt(text))' is neither a stock symbol such as BRK.B nor an OCC option symbol such as \
        AAPL240119C00150000 (root, YYMMDD, C or P, strike × 1000 in 8 digits)
        """)
    }
    if ticker.wasRespelled {
      report.add(
        warning: ImportIssue(
          row: record.row, code: "ticker_respelled",
          message: "'\(text)' is taken as \(ticker.symbol)"))
    }
    if let option = ticker.option, option.isAdjusted {
      report.add(
        warning: ImportIssue(
          row: record.row, code: "adjusted_contract",
          message: """
            \(ticker.symbol) is an adjusted contract: 100 shares a contract are assumed until an \
            instrument.defined event gives its multiplier
            """))
    }
    return (ticker.symbol, ticker.option)
  }

  private func number(
    _ column: PositionsHeader.Column, of record: CSVRecord
  ) throws(ImportIssue) -> ExactDecimal {
    let field = header.field(column, of: record)
    do throws(NumberError) {
      return try ExactDecimal(utf8: field)
    } catch {
      var hint = ""
      if field.contains(0x2C) { hint = "; write it without thousands separators" }
      let text = String(decoding: field, as: UTF8.self)
      if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .currencySymbol }) {
        hint = "; write it without a currency sign"
      }
      throw PositionsCSVError.badNumber.issue(
        row: record.row, "\(column.rawValue) '\(excerpt(text))': \(error)\(hint)")
    }
  }

  private func entryDate(_ record: CSVRecord) throws(ImportIssue) -> CivilDate {
    let text = header.text(.entryDate, of: record)
    guard let date = CivilDate(text) else {
      let hint = text.contains("/") ? "; day and month in that order would be a guess" : ""
      throw PositionsCSVError.badDate.issue(
        row: record.row,
        "entry_date '\(excerpt(text))': expected a day that exists as YYYY-MM-DD\(hint)")
    }
    guard date <= effective else {
      throw PositionsCSVError.futureDate.issue(
        row: record.row, "entry_date \(date) is after the import's date \(effective)")
    }
    return date
  }

  private func tags(_ record: CSVRecord) throws(ImportIssue) -> [String] {
    var tags: [String] = []
    var seen: Set<String> = []
    for column in [PositionsHeader.Column.tags, .strategy] {
      for part in header.field(column, of: record).split(separator: 0x2C) {
        let name = trimmed(String(decoding: part, as: UTF8.self))
        if name.isEmpty { continue }
        guard FieldConstraint.tagName.isSatisfied(by: .text(name)),
          FieldConstraint.characters(1...Self.tagCharactersMax).isSatisfied(by: .text(name))
        else {
          throw PositionsCSVError.badTag.issue(
            row: record.row,
            """
            tag '\(excerpt(name))': expected 1 to \(Self.tagCharactersMax) \
            \(FieldConstraint.tagName.expectation)
            """)
        }
        if seen.insert(name.lowercased()).inserted { tags.append(name) }
      }
    }
    guard tags.count <= Self.tagsPerPositionMax else {
      throw PositionsCSVError.tooManyTags.issue(
        row: record.row, "\(tags.count) tags: at most \(Self.tagsPerPositionMax) a position")
    }
    return tags
  }
}

/// A field for a message: long ones are cut.
func excerpt(_ text: String) -> String {
  text.unicodeScalars.count <= 60 ? text : String(text.unicodeScalars.prefix(57)) + "…"
}

private func trimmed(_ text: String) -> String {
  var text = text[...]
  while text.first?.isWhitespace == true { text = text.dropFirst() }
  while text.last?.isWhitespace == true { text = text.dropLast() }
  return String(text)
}
