import Events
import ExactNumbers
import Records

/// The rows of `calculation_audit_log`.
enum CalculationRows {
  /// What a calculation is one attempt at.
  private struct Undertaking: Hashable {
    var type: String
    var portfolio: String?
    var date: CivilDate
  }

  /// - Parameter batches: Takes in the batches of the calculations.
  static func write(
    _ ids: Set<String>, _ batches: inout Set<String>, in context: ProjectionContext
  ) throws {
    var undertakings: Set<Undertaking> = []
    for id in ids.sorted() {
      guard let run = try Run(try context.kept(.calculation, id)) else { continue }
      try run.write(in: context)
      let start = run.started
      undertakings.insert(
        Undertaking(
          type: start.calculationType, portfolio: start.portfolio?.rawValue,
          date: start.calculationDate))
      if let batch = start.batch { batches.insert(batch.rawValue) }
    }
    for undertaking in undertakings { try number(undertaking, in: context) }
  }

  /// Numbers the attempts in the order in which they were started: a late one moves those after it.
  private static func number(_ undertaking: Undertaking, in context: ProjectionContext) throws {
    var attempt: Int64 = 0
    try context.rows.statement(
      """
      SELECT id FROM internal_calculation_starts
      WHERE calculation_type = ? AND portfolio_id = ? AND calculation_date = ?
      ORDER BY effective, src_seq
      """
    ).rows({ row in
      row.text(undertaking.type)
      row.text(undertaking.portfolio ?? "")
      row.date(undertaking.date)
    }) { start in
      attempt += 1
      let id = start.text(0)
      try context.rows.statement("UPDATE calculation_audit_log SET attempt = ? WHERE id = ?")
        .run { row in
          row.integer(attempt)
          row.text(id)
        }
    }
  }

  /// One calculation, folded from its events.
  private struct Run {
    var started: CalculationStarted
    var start: Event
    var endTime: Instant?
    var status = "running"
    var records: Int64?
    var error: String?
    var digest: String?
    var verifiedAt: Instant?
    var isVerified: Bool?
    var sequence: EventSequence

    /// Null until it was started.
    init?(_ events: [Event]) throws {
      let starts = events.compactMap { event -> (CalculationStarted, Event)? in
        if case .calculationStarted(let payload) = event.payload { (payload, event) } else { nil }
      }
      guard let (started, start) = starts.last else { return nil }
      self.started = started
      self.start = start
      sequence = events.map(\.place.sequence).max() ?? start.place.sequence
      for event in events {
        switch event.payload {
        case .calculationCompleted(let payload):
          end(event, "completed")
          records = payload.recordsProcessed
          digest = payload.resultDigest
        case .calculationFailed(let payload):
          end(event, "failed")
          error = payload.errorMessage
        case .calculationSkipped(let payload):
          end(event, "skipped")
          error = payload.reason
        case .auditVerified(let payload):
          verifiedAt = event.effective
          isVerified = payload.passed
        default: break
        }
      }
    }

    private mutating func end(_ event: Event, _ status: String) {
      endTime = event.effective
      self.status = status
      records = nil
      error = nil
      digest = nil
    }

    func write(in context: ProjectionContext) throws(ProjectionError) {
      try context.rows.upsert("internal_calculation_starts") { row in
        row.text(started.calculationType)
        row.text(started.portfolio?.rawValue ?? "")
        row.date(started.calculationDate)
        row.nanoseconds(start.effective)
        row.sequence(start.place.sequence)
        row.text(started.calculation.rawValue)
      }
      try context.rows.upsert("calculation_audit_log") { row in
        row.text(started.calculation.rawValue)
        row.text(started.batch?.rawValue)
        row.text(started.calculationType)
        row.text(started.portfolio?.rawValue)
        row.date(started.calculationDate)
        row.time(start.effective)
        row.time(endTime)
        row.text(status)
        row.integer(records)
        row.text(error)
        // Numbered once all of them are written.
        row.integer(1)
        row.integer(started.inputSequence)
        row.text(started.parameters.canonical.compactText)
        row.text(started.method)
        row.text(digest)
        row.time(verifiedAt)
        row.boolean(isVerified)
        row.time(start.place.recorded)
        row.sequence(sequence)
      }
    }
  }
}
