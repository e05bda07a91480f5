import ExactNumbers
import Records
import Testing

@testable import foldbook_cli

@Suite struct TimesOnTheCommandLine {
  private static let now = Instant("2024-03-31T10:00:00Z") ?? .distantPast

  @Test(
    "a time that needs no book is the end of its day, or itself",
    arguments: [
      ("2025-06-30", "2025-06-30T23:59:59.999999999Z"),
      ("2025-06-30T21:00:00Z", "2025-06-30T21:00:00Z"),
      ("2025-06-30T21:00:00.5+02:00", "2025-06-30T19:00:00.5Z"),
      ("today", "2024-03-31T23:59:59.999999999Z"),
      ("yesterday", "2024-03-30T23:59:59.999999999Z"),
      ("-0d", "2024-03-31T23:59:59.999999999Z"), ("-5d", "2024-03-26T23:59:59.999999999Z"),
      ("-3w", "2024-03-10T23:59:59.999999999Z"), ("-1m", "2024-02-29T23:59:59.999999999Z"),
      ("-13m", "2023-02-28T23:59:59.999999999Z"), ("-1y", "2023-03-31T23:59:59.999999999Z"),
      ("\u{2212}5d", "2024-03-26T23:59:59.999999999Z"),
    ])
  func instants(text: String, instant: String) throws {
    #expect(try TimeArgument(text).instant(now: Self.now)?.description == instant)
  }

  @Test("a leap day has its year before on the last of February")
  func leapDay() throws {
    let now = try #require(Instant("2024-02-29T00:00:00Z"))
    #expect(try TimeArgument("-1y").instant(now: now)?.date.description == "2023-02-28")
    #expect(try TimeArgument("-4y").instant(now: now)?.date.description == "2020-02-29")
  }

  @Test("a sequence and an id are kept for the book to find")
  func references() throws {
    #expect(try TimeArgument("#12345").meaning == .sequence(EventSequence(12_345)))
    #expect(
      try TimeArgument("12345", takesBareSequence: true).meaning == .sequence(EventSequence(12_345))
    )
    #expect(try TimeArgument("@trade-7").meaning == .event(id: "trade-7"))
    #expect(try TimeArgument("#1").instant(now: Self.now) == nil)
  }

  @Test(
    "anything else is refused with what a time can be",
    arguments: [
      "", "12345", "2025-02-30", "06/30/2025", "#", "#x", "#-1", "@", "-5", "-d", "-5h", "5d",
      "now",
      "2025-06-30T25:00:00Z", "-999999d", "#99999999999999999999", "0001-01-01",
    ])
  func refused(text: String) {
    #expect {
      try TimeArgument(text)
    } throws: { error in
      (error as? CommandFailure).map { $0.status == .usage && $0.message.contains("2025-06-30") }
        ?? false
    }
  }

  @Test(
    "a relative time outside what instants can name is refused", arguments: ["-999y", "-9999m"])
  func tooFar(text: String) throws {
    let time = try TimeArgument(text)
    #expect(throws: CommandFailure.self) { try time.instant(now: Self.now) }
  }
}
