/// Which column of a positions file holds what, from its first row.
struct PositionsHeader: Hashable {
  enum Column: String, CaseIterable {
    case ticker
    case quantity
    case entryPrice = "entry_price"
    case entryDate = "entry_date"
    case tags
    /// Older sheets' column; what stands in it is added to the tags.
    case strategy

    var isRequired: Bool { self != .tags && self != .strategy }

    init?(name: String) {
      switch name {
      case "symbol": self = .ticker
      case "qty": self = .quantity
      case "price": self = .entryPrice
      case "trade date": self = .entryDate
      default: self.init(rawValue: name)
      }
    }
  }

  /// How many fields a row has.
  let fieldCount: Int
  /// Names of columns that mean nothing here, as they stand in the file.
  let ignored: [String]
  private let indices: [Column: Int]

  init(_ record: CSVRecord) throws(ImportIssue) {
    var indices: [Column: Int] = [:]
    var ignored: [String] = []
    for index in 0..<record.count {
      let name = String(decoding: record.trimmed(index), as: UTF8.self)
      guard let column = Column(name: name.lowercased()) else {
        ignored.append(name.isEmpty ? "(column \(index + 1))" : name)
        continue
      }
      if let other = indices.updateValue(index, forKey: column) {
        throw PositionsCSVError.badHeader.issue(
          row: 1,
          """
          columns \(other + 1) and \(index + 1) both mean \(column.rawValue); remove or rename \
          one of them
          """)
      }
    }
    let missing = Column.allCases.filter { $0.isRequired && indices[$0] == nil }.map(\.rawValue)
    guard missing.isEmpty else {
      throw PositionsCSVError.badHeader.issue(
        row: 1,
        """
        the first row must name the columns ticker,quantity,entry_price,entry_date and, if there \
        are tags, tags; missing: \(missing.joined(separator: ", "))
        """)
    }
    fieldCount = record.count
    self.ignored = ignored
    self.indices = indices
  }

  /// The field of a column without the spaces around it; empty where there is no such column.
  func field(_ column: Column, of record: CSVRecord) -> ArraySlice<UInt8> {
    indices[column].map(record.trimmed) ?? []
  }

  func text(_ column: Column, of record: CSVRecord) -> String {
    String(decoding: field(column, of: record), as: UTF8.self)
  }
}
