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
  /// - Throws: ``BookError/batchFailed(date:reason:)`` under `isStrict`; `LogError` where the log
  ///   cannot be read or written. Days finished before stay.
  @discardableResult
  public func runBatch(
    _ request: BatchRequest, progress: (BatchDay) throws -> Void = { _ in }
  ) throws -> BatchReport {
    try log.refresh()
    let known = head
    let end = request.dates.upperBound.end
    let state = try calculationState(at: ReplayPoint(asOf: end, knownAt: known))
    let history = MarketHistory(state, through: end)
    var index = try CalculationIndex(
      events(EventFilter(kinds: CalculationIndex.kinds), through: known))
    var report = BatchReport(head: known)
    let dates = state.sessions(in: request.dates)
    let input = try inputSequence(through: known)
    for date in dates {
      let day = CalculationDay(state, date: date, history: history)
      var run = BatchRun(
        book: self, request: request, day: day, input: input, index: index,
        appendsStepByStep: dates.count == 1 && !request.isDryRun)
      do {
        let result = try run.run()
        report.appended += run.appended
        report.days.append(result)
        try progress(result)
      } catch {
        report.appended += run.appended
        throw error
      }
      index = run.index
    }
    report.head = head
    return report
  }
}

extension BookState {
  /// The dates in a range that are a session of some open portfolio.
  func sessions(in dates: ClosedRange<CivilDate>) -> [CivilDate] {
    let end = dates.upperBound.end
    let holdings = resolve(asOf: end)
    var sessions: Set<CivilDate> = []
    for benchmark in Set(holdings.portfolios.values.map(\.benchmark)) {
      let calendar = market.sessions(benchmark: benchmark, asOf: end)
      sessions.formUnion(calendar.dates.filter { dates.contains($0) })
    }
    return sessions.sorted()
  }
}
