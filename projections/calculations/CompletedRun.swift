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
  /// As it recorded them; of a snapshot they name the steps it tells of.
  var parameters: JSONValue
  var digest: String
  /// Its `calculation.completed`.
  var sequence: EventSequence
  var startedAt: Instant

  /// Calculates it anew.
  ///
  /// - Throws: What the method throws, or why it cannot be asked.
  func output(_ day: CalculationDay) throws -> CalculationOutput {
    try MethodCatalog.method(named: method, of: step.rawValue)
      .output(
        day, portfolio, completed: Method.completedSteps(in: parameters),
        recorded: (parameters, input))
  }
}

extension ProjectionContext {
  /// The last completed calculation of each step and portfolio of the dates asked for, ascending by
  /// date, step and portfolio.
  func completedRuns(from date: CivilDate) throws -> [CompletedRun] {
    var runs: [Key: CompletedRun] = [:]
    // A later row takes the place of an earlier one of the same step, portfolio and date.
    try rows.statement(
      """
      SELECT log.id, log.calculation_type, log.portfolio_id, log.calculation_date, log.input_seq,
        log.method, log.result_digest, completion.src_seq, log.created_at, log.parameters
      FROM calculation_audit_log AS log
      JOIN internal_completions AS completion ON completion.calculation_id = log.id
      WHERE log.status = 'completed' AND log.calculation_date >= ? ORDER BY completion.src_seq
      """
    ).rows({ $0.date(date) }) { row in
      guard let step = Step(rawValue: row.text(1)), let date = CivilDate(row.text(3)) else {
        return
      }
      let portfolio = row.optionalText(2).map { PortfolioID($0) }
      let parameters = (try? JSONValue(parsing: row.text(9))) ?? .null
      runs[Key(date: date, step: step, portfolio: portfolio)] = CompletedRun(
        id: row.text(0), step: step, portfolio: portfolio, date: date,
        input: RunInput.input(row.integer(4), parameters), method: row.text(5),
        parameters: parameters,
        digest: row.text(6), sequence: row.sequence(7),
        startedAt: Instant(row.text(8)) ?? .distantPast)
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
