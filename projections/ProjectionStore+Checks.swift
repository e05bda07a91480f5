import ExactNumbers
public import Records

/// How the rows of a calculation stand to what was completed.
public struct CalculationCheck: Hashable, Sendable {
  public var calculation: String
  /// Whether the rows of today's facts have the digest that the log keeps.
  public var agrees: Bool
  /// Of today's facts; null where they could not be calculated.
  public var digest: String?
  public var problem: String?
  /// The last fact behind the calculation's input that reaches back to its date.
  public var lateFact: EventSequence?
}

extension ProjectionStore {
  /// The checks of the last completed calculation of each step, portfolio and date.
  public func calculationChecks() throws -> [CalculationCheck] {
    try open { rows in
      var checks: [CalculationCheck] = []
      try rows.statement(
        """
        SELECT calculation_id, agrees, current_digest, error_message, late_seq
        FROM calculation_checks ORDER BY calculation_id
        """
      ).rows { row in
        checks.append(
          CalculationCheck(
            calculation: row.text(0), agrees: row.integer(1) == 1, digest: row.optionalText(2),
            problem: row.optionalText(3), lateFact: row.isNull(4) ? nil : row.sequence(4)))
      }
      return checks
    }
  }
}
