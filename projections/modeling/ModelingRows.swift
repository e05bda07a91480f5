import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// The rows of one session.
struct ModelingRows {
  private let context: ProjectionContext
  private let source: ModellingSource
  private let events: [Event]
  private let session: SessionID
  /// Of a session of another branch only its own events are known here.
  private let isOfBranch: Bool

  init(
    _ session: SessionID, _ events: [Event], _ source: ModellingSource,
    in context: ProjectionContext
  ) {
    self.session = session
    self.events = events
    self.source = source
    self.context = context
    isOfBranch = source.session == session
  }

  func write() throws {
    guard let found = ModelSession(session, of: events, idText: source.idText) else { return }
    let impact = try impact(found.portfolio, asOf: context.cut, knownAt: context.head, of: events)
    let changes = try impact?.changes ?? self.changes()
    guard
      let session = ModelSession(
        self.session, of: events, changes: changes, idText: source.idText)
    else { return }
    try write(session, impact)
    try context.delete(from: "modeling_changes", where: "session_id", session.session.rawValue)
    for change in changes {
      try context.rows.upsert("modeling_changes") { row in
        row.text(session.session.rawValue)
        row.integer(Int64(change.number))
        row.text(change.type.rawValue)
        row.text(change.payload.compactText)
        row.boolean(change.isReverted)
        row.sequence(change.lastSequence(in: events))
      }
    }
    for save in session.saves where try !isWritten(save) { try write(save, of: session) }
  }

  private func write(
    _ session: ModelSession, _ impact: Impact?
  ) throws(ProjectionError) {
    try context.rows.upsert("modeling_session_snapshots") { row in
      row.text(session.id)
      row.text(session.session.rawValue)
      row.text(session.portfolio?.rawValue)
      row.text(session.user?.rawValue)
      row.text(session.name)
      row.text(session.description)
      row.text(session.status.name)
      row.date(session.baseSnapshotDate)
      row.sequence(session.forkSequence)
      row.text((impact?.baseSnapshotJSON ?? .object([])).compactText)
      row.text(impact?.modifiedSnapshotJSON?.compactText)
      row.text(ModelChange.json(of: session.changes).compactText)
      row.text((impact?.summaryJSON ?? .object([])).compactText)
      row.text(impact?.riskMetricsBeforeJSON.compactText)
      row.text(impact?.riskMetricsAfterJSON.compactText)
      row.text(impact?.factorExposuresChangeJSON.compactText)
      row.time(session.created)
      row.time(session.updated)
      row.time(session.completed)
      row.sequence(session.lastSequence)
    }
  }

  private func isWritten(_ save: ModelSession.Save) throws -> Bool {
    try context.rows
      .statement("SELECT 1 FROM modeling_saves WHERE session_id = ? AND save_no = ?")
      .first({ row in
        row.text(session.rawValue)
        row.integer(Int64(save.number))
      }) { _ in true } != nil
  }

  private func write(_ save: ModelSession.Save, of session: ModelSession) throws {
    let known = events.filter { $0.place.sequence <= save.sequence }
    let impact = try impact(
      session.portfolio, asOf: save.asOf, knownAt: save.sequence, of: known)
    try context.rows.upsert("modeling_saves") { row in
      row.text(session.session.rawValue)
      row.integer(Int64(save.number))
      row.text(save.name)
      row.sequence(save.sequence.own)
      row.text((impact?.summaryJSON ?? .object([])).compactText)
      row.time(save.created)
      row.sequence(save.sequence)
    }
  }

  private func changes() throws -> [ModelChange] {
    guard isOfBranch else { return [] }
    return ModelChange.changes(
      of: events, base: try source.base(context.cut, context.head), idText: source.idText)
  }

  /// Null where there is none to tell: of another branch's session, and where the numbers of the day
  /// are out of range or its portfolio is not open yet.
  private func impact(
    _ portfolio: PortfolioID?, asOf: Instant, knownAt: EventSequence, of events: [Event]
  ) throws -> Impact? {
    guard isOfBranch else { return nil }
    let base = try source.base(asOf, knownAt)
    do throws(CalculationError) {
      return try Impact(
        base: base, events: events, date: asOf.date, asOf: asOf, portfolio: portfolio,
        idText: source.idText)
    } catch {
      return nil
    }
  }
}
