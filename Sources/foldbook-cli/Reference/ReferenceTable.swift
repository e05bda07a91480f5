import Analytics
import Interchange

/// A column of options that a table of inputs may have.
enum ReferenceColumn: String, CaseIterable {
  case id, type, spot, strike
  case years = "t_years"
  case volatility = "vol"
  case rate
  case dividendYield = "div_yield"
  case price

  fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Options that are answered together.
struct ReferenceBatch {
  var ids: [String] = []
  /// Where each stands in the file.
  var lines: [Int] = []
  var options = OptionColumns([OptionInputs]())
  /// Empty where no prices are given, as the volatilities where they are asked for.
  var prices: [Double] = []

  var count: Int { ids.count }

  fileprivate mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    options.sides.removeAll(keepingCapacity: true)
    options.spots.removeAll(keepingCapacity: true)
    options.strikes.removeAll(keepingCapacity: true)
    options.years.removeAll(keepingCapacity: true)
    options.volatilities.removeAll(keepingCapacity: true)
    options.rates.removeAll(keepingCapacity: true)
    options.dividendYields.removeAll(keepingCapacity: true)
    prices.removeAll(keepingCapacity: true)
  }
}

/// A CSV file of options, read a batch at a time. Columns are found by their names.
struct ReferenceTable {
  private let name: String
  private var reader: CSVReader
  private var fieldCount = 0
  /// By ``ReferenceColumn/allCases``: the field of each column; null where it is not read.
  private var fields = [Int?](repeating: nil, count: ReferenceColumn.allCases.count)

  /// Reads the header.
  ///
  /// - Throws: `CSVError`; ``CommandFailure`` where one of the columns is missing or stands twice.
  init(_ input: ByteInput, columns: [ReferenceColumn]) throws {
    name = input.name
    reader = CSVReader(input)
    let place = "\(name), line 1"
    let expected = "expected the columns \(columns.map(\.rawValue).joined(separator: ","))"
    guard let header = try reader.next() else {
      throw ReferenceProblem.badHeader.failure(
        at: place, "\(expected), found an empty file; name them in its first line")
    }
    fieldCount = header.count
    for index in 0..<header.count {
      let title = String(decoding: header.trimmed(index), as: UTF8.self).lowercased()
      guard let column = ReferenceColumn(rawValue: title), columns.contains(column) else {
        continue
      }
      if let earlier = fields[column.index] {
        throw ReferenceProblem.badHeader.failure(
          at: "\(place), column \(index + 1)",
          "expected '\(title)' once, found it in column \(earlier + 1) too; leave one of them")
      }
      fields[column.index] = index
    }
    let missing = columns.filter { fields[$0.index] == nil }.map(\.rawValue)
    guard missing.isEmpty else {
      throw ReferenceProblem.badHeader.failure(
        at: place,
        "\(expected), found none named \(missing.joined(separator: ", ")); "
          + "add what is missing to the first line and to every row")
    }
  }

  /// How many bytes of the file have been taken in.
  var bytesTaken: Int { reader.bytesTaken }

  /// The next rows, at most `size`; none at the end. Empty lines are passed over.
  ///
  /// - Throws: `CSVError`; ``CommandFailure`` for a row that cannot be read.
  mutating func next(_ size: Int, into batch: inout ReferenceBatch) throws {
    batch.removeAll()
    while batch.count < size, let record = try reader.next() {
      if record.count == 1, record.isBlank { continue }
      guard record.count == fieldCount else {
        throw ReferenceProblem.raggedRow.failure(
          at: "\(name), line \(record.line)",
          "expected \(fieldCount) fields as in the first line, found \(record.count); "
            + "a comma is missing or too many, or a field with a comma has no quotes")
      }
      if let field = fields[ReferenceColumn.id.index] { batch.ids.append(record[field]) }
      batch.lines.append(record.line)
      batch.options.sides.append(try side(record))
      batch.options.spots.append(try number(.spot, record))
      batch.options.strikes.append(try number(.strike, record))
      batch.options.years.append(try number(.years, record))
      batch.options.rates.append(try number(.rate, record))
      batch.options.dividendYields.append(try number(.dividendYield, record))
      if fields[ReferenceColumn.volatility.index] != nil {
        batch.options.volatilities.append(try number(.volatility, record))
      }
      if fields[ReferenceColumn.price.index] != nil {
        batch.prices.append(try number(.price, record))
      }
    }
  }

  private func text(_ column: ReferenceColumn, _ record: CSVRecord) -> String {
    fields[column.index].map { String(decoding: record.trimmed($0), as: UTF8.self) } ?? ""
  }

  private func side(_ record: CSVRecord) throws(CommandFailure) -> OptionSide {
    let text = text(.type, record)
    if let side = OptionSide(rawValue: text.lowercased()) { return side }
    throw ReferenceProblem.badOptionType.failure(
      at: place(of: .type, record),
      "expected call or put, found \(ReferenceProblem.quoted(text)); correct the row")
  }

  /// An empty cell is not a number, which no option takes.
  private func number(
    _ column: ReferenceColumn, _ record: CSVRecord
  ) throws(CommandFailure) -> Double {
    let text = text(column, record)
    if text.isEmpty { return .nan }
    if let value = Double(referenceText: text) { return value }
    throw ReferenceProblem.badNumber.failure(
      at: place(of: column, record),
      "expected a decimal number such as 0.25 or 1e-9, found \(ReferenceProblem.quoted(text)); "
        + "correct the row")
  }

  private func place(of column: ReferenceColumn, _ record: CSVRecord) -> String {
    let field = (fields[column.index] ?? 0) + 1
    return "\(name), line \(record.line), column \(field) (\(column.rawValue))"
  }
}
