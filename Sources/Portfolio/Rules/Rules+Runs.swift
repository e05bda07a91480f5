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
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
      if let user = payload.user { try requireUser(user) }
    case .modelChanged(let payload): try requireSession(payload.session)
    case .modelSaved(let payload):
      try requireSession(payload.session)
      try begin(.save(payload.session, payload.save), "save", payload.save)
    case .modelCompleted(let payload): try requireSession(payload.session)
    case .modelCancelled(let payload): try requireSession(payload.session)
    case .exportMade(let payload):
      try begin(.export(payload.export), "export", payload.export)
      if let portfolio = payload.portfolio { try requirePortfolio(portfolio) }
    default: preconditionFailure("not the payload of a run")
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
