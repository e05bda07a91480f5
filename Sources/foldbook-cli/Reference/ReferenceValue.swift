import Analytics
import Records

/// A part of a JSON answer. Numbers are binary, which `JSONValue` does not hold.
enum ReferenceValue {
  /// Null where undefined: nil, an infinity, NaN.
  case number(Double?)
  case count(Int?)
  case text(String)
  case list([ReferenceValue])
  /// Members in the order in which they are written.
  case object([(name: String, value: ReferenceValue)])
  case null

  /// On one line.
  var jsonText: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .number(let value?) where value.isFinite: text += value.description
    case .count(let value?): text += String(value)
    case .number, .count, .null: text += "null"
    case .text(let value): text += JSONValue.string(value).compactText
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        text += JSONValue.string(member.name).compactText + ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }
}

extension ReferenceValue {
  static func numbers(_ values: [Double?]?) -> ReferenceValue {
    values.map { .list($0.map { .number($0) }) } ?? .null
  }

  /// Row by row.
  static func matrix(_ matrix: Matrix?) -> ReferenceValue {
    guard let matrix else { return .null }
    return .list((0..<matrix.rows).map { .numbers(Array(matrix.row($0))) })
  }

  /// Row by row; null of a series without variance.
  static func matrix(_ matrix: CorrelationMatrix?) -> ReferenceValue {
    guard let matrix else { return .null }
    return .list(
      (0..<matrix.size).map { row in .numbers((0..<matrix.size).map { matrix[row, $0] }) })
  }
}
