import Interchange
import Records

/// Rows as CSV; the head of the answer and the warnings go to standard error.
struct CSVRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  let note: (String) -> Void
  private var written: [Int] = []

  init(emit: @escaping (String) throws -> Void, note: @escaping (String) -> Void) {
    self.emit = emit
    self.note = note
  }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    if let caption = answer.caption { note(caption) }
    written = columns.indices.filter { !columns[$0].isPicture }
    try emit(CSVWriter.line(written.map { columns[$0].name }))
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    try emit(CSVWriter.line(written.map { values[$0].plainText }))
  }

  mutating func finish(warnings: [String]) throws {
    for warning in warnings { note("warning: \(warning)") }
  }
}

extension JSONValue {
  /// The value as a cell: nothing for null, a list's parts between commas.
  var plainText: String {
    switch self {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.text
    case .string(let text): text
    case .array(let values): values.map(\.plainText).joined(separator: ",")
    case .object: compactText
    }
  }
}
