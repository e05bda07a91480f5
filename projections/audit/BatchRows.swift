import Events
import ExactNumbers
import Records

/// The rows of `batch_jobs`.
enum BatchRows {
  static func write(_ id: String, in context: ProjectionContext) throws {
    let events = try context.kept(.batch, id)
    guard let last = events.map(\.place.sequence).max() else { return }
    var date: CivilDate?
    var startedAt: Instant?
    var endedAt: Instant?
    var status = "pending"
    var error: String?
    var failures: Int64?
    for event in events {
      switch event.payload {
      case .batchStarted(let payload):
        date = payload.date
        startedAt = event.effective
        if endedAt == nil { status = "running" }
      case .batchCompleted(let payload):
        endedAt = event.effective
        status = "completed"
        failures = payload.failures
        error = nil
      case .batchFailed(let payload):
        endedAt = event.effective
        status = "failed"
        error = payload.errorMessage
        failures = nil
      default: break
      }
    }
    // Its beginning is not due yet.
    guard let date, let startedAt else { return }
    let records = try context.rows.statement(
      "SELECT sum(records_processed) FROM calculation_audit_log WHERE batch_id = ?"
    ).first({ $0.text(id) }) { $0.optionalInteger(0) }
    var metadata: [JSONMember] = []
    metadata.append(JSONMember("date", .string(date.description)))
    if let failures { metadata.append(JSONMember("failures", .number(JSONNumber(failures)))) }
    try context.rows.upsert("batch_jobs") { row in
      row.text(id)
      row.text("daily \(date)")
      row.text("daily")
      row.text(status)
      row.time(startedAt)
      row.time(endedAt)
      row.real(seconds(from: startedAt, to: endedAt))
      row.integer(records ?? nil)
      row.text(error)
      row.text(JSONValue.object(metadata).canonical.compactText)
      row.sequence(last)
    }
  }

  /// To the millisecond, as the two times are written.
  private static func seconds(from start: Instant?, to end: Instant?) -> Double? {
    guard let start, let end else { return nil }
    let milliseconds =
      end.nanosecondsSinceEpoch / 1_000_000 - start.nanosecondsSinceEpoch / 1_000_000
    return Double(milliseconds) / 1_000
  }
}

/// The rows of `export_history`.
enum ExportRows {
  static func write(_ id: String, in context: ProjectionContext) throws {
    guard let event = try context.kept(.export, id).last,
      case .exportMade(let export) = event.payload
    else { return }
    try context.rows.upsert("export_history") { row in
      row.text(id)
      row.text(export.user?.rawValue)
      row.text(export.portfolio?.rawValue)
      row.text(export.session?.rawValue)
      row.text(export.exportType.rawValue)
      row.text(export.exportFormat.rawValue)
      row.text(export.fileName)
      row.integer(export.fileSizeBytes)
      row.integer(export.rowCount)
      row.text(export.sha256)
      row.integer(export.throughSequence)
      row.time(export.asOf)
      row.time(event.place.recorded)
      row.sequence(event.place.sequence)
    }
  }
}
