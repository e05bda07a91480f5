import Projections
import TestSupport

extension TemporaryFolder {
  func store(_ name: String = "projections.sqlite") -> ProjectionStore {
    ProjectionStore(path: path + "/" + name)
  }
}

extension ProjectionStore {
  func dumped() throws -> String {
    var bytes: [UInt8] = []
    try dump { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Every row of a query, its values as they are shown.
  func rows(_ sql: String) throws -> [[String]] {
    var rows: [[String]] = []
    try query(sql, columns: { _ in }) { values in
      rows.append(values.map(\.shown))
    }
    return rows
  }

  func columns(_ sql: String) throws -> [String] {
    var names: [String] = []
    try query(sql, columns: { names = $0 }) { _ in }
    return names
  }
}

extension SQLValue {
  var shown: String {
    switch self {
    case .null: "null"
    case .integer(let value): String(value)
    case .real(let value): String(describing: value)
    case .text(let value): value
    case .blob(let value): "\(value)"
    }
  }
}

/// The lines that only one of two dumps has, with their tables; null where they are equal.
func difference(_ one: String, _ other: String) -> String? {
  guard one != other else { return nil }
  let (left, right) = (Set(lines(one)), Set(lines(other)))
  let only = left.subtracting(right).sorted().map { "- \($0)" }
  let others = right.subtracting(left).sorted().map { "+ \($0)" }
  return (only + others).prefix(12).joined(separator: "\n")
}

private func lines(_ dump: String) -> [String] {
  var table = ""
  return dump.split(separator: "\n").map { line in
    if line.hasPrefix("table ") { table = String(line.dropFirst(6)) }
    return "\(table) \(line)"
  }
}
