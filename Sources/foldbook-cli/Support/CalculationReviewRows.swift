import Events
import Foldbook
import Projections
import Records

/// What recalculating the completed calculations found, as a part of an answer.
struct CalculationReviewRows {
  private let review: CalculationReview

  init(_ review: CalculationReview) { self.review = review }

  /// For the head of an answer.
  var member: JSONMember {
    JSONMember(
      "calculations",
      [
        "checked": .integer(review.checked), "agreeing": .integer(review.agreeing),
        "restated": .integer(review.restated.count),
        "differing": .integer(review.differing.count),
        "unchecked": .integer(review.unchecked.count), "is_sound": .bool(review.isSound),
      ])
  }

  /// In one line.
  var summary: String {
    guard review.checked > 0 else { return "no completed calculation to check" }
    var text =
      "\(counted(review.checked, "calculation")) made again: \(grouped(review.agreeing)) as recorded"
    for (count, what) in [
      (review.restated.count, "restated by later facts"), (review.differing.count, "different"),
      (review.unchecked.count, "that could not be made"),
    ] where count > 0 { text += ", \(grouped(count)) \(what)" }
    return text
  }

  /// What did not meet its digest, one by one, and what later facts restated, by fact.
  var appendices: [Appendix] { [findings, restated].compactMap(\.self) }

  /// Over the facts they saw these are as recorded; a row a fact that came last, and step.
  private var restated: Appendix? {
    guard !review.restated.isEmpty else { return nil }
    let groups = Dictionary(grouping: review.restated) { one in
      RestatedGroup(late: one.lateFact?.rawValue ?? 0, step: one.step)
    }
    return Appendix(
      title:
        "Restated: over the facts they saw these are as recorded; facts that came later changed "
        + "them, last the one named",
      member: "calculations_restated",
      columns: [
        .number("late_seq"), AnswerColumn("calculation_type"), .number("calculations"),
        AnswerColumn("first_date"), AnswerColumn("last_date"),
      ]
    ) { body in
      for (group, found) in groups.sorted(by: {
        ($0.key.late, $0.key.step) < ($1.key.late, $1.key.step)
      }) {
        let members = [
          JSONMember("late_seq", .sequence(found.first?.lateFact)),
          JSONMember("calculation_type", .string(group.step)),
          JSONMember("calculations", .integer(found.count)),
          JSONMember("first_date", .date(found.map(\.date).min())),
          JSONMember("last_date", .date(found.map(\.date).max())),
        ]
        try body(members.map(\.value), .object(members))
      }
    }
  }

  private struct RestatedGroup: Hashable {
    var late: UInt64
    var step: String
  }

  /// Null where every digest was met.
  private var findings: Appendix? {
    let findings =
      review.differing.map { ("differs", $0) } + review.unchecked.map { ("unchecked", $0) }
    guard !findings.isEmpty else { return nil }
    return Appendix(
      title: "Calculations that do not meet their digest", member: "calculation_findings",
      columns: [
        AnswerColumn("finding"), .beginning("calculation_id", 8), AnswerColumn("calculation_type"),
        AnswerColumn("portfolio_id"), AnswerColumn("calculation_date"),
        AnswerColumn("method", isDetail: true), .number("input_seq"),
        .beginning("recorded_digest", 12), .beginning("found_digest", 12),
        .number("late_seq"), AnswerColumn("row"), AnswerColumn("before"), AnswerColumn("now"),
        AnswerColumn("problem"),
      ]
    ) { body in
      for (finding, one) in findings {
        let members = Self.members(finding, one)
        try body(members.map(\.value), .object(members))
      }
    }
  }

  private static func members(
    _ finding: String, _ one: CalculationReview.Finding
  ) -> [JSONMember] {
    [
      JSONMember("finding", .string(finding)),
      JSONMember("calculation_id", .string(one.calculation.rawValue)),
      JSONMember("calculation_type", .string(one.step)),
      JSONMember("portfolio_id", .text(one.portfolio?.rawValue)),
      JSONMember("calculation_date", .date(one.date)), JSONMember("method", .string(one.method)),
      JSONMember("input_seq", .sequence(one.input)),
      JSONMember("recorded_digest", .string(one.recordedDigest)),
      JSONMember("found_digest", .text(one.foundDigest)),
      JSONMember("late_seq", .sequence(one.lateFact)),
      JSONMember("row", .text(one.row.map { "\($0.table)(\($0.key)).\($0.column)" })),
      JSONMember("before", .text(one.row?.before)), JSONMember("now", .text(one.row?.now)),
      JSONMember("problem", .text(one.problem)),
    ]
  }

  /// What ends the command where a calculation does not meet its digest; null where all do.
  var failure: CommandFailure? {
    guard !review.isSound, let first = (review.differing + review.unchecked).first else {
      return nil
    }
    let portfolio = first.portfolio.map { " of \($0)" } ?? ""
    let what =
      first.problem.map { "could not be made again: \($0)" }
        ?? """
        was recorded with the digest \(first.recordedDigest.prefix(12)) and gives \
        \(first.foundDigest?.prefix(12) ?? "none") over the same facts
        """
    let row =
      first.row.map {
        "; the first row: \($0.table) (\($0.key)), \($0.column) was \($0.before ?? "absent") and is "
          + ($0.now ?? "absent")
      } ?? ""
    return CommandFailure(
      .differences, code: "FB-CLI-011",
      """
      \(counted(review.differing.count + review.unchecked.count, "calculation")) of \
      \(grouped(review.checked)) did not meet what was recorded; the first: \(first.step)\(portfolio) \
      on \(first.date) \(what)\(row)
      """)
  }
}
