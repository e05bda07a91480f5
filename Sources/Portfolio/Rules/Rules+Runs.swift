internal import Events
internal import ExactNumbers
internal import Records

extension Judge {
  /// What runs begins once and ends once; what is made is made once.
  func judgeRun() throws(RuleError) {
    switch event.payload {
    case .batchStarted(let payload): try begin(.batch(payload.batch), "batch", payload.batch)
    case .batchCompleted(let payload): try requireBatch(payload.batch)
    case .batchFailed(let payload): try requireBatch(payload.batch)
    case .calculationStarted(let payload):
      try begin(.calculation(payload.calculation), "calculation", payload.calculation)
      if let batch = payload.batch { try requireBatch(batch) }
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
    case .calculationCompleted(let payload): try requireCalculation(payload.calculation)
    case .calculationFailed(let payload): try requireCalculation(payload.calculation)
    case .calculationSkipped(let payload): try requireCalculation(payload.calculation)
    case .modelForked(let payload):
      try begin(.session(payload.session), "session", payload.session)
      // The branch of a promoted session may be gone: what its parent says of it is not.
      try begin(.promotion(payload.session), "session", payload.session)
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
      if let user = payload.user { try requireUser(user) }
    case .modelChanged(let payload): try requireSession(payload.session)
    case .modelSaved(let payload):
      try requireSession(payload.session)
      try begin(.save(payload.session, payload.save), "save", payload.save)
    case .modelCompleted(let payload): try requireSession(payload.session)
    case .modelCancelled(let payload): try requireSession(payload.session)
    case .modelPromoted(let payload): try judgePromotion(payload)
    case .exportMade(let payload):
      try begin(.export(payload.export), "export", payload.export)
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
    default: preconditionFailure("not the payload of a run")
    }
  }

  /// What may be appended to the branch of a session that has ended: that it was promoted, and what
  /// is calculated from it and shown of it.
  func requireOutlasting(_ session: SessionID, _ status: ModelStatus) throws(RuleError) {
    switch event.payload {
    case .modelPromoted, .batchStarted, .batchCompleted, .batchFailed, .calculationStarted,
      .calculationCompleted, .calculationFailed, .calculationSkipped, .exportMade, .auditVerified,
      .dayClosed:
      return
    default:
      throw refuse(
        .sessionEnded,
        "session \(quoted(session.rawValue)) was \(status.name) at sequence "
          + "\(status.stamp.sequence) and takes no further changes",
        expected: "a session that is active", found: status.name,
        remedy: "fork another branch from it")
    }
  }

  /// A branch says of its own session only what began there. Its parent need not know the session.
  private func judgePromotion(_ payload: ModelPromoted) throws(RuleError) {
    let id = payload.session
    if state.session == id, state.sessionStatus(id) == nil {
      throw unknown(
        .unknownSession, "session", id.rawValue, remedy: "fork a what-if branch first")
    }
    if let stamp = state.promotedAt(id) {
      throw refuse(
        .sessionPromoted,
        "session \(quoted(id.rawValue)) was promoted at sequence \(stamp.sequence)",
        expected: "a session that was not promoted yet", found: quoted(id.rawValue),
        remedy: "fork another branch for what is to follow")
    }
  }

  private func begin<Subject>(
    _ key: RunKey, _ thing: String, _ id: Identifier<Subject>
  ) throws(RuleError) {
    if let run = state.runs[key] { throw taken(thing, id.rawValue, at: run.stamp) }
  }

  private func requireBatch(_ id: BatchID) throws(RuleError) {
    try requireRunning(.batch(id), "batch", id, .unknownBatch, "append batch.started first")
  }

  private func requireCalculation(_ id: CalculationID) throws(RuleError) {
    try requireRunning(
      .calculation(id), "calculation", id, .unknownCalculation, "append calculation.started first")
  }

  private func requireSession(_ id: SessionID) throws(RuleError) {
    try requireRunning(
      .session(id), "session", id, .unknownSession, "fork a what-if branch first")
  }

  private func requireRunning<Subject>(
    _ key: RunKey, _ thing: String, _ id: Identifier<Subject>, _ rule: RuleError.Rule,
    _ remedy: String
  ) throws(RuleError) {
    guard let run = state.runs[key] else {
      throw unknown(rule, thing, id.rawValue, remedy: remedy)
    }
    guard run.status == .running else {
      throw refuse(
        .runEnded,
        "\(thing) \(quoted(id.rawValue)) has ended at sequence \(run.stamp.sequence)",
        expected: "a \(thing) that still runs", found: quoted(id.rawValue),
        remedy: "begin another one")
    }
  }
}
