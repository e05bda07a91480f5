import ExactNumbers
import Records

/// What an answer is about, before its rows: the head of the documented JSON document.
struct Answer {
  /// `positions` becomes `foldbook.positions`.
  var schema: String
  var schemaVersion = 1
  /// The book's id.
  var book: String?
  var branch: String?
  var asOf: AsOf?
  var knownAt: KnownAt?
  /// The last sequence of the branch.
  var head: EventSequence?
  /// The answer in one line, for the forms that have no head of their own.
  var summary: String?
  /// What belongs to the answer as a whole beside its rows.
  var extra: [JSONMember] = []

  /// The resolved effective time, and how it was asked for.
  struct AsOf {
    /// Null when it was not asked for.
    var requested: String?
    /// Null where the book has no event to be as of.
    var time: Instant?
  }

  /// The resolved sequence, and how it was asked for.
  struct KnownAt {
    var requested: String?
    var sequence: EventSequence
    /// On a live branch: the parent's last event that is seen at the sequence.
    var parentSequence: EventSequence?

    fileprivate var json: JSONValue {
      var members = [
        JSONMember("requested", .text(requested)), JSONMember("sequence", .sequence(sequence)),
      ]
      if let parentSequence {
        members += [
          JSONMember("parent_sequence", .sequence(parentSequence)),
          JSONMember("flowed", .number(JSONNumber(Int64(clamping: sequence.flowed)))),
        ]
      }
      return .object(members)
    }
  }

  init(_ schema: String) { self.schema = schema }

  /// In the documented order, without `rows` and `warnings`.
  var members: [JSONMember] {
    var members = [
      JSONMember("schema", .string("foldbook.\(schema)")),
      JSONMember("schema_version", .number(JSONNumber(Int64(schemaVersion)))),
    ]
    if let book { members.append(JSONMember("book", .string(book))) }
    if let branch { members.append(JSONMember("branch", .string(branch))) }
    if let asOf {
      members.append(
        JSONMember(
          "as_of",
          ["requested": .text(asOf.requested), "time": .time(asOf.time)]))
    }
    if let knownAt {
      members.append(JSONMember("known_at", knownAt.json))
    }
    if let head { members.append(JSONMember("head", .sequence(head))) }
    return members + extra
  }

  /// What stands above the rows in the forms that have no head of their own: the summary, else the
  /// point in words; null where there is neither.
  var caption: String? {
    if let summary { return summary }
    var parts: [String] = []
    if let asOf { parts.append("as of " + (asOf.time?.description ?? "–")) }
    if let knownAt { parts.append("known at #\(knownAt.sequence)") }
    if parts.isEmpty { return nil }
    if let branch, branch != "main" { parts.append("branch \(branch)") }
    if let head { parts.append("head #\(head)") }
    return parts.joined(separator: ", ")
  }
}

/// A column of an answer's rows.
struct AnswerColumn: Hashable {
  /// The field's name in domain/api.md.
  var name: String
  /// Of its numbers: `shares`, `USD`.
  var unit: String?
  var isNumeric: Bool
  /// Left out of tables for people, which would become too wide; never of JSON and CSV.
  var isDetail: Bool
  /// How tables for people show its numbers.
  var format = NumberFormat.exact
  /// Of numbers that a person looks at, or of texts that are drawings: in tables on a terminal alone.
  var isPicture = false

  init(_ name: String, isDetail: Bool = false) {
    self.name = name
    isNumeric = false
    self.isDetail = isDetail
  }

  /// A column of numbers, with their unit where they have one.
  static func number(
    _ name: String, unit: String? = nil, isDetail: Bool = false
  ) -> AnswerColumn {
    var column = AnswerColumn(name, isDetail: isDetail)
    column.unit = unit
    column.isNumeric = true
    return column
  }

  /// A column of numbers that people see rounded or in groups.
  static func number(
    _ name: String, unit: String? = nil, _ format: NumberFormat, isDetail: Bool = false
  ) -> AnswerColumn {
    var column = number(name, unit: unit, isDetail: isDetail)
    column.format = format
    return column
  }

  /// Money: to the cent for people.
  static func money(_ name: String, _ currency: String?, isDetail: Bool = false) -> AnswerColumn {
    number(name, unit: currency, .places(2), isDetail: isDetail)
  }

  /// A fraction, which people see as a percentage.
  static func percent(_ name: String, places: Int = 2, isDetail: Bool = false) -> AnswerColumn {
    number(name, unit: "%", .percent(places), isDetail: isDetail)
  }

  /// Bars of numbers, or drawings that are texts. Bars beside their number need no heading.
  static func picture(_ heading: String = "") -> AnswerColumn {
    var column = AnswerColumn(heading)
    column.isPicture = true
    return column
  }

  /// The first characters of a text that only programs need whole.
  static func beginning(_ name: String, _ count: Int) -> AnswerColumn {
    var column = AnswerColumn(name)
    column.format = .beginning(count)
    return column
  }
}

extension JSONValue {
  /// A text, or null.
  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  static func integer(_ value: Int?) -> JSONValue {
    value.map { .number(JSONNumber(Int64($0))) } ?? .null
  }

  /// Of a pair, as on a live branch, the own number.
  static func sequence(_ sequence: EventSequence?) -> JSONValue {
    sequence.map { .number(JSONNumber(Int64(clamping: $0.own.rawValue))) } ?? .null
  }

  static func decimal(_ value: ExactDecimal?) -> JSONValue {
    value.map { .number(JSONNumber($0)) } ?? .null
  }

  /// A scaled number in its shortest exact form, however many digits it has.
  static func scaled(_ value: (some ScaledNumber)?) -> JSONValue {
    // The text of a scaled number is a JSON number, so reading it cannot fail.
    value.flatMap { try? JSONValue(parsing: $0.description) } ?? .null
  }

  static func date(_ date: CivilDate?) -> JSONValue { .text(date?.description) }

  static func time(_ time: Instant?) -> JSONValue { .text(time?.description) }
}
