import Records

/// What is known of each portfolio: for programs a row a portfolio, for people a line a fact and a
/// column a portfolio.
struct FactSheet {
  /// What a fact is called, its unit and its format; the first is the portfolio's id. People do not
  /// see details.
  let facts: [AnswerColumn]
  private var rows: [[JSONValue]] = []

  init(_ facts: [AnswerColumn]) { self.facts = facts }

  /// - Parameter values: One a fact.
  mutating func add(_ values: [JSONValue]) { rows.append(values) }

  func columns(_ format: OutputFormat) -> [AnswerColumn] {
    guard format.isForPeople else { return facts }
    return [AnswerColumn("measure")] + rows.map { .number($0[0].plainText) }
  }

  func write(to writer: inout AnswerWriter, _ format: OutputFormat) throws {
    guard format.isForPeople else {
      for row in rows { try writer.row(row) }
      return
    }
    guard !rows.isEmpty else { return }
    for (index, fact) in facts.enumerated().dropFirst() where !fact.isDetail {
      try writer.row(
        [.string(fact.heading)] + rows.map { .string(fact.text(of: $0[index])) })
    }
  }
}

extension OutputFormat {
  /// Numbers are rounded, and what would make a table too wide is left out.
  var isForPeople: Bool { self == .table || self == .md }
}
