import ExactNumbers
import TestSupport
import Testing

@Suite struct CivilDates {
  @Test(
    "a date is read, printed and numbered",
    arguments: [
      ("1970-01-01", 0, 4), ("2000-02-29", 11_016, 2), ("1900-03-01", -25_508, 4),
      ("2024-02-29", 19_782, 4), ("2013-03-01", 15_765, 5), ("1678-01-01", -106_650, 6),
    ])
  func known(text: String, days: Int32, weekday: Int) throws {
    let date = try #require(CivilDate(text))
    #expect(date.daysSinceEpoch == days)
    #expect(date.description == text)
    #expect(date.weekday == weekday)
  }

  @Test(
    "days that do not exist, and other forms, are refused",
    arguments: [
      "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-1-1", "",
      "20240101", "01/02/2024", "2024-01-01 ", "１970-01-01", "2024-01-00", "-024-01-01",
    ])
  func refused(text: String) { #expect(CivilDate(text) == nil) }

  @Test("every day from 1678 to 2261 has the number after the one before it")
  func consecutive() throws {
    var date = try #require(CivilDate("1678-01-01"))
    var components = date.components
    while date.components.year < 2262 {
      let next = date.advanced(byDays: 1)
      let after = next.components
      let isFirstOfMonth = after.day == 1
      #expect(
        isFirstOfMonth
          ? (after.month == components.month % 12 + 1)
          : (after.day == components.day + 1 && after.month == components.month))
      #expect(CivilDate(year: after.year, month: after.month, day: after.day) == next)
      (date, components) = (next, after)
    }
  }
}

@Suite struct Instants {
  @Test(
    "RFC 3339 in, shortest exact RFC 3339 out",
    arguments: [
      ("2025-06-30T21:00:00Z", "2025-06-30T21:00:00Z"),
      ("2025-06-30t21:00:00z", "2025-06-30T21:00:00Z"),
      ("2025-06-30T21:00:00.000Z", "2025-06-30T21:00:00Z"),
      ("2025-06-30T21:00:00.120Z", "2025-06-30T21:00:00.12Z"),
      ("2025-06-30T21:00:00.123456789Z", "2025-06-30T21:00:00.123456789Z"),
      ("2025-06-30T23:30:00+02:00", "2025-06-30T21:30:00Z"),
      ("2025-06-30T23:30:00-05:30", "2025-07-01T05:00:00Z"),
      ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
    ])
  func known(text: String, printed: String) throws {
    #expect(try #require(Instant(text)).description == printed)
  }

  @Test(
    "a time that does not exist, or another form, is refused",
    arguments: [
      "2025-06-30", "2025-06-30T24:00:00Z", "2025-06-30T21:60:00Z", "2025-06-30T21:00:60Z",
      "2025-06-30T21:00:00", "2025-06-30T21:00:00.Z", "2025-06-30T21:00:00.1234567890Z",
      "2025-06-31T21:00:00Z", "2025-06-30 21:00:00Z", "2025-06-30T21:00:00+2:00",
      "2025-06-30T21:00:00Zx", "1500-01-01T00:00:00Z", "2500-01-01T00:00:00Z",
    ])
  func refused(text: String) { #expect(Instant(text) == nil) }

  @Test("a day ends one nanosecond before the next begins, and tables cut to milliseconds")
  func days() throws {
    let date = try #require(CivilDate("2025-06-30"))
    #expect(date.end.description == "2025-06-30T23:59:59.999999999Z")
    #expect(date.end.milliseconds == "2025-06-30T23:59:59.999Z")
    #expect(date.end.date == date)
    let before = try #require(Instant("1969-12-31T23:59:59.9996Z"))
    #expect(before.milliseconds == "1969-12-31T23:59:59.999Z")
    #expect(before.date.description == "1969-12-31")
  }

  @Test("any instant survives its text")
  func roundTrip() throws {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    for round in 0..<20_000 {
      let instant = Instant(
        nanosecondsSinceEpoch: Int64.random(
          in: -9_214_560_000_000_000_000...9_214_646_400_000_000_000, using: &random))
      #expect(Instant(instant.description) == instant, "seed \(seed), round \(round)")
    }
  }
}
