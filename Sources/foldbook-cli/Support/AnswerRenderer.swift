import Records

/// Writes an answer in one of the forms, row after row.
protocol AnswerRenderer {
  /// Everything before the first row.
  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws
  /// - Parameters:
  ///   - values: One a column.
  ///   - object: What the row is as JSON, where that is more than its columns.
  mutating func row(_ values: [JSONValue], object: JSONValue?) throws
  /// Another table for people, below the rows; it holds nothing that JSON says only there.
  mutating func add(_ appendix: Appendix)
  /// Everything behind the last row.
  mutating func finish(warnings: [String]) throws
}

extension AnswerRenderer {
  mutating func row(_ values: [JSONValue]) throws { try row(values, object: nil) }
  mutating func add(_ appendix: Appendix) {}
}

/// A small table below an answer's rows: totals, counts.
struct Appendix {
  var title: String
  var columns: [AnswerColumn]
  var rows: [[JSONValue]]
}

/// The documented JSON document, its rows written as they come.
struct JSONRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  private var names: [String] = []
  private var rowCount = 0

  init(emit: @escaping (String) throws -> Void) { self.emit = emit }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    names = columns.map(\.name)
    let head = JSONValue.object(answer.members).compactText
    // The object stays open: rows and warnings are its last members.
    try emit(head.dropLast() + ",\"rows\":[")
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    let row = object ?? .object(zip(names, values).map { JSONMember($0, $1) })
    try emit((rowCount == 0 ? "\n" : ",\n") + row.compactText)
    rowCount += 1
  }

  mutating func finish(warnings: [String]) throws {
    let list = JSONValue.array(warnings.map { .string($0) }).compactText
    try emit((rowCount == 0 ? "" : "\n") + "],\"warnings\":\(list)}\n")
  }
}

/// One message a line: the head (`answer`), each `row`, the `end` with the warnings.
struct NDJSONRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  private var names: [String] = []
  private var rowCount = 0

  init(emit: @escaping (String) throws -> Void) { self.emit = emit }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    names = columns.map(\.name)
    try message("answer", answer.members)
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    rowCount += 1
    if case .object(let members)? = object { return try message("row", members) }
    try message("row", zip(names, values).map { JSONMember($0, $1) })
  }

  mutating func finish(warnings: [String]) throws {
    try message(
      "end",
      [
        JSONMember("rows", .integer(rowCount)),
        JSONMember("warnings", .array(warnings.map { .string($0) })),
      ])
  }

  private func message(_ type: String, _ members: [JSONMember]) throws {
    try emit(
      JSONValue.object([JSONMember("message_type", .string(type))] + members).compactText + "\n")
  }
}
