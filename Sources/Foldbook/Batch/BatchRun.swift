import Calculations
import Events
import ExactNumbers
import Portfolio
import Records

/// The nine steps of one day.
struct BatchRun {
  let book: Book
  let request: BatchRequest
  let day: CalculationDay
  /// Those of which the day is a session.
  let portfolios: [PortfolioID]
  let input: EventSequence
  /// Takes in what this run completes.
  let index: CalculationIndex
  let appendsStepByStep: Bool
  private(set) var appended = 0

  private let batch: BatchID
  private var pending: [Event] = []
  private var written: [Event] = []
  private var eventCount = 0
  private var entries: [BatchEntry] = []
  /// What failed or was skipped, and why.
  private var missing: [Owner: String] = [:]
  private var hasBegun = false

  private struct Owner: Hashable {
    var step: Step
    var portfolio: PortfolioID?
  }

  init(
    book: Book, request: BatchRequest, day: CalculationDay, portfolios: [PortfolioID],
    input: EventSequence, index: CalculationIndex, appendsStepByStep: Bool
  ) {
    self.book = book
    self.request = request
    self.day = day
    self.portfolios = portfolios
    self.input = input
    self.index = index
    self.appendsStepByStep = appendsStepByStep
    batch = BatchID(book.newID())
  }

  mutating func run() throws -> BatchDay {
    do {
      for step in Step.allCases where request.steps.contains(step) {
        if step == .snapshots { closeDay() }
        let owners: [PortfolioID?] = step.isPerPortfolio ? portfolios : [nil]
        for portfolio in owners {
          try make(step, portfolio)
        }
        try flush(ifStepByStep: true)
      }
    } catch let failure as StrictFailure {
      add(.batchFailed(BatchFailed(batch: batch, errorMessage: failure.reason)))
      try flush(ifStepByStep: false)
      throw BookError.batchFailed(date: day.date, reason: failure.reason)
    }
    var result = BatchDay(date: day.date, batch: nil, status: .unchanged, entries: entries)
    for portfolio in portfolios { result.warnings += anomalies(of: portfolio) }
    result.warnings += unknownParameters
    guard hasBegun || !pending.isEmpty else { return result }
    if hasBegun {
      let failures = entries.count { $0.status == .failed }
      add(.batchCompleted(BatchCompleted(batch: batch, failures: Int64(failures))))
      result.batch = batch
      result.status = failures == 0 ? .completed : .failed
    }
    try flush(ifStepByStep: false)
    result.eventCount = eventCount
    // A range of years would keep every event of it.
    if request.isDryRun { result.events = written }
    return result
  }

  /// A name that nothing reads sets nothing.
  private var unknownParameters: [String] {
    let known = Set(Parameter.all.map(\.name) + ["portfolio.single_per_user"])
    return Set(day.holdings.parameters.map(\.name)).subtracting(known).sorted().map { name in
      "parameter \(name) is set, and no calculation has one of that name"
    }
  }

  private func anomalies(of portfolio: PortfolioID) -> [String] {
    do {
      return try day.anomalies(of: portfolio, completed: completedSteps(portfolio))
        .map(\.message)
    } catch {
      return ["\(portfolio): the day's data could not be looked through: \(error)"]
    }
  }

  /// The day is over before its snapshots are taken, once.
  private mutating func closeDay() {
    guard !index.closedDays.contains(day.date) else { return }
    let closed = Event(
      id: .given("day-\(day.date)"), effective: day.date.end, source: Self.source,
      actor: request.actor, payload: .dayClosed(DayClosed(date: day.date)))
    pending.append(closed)
    index.fold(closed)
  }

