import Calculations
import Events
import ExactNumbers
import Records

/// A calculation that was completed, as the audit log has it.
struct CompletedRun {
  var id: String
  var step: Step
  var portfolio: PortfolioID?
  var date: CivilDate
  var input: EventSequence
  var method: String
  /// Of a snapshot: the steps it tells of.
  var steps: Set<Step>
  var digest: String
  /// The last event that touched its row of the audit log.
  var sequence: EventSequence
  var startedAt: Instant
}

extension ProjectionContext {
  /// The last completed calculation of each step and portfolio of the dates asked for, ascending by
  /// date, step and portfolio.
  func completedRuns(from date: CivilDate) throws -> [CompletedRun] {
    var runs: [Key: CompletedRun] = [:]
    // A later row takes the place of an earlier one of the same step, portfolio and date.
    try rows.statement(
      """
      SELECT id, calculation_type, portfolio_id, calculation_date, input_seq, method,
        result_digest, src_seq, created_at, parameters
      FROM calculation_audit_log
      WHERE status = 'completed' AND calculation_date >= ? ORDER BY src_seq
      """
    ).rows({ $0.date(date) }) { row in
      guard let step = Step(rawValue: row.text(1)), let date = CivilDate(row.text(3)) else {
        return
      }
      let portfolio = row.optionalText(2).map { PortfolioID($0) }
      runs[Key(date: date, step: step, portfolio: portfolio)] = CompletedRun(
        id: row.text(0), step: step, portfolio: portfolio, date: date,
        input: row.sequence(4), method: row.text(5),
        steps: (try? JSONValue(parsing: row.text(9))).map(Method.completedSteps) ?? [], digest: row.text(6),
        sequence: row.sequence(7), startedAt: Instant(row.text(8)) ?? .distantPast)
    }
    return runs.values.sorted {
      ($0.date, $0.step.number, $0.portfolio?.rawValue ?? "")
        < ($1.date, $1.step.number, $1.portfolio?.rawValue ?? "")
    }
  }

  private struct Key: Hashable {
    var date: CivilDate
    var step: Step
    var portfolio: PortfolioID?
  }
}
