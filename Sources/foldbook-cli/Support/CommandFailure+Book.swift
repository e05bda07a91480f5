import Analytics
import Calculations
import EventLog
import ExactNumbers
import Foldbook
import Portfolio
import Projections

extension CommandFailure {
  /// How an error of any library ends a command; null for one that none of them throws, which is a
  /// defect of ours.
  static func known(_ error: any Error) -> CommandFailure? {
    var failure = translated(error)
    // Some descriptions begin with their code, which the report adds by itself.
    if let code = failure?.code, let message = failure?.message, message.hasPrefix(code + ": ") {
      failure?.message = String(message.dropFirst(code.count + 2))
    }
    return failure
  }

  private static func translated(_ error: any Error) -> CommandFailure? {
    switch error {
    case BookError.unknownBranch(let name, let known):
      CommandFailure(
        .missing, code: BookError.unknownBranch(name: name, known: known).code,
        "there is no branch '\(name)'; there \(known.count == 1 ? "is" : "are"): "
          + listed(known.sorted()))
    case let error as RuleError: CommandFailure(.badData, code: error.code, "\(error)")
    case let error as BookError: CommandFailure(status(of: error), code: error.code, "\(error)")
    case let error as LogError: CommandFailure(status(of: error), code: error.code, "\(error)")
    case let error as StorageError:
      CommandFailure(status(of: error), code: LogError.storage(error).code, "\(error)")
    case let error as ProjectionError:
      CommandFailure(status(of: error), code: error.code, "\(error)")
    case let error as LotError: CommandFailure(.badData, code: error.code, "\(error)")
    case let error as CalculationError: CommandFailure(.badData, code: error.code, "\(error)")
    case let error as AnalyticsError: CommandFailure(.badData, code: error.code, "\(error)")
    case let error as EventLineError: failure(of: error)
    case let error as NumberError: badNumber("\(error)")
    default: interchange(error)
    }
  }

  private static func failure(of error: EventLineError) -> CommandFailure? {
    guard var failure = known(error.cause) else { return nil }
    failure.message = error.place + ": " + failure.message
    if error.furtherLines > 0 {
      failure.message += "; \(error.furtherLines) further lines hold no event either"
    }
    failure.message += "; nothing was appended"
    return failure
  }

  private static func status(of error: BookError) -> ExitStatus {
    switch error {
    case .notABook, .unknownBranch, .unknownPoint, .unknownPortfolio, .keyMissing, .unknownScenario,
      .noSession, .unknownUser:
      .missing
    case .batchFailed: .unknown
    case .batchRunning: .locked
    case .exists, .branchExists: .cannotCreate
    case .newerFormat: .badConfiguration
    case .manifestDamaged, .keyDamaged, .sealedFieldDamaged, .eventUnreadable: .damaged
    case .headMoved, .branchReplaced, .rebaseRefused, .rebaseUnderWay, .noRebaseUnderWay,
      .promoteRefused, .branchHasChildren:
      .conflict
    // An id is what the sender says is new: sending it again cannot help.
    case .idConflict, .recordedTimeMissing, .recordedTimeBackwards, .forkRefused: .badData
    case .readOnly: .notPermitted
    case .keyNotDestroyed: .inputOutput
    case .portfolioNeeded, .branchName, .notAWhatIf: .usage
    }
  }

  private static func status(of error: LogError) -> ExitStatus {
    switch error {
    case .damaged: .damaged
    case .locked: .locked
    case .storage(let cause), .latched(let cause): status(of: cause)
    case .notFound: .missing
    case .exists: .cannotCreate
    case .newerFormat: .badConfiguration
    case .readOnly: .notPermitted
    case .recordRefused, .flowRefused: .badData
    case .recordedBackwards: .defect
    case .outside: .missing
    }
  }

  /// A disk that is full, read-only or broken is an input/output error; a path that this user may
  /// not write is a matter of permission.
  private static func status(of error: StorageError) -> ExitStatus {
    error.errno == permissionDenied || error.errno == operationNotPermitted
      ? .notPermitted : .inputOutput
  }

  private static func status(of error: ProjectionError) -> ExitStatus {
    switch error {
    case .locked: .locked
    // The tables are derived: a damaged file of them is no damage of the log.
    case .damaged, .storage, .needsRebuild: .inputOutput
    case .notFound: .missing
    case .newerFormat: .badConfiguration
    case .refusedRow, .gap: .defect
    case .query: .badData
    case .unknownProjection: .usage
    case .arithmetic: .badData
    }
  }
}