  private mutating func make(_ step: Step, _ portfolio: PortfolioID?) throws {
    let method = MethodCatalog.current(step)
    let completed = completedSteps(portfolio)
    let calculation = CalculationID(book.newID())
    var entry = BatchEntry(
      step: step, portfolio: portfolio, calculation: calculation, status: .completed)
    let parameters: JSONValue
    var problem: String?
    do throws(CalculationError) {
      parameters = RunInput.parameters(
        try method.parameters(day, portfolio, completed: completed), of: input)
    } catch {
      parameters = .object([])
      problem = "\(error)"
    }
    let key = CalculationIndex.Key(step: step.rawValue, portfolio: portfolio, date: day.date)
    if problem == nil,
      let run = index.identical(
        to: key, input: input, method: method.name, parameters: parameters.compactText)
    {
      entry.calculation = run.calculation
      entry.status = .reused
      entry.digest = run.digest
      entry.records = run.records
      entries.append(entry)
      return
    }
    begin()
    add(
      .calculationStarted(
        CalculationStarted(
          calculation: calculation, calculationType: step.rawValue, calculationDate: day.date,
          inputSequence: RunInput.sequence(input), method: method.name,
          parameters: parameters, batch: batch, portfolio: portfolio)))
    try flush(ifStepByStep: true)
    if let reason = reasonToSkip(step, portfolio) {
      add(.calculationSkipped(CalculationSkipped(calculation: calculation, reason: reason)))
      missing[Owner(step: step, portfolio: portfolio)] = "\(step.rawValue) was skipped"
      entry.status = .skipped
      entry.reason = reason
      entries.append(entry)
      return
    }
    do {
      if let problem { throw BadParameters(description: problem) }
      let output = try method.output(day, portfolio, completed: completed)
      entry.records = output.rowCount
      entry.digest = output.digest
      add(
        .calculationCompleted(
          CalculationCompleted(
            calculation: calculation, recordsProcessed: Int64(output.rowCount),
            resultDigest: output.digest)))
    } catch {
      let reason = "\(error)"
      add(.calculationFailed(CalculationFailed(calculation: calculation, errorMessage: reason)))
      missing[Owner(step: step, portfolio: portfolio)] = "\(step.rawValue) failed"
      entry.status = .failed
      entry.reason = reason
      if request.isStrict {
        throw StrictFailure(
          reason: "\(step.rawValue)\(portfolio.map { " of \($0)" } ?? ""): \(reason)")
      }
    }
    entries.append(entry)
  }

  /// What a snapshot may tell of: what was completed, but for what failed or was skipped just now.
  private func completedSteps(_ portfolio: PortfolioID?) -> Set<Step> {
    index.completed(day.date, portfolio).filter { step in
      missing[Owner(step: step, portfolio: step.isPerPortfolio ? portfolio : nil)] == nil
    }
  }

  private func reasonToSkip(_ step: Step, _ portfolio: PortfolioID?) -> String? {
    for need in step.needs {
      let owner = Owner(step: need, portfolio: need.isPerPortfolio ? portfolio : nil)
      // What a step of the whole market needs of portfolios, it needs of none in particular.
      if let reason = missing[owner] { return reason }
    }
    return nil
  }

  // MARK: Events

  static let source = "/foldbook/batch"

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    let isClosing = pending
    pending = []
    add(.batchStarted(BatchStarted(batch: batch, date: day.date)))
    pending += isClosing
  }

  private mutating func add(_ payload: Payload) {
    let event = Event(
      id: .given(book.newID()), effective: book.environment.now(), source: Self.source,
      actor: request.actor, correlation: batch.rawValue, payload: payload)
    pending.append(event)
    index.fold(event)
  }

  private mutating func flush(ifStepByStep: Bool) throws {
    guard !pending.isEmpty, !ifStepByStep || appendsStepByStep else { return }
    eventCount += pending.count
    if request.isDryRun {
      written += pending
    } else {
      appended += try book.append(pending).appended
    }
    pending = []
  }

  private struct StrictFailure: Error { var reason: String }
  private struct BadParameters: Error, CustomStringConvertible { var description: String }
}
