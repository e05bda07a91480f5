public import Calculations
import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

extension Book {
  /// Runs the nine steps of the daily batch (C-21) for every session of a range.
  ///
  /// Each step of each portfolio leaves `calculation.started` and what became of it; one that was
  /// completed before over the same facts, by the same method and parameters, is not made again. A
  /// failure skips what needs it, for its portfolio alone. `day.closed` comes before the snapshots.
  ///
  /// One day by itself is appended step by step, so that others see it run; of a range of days each
  /// is one append.
  ///
  /// - Parameter progress: Is told of each day that is finished.
  /// - Throws: ``BookError/batchFailed(date:reason:)`` under `isStrict`;
  ///   ``BookError/batchRunning(branch:)`` where another process is at it; `LogError` where the log
  ///   cannot be read or written. Days finished before stay.
  @discardableResult
  public func runBatch(
    _ request: BatchRequest, progress: (BatchDay) throws -> Void = { _ in }
  ) throws -> BatchReport {
    let lock = try request.isDryRun ? nil : storage.lock(branchPath + "/batch.lock")
    if let lock, try !lock.tryLock() { throw BookError.batchRunning(branch: branch) }
    defer { lock?.unlock() }
    try refresh()
    let known = head
    let end = request.dates.upperBound.end
    let state = try calculationState(
      at: ReplayPoint(asOf: end, knownAt: known), since: request.dates.lowerBound)
    let history = MarketHistory(state, through: end)
    let index = try CalculationIndex(
      events(EventFilter(kinds: CalculationIndex.kinds), through: known), behind: line.fork)
    let input = try inputSequence(through: known)
    var report = BatchReport(head: known)
    let isOneDay = request.dates.lowerBound == request.dates.upperBound
    for date in state.datesWithCloses(in: request.dates) {
      let day = CalculationDay(state, date: date, history: history)
      // As of the day itself: later, a benchmark may be another, or have its first close.
      let portfolios = day.portfolios.filter { day.sessions(of: $0).dates.last == date }
      guard !portfolios.isEmpty else { continue }
      var run = BatchRun(
        book: self, request: request, day: day, portfolios: portfolios, input: input, index: index,
        appendsStepByStep: isOneDay && !request.isDryRun)
      let result = try run.run()
      report.appended += run.appended
      report.days.append(result)
      try progress(result)
    }
    report.head = head
    return report
  }
}

extension BookState {
  /// The dates in a range on which anything has a close, ascending.
  func datesWithCloses(in dates: ClosedRange<CivilDate>) -> [CivilDate] {
    var found: Set<CivilDate> = []
    for symbol in market.symbolsWithCloses {
      found.formUnion(market.closes(of: symbol).lazy.map(\.date).filter { dates.contains($0) })
    }
    return found.sorted()
  }
}
