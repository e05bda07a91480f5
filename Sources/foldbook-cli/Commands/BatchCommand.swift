import ArgumentParser
import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook batch`
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "The nine steps of the daily batch: run them, look at what was run",
    discussion: """
      \(Step.allCases.map { "\($0.number) \($0.rawValue)" }.joined(separator: ", "))

      foldbook -C demo batch run --from 2008-09-01 --to 2008-09-30
      """,
    subcommands: [BatchRunCommand.self, BatchListCommand.self, BatchShowCommand.self])
}

/// `foldbook batch run`
struct BatchRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Calculate the sessions of a day or a range, and record what became of it",
    discussion: """
      A calculation that was completed before over the same facts, by the same method and \
      parameters, is not made again: the same command again writes nothing. A failure skips what \
      needs it, for its portfolio alone.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The session (default: the last one of the book)", valueName: "date"))
  var date: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first day of a range of sessions", valueName: "date"))
  var from: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The last day of the range (default: that of the head)", valueName: "date"))
  var to: String?

  @Flag(help: "The first failure ends the run")
  var strict = false

  @Flag(name: [.customShort("n"), .long], help: "Calculate, show the events, write none")
  var dryRun = false

  @Option(help: ArgumentHelp("Who runs it (default: FOLDBOOK_ACTOR)", valueName: "name"))
  var actor: String?

  @Argument(
    help: ArgumentHelp("Steps by name or number (default: all nine)", valueName: "step"))
  var steps: [String] = []

  func run() throws {
    let steps = try chosenSteps()
    try checkOptions()
    let session = try BookSession(options, mode: dryRun ? .readOnly : .readWrite)
    let range = try dates(session)
    let request = BatchRequest(
      dates: range, steps: steps, isStrict: strict, isDryRun: dryRun,
      actor: actor ?? Terminal.environment("FOLDBOOK_ACTOR").flatMap { $0.isEmpty ? nil : $0 })
    var log = BatchLog(session, headBefore: session.book.head, isDryRun: dryRun)
    // Of a single session there is no part to tell of.
    let progress =
      range.lowerBound == range.upperBound
      ? nil : options.progress("calculating", unit: "sessions")
    var broken: (any Error)?
    do {
      try session.book.runBatch(request) { day in
        log.days.append(day)
        progress?.update(log.days.count)
      }
    } catch let error as BookError {
      guard case .batchFailed = error else { throw error }
      broken = error
    }
    progress?.finish()
    if log.days.isEmpty, broken == nil { throw try noSession(range, session) }
    if !dryRun { try ProjectCommand.catchUp(session) }
    try log.write()
    if let broken { throw broken }
    if let failure = log.failure { throw failure }
  }

  private func checkOptions() throws {
    if options.asOf != nil || options.knownAt != nil {
      throw CommandFailure.usage(
        "the batch calculates from all that is known: choose sessions with --date or --from, --to")
    }
    if options.portfolio != nil || options.terms != nil {
      throw CommandFailure.usage(
        "the batch is of every portfolio: --portfolio and --where are not for it")
    }
    if date != nil, from != nil || to != nil {
      throw CommandFailure.usage("--date names one session, --from and --to a range: give either")
    }
    if from == nil, to != nil { throw CommandFailure.usage("--to needs --from") }
  }

  private func chosenSteps() throws -> Set<Step> {
    guard !steps.isEmpty else { return Set(Step.allCases) }
    return Set(
      try steps.map { text in
        let name = text.lowercased().replacing("-", with: "_")
        if let step = Step(rawValue: name)
          ?? Step.allCases.first(where: { String($0.number) == text })
        {
          return step
        }
        throw CommandFailure.usage(
          "there is no step '\(text)': expected one of "
            + Step.allCases.map { "\($0.number) \($0.rawValue)" }.joined(separator: ", "))
      })
  }

  private func dates(_ session: BookSession) throws -> ClosedRange<CivilDate> {
    let end = try (session.book.defaultAsOf() ?? .distantPast).date
    if let date {
      let date = try DateRange.date(date, session)
      return date...date
    }
    if from != nil {
      let range = try DateRange(from: from, to: to, session)
      let first = range.first ?? end
      let last = range.last ?? end
      guard first <= last else {
        throw CommandFailure.usage("--from \(first) lies after the head, which is of \(end)")
      }
      return first...last
    }
    let point = try session.book.point().point
    guard let last = try session.book.lastSession(at: point) else {
      throw BookError.noSession(dates: "the book", known: "there is no price at all")
    }
    return last...last
  }

  private func noSession(
    _ range: ClosedRange<CivilDate>, _ session: BookSession
  ) throws -> BookError {
    let first = range.lowerBound
    let dates = first == range.upperBound ? "\(first)" : "\(first) to \(range.upperBound)"
    let point = ReplayPoint(asOf: first.end, knownAt: session.book.head)
    let before = try session.book.lastSession(at: point)
    return .noSession(
      dates: dates,
      known: before.map { "the last session before is \($0)" }
        ?? "there is no session before either")
  }
}
