import Events
import ExactNumbers
import Portfolio
import Testing

@Suite("Weeks and months of sessions")
struct SessionPeriodTests {
  /// Sessions of April to June 2025 with Good Friday (18 April) and Juneteenth, without weekends.
  private static func calendar() throws -> SessionCalendar {
    var ledger = Ledger()
    var date = try #require(CivilDate("2025-04-01"))
    while date.description <= "2025-06-30" {
      let isHoliday = ["2025-04-18", "2025-05-26", "2025-06-19"].contains(date.description)
      if date.weekday <= 5, !isHoliday { try ledger.close("1", on: date.description) }
      date = date.advanced(byDays: 1)
    }
    return ledger.state.market.sessions(benchmark: "AAPL", asOf: .distantFuture)
  }

  @Test(
    "the last session of a week is known on its Friday, or when a later session is",
    arguments: [
      // as of, last complete week
      ("2025-04-10", "2025-03-31…2025-04-04"),
      ("2025-04-11", "2025-04-07…2025-04-11"), ("2025-04-12", "2025-04-07…2025-04-11"),
      // Good Friday: Thursday ends the week, but on Thursday nobody says so yet.
      ("2025-04-17", "2025-04-07…2025-04-11"), ("2025-04-18", "2025-04-14…2025-04-17"),
      ("2025-04-21", "2025-04-14…2025-04-17"),
      // The Monday after is Memorial Day: the week begins on Tuesday.
      ("2025-05-30", "2025-05-27…2025-05-30"),
    ])
  func weeks(date: String, expected: String) throws {
    let weeks = try Self.calendar().completePeriods(.week, asOf: try #require(CivilDate(date)))
    let last = try #require(weeks.last)
    // The first week of the calendar begins with its first session.
    let first = expected.hasPrefix("2025-03-31") ? "2025-04-01" : String(expected.prefix(10))
    #expect(last.first.description == first)
    #expect(last.last.description == expected.suffix(10))
    #expect(zip(weeks, weeks.dropFirst()).allSatisfy { $0.last < $1.first })
  }

  @Test(
    "the last session of a month is known on its last weekday, or when a later session is",
    arguments: [
      ("2025-04-29", []), ("2025-04-30", ["2025-04-01…2025-04-30"]),
      // May ends on a Saturday: its last weekday is Friday, the 30th.
      ("2025-05-29", ["2025-04-01…2025-04-30"]),
      ("2025-05-30", ["2025-04-01…2025-04-30", "2025-05-01…2025-05-30"]),
      ("2025-06-27", ["2025-04-01…2025-04-30", "2025-05-01…2025-05-30"]),
      (
        "2025-06-30",
        ["2025-04-01…2025-04-30", "2025-05-01…2025-05-30", "2025-06-02…2025-06-30"]
      ),
    ] as [(String, [String])])
  func months(date: String, expected: [String]) throws {
    let months = try Self.calendar().completePeriods(.month, asOf: try #require(CivilDate(date)))
    #expect(months.map { "\($0.first)…\($0.last)" } == expected)
    #expect(months.allSatisfy { $0.kind == .month })
  }

  @Test("a later session ends a period whose last weekday had none, and a year goes over")
  func laterSession() throws {
    var ledger = Ledger()
    // 31 December 2027 is a Friday; its last session is the 30th, and nobody closed after.
    for date in ["2027-12-29", "2027-12-30"] { try ledger.close("1", on: date) }
    let early = ledger.state.market.sessions(benchmark: "AAPL", asOf: .distantFuture)
    for kind in SessionPeriodKind.allCases {
      let before = early.completePeriods(kind, asOf: try #require(CivilDate("2027-12-30")))
      #expect(before.isEmpty)
      let on = early.completePeriods(kind, asOf: try #require(CivilDate("2027-12-31")))
      #expect(on.map(\.last.description) == ["2027-12-30"])
    }
    // A session on the Saturday still belongs to the week, and to another month and year.
    try ledger.close("1", on: "2028-01-01")
    let late = ledger.state.market.sessions(benchmark: "AAPL", asOf: .distantFuture)
    let date = try #require(CivilDate("2028-01-01"))
    #expect(late.completePeriods(.week, asOf: date).map(\.last.description) == ["2028-01-01"])
    #expect(late.completePeriods(.month, asOf: date).map(\.last.description) == ["2027-12-30"])
    #expect(late.completePeriods(.week, asOf: date.advanced(byDays: -3)).isEmpty)
    #expect(
      early.completePeriods(.week, asOf: date.advanced(byDays: -400)).isEmpty)
  }
}
