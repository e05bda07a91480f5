import Records

/// Writes an answer in one of the forms, row after row.
protocol AnswerRenderer {
  /// Everything before the first row.
  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws
  /// - Parameters:
  ///   - values: One a column.
  ///   - object: What the row is as JSON, where that is more than its columns.
  mutating func row(_ values: [JSONValue], object: JSONValue?) throws
  /// Another list, below the rows. In JSON it is a member of the answer where it has a name there,
  /// else it holds nothing that JSON does not say elsewhere.
  mutating func add(_ appendix: Appendix)
  /// Everything behind the last row.
  mutating func finish(warnings: [String]) throws
}

extension AnswerRenderer {
  mutating func row(_ values: [JSONValue]) throws { try row(values, object: nil) }
  mutating func add(_ appendix: Appendix) {}
}

/// Another list below an answer's rows: totals, counts, events.
struct Appendix {
  var title: String
  var columns: [AnswerColumn]
  /// Gives each row: its values, one a column, and the object that it is as JSON.
  var forEachRow: (_ body: ([JSONValue], JSONValue) throws -> Void) throws -> Void
  /// What the list is called in JSON; null where it is left out there.
  var member: String?

  /// A small table, for people only.
  init(title: String, columns: [AnswerColumn], rows: [[JSONValue]]) {
    self.title = title
    self.columns = columns
    forEachRow = { body in for row in rows { try body(row, .null) } }
  }

  /// A list of any length, also for JSON.
  init(
    title: String, member: String, columns: [AnswerColumn],
    forEachRow: @escaping (_ body: ([JSONValue], JSONValue) throws -> Void) throws -> Void
  ) {
    self.title = title
    self.member = member
    self.columns = columns
    self.forEachRow = forEachRow
  }
}

/// The documented JSON document, its rows written as they come.
struct JSONRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  private var names: [String] = []
  private var written: [Int] = []
  private var rowCount = 0
  private var lists: [Appendix] = []

  init(emit: @escaping (String) throws -> Void) { self.emit = emit }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    written = columns.indices.filter { !columns[$0].isPicture }
    names = written.map { columns[$0].name }
    let head = JSONValue.object(answer.members).compactText
    // The object stays open: what may be long and the warnings are its last members.
    try emit(head.dropLast() + ",\"rows\":[")
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    let row = object ?? .object(zip(names, written).map { JSONMember($0, values[$1]) })
    try emit((rowCount == 0 ? "\n" : ",\n") + row.compactText)
    rowCount += 1
  }

  mutating func add(_ appendix: Appendix) { lists.append(appendix) }

  mutating func finish(warnings: [String]) throws {
    try emit((rowCount == 0 ? "" : "\n") + "]")
    for list in lists {
      guard let member = list.member else { continue }
      try emit(",\(JSONValue.string(member).compactText):[")
      var count = 0
      try list.forEachRow { _, object in
        try emit((count == 0 ? "\n" : ",\n") + object.compactText)
        count += 1
      }
      try emit((count == 0 ? "" : "\n") + "]")
    }
    let list = JSONValue.array(warnings.map { .string($0) }).compactText
    try emit(",\"warnings\":\(list)}\n")
  }
}

/// One message a line: the head (`answer`), each `row`, each entry of a further list with the list's
/// name as its `list`, the `end` with the warnings.
struct NDJSONRenderer: AnswerRenderer {
  let emit: (String) throws -> Void
  private var names: [String] = []
  private var written: [Int] = []
  private var rowCount = 0
  private var lists: [Appendix] = []

  init(emit: @escaping (String) throws -> Void) { self.emit = emit }

  mutating func begin(_ answer: Answer, _ columns: [AnswerColumn]) throws {
    written = columns.indices.filter { !columns[$0].isPicture }
    names = written.map { columns[$0].name }
    try message("answer", answer.members)
  }

  mutating func row(_ values: [JSONValue], object: JSONValue?) throws {
    rowCount += 1
    if case .object(let members)? = object { return try message("row", members) }
    try message("row", zip(names, written).map { JSONMember($0, values[$1]) })
  }

  mutating func add(_ appendix: Appendix) { lists.append(appendix) }

  mutating func finish(warnings: [String]) throws {
    for list in lists {
      guard let member = list.member else { continue }
      try list.forEachRow { _, object in
        try message("entry", [JSONMember("list", .string(member)), JSONMember("entry", object)])
      }
    }
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
