/// Which column of a bars file holds what, from its first row.
struct BarsHeader: Hashable {
  enum Column: String, CaseIterable {
    case symbol, date, time, open, high, low, close, volume

    var isRequired: Bool { self == .symbol || self == .date || self == .close }
  }

  let fieldCount: Int
  /// Names of columns that mean nothing here, as they stand in the file.
  let ignored: [String]
  /// By ``Column/allCases``; -1 where the file has no such column.
  private let indices: [Int]

  init(_ record: CSVRecord?) throws(ImportIssue) {
    var ignored: [String] = []
    var indices = [Int](repeating: -1, count: Column.allCases.count)
    for index in 0..<(record?.count ?? 0) {
      guard let record else { break }
      let name = String(decoding: record.trimmed(index), as: UTF8.self)
      let lower = name.lowercased()
      guard let column = Column(rawValue: lower == "ticker" ? "symbol" : lower) else {
        ignored.append(name.isEmpty ? "(column \(index + 1))" : name)
        continue
      }
      guard indices[column.slot] < 0 else {
        throw BarsCSVError.badHeader.issue(
          row: 1,
          "columns \(indices[column.slot] + 1) and \(index + 1) both mean \(column.rawValue)")
      }
      indices[column.slot] = index
    }
    let missing = Column.allCases.filter { $0.isRequired && indices[$0.slot] < 0 }.map(\.rawValue)
    guard missing.isEmpty else {
      throw BarsCSVError.badHeader.issue(
        row: 1,
        """
        the first row must name the columns symbol,date,open,high,low,close,volume; missing: \
        \(missing.joined(separator: ", "))
        """)
    }
    fieldCount = record?.count ?? 0
    self.ignored = ignored
    self.indices = indices
  }

  /// The field of a column without the spaces around it; empty where there is no such column.
  func field(_ column: Column, of record: CSVRecord) -> ArraySlice<UInt8> {
    let index = indices[column.slot]
    return index < 0 ? [] : record.trimmed(index)
  }
}

extension BarsHeader.Column {
  /// Its place in `allCases`.
  fileprivate var slot: Int {
    switch self {
    case .symbol: 0
    case .date: 1
    case .time: 2
    case .open: 3
    case .high: 4
    case .low: 5
    case .close: 6
    case .volume: 7
    }
  }
}
