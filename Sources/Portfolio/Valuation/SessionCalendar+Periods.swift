public import ExactNumbers

/// What sessions are summed up over.
public enum SessionPeriodKind: String, Hashable, Sendable, CaseIterable {
  /// An ISO week, Monday to Sunday.
  case week
  /// A calendar month.
  case month
}

/// The sessions of a week or a month.
public struct SessionPeriod: Hashable, Sendable {
  public let kind: SessionPeriodKind
  public let first: CivilDate
  /// The session that a weekly or monthly snapshot is of.
  public let last: CivilDate
}

extension SessionCalendar {
  /// The weeks or months whose last session is known by a date, ascending.
  ///
  /// It is known from the last weekday of the period on, so also when a later session is: on Good
  /// Friday the week ends with its Thursday. A period without a session is none.
  ///
  /// - Parameter date: A day that is over; sessions after it do not count.
  public func completePeriods(_ kind: SessionPeriodKind, asOf date: CivilDate) -> [SessionPeriod] {
    var periods: [SessionPeriod] = []
    var start = 0
    let count = count(through: date)
    while start < count {
      let end = dates[start].lastWeekday(of: kind)
      // A session on a weekend belongs to the week or month that it lies in.
      var next = start + 1
      while next < count, dates[next].lastWeekday(of: kind) == end { next += 1 }
      if date >= end {
        periods.append(SessionPeriod(kind: kind, first: dates[start], last: dates[next - 1]))
      }
      start = next
    }
    return periods
  }
}

extension CivilDate {
  /// The Friday of the date's ISO week, or the last day of its month that is no weekend.
  fileprivate func lastWeekday(of kind: SessionPeriodKind) -> CivilDate {
    switch kind {
    case .week: return advanced(byDays: Int32(5 - weekday))
    case .month:
      let (year, month, day) = components
      let next = CivilDate(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
      guard let next else { return advanced(byDays: Int32(31 - day)) }
      let last = next.advanced(byDays: -1)
      return last.advanced(byDays: -Int32(max(0, last.weekday - 5)))
    }
  }
}
