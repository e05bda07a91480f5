public import Events
public import ExactNumbers

/// The sessions of a portfolio: the dates on which its benchmark has a close, or, where the
/// benchmark has none at all, any instrument of the book.
public struct SessionCalendar: Hashable, Sendable {
  /// Ascending, each once.
  public let dates: [CivilDate]

  /// - Parameter dates: Ascending, each once.
  init(dates: [CivilDate]) { self.dates = dates }

  /// The last session on or before a date.
  public func session(onOrBefore date: CivilDate) -> CivilDate? {
    let count = count(through: date)
    return count == 0 ? nil : dates[count - 1]
  }

  /// The session before a date.
  public func session(before date: CivilDate) -> CivilDate? {
    session(onOrBefore: date.advanced(byDays: -1))
  }

  /// How many sessions there are after one date and up to another.
  ///
  /// Behind the last session that is known every weekday counts as one: a feed that has stopped
  /// does not make its last price look fresh.
  public func count(after start: CivilDate, through end: CivilDate) -> Int {
    guard start < end else { return 0 }
    let known = count(through: end) - count(through: start)
    let last = max(start, dates.last ?? start)
    return known + (last < end ? Self.weekdays(after: last, through: end) : 0)
  }

  private static func weekdays(after start: CivilDate, through end: CivilDate) -> Int {
    let days = Int(end.daysSinceEpoch - start.daysSinceEpoch)
    var count = days / 7 * 5
    var date = start
    for _ in 0..<(days % 7) {
      date = date.advanced(byDays: 1)
      if date.weekday <= 5 { count += 1 }
    }
    return count
  }

  /// The sessions up to a date.
  public func through(_ date: CivilDate) -> SessionCalendar {
    SessionCalendar(dates: Array(dates[..<count(through: date)]))
  }

  /// How many sessions there are up to a date.
  func count(through date: CivilDate) -> Int {
    var low = 0
    var high = dates.count
    while low < high {
      let middle = (low + high) / 2
      if dates[middle] <= date { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Market {
  /// The sessions known by a time: closes effective up to it, dated no later than it.
  public func sessions(benchmark: Symbol, asOf: Instant) -> SessionCalendar {
    let own = sessionDates(of: benchmark, asOf: asOf)
    guard own.isEmpty else { return SessionCalendar(dates: own) }
    var all: Set<CivilDate> = []
    for symbol in symbolsWithCloses { all.formUnion(sessionDates(of: symbol, asOf: asOf)) }
    return SessionCalendar(dates: all.sorted())
  }

  func sessionDates(of symbol: Symbol, asOf: Instant) -> [CivilDate] {
    let last = asOf.date
    return closes(of: symbol).filter { $0.effective <= asOf && $0.date <= last }.map(\.date)
  }
}
